"""Who comes from whom: parents by themselves, and a family that never grows with the history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from sorceress_video.library import assets, clips, lineage, upkeep
from sorceress_video.library.assets import NewUpload
from sorceress_video.library.clips import NewInput
from sorceress_video.library.database import Database
from sorceress_video.library.lineage import MOST_RELATIVES, Family
from sorceress_video.library.results import KeptFile
from sorceress_video.library.tables import Asset, Clip, utc_now
from tests.library.clips import admit_one, complete, load, new_clip
from tests.library.conftest import add_image


def add_frame(db: Database, account_id: str, clip_id: str, seconds: float) -> str:
    """A picture taken out of a clip; its id."""
    asset_id = add_image(db, account_id, f"frame-{clip_id}-{seconds}.png")
    with db.write() as session:
        frame = session.get_one(Asset, asset_id)
        frame.origin, frame.source_clip_id, frame.source_seconds = "frame", clip_id, seconds
        session.add(frame)
    return asset_id


def given(*inputs: tuple[str, str]) -> dict[str, Any]:
    return {"mode": "image", "inputs": tuple(NewInput(role, 0, asset) for role, asset in inputs)}


@pytest.mark.spec("X3")
@pytest.mark.parametrize(
    ("role", "seconds", "relation"),
    [
        ("start_frame", 4.96, "continue"),
        ("start_frame", 1.25, "frame"),
        ("character", 4.96, "continue"),
        ("end_frame", 4.96, "frame"),
    ],
)
def test_a_clip_made_from_a_frame_is_the_child_of_the_clip_that_it_was_taken_from(
    db: Database, member: str, role: str, seconds: float, relation: str
) -> None:
    source = complete(db, member)
    frame = add_frame(db, member, source, seconds)
    made = admit_one(db, member, "next", **given((role, frame)))

    child = load(db, made)
    assert (child.parent_id, child.parent_relation) == (source, relation)


def test_the_start_frame_counts_before_the_end_frame(db: Database, member: str) -> None:
    first, second = complete(db, member, "a"), complete(db, member, "b")
    made = admit_one(
        db,
        member,
        "next",
        **given(
            ("end_frame", add_frame(db, member, second, 1.0)),
            ("start_frame", add_frame(db, member, first, 1.0)),
        ),
    )
    assert load(db, made).parent_id == first


def test_an_uploaded_picture_names_no_parent_and_a_reroll_keeps_its_own(db: Database, member: str) -> None:
    upload = add_image(db, member)
    plain = admit_one(db, member, "plain", **given(("start_frame", upload)))
    source = complete(db, member, "source")
    frame = add_frame(db, member, source, 1.0)
    again = admit_one(
        db, member, "again", **given(("start_frame", frame)), parent_id=plain, parent_relation="reroll"
    )
    assert load(db, plain).parent_id is None
    assert (load(db, again).parent_id, load(db, again).parent_relation) == (plain, "reroll")


def test_a_frame_outlives_its_clip_and_names_nobody_then(db: Database, member: str) -> None:
    source = complete(db, member)
    frame = add_frame(db, member, source, 1.0)
    with db.write() as session:
        session.delete(session.get_one(Clip, source))
    made = admit_one(db, member, "next", **given(("start_frame", frame)))
    assert load(db, made).parent_id is None


def test_a_family_is_parent_siblings_and_children(db: Database, member: str) -> None:
    parent = complete(db, member, "parent")
    batch = clips.admit(
        db,
        member,
        "batch",
        [new_clip(parent_id=parent, parent_relation="reroll"), new_clip(model_name="Veo")],
        max_active=100,
    ).clip_ids
    child = admit_one(db, member, "child", parent_id=batch[0], parent_relation="reroll")

    family = lineage.family(db, member, batch[0])
    assert family.parent is not None
    assert family.parent.id == parent
    assert family.parent.poster_url is not None
    assert [one.id for one in family.siblings] == list(batch)
    assert [(one.id, one.relation) for one in family.children] == [(child, "reroll")]
    assert [one.id for one in lineage.family(db, member, child).siblings] == [child]


def test_many_children_are_counted_not_listed(db: Database, member: str) -> None:
    parent = complete(db, member)
    again = new_clip(parent_id=parent, parent_relation="reroll")
    clips.admit(db, member, "many", [again] * (MOST_RELATIVES + 5), max_active=100)

    family = lineage.family(db, member, parent)
    assert (len(family.children), family.more_children) == (MOST_RELATIVES, 5)


def test_in_a_large_batch_the_clip_itself_is_always_there(db: Database, member: str) -> None:
    batch = clips.admit(db, member, "many", [new_clip()] * (MOST_RELATIVES + 5), max_active=100).clip_ids

    siblings = [one.id for one in lineage.family(db, member, batch[-1]).siblings]
    assert len(siblings) == MOST_RELATIVES
    assert siblings[-1] == batch[-1]


def test_removed_relatives_and_other_members_families_are_not_shown(
    db: Database, member: str, other: str
) -> None:
    parent = complete(db, member)
    child = admit_one(db, member, "child", parent_id=parent, parent_relation="reroll")
    with db.write() as session:
        clips.remove(session, member, child)

    assert lineage.family(db, member, parent).children == ()
    assert lineage.family(db, other, parent) == Family(None, (), (), 0)
    with db.read() as session:
        assert session.exec(select(col(Clip.id)).where(Clip.account_id == other)).all() == []


@pytest.mark.spec("J8")
def test_what_a_clip_was_made_from_stays_while_the_clip_is_there(db: Database, member: str) -> None:
    source = complete(db, member, "source")
    used, unused = add_frame(db, member, source, 1.0), add_frame(db, member, source, 2.0)
    made = admit_one(db, member, "next", **given(("start_frame", used)))
    moment = utc_now() + timedelta(hours=1)
    with db.write() as session:
        clips.remove(session, member, source)
    with db.write() as session:
        upkeep.purge_removed(session, moment)
        frames = upkeep.unused_frames(session, moment)
        upkeep.drop_ownerless(session, frames)

    assert frames == [unused]
    with db.read() as session:
        assert session.get(Clip, source) is None
        assert session.get(Asset, used) is not None
        assert session.get(Asset, unused) is None
    assert load(db, made).parent_id is None
    with db.read() as session:
        assert [one.asset_id for one in clips.inputs_of(session, made)] == [used]


def test_a_frame_that_is_wanted_again_is_young_again(db: Database, member: str) -> None:
    source = complete(db, member)
    file = KeptFile("ab/cd/frame.png", "1" * 64, 10, "image/png")
    new = NewUpload("image", "Frame", file, None, 320, 180, None, None, has_audio=False)
    first = assets.add_frame(db, member, new, clip_id=source, seconds=1.0)
    moment = utc_now()
    again = assets.add_frame(db, member, new, clip_id=source, seconds=1.0)

    assert again.id == first.id
    with db.read() as session:
        assert upkeep.unused_frames(session, moment) == []
