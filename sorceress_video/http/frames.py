"""Frames of a member's own clips, taken out on the server: what is on screen is what they get."""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sorceress_video.http.answers import not_found, refusal
from sorceress_video.http.identity import Member
from sorceress_video.http.storage import storage
from sorceress_video.http.uploads import asset_json
from sorceress_video.jobs.frames import keep_frame
from sorceress_video.library.tables import Asset
from sorceress_video.media.derive import Moment
from sorceress_video.media.errors import MediaError, StorageError, StorageFull

AT_ONCE_FOR_MEMBER: Final = 4
"""Frames of one member that are being taken or wait for it, in this process."""
LONGEST_SECONDS: Final = 86_400.0
_DECODERS: Final = 2
_BODY_BYTES: Final = 1024
_ID: Final = re.compile(r"[0-9a-f]{32}")

_log = structlog.get_logger(__name__)
_wanted: Counter[str] = Counter()
_decoders = ThreadPoolExecutor(_DECODERS, "frames")


class FrameRefused(Exception):  # noqa: N818  (a verdict that the person reads)
    """No frame was taken. The status is HTTP's, the sentence the person's."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.sentence = sentence


async def frames(request: Request, member: Member) -> Response:
    """``POST /api/clips/{clip_id}/frames`` with ``{"at": 1.25}`` in seconds, ``"first"`` or ``"last"``."""
    try:
        at = moment_of(await _body(request))
        asset = await take(member.account_id, request.path_params["clip_id"], at)
    except FrameRefused as refused:
        return refusal(refused.status, refused.code, refused.sentence)
    if asset is None:
        return not_found()
    return JSONResponse(asset_json(asset), 201, headers={"Cache-Control": "no-store"})


async def take(account_id: str, clip_id: str, at: Moment) -> Asset | None:
    """A frame of a finished clip as a picture of the account; None when the clip is not theirs.

    Raises:
        FrameRefused: it cannot be taken now, or not at all.
    """
    if not _ID.fullmatch(clip_id):
        return None
    if _wanted[account_id] >= AT_ONCE_FOR_MEMBER:
        raise FrameRefused(429, "too_many_frames", "Frames are being taken. Wait until they are done.")
    _wanted[account_id] += 1
    try:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_decoders, keep_frame, account_id, clip_id, at, storage())
    except StorageFull as error:
        raise FrameRefused(507, error.code, error.sentence) from error
    except StorageError as error:
        _log.warning("frame not stored", clip_id=clip_id, code=error.code)
        raise FrameRefused(503, error.code, "The frame cannot be stored at the moment.") from error
    except (MediaError, FileNotFoundError) as error:
        _log.warning("frame not taken", clip_id=clip_id, error=type(error).__name__)
        raise FrameRefused(422, "no_frame", "The clip's file cannot be read: no frame was taken.") from error
    finally:
        _wanted[account_id] -= 1
        if not _wanted[account_id]:
            del _wanted[account_id]


def moment_of(body: bytes) -> Moment:
    """The moment that a request names.

    Raises:
        FrameRefused: it names none.
    """
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _bad() from error
    at = asked.get("at") if isinstance(asked, dict) else None
    if at in ("first", "last"):
        return at  # type: ignore[no-any-return]
    if isinstance(at, bool) or not isinstance(at, int | float):
        raise _bad()
    if not (math.isfinite(at) and 0 <= at <= LONGEST_SECONDS):
        raise _bad()
    return float(at)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BODY_BYTES:
            raise _bad()
    return bytes(body)


def _bad() -> FrameRefused:
    return FrameRefused(
        400, "bad_moment", 'It is not said which frame: {"at": seconds}, {"at": "first"} or {"at": "last"}.'
    )
