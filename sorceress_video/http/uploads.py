"""Uploads of members: who, how many and how much is settled before a byte of the file is read."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sorceress_video.catalog.terms import InputRole
from sorceress_video.http.answers import refusal
from sorceress_video.http.file_names import label_from_header
from sorceress_video.http.identity import Member
from sorceress_video.http.intake import IntakeRefused, Pace, receive_body, too_large
from sorceress_video.http.storage import storage
from sorceress_video.jobs.keeping import NewFile, keep
from sorceress_video.library.assets import NewUpload, add_upload
from sorceress_video.library.database import get_database
from sorceress_video.library.results import KeptFile
from sorceress_video.library.tables import Asset
from sorceress_video.media.errors import MediaRefused, StorageError, StorageFull
from sorceress_video.media.filetype import MediaKind
from sorceress_video.media.limits import UploadLimits
from sorceress_video.media.uploads import AcceptedMedia, accept_upload
from sorceress_video.settings import Settings, get_settings

AT_ONCE_FOR_MEMBER: Final = 3
AT_ONCE: Final = 8
_DECODERS: Final = 2
_RETRY_AFTER: Final = "5"

PURPOSES: Final = {
    InputRole.START_FRAME: MediaKind.IMAGE,
    InputRole.END_FRAME: MediaKind.IMAGE,
    InputRole.CHARACTER: MediaKind.IMAGE,
    InputRole.REFERENCE_IMAGE: MediaKind.IMAGE,
    InputRole.MOTION_CLIP: MediaKind.VIDEO,
    InputRole.REFERENCE_VIDEO: MediaKind.VIDEO,
    InputRole.SOURCE_VIDEO: MediaKind.VIDEO,
    InputRole.REFERENCE_AUDIO: MediaKind.AUDIO,
    InputRole.DRIVING_AUDIO: MediaKind.AUDIO,
}
"""What kind of file each role of an input takes."""

_log = structlog.get_logger(__name__)


class Slots:
    """How many uploads run in this process, of each member and together."""

    def __init__(self) -> None:
        self._running: Counter[str] = Counter()

    @contextmanager
    def take(self, account_id: str) -> Iterator[None]:
        """Hold one slot.

        Raises:
            IntakeRefused: 429, all are taken.
        """
        if self._running[account_id] >= AT_ONCE_FOR_MEMBER:
            raise IntakeRefused(
                429,
                "too_many_uploads",
                f"{AT_ONCE_FOR_MEMBER} of your uploads are running. Wait until one of them is done.",
            )
        if self._running.total() >= AT_ONCE:
            raise IntakeRefused(
                429, "uploads_busy", "Many uploads are running at the moment. Try again in a few seconds."
            )
        self._running[account_id] += 1
        try:
            yield
        finally:
            self._running[account_id] -= 1
            self._running += Counter()  # Drops members without an upload.


class Uploads:
    """``POST /api/uploads?purpose=start_frame``: the raw bytes as the body, the name in ``X-File-Name``.

    What the browser says the file is counts for nothing; its content decides.
    """

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._slots = Slots()
        self._decoders = asyncio.Semaphore(_DECODERS)

    async def __call__(self, request: Request, member: Member) -> Response:
        """Take one file; 201 with its asset, or an error with a sentence."""
        settings = get_settings()
        try:
            kind = _kind_for(request.query_params.get("purpose", ""))
            expected = _expected_size(request, settings)
            with self._slots.take(member.account_id):
                return await self._take(request, member, kind, expected, settings)
        except IntakeRefused as refused:
            headers = {"Retry-After": _RETRY_AFTER} if refused.status == 429 else {}
            return refusal(refused.status, refused.code, refused.sentence, headers)
        except MediaRefused as refused:
            return refusal(422, refused.code, refused.sentence)
        except StorageFull as error:
            return refusal(507, error.code, error.sentence)
        except StorageError as error:
            _log.warning("upload_not_stored", code=error.code)
            return refusal(503, error.code, "The file cannot be stored at the moment. Try again later.")

    async def _take(
        self, request: Request, member: Member, kind: MediaKind, expected: int, settings: Settings
    ) -> Response:
        folder = await asyncio.to_thread(_new_folder, settings, expected)
        kept: asyncio.Task[Response] | None = None
        try:
            source = folder / "upload"
            await receive_body(request.stream(), source, settings.max_upload_bytes, self._pace)
            name = label_from_header(request.headers.get("x-file-name", ""))
            upload = partial(keep_upload, source, kind, name, member.account_id, settings)
            kept = asyncio.create_task(self._keep(folder, upload))
            # The thread cannot be stopped half-way; it takes its folder away itself.
            return await asyncio.shield(kept)
        finally:
            if kept is None:
                shutil.rmtree(folder, ignore_errors=True)

    async def _keep(self, folder: Path, upload: Callable[[], tuple[Asset, tuple[str, ...]]]) -> Response:
        try:
            async with self._decoders:
                asset, notes = await asyncio.to_thread(upload)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        _log.info("uploaded", asset_id=asset.id, kind=asset.kind, bytes=asset.bytes)
        return JSONResponse(asset_json(asset, notes), 201, headers={"Cache-Control": "no-store"})


def keep_upload(
    source: Path, kind: MediaKind, name: str, account_id: str, settings: Settings
) -> tuple[Asset, tuple[str, ...]]:
    """Inspect and clean a received file, store it, and write its rows.

    Returns:
        The asset, and sentences for the person about what was left out of it.

    Raises:
        MediaRefused: the file cannot be used; nothing was stored.
        StorageError: it could not be stored.
    """
    accepted = accept_upload(
        source, kinds=frozenset({kind}), limits=UploadLimits(max_bytes=settings.max_upload_bytes)
    )
    try:
        new = NewFile(accepted.path, accepted.mime, accepted.thumbnail)
        asset = keep(storage(), new, partial(_write_down, account_id, accepted, name))
    finally:
        accepted.discard()
    return asset, accepted.notes


def asset_json(asset: Asset, notes: tuple[str, ...] = ()) -> dict[str, Any]:
    """An asset as the page gets it. Pixels, seconds, bytes."""
    base = f"/media/{asset.id}"
    return {
        "id": asset.id,
        "kind": asset.kind,
        "name": asset.name,
        "mime": asset.mime,
        "bytes": asset.bytes,
        "width": asset.width,
        "height": asset.height,
        "seconds": asset.seconds,
        "url": f"{base}/{asset.kind}",
        "poster_url": f"{base}/poster" if asset.poster_key else None,
        "notes": list(notes),
    }


def _write_down(
    account_id: str, accepted: AcceptedMedia, name: str, file: KeptFile, poster: KeptFile | None
) -> Asset:
    new = NewUpload(
        kind=accepted.kind.value,
        name=name,
        file=file,
        poster=poster,
        width=accepted.width,
        height=accepted.height,
        seconds=accepted.seconds,
        fps=accepted.fps,
        has_audio=accepted.has_audio,
    )
    return add_upload(get_database(), account_id, new)


def _kind_for(purpose: str) -> MediaKind:
    try:
        return PURPOSES[InputRole(purpose)]
    except ValueError as error:
        raise IntakeRefused(400, "bad_purpose", "It is not said what the file is for.") from error


def _expected_size(request: Request, settings: Settings) -> int:
    """Bytes that the request announces; 0 where it announces none."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise IntakeRefused(415, "encoded", "The file must be sent as it is, without content encoding.")
    announced = request.headers.get("content-length")
    if announced is None:
        return 0
    if not (announced.isascii() and announced.isdigit()) or len(announced) > 18:
        raise IntakeRefused(400, "bad_length", "The length of the upload is not a number.")
    if int(announced) > settings.max_upload_bytes:
        raise too_large(settings.max_upload_bytes)
    return int(announced)


def _new_folder(settings: Settings, expected: int) -> Path:
    """A folder of the upload's own, on a disk with room for it."""
    uploads = settings.scratch_dir / "uploads"
    uploads.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The cleaned file lies beside the received one for a moment.
    if shutil.disk_usage(uploads).free - 2 * expected < settings.min_free_bytes:
        raise IntakeRefused(
            507, "storage_full", "The server's disk is nearly full. Ask an admin to free some space."
        )
    folder = uploads / secrets.token_hex(16)
    folder.mkdir(mode=0o700)
    return folder
