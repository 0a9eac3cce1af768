"""Many clips as one ZIP, put together while it is sent: nothing of it is ever whole in memory or on disk."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from zipstream import ZIP_STORED, ZipStream

from sorceress_video.http.answers import not_found, refusal
from sorceress_video.http.file_names import attachment, clip_stem, extension_of
from sorceress_video.http.identity import Member
from sorceress_video.http.storage import storage
from sorceress_video.jobs import tickets
from sorceress_video.jobs.downloads import download, wants_tags
from sorceress_video.library.database import get_database
from sorceress_video.library.films import Film, films
from sorceress_video.media.errors import StorageError
from sorceress_video.media.storage import Storage

AT_ONCE: Final = 2
"""Archives of one account that one web process sends at a time."""
_PIECE: Final = 1024 * 1024
NOTE: Final = "clips that are missing.txt"

_sending: Counter[str] = Counter()


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive."""

    clip_id: str
    name: str
    key: str
    bytes: int


@dataclass(frozen=True, slots=True)
class _Packed:
    pieces: Iterator[bytes]
    size: int | None
    """Bytes of the whole; None where the files can only be asked for one by one."""


class _Archive(Response):
    """Clips as one file to save; it counts from its first step until it has arrived or was given up."""

    def __init__(self, account_id: str, ids: Sequence[str]) -> None:
        super().__init__()
        self._account_id = account_id
        self._ids = ids

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _sending[self._account_id] >= AT_ONCE:
            await _too_many()(scope, receive, send)
            return
        _sending[self._account_id] += 1
        try:
            answer = await self._packed(head=scope["method"] == "HEAD")
            await answer(scope, receive, send)
        finally:
            _sending[self._account_id] -= 1
            if not _sending[self._account_id]:
                del _sending[self._account_id]

    async def _packed(self, *, head: bool) -> Response:
        packed = await asyncio.to_thread(_pack, self._account_id, self._ids)
        headers = {
            "Content-Disposition": attachment(f"{len(self._ids)} clips", "application/zip"),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        if packed.size is not None:
            headers["Content-Length"] = str(packed.size)
        if head:
            return Response(headers=headers, media_type="application/zip")
        return StreamingResponse(
            iterate_in_threadpool(packed.pieces), headers=headers, media_type="application/zip"
        )


def _too_many() -> Response:
    return refusal(
        429, "too_many_archives", f"{AT_ONCE} ZIP files are on their way to you. Wait for one of them."
    )


async def archive(request: Request, member: Member) -> Response:
    """``GET /api/archives/{ticket}``: the clips of a ticket as one file to save.

    404 for tickets that are over or somebody else's; 429 while the account has two archives on their way.
    """
    ids = await asyncio.to_thread(tickets.redeem, "zip", member.account_id, request.path_params["ticket"])
    return not_found() if ids is None else _Archive(member.account_id, ids)


def _pack(account_id: str, ids: Sequence[str]) -> _Packed:
    store, db = storage(), get_database()
    with db.read() as session:
        found = list(films(session, account_id, ids))
    entries, gone = named(found), len(ids) - len(found)
    if store.free_bytes() is None or wants_tags(db, account_id):
        return _Packed(_one_by_one(account_id, store, entries, gone), None)
    packed = ZipStream(compress_type=ZIP_STORED, sized=True)
    missing = []
    for entry in entries:
        if store.local_path(entry.key) is None:
            missing.append(entry.name)
        else:
            packed.add(_stored(store, entry), entry.name, size=entry.bytes)
    if note := _note(missing, gone):
        packed.add(note, NOTE)
    return _Packed(iter(packed), len(packed))


def _one_by_one(account_id: str, store: Storage, entries: Sequence[Entry], gone: int) -> Iterator[bytes]:
    """Each file is asked for when its turn comes: from far away, or with tags that are written only then."""
    packed = ZipStream(compress_type=ZIP_STORED)
    missing = []
    for entry in entries:
        try:
            content = _asked_for(account_id, store, entry)
        except (FileNotFoundError, StorageError):
            missing.append(entry.name)
            continue
        packed.add(content, entry.name)
        yield from packed.file()
    if note := _note(missing, gone):
        packed.add(note, NOTE)
    yield from packed.finalize()


def _asked_for(account_id: str, store: Storage, entry: Entry) -> Iterator[bytes]:
    """A clip's file as its download gives it."""
    found = download(account_id, entry.clip_id, store)
    if found is None:
        raise FileNotFoundError(entry.key)
    if found.path is not None:
        return _copied(found.path)
    return store.open_range(found.key, 0, entry.bytes)


def _copied(path: Path) -> Iterator[bytes]:
    """A copy with tags, which goes once it is sent: an archive of many must not fill the disk."""
    file = path.open("rb")
    path.unlink(missing_ok=True)
    return _read(file)


def _read(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _stored(store: Storage, entry: Entry) -> Iterator[bytes]:
    """A file, opened when its turn comes; the download breaks off where it went away since."""
    yield from store.open_range(entry.key, 0, entry.bytes)


def named(found: Sequence[Film]) -> list[Entry]:
    """A name for each film that no other has, on systems that do not tell cases apart either."""
    taken: set[str] = set()
    entries = []
    for film in found:
        stem = clip_stem(film.model_name, film.clip_id)
        name, number = stem, 1
        while name.lower() in taken:
            number += 1
            name = f"{stem} ({number})"
        taken.add(name.lower())
        entries.append(Entry(film.clip_id, f"{name}{extension_of(film.mime)}", film.key, film.bytes))
    return entries


def _note(missing: Sequence[str], gone: int) -> str:
    lines = [f"{name}: its file is not there any more." for name in missing]
    if gone:
        lines.append(f"{gone} of the selected clips were deleted before the download began.")
    return "\n".join(lines) + "\n" if lines else ""
