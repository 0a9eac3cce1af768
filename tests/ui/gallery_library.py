"""Rows for galleries of tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sorceress_video.library.database import Database
from sorceress_video.library.ids import new_id
from sorceress_video.library.tables import Asset, Batch, Clip, StoredFile, utc_now

PROMPT = "Embers drift over a drowned city, the camera rises past the bell tower and finds the moon, slowly"


class Shelf:
    """Puts clips of one account into the database; newest last."""

    def __init__(self, db: Database, account_id: str) -> None:
        self.db = db
        self.account_id = account_id
        self._made = 0
        with db.write() as session:
            batch = Batch(account_id=account_id, token=new_id())
            file = StoredFile(key=f"aa/{new_id()}", bytes=1, mime="video/mp4")
            session.add_all([batch, file])
            session.flush()
            video = Asset(
                account_id=account_id,
                origin="result",
                kind="video",
                mime="video/mp4",
                sha256="0" * 64,
                bytes=1,
                file_key=file.key,
                poster_key=file.key,
                preview_key=file.key,
                width=1920,
                height=1080,
                seconds=5.0,
                fps=24.0,
            )
            session.add(video)
            session.flush()
            self.batch_id, self.video_id = batch.id, video.id

    def row(self, status: str = "completed", **fields: Any) -> Clip:
        """A row that is not in the database yet; each is newer than the one before."""
        self._made += 1
        now = utc_now()
        given: dict[str, Any] = {
            "id": f"{self._made:012x}{new_id()[12:]}",
            "account_id": self.account_id,
            "batch_id": self.batch_id,
            "model_id": "kling-3-pro",
            "model_name": "Kling 3.0 Pro",
            "provider": "fal",
            "endpoint": "fal-ai/kling",
            "mode": "text",
            "prompt": PROMPT,
            "settings": {},
            "settings_line": "1080p · 5 s · 16:9",
            "estimate_micro_usd": 560_000,
            "status": status,
        }
        if status == "completed":
            given |= {
                "video_id": self.video_id,
                "width": 1920,
                "height": 1080,
                "seconds": 5.0,
                "billed": "yes",
                "cost_micro_usd": 560_000,
                "started_at": now - timedelta(seconds=84),
                "finished_at": now,
            }
        return Clip(**given | fields)

    def put(self, status: str = "completed", **fields: Any) -> str:
        """One clip; its id."""
        clip = self.row(status, **fields)
        with self.db.write() as session:
            session.add(clip)
        return clip.id

    def fill(self, count: int, **fields: Any) -> list[str]:
        """Many clips; their ids, oldest first."""
        clips = [self.row(**fields) for _ in range(count)]
        ids = [clip.id for clip in clips]
        with self.db.write() as session:
            session.add_all(clips)
        return ids

    def change(self, clip_id: str, **fields: Any) -> None:
        """Move a clip as a worker would."""
        with self.db.write() as session:
            clip = session.get_one(Clip, clip_id)
            for name, value in fields.items():
                setattr(clip, name, value)
            clip.version += 1
