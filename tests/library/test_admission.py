"""A click becomes clips: all or none, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import col, select

from sorceress_video.library import accounts, clips
from sorceress_video.library.clips import AdmissionRefusedError, NewInput
from sorceress_video.library.database import Database
from sorceress_video.library.tables import Clip, LedgerEntry
from tests.library.clips import admit_one, load, new_clip
from tests.library.conftest import add_account, add_image


@pytest.mark.spec("J1")
def test_each_model_of_one_click_gets_its_clip_in_the_order_of_the_models(db: Database, member: str) -> None:
    wanted = [new_clip(model_id=name, model_name=name) for name in ("first", "second", "third")]
    admitted = clips.admit(db, member, "click", wanted, max_active=100)
    with db.read() as session:
        newest_first = session.exec(select(Clip.model_id).order_by(col(Clip.id).desc())).all()
    assert list(newest_first) == ["first", "second", "third"]
    assert [load(db, clip_id).model_id for clip_id in admitted.clip_ids] == ["first", "second", "third"]


@pytest.mark.spec("J9")
def test_the_same_click_again_gives_the_same_clips(db: Database, member: str) -> None:
    first = clips.admit(db, member, "click", [new_clip(), new_clip()], max_active=100)
    again = clips.admit(db, member, "click", [new_clip(), new_clip()], max_active=100)
    assert first.is_new
    assert not again.is_new
    assert again.clip_ids == first.clip_ids


def test_twenty_clicks_at_one_moment_are_one_set_of_clips(db: Database, member: str) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(lambda _: clips.admit(db, member, "click", [new_clip()], max_active=100), range(20))
        )
    assert len({answer.clip_ids for answer in answers}) == 1
    assert sum(answer.is_new for answer in answers) == 1
    with db.read() as session:
        assert len(session.exec(select(Clip)).all()) == 1


def test_two_members_may_use_the_same_token(db: Database, member: str, other: str) -> None:
    assert admit_one(db, member, "click") != admit_one(db, other, "click")


@pytest.mark.spec("A6")
def test_another_members_file_is_refused_and_nothing_is_admitted(
    db: Database, member: str, other: str
) -> None:
    theirs = add_image(db, other)
    wanted = [new_clip(), new_clip(inputs=(NewInput("start_frame", 0, theirs),))]
    with pytest.raises(AdmissionRefusedError) as refused:
        clips.admit(db, member, "click", wanted, max_active=100)
    assert refused.value.code == "input_gone"
    with db.read() as session:
        assert session.exec(select(Clip)).all() == []
        assert session.exec(select(LedgerEntry)).all() == []


def test_a_budget_is_reserved_for_all_clips_or_none(db: Database) -> None:
    member = add_account(db, "budget@example.com", budget=900_000)
    with pytest.raises(AdmissionRefusedError) as refused:
        clips.admit(db, member, "both", [new_clip(), new_clip()], max_active=100)
    assert refused.value.code == "budget"
    assert "$1.00" in refused.value.sentence
    assert "$0.90" in refused.value.sentence
    clips.admit(db, member, "one", [new_clip()], max_active=100)
    with pytest.raises(AdmissionRefusedError):
        clips.admit(db, member, "another", [new_clip()], max_active=100)


def test_a_budget_is_never_overdrawn_by_clicks_at_one_moment(db: Database) -> None:
    member = add_account(db, "race@example.com", budget=1_000_000)

    def click(number: int) -> bool:
        try:
            clips.admit(db, member, f"click-{number}", [new_clip()], max_active=100)
        except AdmissionRefusedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(click, range(8))) == 2


def test_more_clips_than_may_run_at_a_time_are_refused(db: Database, member: str) -> None:
    clips.admit(db, member, "a", [new_clip(), new_clip()], max_active=2)
    with pytest.raises(AdmissionRefusedError) as refused:
        clips.admit(db, member, "b", [new_clip()], max_active=2)
    assert refused.value.code == "too_many_active"


@pytest.mark.spec("A6")
def test_a_click_that_was_on_its_way_while_its_member_was_deactivated_makes_nothing(
    db: Database, member: str
) -> None:
    accounts.disable(db, member)
    with pytest.raises(AdmissionRefusedError) as refused:
        clips.admit(db, member, "click", [new_clip()], max_active=100)
    assert refused.value.code == "deactivated"
