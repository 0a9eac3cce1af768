"""What is in the making, as the rows say."""

from __future__ import annotations

import pytest

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.library import clips, queue
from sorceress_video.library.database import Database
from tests.library import clips as way


@pytest.mark.spec("J2")
def test_what_asks_for_a_decision_comes_first_then_the_oldest(db: Database, member: str) -> None:
    running = way.run(db, member, "a")
    waiting = way.admit_one(db, member, "b")
    doubtful = way.admit_one(db, member, "c")
    way.begin(db, doubtful)
    way.doubt(db, doubtful)
    way.complete(db, member, "d")

    found = queue.queued(db, member)
    assert [clip.id for clip in found] == [doubtful, running, waiting]
    assert [clip.status for clip in found] == [ClipStatus.AMBIGUOUS, ClipStatus.RUNNING, ClipStatus.QUEUED]


@pytest.mark.spec("A6")
def test_the_queue_of_one_member_has_nothing_of_another(db: Database, member: str, other: str) -> None:
    way.run(db, member)
    assert queue.queued(db, other) == []
    with db.read() as session:
        assert queue.active_ids(session, other) == []


def test_a_removed_clip_is_in_no_queue(db: Database, member: str) -> None:
    gone = way.admit_one(db, member)
    with db.write() as session:
        clips.remove(session, member, gone)
    assert queue.queued(db, member) == []


@pytest.mark.spec("J5")
def test_the_clips_of_one_request_can_be_told_from_the_others(db: Database, member: str) -> None:
    mine = clips.admit(db, member, "one", [way.new_clip(), way.new_clip()], max_active=100).clip_ids
    way.admit_one(db, member, "two")
    batch = way.load(db, mine[0]).batch_id
    with db.read() as session:
        assert set(queue.active_ids(session, member, batch)) == set(mine)
        assert len(queue.active_ids(session, member)) == 3
