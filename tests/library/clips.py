"""Short ways to clips in every state, for the library's tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sorceress_video.generation.lifecycle import Move
from sorceress_video.library import clips, moves, results
from sorceress_video.library.clips import NewClip
from sorceress_video.library.database import Database
from sorceress_video.library.results import KeptFile, VideoFacts
from sorceress_video.library.tables import Clip, utc_now

LEASE = timedelta(seconds=30)


def new_clip(**changes: Any) -> NewClip:
    """A planned clip that costs fifty cents."""
    facts: dict[str, Any] = {
        "model_id": "kling-3.0-pro",
        "model_name": "Kling 3.0 Pro",
        "provider": "fal",
        "endpoint": "fal-ai/kling-video/v3/pro/text-to-video",
        "mode": "text",
        "prompt": "A lone rider crosses the ridge",
        "settings": {"duration": "5"},
        "settings_line": "1080p · 5 s",
        "expected_seconds": 5.0,
        "estimate_micro_usd": 500_000,
    }
    return NewClip(**{**facts, **changes})


def admit_one(db: Database, account_id: str, token: str = "click", **changes: Any) -> str:
    """One admitted clip; its id."""
    return clips.admit(db, account_id, token, [new_clip(**changes)], max_active=100).clip_ids[0]


def load(db: Database, clip_id: str) -> Clip:
    """The row as it is now."""
    with db.read() as session:
        clip = session.get(Clip, clip_id)
    assert clip is not None
    return clip


def begin(db: Database, clip_id: str) -> int:
    """Write an attempt; its number."""
    with db.write() as session:
        clip = session.get(Clip, clip_id)
        assert clip is not None
        done = moves.begin_attempt(session, clip, LEASE)
        assert done is not None
        return done.attempt


def accept(db: Database, clip_id: str, number: int, request_id: str = "req-1") -> moves.Moved | None:
    """The provider's ticket arrives."""
    with db.write() as session:
        return moves.accept(
            session,
            clip_id,
            number,
            request_id=request_id,
            status_url="https://queue.test/status",
            response_url=None,
            cancel_url=None,
        )


def run(db: Database, account_id: str, token: str = "click", **changes: Any) -> str:
    """A clip that its provider has accepted; its id."""
    clip_id = admit_one(db, account_id, token, **changes)
    accept(db, clip_id, begin(db, clip_id))
    return clip_id


def finish(db: Database, clip_id: str) -> moves.Moved | None:
    """The provider says that it is made."""
    version = load(db, clip_id).version
    with db.write() as session:
        return moves.finish(session, clip_id, version)


def store(db: Database, clip_id: str, cost: int | None = None) -> moves.Moved | None:
    """The file is home."""
    digest = f"{int(clip_id, 16):064x}"[-64:]
    video = KeptFile(f"{digest[:2]}/{digest[2:4]}/{digest}", digest, 1000, "video/mp4")
    poster = KeptFile(f"{video.key}.webp", digest, 100, "image/webp")
    with db.write() as session:
        clip = session.get(Clip, clip_id)
        assert clip is not None
        asset = results.add_result(session, clip, video, poster, VideoFacts(1920, 1080, 5.0, 24.0, False))
        done = moves.store(session, clip, asset, seed=7, cost=cost)
        if done is None:
            session.rollback()
        return done


def complete(db: Database, account_id: str, token: str = "click", **changes: Any) -> str:
    """A clip from the click to the gallery; its id."""
    clip_id = run(db, account_id, token, **changes)
    finish(db, clip_id)
    assert store(db, clip_id) is not None
    return clip_id


def fail(db: Database, clip_id: str, *, billed: str = "no") -> moves.Moved | None:
    """The provider refuses."""
    with db.write() as session:
        clip = session.get(Clip, clip_id)
        assert clip is not None
        return moves.end(
            session, clip, Move.FAIL, billed=billed, code="refused", sentence="No.", retry_helps=False
        )


def give_back(db: Database, clip_id: str, move: Move = Move.BUSY) -> moves.Moved | None:
    """The provider has no room."""
    with db.write() as session:
        clip = session.get(Clip, clip_id)
        assert clip is not None
        return moves.give_back(session, clip, move, utc_now(), phase=None)


def doubt(db: Database, clip_id: str) -> moves.Moved | None:
    """The answer to the submit never comes."""
    with db.write() as session:
        clip = session.get(Clip, clip_id)
        assert clip is not None
        return moves.doubt(session, clip, code="no_answer", sentence="It may have been accepted.")
