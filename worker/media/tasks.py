"""The media queue: what is derived from a finished clip after it can already be played."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.jobs.hints import Hint, publish
from sorceress_video.jobs.points import Point, reached
from sorceress_video.jobs.queues import get_redis
from sorceress_video.library import results
from sorceress_video.library.database import get_database
from sorceress_video.library.results import KeptFile
from sorceress_video.library.tables import Asset
from sorceress_video.media.derive import LAST_FRAME, PREVIEW, make_derivatives
from sorceress_video.media.storage import Storage, content_key, open_storage
from sorceress_video.settings import get_settings

_log = structlog.get_logger(__name__)


def derive(asset_id: str, _dispatch: int) -> None:
    """Make the hover preview and the true last frame of one video; a second run changes nothing."""
    db, settings = get_database(), get_settings()
    with db.read() as session:
        asset = session.get(Asset, asset_id)
        clip = results.clip_of(session, asset_id)
    if asset is None or asset.preview_key is not None:
        return
    storage = open_storage(settings)
    settings.scratch_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.scratch_dir, prefix="derive-") as folder:
        scratch = Path(folder)
        source = storage.local_path(asset.file_key)
        if source is None:
            source = scratch / "video.mp4"
            storage.fetch_to(asset.file_key, source)
        preview, last = scratch / "preview.mp4", scratch / "last.png"
        make_derivatives(source, preview=preview, last_frame=last)
        reached(Point.DERIVE_MADE)
        kept_preview = _keep(storage, asset, preview, PREVIEW, "video/mp4")
        kept_last = _keep(storage, asset, last, LAST_FRAME, "image/png")
        reached(Point.DERIVE_FILE_STORED)
    with db.write() as session:
        kept = results.add_derived(session, asset_id, preview=kept_preview, last_frame=kept_last)
    if kept and clip is not None:
        publish(
            get_redis(),
            Hint(
                kind="moved",
                account=clip.account_id,
                clip=clip.id,
                version=clip.version,
                status=ClipStatus(clip.status).value,
            ),
        )


def _keep(storage: Storage, asset: Asset, path: Path, suffix: str, mime: str) -> KeptFile:
    key = content_key(asset.sha256, suffix)
    storage.put_file(path, key, mime)
    return KeptFile(key, asset.sha256, path.stat().st_size, mime)
