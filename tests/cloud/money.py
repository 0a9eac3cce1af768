"""The promises that hold after every trouble, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from sqlmodel import select

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.library.tables import Asset, LedgerEntry, StoredFile, utc_now
from sorceress_video.media.reader import read_frames
from sorceress_video.media.storage import hash_file, open_storage
from sorceress_video.settings import get_settings
from tests.support.deployment import ASKED, Deployment
from worker import upkeep


class Ledgered(Protocol):
    """A simulated provider, in this process or in one of its own."""

    def ledger(self) -> dict[str, Any]:
        """What was accepted, refused and charged so far."""
        ...


def charges(provider: Ledgered) -> int:
    """How many generations the simulated provider charged."""
    return int(provider.ledger()["total_charged"])


def assert_promises(deployment: Deployment, provider: Ledgered | None, ids: Sequence[str]) -> None:
    """No clip lost, none paid twice, no file without row, no row without file, money adds up."""
    rows = {clip_id: deployment.clip(clip_id) for clip_id in ids}
    for row in rows.values():
        assert ClipStatus(row.status) in ASKED, f"{row.id} is still {row.status}"
        assert row.status == "completed" or row.error_text or row.status == "cancelled"
    if provider is not None:
        twice = {p: n for p, n in provider.ledger()["charges_by_prompt"].items() if n > 1}
        assert twice == {}, "paid twice"
    _assert_files(deployment, [row.video_id for row in rows.values() if row.status == "completed"])
    _assert_ledger(deployment, rows.keys())


def _assert_files(deployment: Deployment, videos: Sequence[str | None]) -> None:
    deployment.stop()  # A preview that is being stored has its row a moment later.
    storage = open_storage(get_settings())
    upkeep.collect(deployment.db, storage, utc_now())
    upkeep.collect(deployment.db, storage, utc_now())  # Twice: what was an orphan is unreferenced then.
    with deployment.db.read() as session:
        known = set(session.exec(select(StoredFile.key)))
        assets = {asset.id: asset for asset in session.exec(select(Asset))}
    assert {file.key for file in storage.list()} == known, "a file without a row, or a row without a file"
    for video_id in videos:
        assert video_id is not None
        asset = assets[video_id]
        path = storage.local_path(asset.file_key)
        assert path is not None
        assert hash_file(path)[0] == asset.sha256
        assert next(read_frames(path)) is not None
        assert asset.poster_key in known


def _assert_ledger(deployment: Deployment, ids: object) -> None:
    with deployment.db.read() as session:
        lines = session.exec(select(LedgerEntry)).all()
    for clip_id in {line.clip_id for line in lines}:
        row = deployment.clip(clip_id)
        own = [line for line in lines if line.clip_id == clip_id]
        open_sum = sum(line.micro_usd for line in own)
        charged = sum(line.micro_usd for line in own if line.kind == "charge")
        if row.status != "ambiguous":
            assert open_sum == charged, "what ended keeps no reserve"
        if row.status == "completed" and row.estimate_micro_usd:
            assert charged == row.cost_micro_usd
