"""The whole workspace with a simulated provider and accounts of its own, for browsers to work in."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import psutil
from sqlmodel import col, select

from sorceress_video.accounts.passwords import hash_password
from sorceress_video.generation.lifecycle import ACTIVE
from sorceress_video.library import preferences, results
from sorceress_video.library.database import Database
from sorceress_video.library.results import KeptFile
from sorceress_video.library.tables import Account, Asset, Batch, Clip, utc_now
from sorceress_video.media.storage import open_storage
from sorceress_video.runtime import valkey as bundled
from sorceress_video.runtime.page_build import ROOT, ensure_pages
from sorceress_video.settings import Settings
from tests.simulators.fal.handle import FalSimulator
from tests.support.waiting import wait_for
from tests.support.workspace import Workspace

PASSWORD = "a quiet harbour at dawn"
SMALL = {
    "animatic": {"resolution": "480p", "duration": 3},
    "kling-3.0-pro": {"duration": "3", "audio": False},
    "seedance-2.0": {"resolution": "480p", "duration": "4"},
    "veo-3.1-fast": {"resolution": "720p", "duration": "4s"},
}
"""The smallest clip of each model, so that a test waits for the product and not for an encoder."""

_START_LIMIT = 120.0  # seconds, once the pages are built
_DEMO = ROOT / "assets" / "demo"
_TROUBLE = ("error", "critical")


@lru_cache(maxsize=1)
def password_hash() -> str:
    """The hash of ``PASSWORD``, made once for the whole run."""
    return hash_password(PASSWORD)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with an account; the password is ``PASSWORD``."""

    account_id: str
    email: str


