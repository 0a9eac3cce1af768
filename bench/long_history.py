"""A long history for a member, written in bulk: two years of clips with prompts, states and words."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import insert

from sorceress_video.library.database import Database
from sorceress_video.library.ids import new_id
from sorceress_video.library.search_line import line_of, number_at
from sorceress_video.library.tables import Batch, Clip, ClipSearch, utc_now

_SPAN: Final = 2 * 365 * 86_400  # seconds
_WORDS: Final = (
    *(
        "fox",
        "wolf",
        "whale",
        "lighthouse",
        "neon",
        "rain",
        "dunes",
        "forest",
        "mist",
        "snow",
        "tower",
        "river",
    ),
    *(
        "night",
        "ridge",
        "dusk",
        "camera",
        "rises",
        "slowly",
        "glass",
        "harbour",
        "lantern",
        "smoke",
        "雪山の夜",
    ),
)
MODELS: Final = (
    ("kling-3.0-pro", "Kling 3.0 Pro"),
    ("veo-3.1-fast", "Veo 3.1 Fast"),
    ("animatic", "Animatic"),
)


def fill(db: Database, account_id: str, clips: int, *, video_id: str | None = None) -> None:
    """Give a member so many clips of two years.

    Args:
        db: the database.
        account_id: whose.
        clips: how many; of 50 one failed, and the last 20 are being made.
        video_id: the film of all that are completed; None leaves them without.
    """
    chance = random.Random(7)
    batch = Batch(account_id=account_id, token=new_id())
    with db.write() as session:
        session.add(batch)
    for first in range(0, clips, 5_000):
        numbers = range(first, min(clips, first + 5_000))
        rows = [
            {**_row(chance, number, clips), "account_id": account_id, "batch_id": batch.id}
            for number in numbers
        ]
        for row in rows:
            row["video_id"] = video_id if row["status"] == "completed" else None
        lines = [
            {"number": number_at(row["id"]), "clip_id": row["id"], "words": line_of(Clip(**row))}
            for row in rows
        ]
        with db.write() as session:
            session.execute(insert(Clip), rows)
            session.execute(insert(ClipSearch), lines)
    if not db.is_sqlite:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _row(chance: random.Random, n: int, clips: int) -> dict[str, Any]:
    model_id, model_name = MODELS[n % len(MODELS)]
    moment = time.time() - _SPAN * (clips - n) / clips
    status = "failed" if n % 50 == 0 else "running" if n > clips - 20 else "completed"
    now = utc_now()
    return {
        **dict.fromkeys(("parent_id", "removed_at")),
        "id": f"{int(moment * 1000):012x}{new_id()[12:]}",
        "model_id": model_id,
        "model_name": model_name,
        "provider": "fal",
        "endpoint": "bench",
        "mode": "image" if n % 5 == 0 else "text",
        "prompt": f"Embers drift over {' '.join(chance.sample(_WORDS, 9))}, number {n}",
        "settings": {},
        "settings_line": "1080p · 5 s",
        "status": status,
        "favorite": n % 40 == 0,
        "started_at": now - timedelta(seconds=80),
        "finished_at": now,
        "due_at": now + timedelta(days=1),
        "created_at": now,
    }
