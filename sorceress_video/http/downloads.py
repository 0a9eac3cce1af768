"""A member's own clip as a file to save, whole or in ranges, with tags that say how it was made."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from sorceress_video.http.answers import not_found
from sorceress_video.http.file_names import clip_stem
from sorceress_video.http.identity import Member
from sorceress_video.http.media import answer_stored, is_known, media_headers
from sorceress_video.http.storage import storage
from sorceress_video.jobs.downloads import Download, download
from sorceress_video.library.assets import ReadableFile

_ID: Final = re.compile(r"[0-9a-f]{32}")
# The rest waits: a copy takes moments, and members may ask for many.
_makers = ThreadPoolExecutor(2, "downloads")


async def clip_file(request: Request, member: Member) -> Response:
    """``GET /api/clips/{clip_id}/download``, with ``?name=…`` as its name. 404 for what is not theirs."""
    clip_id = request.path_params["clip_id"]
    if not _ID.fullmatch(clip_id):
        return not_found()
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_makers, download, member.account_id, clip_id, storage())
    if found is None:
        return not_found()
    return await asyncio.to_thread(_answer, found, request)


def _answer(found: Download, request: Request) -> Response:
    etag = f'"{found.tag}"'
    name = request.query_params.get("name") or clip_stem(found.model_name, found.clip_id)
    headers = media_headers(etag, found.mime, name) | {"Cache-Control": "private, no-cache"}
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    if found.path is not None:
        return FileResponse(found.path, headers=headers, media_type=found.mime, stat_result=found.path.stat())
    file = ReadableFile(found.key, 0, found.mime, name)
    return answer_stored(storage(), file, headers, request)
