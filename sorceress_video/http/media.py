"""Media files for those who may see them: whole or in ranges, kept by the owner's browser, never a page."""

from __future__ import annotations

import asyncio
import re
from typing import Final, cast, get_args

from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from sorceress_video.http.answers import not_found
from sorceress_video.http.file_names import attachment
from sorceress_video.http.headers import FOREVER
from sorceress_video.http.identity import Member
from sorceress_video.http.storage import storage
from sorceress_video.library.assets import ReadableFile, Variant, readable_file
from sorceress_video.library.database import get_database
from sorceress_video.media.storage import Storage

_ID: Final = re.compile(r"[0-9a-f]{32}")
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_SHOWN: Final = ("video/", "image/png", "image/jpeg", "image/webp", "audio/")


async def media(request: Request, member: Member) -> Response:
    """``GET /media/{asset_id}/{variant}``, with ``?download=1&name=…`` as a file to save.

    404 for whatever the member may not see, so that ids of others cannot be told from ids of nobody.
    """
    asset_id, variant = request.path_params["asset_id"], request.path_params["variant"]
    if not _ID.fullmatch(asset_id) or variant not in get_args(Variant):
        return not_found()
    file = await asyncio.to_thread(
        readable_file, get_database(), member.account_id, asset_id, cast("Variant", variant)
    )
    if file is None:
        return not_found()
    etag = f'"{file.key.rpartition("/")[2]}"'
    saved = request.query_params.get("download") == "1" or not file.mime.startswith(_SHOWN)
    name = (request.query_params.get("name") or file.name) if saved else None
    headers = media_headers(etag, file.mime, name, own=file.own)
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    return await asyncio.to_thread(answer_stored, storage(), file, headers, request)


def media_headers(etag: str, mime: str, name: str | None, *, own: bool = True) -> dict[str, str]:
    """What every answer with a media file says; with a ``name`` it is a file to save.

    What somebody else shares is asked for each time (not ``own``): it may not be shared any more.
    """
    headers = {
        "ETag": etag,
        "Cache-Control": f"private, {FOREVER}" if own else "private, no-cache",
        "Vary": "Cookie",  # Another member at the same browser does not get it from its cache.
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
    }
    if name is not None:
        headers["Content-Disposition"] = attachment(name, mime)
    return headers


def is_known(if_none_match: str, etag: str) -> bool:
    """Whether the browser has these very bytes already."""
    known = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return etag in known or "*" in known


def answer_stored(store: Storage, file: ReadableFile, headers: dict[str, str], request: Request) -> Response:
    """A stored file, whole or the range that is asked for. Blocks: call it in a thread."""
    path = store.local_path(file.key)
    if path is not None:
        return FileResponse(path, headers=headers, media_type=file.mime, stat_result=path.stat())
    found = store.stat(file.key)
    if found is None:
        return not_found()
    if_range = request.headers.get("if-range")
    wanted = request.headers.get("range") if if_range in (None, headers["ETag"]) else None
    start, end, status = 0, found.size, 200
    span = parse_range(wanted, found.size) if wanted else None
    if span is not None:
        start, end = span
        if start >= end:
            return Response(status_code=416, headers={"Content-Range": f"bytes */{found.size}"})
        status = 206
        headers = headers | {"Content-Range": f"bytes {start}-{end - 1}/{found.size}"}
    headers = headers | {"Content-Length": str(end - start), "Content-Type": file.mime}
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    try:
        pieces = store.open_range(file.key, start, end)
    except FileNotFoundError:
        return not_found()
    return StreamingResponse(iterate_in_threadpool(pieces), status_code=status, headers=headers)


def parse_range(value: str, size: int) -> tuple[int, int] | None:
    """One byte range as [start, end); an empty one where nothing of the file lies in it.

    None where the whole file is the answer: several ranges, or what is no range (RFC 9110 lets a server
    ignore both).
    """
    found = _RANGE.fullmatch(value.strip().lower())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size
    start, last = int(found[1]), int(found[2]) if found[2] else size - 1
    if found[2] and last < start:
        return None
    return start, min(last + 1, size)
