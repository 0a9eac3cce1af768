"""What the upkeep may take away, and what it must leave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from sorceress_video.generation.lifecycle import DISPATCHED, Move
from sorceress_video.library import clips, leases, moves, sandbox, upkeep
from sorceress_video.library.database import Database
from sorceress_video.library.ids import new_id
from sorceress_video.library.tables import Asset, ClipInput, SandboxPrediction, StoredFile, utc_now
from tests.library import clips as way

LEASE = timedelta(seconds=30)


def later() -> timedelta:
    return timedelta(hours=1)


def video_of(db: Database, clip_id: str) -> str:
    video_id = way.load(db, clip_id).video_id
    assert video_id is not None
    return video_id


def test_a_video_that_another_clip_took_as_input_stays_until_that_clip_goes_too(
    db: Database, member: str
) -> None:
    first, second = way.complete(db, member, "a"), way.complete(db, member, "b")
    shared = video_of(db, first)
    with db.write() as session:
        session.add(ClipInput(clip_id=second, role="reference_video", position=0, asset_id=shared))
    moment = utc_now() + later()

    def purge(clip_id: str) -> None:
        with db.write() as session:
            clips.remove(session, member, clip_id)
        with db.write() as session:
            upkeep.purge_removed(session, moment)
            upkeep.drop_ownerless(session, upkeep.ownerless_results(session, moment))

    def there() -> bool:
        with db.read() as session:
            return session.get(Asset, shared) is not None

    purge(first)
    assert there()
    purge(second)
    assert not there(), "nobody shows it and nobody uses it"


def test_a_video_that_a_clip_shows_is_nobodys_loss(db: Database, member: str) -> None:
    way.complete(db, member)
    with db.read() as session:
        assert upkeep.ownerless_results(session, utc_now() + later()) == []
        assert upkeep.unreferenced_files(session, utc_now() + later()) == []


def test_unused_files_go_prefix_by_prefix_and_only_when_old(db: Database) -> None:
    keys = [f"{start}/cd/{start}cd{'0' * 60}" for start in ("00", "ab", "ff")]
    with db.write() as session:
        for key in keys:
            session.add(StoredFile(key=key, bytes=1, mime="video/mp4"))
    moment = utc_now()
    with db.read() as session:
        assert upkeep.unreferenced_files(session, moment - later()) == []
        assert upkeep.unreferenced_files(session, moment + later(), prefix="ab") == keys[1:2]
        assert upkeep.unreferenced_files(session, moment + later(), prefix="ff") == keys[2:]
    with db.write() as session:
        assert upkeep.forget_unreferenced(session, keys[:2], moment + later()) == keys[:2]
    with db.read() as session:
        assert list(session.exec(select(StoredFile.key))) == keys[2:]


def prediction(db: Database, clip_id: str) -> str:
    return sandbox.submit(db, f"{clip_id}-1", {"prompt": "p"}).id


def test_the_sandbox_keeps_a_prediction_while_its_clip_still_needs_the_film(
    db: Database, member: str
) -> None:
    running, ended = way.run(db, member, "a"), way.complete(db, member, "b")
    kept, settled = prediction(db, running), prediction(db, ended)
    gone = prediction(db, "0" * 32)
    with db.write() as session:
        assert set(sandbox.forget_settled(session, utc_now() + later())) == {settled, gone}
    with db.read() as session:
        assert list(session.exec(select(SandboxPrediction.id))) == [kept]


def test_a_prediction_that_ended_is_not_put_back_into_the_queue(db: Database, member: str) -> None:
    prediction_id = prediction(db, way.run(db, member))
    with db.write() as session:
        sandbox.take(session, prediction_id, -LEASE)
    with db.read() as session:
        (seen,) = sandbox.due(session, 5)
    with db.write() as session:
        assert sandbox.cancel(session, prediction_id)
    with db.write() as session:
        assert sandbox.claim(session, seen, LEASE) is None, "it was cancelled after it was looked at"
    with db.read() as session:
        row = sandbox.get(session, prediction_id)
    assert row is not None
    assert row.status == "cancelled"


def test_the_late_word_of_a_doubtful_attempt_takes_the_doubt_away(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    number = way.begin(db, clip_id)
    way.doubt(db, clip_id)
    assert way.accept(db, clip_id, number) is not None
    row = way.load(db, clip_id)
    assert (row.status, row.error_code, row.error_text, row.billed) == ("running", None, None, None)


def test_a_cancel_from_before_the_doubt_holds_when_the_attempt_is_found(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    number = way.begin(db, clip_id)
    with db.write() as session:
        clips.cancel(session, member, clip_id)
    way.doubt(db, clip_id)
    way.accept(db, clip_id, number)
    assert way.load(db, clip_id).status == "cancelling"


def test_troubles_of_a_download_go_on_counting_when_a_fresh_address_is_asked_for(
    db: Database, member: str
) -> None:
    clip_id = way.run(db, member)
    way.finish(db, clip_id)
    with db.write() as session:
        clip = moves.at(session, clip_id, way.load(db, clip_id).version)
        assert clip is not None
        assert moves.rewatch(session, clip, 1) is not None
    way.finish(db, clip_id)
    assert way.load(db, clip_id).failures == 1


def test_a_providers_long_words_fit_their_columns(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    way.begin(db, clip_id)
    with db.write() as session:
        clip = moves.at(session, clip_id, way.load(db, clip_id).version)
        assert clip is not None
        assert moves.end(session, clip, Move.FAIL, billed="no", code="x" * 500, sentence="No.") is not None
    assert way.load(db, clip_id).error_code == "x" * 64


def test_an_owner_who_dies_at_a_step_counts_as_a_trouble(db: Database, member: str) -> None:
    clip_id = way.admit_one(db, member)
    with db.write() as session:
        leases.take(session, clip_id, tuple(DISPATCHED), "dead", -LEASE)
    with db.write() as session:
        (clip,) = leases.due(session, 5)
        assert leases.claim(session, clip, LEASE) is not None
    assert way.load(db, clip_id).failures == 1


def motion_clip(db: Database, member: str, *, origin: str = "upload", source: str | None = None) -> str:
    """A motion video of the account; its id."""
    with db.write() as session:
        key = f"ab/cd/{new_id()}"
        session.add(StoredFile(key=key, bytes=1, mime="video/mp4"))
        session.flush()
        asset = Asset(
            account_id=member,
            origin=origin,
            kind="video",
            mime="video/mp4",
            sha256="0" * 64,
            bytes=1,
            file_key=key,
            source_asset_id=source,
        )
        session.add(asset)
        return asset.id


def failed(db: Database, member: str, **changes: str) -> str:
    """A clip that its provider refused; its id."""
    clip_id = way.run(db, member, **changes)
    way.fail(db, clip_id)
    return clip_id


def use(db: Database, clip_id: str, asset_id: str, role: str = "motion_clip") -> None:
    with db.write() as session:
        session.add(ClipInput(clip_id=clip_id, role=role, position=0, asset_id=asset_id))


def let_go(db: Database, days_from_now: float) -> set[str]:
    """What a turn in so many days takes that keeps motion videos for 30."""
    before = utc_now() + timedelta(days=days_from_now - 30)
    with db.write() as session:
        old = upkeep.old_motion_clips(session, before)
        return set(upkeep.drop_motion_clips(session, old, before))


@pytest.mark.spec("J7")
def test_a_motion_video_that_a_clip_takes_after_it_was_found_old_stays(db: Database, member: str) -> None:
    video = motion_clip(db, member)
    use(db, failed(db, member), video)
    before = utc_now() + timedelta(days=1)
    with db.read() as session:
        old = upkeep.old_motion_clips(session, before)
    assert old == [video]

    waiting = way.run(db, member, token="again")
    use(db, waiting, video)
    with db.write() as session:
        assert upkeep.drop_motion_clips(session, old, before) == []
    with db.read() as session:
        assert session.get(Asset, video) is not None
        takers = select(ClipInput.clip_id).where(ClipInput.asset_id == video)
        assert waiting in session.exec(takers).all()


@pytest.mark.spec("J7")
def test_motion_videos_go_a_month_after_their_last_use(db: Database, member: str) -> None:
    done = failed(db, member)
    original = motion_clip(db, member)
    longer = motion_clip(db, member, origin="version", source=original)
    both = motion_clip(db, member)
    use(db, done, longer)
    use(db, done, both, "reference_video")
    unused = motion_clip(db, member)
    assert let_go(db, 29) == set()
    assert let_go(db, 31) == {original, longer}
    with db.read() as session:
        left = set(session.exec(select(Asset.id).where(Asset.origin == "upload")))
    assert left == {both, unused}, "what was never a motion video, or is something else too, stays"


@pytest.mark.spec("J7")
def test_a_motion_video_that_is_still_needed_stays(db: Database, member: str) -> None:
    running = way.admit_one(db, member)
    needed = motion_clip(db, member)
    use(db, running, needed)
    assert let_go(db, 400) == set()


@pytest.mark.spec("J7")
def test_a_retry_without_its_motion_video_is_refused_and_nothing_is_reserved(
    db: Database, member: str
) -> None:
    clip_id = failed(db, member, mode="motion")
    with db.write() as session, pytest.raises(clips.AdmissionRefusedError) as refused:
        clips.retry(session, member, clip_id)
    assert refused.value.code == "motion_gone"
    assert way.load(db, clip_id).status == "failed"
    use(db, clip_id, motion_clip(db, member))
    with db.write() as session:
        assert clips.retry(session, member, clip_id) is not None
