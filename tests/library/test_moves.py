"""Steps of a clip's life in the database: each happens once, late ones change nothing, money adds up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from sorceress_video.generation.lifecycle import ClipStatus, Move
from sorceress_video.library import clips, leases, moves
from sorceress_video.library.database import Database
from sorceress_video.library.tables import Attempt, Clip, LedgerEntry, utc_now
from tests.library import clips as way

SHORT = timedelta(seconds=30)


def ledger(db: Database, clip_id: str) -> list[tuple[int, str, int, bool]]:
    with db.read() as session:
        rows = session.exec(
            select(LedgerEntry).where(LedgerEntry.clip_id == clip_id).order_by(LedgerEntry.created_at)
        ).all()
    return [(row.attempt, row.kind, row.micro_usd, row.certain) for row in rows]


def test_a_clip_is_dispatched_once_until_its_lease_runs_out(db: Database, member: str) -> None:
    way.admit_one(db, member)

    def look(_: int) -> int:
        with db.write() as session:
            return sum(leases.claim(session, clip, SHORT) is not None for clip in leases.due(session, 10))

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(look, range(6))) == 1


QUEUED = (ClipStatus.QUEUED, ClipStatus.WAITING)


def test_of_two_jobs_for_one_step_only_one_has_it(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    with db.write() as session:
        assert leases.take(session, clip_id, QUEUED, "one", SHORT) is not None
    with db.write() as session:
        assert leases.take(session, clip_id, QUEUED, "two", SHORT) is None


def test_a_dead_workers_step_is_taken_up_when_its_lease_runs_out(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    with db.write() as session:
        assert leases.take(session, clip_id, QUEUED, "dead", timedelta(seconds=-1)) is not None
    with db.write() as session:
        assert leases.take(session, clip_id, QUEUED, "next", SHORT) is not None
        assert not leases.hold(session, clip_id, "dead", SHORT), "the dead one comes back too late"


def test_a_step_is_not_taken_before_its_time(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    with db.write() as session:
        clip = session.get(Clip, clip_id)
        assert clip is not None
        moves.postpone(session, clip, utc_now() + SHORT)
    with db.write() as session:
        assert leases.take(session, clip_id, QUEUED, "early", SHORT) is None


def test_a_job_of_another_stage_finds_nothing_to_do(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    with db.write() as session:
        assert leases.take(session, clip_id, (ClipStatus.FETCHING,), "fetch", SHORT) is None


@pytest.mark.spec("J9")
def test_an_attempt_is_begun_by_one_of_many(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    seen = way.load(db, clip_id)

    def begin(_: int) -> bool:
        with db.write() as session:
            clip = moves.at(session, clip_id, seen.version)
            return clip is not None and moves.begin_attempt(session, clip, SHORT) is not None

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(begin, range(6))) == 1
    with db.read() as session:
        assert len(session.exec(select(Attempt)).all()) == 1


def test_a_stored_clip_is_paid_once_with_what_the_provider_said(db: Database, member: str) -> None:
    clip_id = way.run(db, member)
    way.finish(db, clip_id)
    assert way.store(db, clip_id, cost=560_000) is not None
    assert way.store(db, clip_id, cost=560_000) is None
    assert ledger(db, clip_id) == [
        (1, "reserve", 500_000, True),
        (1, "release", -500_000, True),
        (1, "charge", 560_000, True),
    ]
    row = way.load(db, clip_id)
    assert (row.status, row.billed, row.width, row.seed) == ("completed", "yes", 1920, 7)


def test_a_refused_clip_costs_nothing(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    way.begin(db, clip_id)
    way.fail(db, clip_id)
    assert ledger(db, clip_id) == [(1, "reserve", 500_000, True), (1, "release", -500_000, True)]
    assert way.load(db, clip_id).cost_micro_usd == 0


def test_busy_answers_carry_the_reserve_to_the_next_attempt(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    for number in (1, 2):
        assert way.begin(db, clip_id) == number
        way.give_back(db, clip_id)
    assert way.load(db, clip_id).status == "waiting"
    assert sum(line[2] for line in ledger(db, clip_id)) == 500_000
    assert ledger(db, clip_id)[-1] == (3, "reserve", 500_000, True)


def test_waiting_is_counted_from_the_first_busy_answer(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    way.begin(db, clip_id)
    way.give_back(db, clip_id)
    since = way.load(db, clip_id).waiting_since
    way.begin(db, clip_id)
    way.give_back(db, clip_id)
    row = way.load(db, clip_id)
    assert row.waiting_since == since
    assert row.failures == 2, "so that the pauses grow"


@pytest.mark.spec("J9")
def test_a_doubtful_clip_keeps_its_reserve_and_is_not_due(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    way.begin(db, clip_id)
    way.doubt(db, clip_id)
    assert sum(line[2] for line in ledger(db, clip_id)) == 500_000
    with db.read() as session:
        assert leases.due(session, 10) == []


def test_a_ticket_that_comes_late_settles_the_doubt(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    number = way.begin(db, clip_id)
    way.doubt(db, clip_id)
    done = way.accept(db, clip_id, number)
    assert done is not None
    assert done.status is ClipStatus.RUNNING


def test_a_ticket_is_kept_even_if_the_clip_was_given_up(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    number = way.begin(db, clip_id)
    way.doubt(db, clip_id)
    with db.write() as session:
        clips.dismiss(session, member, clip_id)
    assert way.accept(db, clip_id, number, "req-late") is None
    assert way.load(db, clip_id).status == "failed"
    with db.read() as session:
        attempt = session.get(Attempt, (clip_id, number))
        assert attempt is not None
        assert attempt.request_id == "req-late"


def test_trying_a_doubtful_clip_again_counts_the_first_attempt_as_perhaps_charged(
    db: Database, member: str
) -> None:
    clip_id = way.admit_one(db, member)
    way.begin(db, clip_id)
    way.doubt(db, clip_id)
    with db.write() as session:
        assert clips.retry(session, member, clip_id) is not None
    assert (1, "charge", 500_000, False) in ledger(db, clip_id)
    assert (2, "reserve", 500_000, True) in ledger(db, clip_id)
    assert way.load(db, clip_id).status == "queued"


@pytest.mark.spec("J5")
def test_a_queued_clip_is_cancelled_at_once_and_free(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    with db.write() as session:
        done = clips.cancel(session, member, clip_id)
    assert done is not None
    assert done.status is ClipStatus.CANCELLED
    assert sum(line[2] for line in ledger(db, clip_id)) == 0


@pytest.mark.spec("J5")
def test_a_cancel_during_the_submit_is_remembered_until_the_answer(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    number = way.begin(db, clip_id)
    with db.write() as session:
        clips.cancel(session, member, clip_id)
    done = way.accept(db, clip_id, number)
    assert done is not None
    assert done.status is ClipStatus.CANCELLING


def test_a_cancel_during_a_submit_that_is_turned_away_ends_the_clip_free(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    way.begin(db, clip_id)
    with db.write() as session:
        clips.cancel(session, member, clip_id)
    done = way.give_back(db, clip_id)
    assert done is not None
    assert done.status is ClipStatus.CANCELLED
    assert sum(line[2] for line in ledger(db, clip_id)) == 0


@pytest.mark.spec("J9")
def test_a_late_success_does_not_undo_a_cancel(db: Database, member: str) -> None:
    clip_id = way.run(db, member)
    way.finish(db, clip_id)
    with db.write() as session:
        clips.cancel(session, member, clip_id)
    assert way.store(db, clip_id) is None
    row = way.load(db, clip_id)
    assert (row.status, row.video_id, row.billed) == ("cancelled", None, "yes")


def test_a_clip_that_was_made_before_the_cancel_arrived_comes_home(db: Database, member: str) -> None:
    clip_id = way.run(db, member)
    with db.write() as session:
        done = clips.cancel(session, member, clip_id)
    assert done is not None
    assert done.status is ClipStatus.CANCELLING
    assert way.finish(db, clip_id) is not None
    assert way.store(db, clip_id) is not None


@pytest.mark.spec("A6")
def test_nobody_touches_anothers_clip(db: Database, member: str, other: str) -> None:
    clip_id = way.run(db, member)
    with db.write() as session:
        assert clips.cancel(session, other, clip_id) is None
        assert clips.retry(session, other, clip_id) is None
        assert clips.dismiss(session, other, clip_id) is None
        assert clips.hasten(session, other, clip_id) is None
        assert not clips.set_favorite(session, other, clip_id, favorite=True)
        assert not clips.remove(session, other, clip_id)
        assert not clips.restore(session, other, clip_id)
    assert way.load(db, clip_id).status == "running"


@pytest.mark.spec("J6")
def test_retry_runs_a_failed_clip_again_on_the_same_card(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    way.begin(db, clip_id)
    way.fail(db, clip_id)
    with db.write() as session:
        assert clips.retry(session, member, clip_id) is not None
        assert clips.retry(session, member, clip_id) is None, "a second click finds it queued"
    assert way.begin(db, clip_id) == 2
    way.accept(db, clip_id, 2)
    way.finish(db, clip_id)
    assert way.store(db, clip_id) is not None
    assert sum(line[2] for line in ledger(db, clip_id)) == 500_000


def test_a_watcher_takes_over_what_a_dead_one_held(db: Database, member: str) -> None:
    clip_id = way.run(db, member)
    with db.write() as session:
        assert [row.clip_id for row in leases.lease_watched(session, "one", timedelta(0), 10)] == [clip_id]
    with db.write() as session:
        taken = leases.lease_watched(session, "two", SHORT, 10)
    assert [row.request_id for row in taken] == ["req-1"]
    with db.write() as session:
        assert leases.lease_watched(session, "three", SHORT, 10) == []


def test_a_cancel_shows_up_as_a_change_to_the_watcher_that_holds_the_clip(db: Database, member: str) -> None:
    clip_id = way.run(db, member)
    with db.write() as session:
        rows = leases.lease_watched(session, "one", SHORT, 10)
    with db.write() as session:
        clips.cancel(session, member, clip_id)
    with db.read() as session:
        held = leases.held_by(session, "one")
        changed = leases.read_watched(session, "one", list(held))
    assert held != {row.clip_id: row.version for row in rows}
    assert [row.status for row in changed] == [ClipStatus.CANCELLING]


def test_progress_of_an_older_version_is_not_shown(db: Database, member: str) -> None:
    clip_id = way.run(db, member)
    old = way.load(db, clip_id).version
    way.finish(db, clip_id)
    with db.write() as session:
        assert not moves.show(session, clip_id, old, progress=0.5)


def test_a_stale_submit_is_found_only_after_its_lease(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    way.begin(db, clip_id)
    with db.write() as session:
        assert leases.stale_submits(session, 10) == []
        clip = session.get(Clip, clip_id)
        assert clip is not None
        clip.lease_until = utc_now() - timedelta(seconds=1)
        session.add(clip)
    with db.read() as session:
        assert [clip.id for clip in leases.stale_submits(session, 10)] == [clip_id]


def test_a_move_that_the_table_does_not_have_changes_nothing(db: Database, member: str) -> None:
    clip_id = way.complete(db, member)
    before = way.load(db, clip_id)
    with db.write() as session:
        clip = session.get(Clip, clip_id)
        assert clip is not None
        for move in Move:
            assert moves.shift(session, clip, move) is None
    assert way.load(db, clip_id).version == before.version