class Studio:
    """One supervisor with everything that it starts, and a simulated fal behind it. A context manager."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.simulator = FalSimulator(folder / "fal")
        self.workspace = Workspace(
            folder,
            {
                "SORCERESS_POLL_INTERVAL": "0.3",
                "SORCERESS_LEASE_SECONDS": "3",
                "SORCERESS_SUBMIT_DEADLINE": "5",
                "SORCERESS_MIN_FREE_BYTES": "0",
                **self.simulator.environment,
                **(environment or {}),
            },
        )
        self.url = self.workspace.url
        self.data_dir = self.workspace.data_dir
        kept_at = (environment or {}).get("DATABASE_URL")
        self.db = Database(kept_at or f"sqlite:///{self.data_dir / 'workspace.db'}")
        self._storage = open_storage(Settings(data_dir=self.data_dir, storage_url=None))

    def __enter__(self) -> Self:
        ensure_pages()
        self.simulator.__enter__()
        try:
            self.workspace.start()
            self.workspace.wait_until_running(_START_LIMIT)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.db.close()
        self.workspace.__exit__(kind, error, trace)
        self.simulator.__exit__(kind, error, trace)

    # --- people

    def member(self, *models: str, role: str = "member", plan: str = "pro") -> Member:
        """A new account with an empty gallery, that chose ``models`` last, each at its smallest."""
        account = Account(
            email=f"{uuid4().hex[:12]}@example.com",
            name="Robin",
            password_hash=password_hash(),
            role=role,
            plan=plan,
        )
        with self.db.write() as session:
            session.add(account)
        preferences.save(self.db, account.id, "models", list(models))
        preferences.save(self.db, account.id, "settings", SMALL)
        return Member(account.id, account.email)

    # --- clips

    def clips(self, member: Member) -> list[Clip]:
        """A member's clips as the rows say now, newest first."""
        with self.db.read() as session:
            return list(
                session.exec(
                    select(Clip)
                    .where(Clip.account_id == member.account_id, col(Clip.removed_at).is_(None))
                    .order_by(col(Clip.id).desc())
                )
            )

    def rows(self, clip_ids: Iterable[str]) -> list[Clip]:
        """Some clips as the rows say now."""
        with self.db.read() as session:
            return list(session.exec(select(Clip).where(col(Clip.id).in_(list(clip_ids)))))

    def at_rest(self) -> bool:
        """Whether nothing is in the making."""
        with self.db.read() as session:
            active = select(Clip.id).where(col(Clip.status).in_([str(status) for status in ACTIVE]))
            return session.exec(active).first() is None

    def shelve(
        self, member: Member, prompts: Sequence[str], film: str = "ridge-at-dusk", **facts: Any
    ) -> list[str]:
        """Give a member completed clips, the first the oldest; their ids.

        Args:
            member: whose clips.
            prompts: one for each.
            film: one of the demo's, or the path of an MP4.
            facts: what of the film is otherwise than the demo's: ``fps``, ``seconds``, ``has_audio`` …
        """
        with self.db.write() as session:
            video = self._film(member, film)
            for name, value in facts.items():
                setattr(video, name, value)
            batch = Batch(account_id=member.account_id, token=uuid4().hex)
            session.add_all([video, batch])
            session.flush()
            first = time.time_ns() // 1_000_000 - len(prompts)
            rows = [
                _completed(member, batch, video, prompt, id_at(first + place))
                for place, prompt in enumerate(prompts)
            ]
            session.add_all(rows)
            return [row.id for row in rows]

    def leave(self, member: Member, status: str, prompt: str, **facts: Any) -> str:
        """Give a member a clip without a film that stays as it is, as no worker finds it; its id."""
        with self.db.write() as session:
            batch = Batch(account_id=member.account_id, token=uuid4().hex)
            session.add(batch)
            session.flush()
            row = Clip(
                account_id=member.account_id,
                batch_id=batch.id,
                model_id="kling-3.0-pro",
                model_name="Kling 3.0 Pro",
                provider="fal",
                endpoint="fal-ai/kling-video/v3/pro/text-to-video",
                mode="text",
                prompt=prompt,
                settings={"duration": "3"},
                settings_line="1080p · 3 s · 16:9",
                estimate_micro_usd=336_000,
                status=status,
                started_at=utc_now(),
                due_at=utc_now() + timedelta(days=1),
                **facts,
            )
            session.add(row)
            return row.id

    def change(self, clip_id: str, **facts: Any) -> None:
        """Change a row behind everybody's back."""
        with self.db.write() as session:
            clip = session.get_one(Clip, clip_id)
            for name, value in facts.items():
                setattr(clip, name, value)

    def picture(self, member: Member, path: Path) -> str:
        """Put a JPEG into a member's library; the asset's id."""
        kept = self._keep(path, "image/jpeg")
        with self.db.write() as session:
            results.keep_file(session, kept)
            asset = Asset(
                account_id=member.account_id,
                origin="upload",
                kind="image",
                name=path.name,
                mime=kept.mime,
                sha256=kept.sha256,
                bytes=kept.bytes,
                file_key=kept.key,
                width=1280,
                height=720,
            )
            session.add(asset)
        return asset.id

    def _film(self, member: Member, name: str) -> Asset:
        own = Path(name) if name.endswith(".mp4") else None
        video = self._keep(own or _DEMO / f"{name}.mp4", "video/mp4")
        poster = self._keep(_DEMO / f"{'ridge-at-dusk' if own else name}.webp", "image/webp")
        with self.db.write() as session:
            results.keep_file(session, video)
            results.keep_file(session, poster)
        return Asset(
            account_id=member.account_id,
            origin="result",
            kind="video",
            name="Animatic",
            mime=video.mime,
            sha256=video.sha256,
            bytes=video.bytes,
            file_key=video.key,
            poster_key=poster.key,
            width=960,
            height=540,
            seconds=4.5,
            fps=24.0,
        )

    def _keep(self, path: Path, mime: str) -> KeptFile:
        stored = self._storage.store_file(path, mime)
        return KeptFile(stored.key, stored.sha256, stored.bytes, mime)

    # --- money

    def requests(self, prompt: str) -> list[dict[str, Any]]:
        """What the provider accepted whose prompt contains ``prompt``."""
        rows = self.simulator.ledger()["requests"]
        return [row for row in rows if prompt in (row["body"].get("prompt") or "")]

    # --- processes and their logs

    def kill_web(self) -> None:
        """End the web process as by ``kill -9``."""
        self._kill(lambda words: "sorceress_video.runtime.web" in words)

    def kill_valkey(self) -> None:
        """End the bundled Valkey as by ``kill -9``."""
        self._kill(lambda words: any("valkey-server" in word for word in words[:1]))

    def _kill(self, chosen: Any) -> None:
        children = psutil.Process(self.workspace.pid).children()
        (victim,) = [child for child in children if chosen(child.cmdline())]
        victim.kill()
        wait_for(lambda: not victim.is_running(), what="the killed process to be gone")

    @property
    def valkey_url(self) -> str:
        """Database 0 of the bundled Valkey; the pages' states lie in its neighbour."""
        return bundled.plan(self.data_dir).url

    def marks(self) -> dict[Path, int]:
        """How long each log is now; see ``trouble_since``."""
        return {path: path.stat().st_size for path in self._logs()}

    def trouble_since(self, marks: Mapping[Path, int]) -> list[str]:
        """Lines of level ``error`` and above that were logged since ``marks``."""
        return [
            line
            for path in self._logs()
            for line in path.read_bytes()[marks.get(path, 0) :].decode(errors="replace").splitlines()
            if _is_trouble(line)
        ]

    def _logs(self) -> list[Path]:
        return sorted((self.data_dir / "logs").glob("*.log"))


def _is_trouble(line: str) -> bool:
    if not line.startswith("{"):
        return line.startswith("Traceback")
    try:
        return json.loads(line).get("level") in _TROUBLE
    except ValueError:
        return False  # A line that is still being written.


def id_at(moment: int) -> str:
    """An identifier as of a moment in Unix milliseconds; see ``library.ids``."""
    return f"{moment:012x}{secrets.token_hex(10)}"


def _completed(member: Member, batch: Batch, video: Asset, prompt: str, clip_id: str) -> Clip:
    now = utc_now()
    return Clip(
        id=clip_id,
        account_id=member.account_id,
        batch_id=batch.id,
        model_id="animatic",
        model_name="Animatic",
        provider="sandbox",
        endpoint="animatic/text-to-video",
        mode="text",
        prompt=prompt,
        settings={"resolution": "480p", "duration": 3, "aspect_ratio": "16:9"},
        settings_line="480p · 3 s · 16:9",
        estimate_micro_usd=0,
        cost_micro_usd=0,
        billed="yes",
        status="completed",
        version=5,
        attempt=1,
        created_at=now,
        started_at=now,
        finished_at=now,
        video_id=video.id,
        width=video.width,
        height=video.height,
        seconds=video.seconds,
    )


@contextmanager
def open_studio(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Studio]:
    """A running studio with an owner, so that nobody is asked to set it up."""
    with Studio(folder, environment) as studio:
        studio.member(role="owner")
        yield studio
