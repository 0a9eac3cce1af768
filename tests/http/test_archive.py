"""Many clips as one ZIP: whole, named, the member's own, streamed."""

from __future__ import annotations

import asyncio
import io
import secrets
import threading
import tracemalloc
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlmodel import select

from sorceress_video.http import archive as archives
from sorceress_video.http.archive import NOTE, named
from sorceress_video.http.storage import storage
from sorceress_video.jobs import many, queues, tickets
from sorceress_video.jobs.downloads import EMBED_METADATA, TAGGED_FOLDER
from sorceress_video.library import preferences
from sorceress_video.library.films import Film
from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.library.selection import Selection
from sorceress_video.library.tables import Account, Asset, Clip, StoredFile
from sorceress_video.runtime.page_build import ROOT
from tests.http.workspace import Workspace, random_id
from tests.ui.gallery_library import Shelf

pytestmark = pytest.mark.spec("G6")

DEMO = ROOT / "assets" / "demo" / "ridge-at-dusk.mp4"
EVERYTHING = Selection(GalleryFilter(), (("~", ""),))


@pytest.fixture(params=["folder", "object store"])
def ada(workspace: Workspace, valkey: str, request: pytest.FixtureRequest) -> Account:
    """A member; the storage is a folder, then an object store."""
    remote = {"SORCERESS_STORAGE_URL": "memory:///"} if request.param == "object store" else {}
    workspace.configure(REDIS_URL=valkey, **remote)
    queues.get_redis.cache_clear()
    return workspace.add_account()


def put_films(workspace: Workspace, account: Account, contents: Sequence[bytes], folder: Path) -> list[str]:
    """Finished clips with these files; their ids, oldest first."""
    shelf = Shelf(workspace.db, account.id)
    made = []
    for content in contents:
        path = folder / "film.mp4"
        path.write_bytes(content)
        stored = storage().store_file(path, "video/mp4")
        with workspace.db.write() as session:
            if session.get(StoredFile, stored.key) is None:
                session.add(StoredFile(key=stored.key, bytes=stored.bytes, mime="video/mp4"))
                session.flush()
            asset = Asset(
                account_id=account.id,
                origin="result",
                kind="video",
                mime="video/mp4",
                sha256=stored.sha256,
                bytes=stored.bytes,
                file_key=stored.key,
            )
            session.add(asset)
        made.append(shelf.put(video_id=asset.id))
    return made


def address(account: Account, chosen: Selection = EVERYTHING) -> str:
    ticket, count = many.zip_ticket(account.id, chosen)
    assert count
    return f"/api/archives/{ticket}"


async def test_it_holds_every_film_under_a_name_of_its_own(
    workspace: Workspace, ada: Account, tmp_path: Path
) -> None:
    contents = [secrets.token_bytes(size) for size in (10, 3_000_000, 1)]
    made = put_films(workspace, ada, contents, tmp_path)
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        answer = await browser.get(address(ada))

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert "filename*=UTF-8''3%20clips.zip" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        assert [packed.read(name) for name in packed.namelist()] == contents[::-1]
        assert [info.compress_type for info in packed.infolist()] == [zipfile.ZIP_STORED] * 3
        assert packed.namelist()[0].startswith(f"kling-3.0-pro-{made[-1][:10]}")


async def test_its_size_is_known_where_the_files_are_at_hand(
    workspace: Workspace, ada: Account, tmp_path: Path
) -> None:
    put_films(workspace, ada, [b"a" * 1000, b"b"], tmp_path)
    preferences.save(workspace.db, ada.id, EMBED_METADATA, False)
    url = address(ada)
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        head, answer = await browser.head(url), await browser.get(url)

    size = answer.headers.get("content-length")
    assert size == (None if workspace.settings.storage_url else str(len(answer.content)))
    assert (head.content, head.headers["content-type"]) == (b"", "application/zip")


async def test_what_is_gone_is_named_in_a_note_and_the_rest_is_whole(
    workspace: Workspace, ada: Account, tmp_path: Path
) -> None:
    made = put_films(workspace, ada, [b"kept", b"file lost", b"deleted"], tmp_path)
    url = address(ada)
    with workspace.db.read() as session:
        lost = session.exec(select(Asset).where(Asset.bytes == len(b"file lost"))).one()
    storage().delete(lost.file_key)
    many.remove(ada.id, Selection(GalleryFilter(), picked=frozenset({made[2]})))
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        answer = await browser.get(url)

    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        assert len(packed.namelist()) == 2
        assert packed.read(packed.namelist()[0]) == b"kept"
        note = packed.read(NOTE).decode()
    assert "its file is not there any more" in note
    assert "1 of the selected clips were deleted" in note


@pytest.mark.spec("A6")
async def test_a_ticket_is_good_for_its_own_account_only(
    workspace: Workspace, ada: Account, tmp_path: Path
) -> None:
    made = put_films(workspace, ada, [b"hers"], tmp_path)
    url = address(ada)
    grace, owner = (
        workspace.add_account("grace@example.com"),
        workspace.add_account("owner@example.com", role="owner"),
    )
    for who in (grace, owner):
        async with workspace.browser(workspace.cookie_for(who)) as browser:
            assert (await browser.get(url)).status_code == 404
    assert many.zip_ticket(grace.id, Selection(GalleryFilter(), picked=frozenset(made))) == ("", 0)

    forged = tickets.issue("zip", grace.id, made, 60)  # Even with the ids, the rows decide.
    async with workspace.browser(workspace.cookie_for(grace)) as browser:
        answer = await browser.get(f"/api/archives/{forged}")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.namelist() == [NOTE]


@pytest.mark.parametrize("ticket", ["x", "x" * 5000, "..%2f..", "%00", "*"])
async def test_a_made_up_ticket_leads_nowhere(workspace: Workspace, ada: Account, ticket: str) -> None:
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        assert (await browser.get(f"/api/archives/{ticket}")).status_code == 404


async def test_a_ticket_of_another_purpose_is_none(workspace: Workspace, ada: Account) -> None:
    ticket = tickets.issue("unmark", ada.id, [random_id()], 60)
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        assert (await browser.get(f"/api/archives/{ticket}")).status_code == 404


async def test_two_at_a_time_and_then_again(
    workspace: Workspace, ada: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_films(workspace, ada, [b"a"], tmp_path)
    monkeypatch.setitem(archives._sending, ada.id, archives.AT_ONCE)
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        refused = await browser.get(address(ada))
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_archives")
        del archives._sending[ada.id]
        for _ in range(archives.AT_ONCE + 1):
            assert (await browser.get(address(ada))).status_code == 200
    assert ada.id not in archives._sending


async def test_archives_that_begin_at_the_same_moment_are_counted_too(
    workspace: Workspace, ada: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_films(workspace, ada, [b"a"], tmp_path)
    pack, gate = archives._pack, threading.Event()
    monkeypatch.setattr(archives, "_pack", lambda *given: pack(*given) if gate.wait(20) else None)
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        asked = [browser.get(address(ada)) for _ in range(archives.AT_ONCE + 2)]
        answers = asyncio.as_completed(asked)
        refused = [(await next(answers)).status_code for _ in range(2)]
        gate.set()
        sent = [(await answer).status_code for answer in answers]
    assert (refused, sent) == ([429, 429], [200, 200])
    assert ada.id not in archives._sending


def test_names_are_safe_and_different_on_every_system() -> None:
    films = [
        Film("a" * 32, "../../Evil: Model?", "video/mp4", "k1", 1),
        Film("a" * 32, "../../EVIL: MODEL?", "video/mp4", "k2", 1),
        Film("b" * 32, "CON", "video/webm", "k3", 1),
        Film("c" * 32, "Klïng ☔", "video/mp4", "k4", 1),
    ]
    names = [entry.name for entry in named(films)]
    assert names == [
        "evil_-model_-aaaaaaaaaa.mp4",
        "evil_-model_-aaaaaaaaaa (2).mp4",
        "con-bbbbbbbbbb.webm",
        "klïng-☔-cccccccccc.mp4",
    ]


def test_memory_stays_flat_however_large_the_archive(
    workspace: Workspace, ada: Account, tmp_path: Path
) -> None:
    if workspace.settings.storage_url:
        pytest.skip("the object store of this test lies in memory itself")
    preferences.save(workspace.db, ada.id, EMBED_METADATA, False)
    (first,) = put_films(workspace, ada, [secrets.token_bytes(1 << 20) * 24], tmp_path)
    with workspace.db.read() as session:
        video_id = session.get_one(Clip, first).video_id
    made = Shelf(workspace.db, ada.id).fill(19, video_id=video_id)
    tracemalloc.start()
    try:
        packed = archives._pack(ada.id, [first, *made])
        sent = sum(len(piece) for piece in packed.pieces)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sent == packed.size
    assert sent > 20 * 24 * (1 << 20)
    assert peak < 8 * (1 << 20)


@pytest.mark.spec("X2")
async def test_its_films_say_how_they_were_made_as_single_downloads_do(
    workspace: Workspace, ada: Account, tmp_path: Path
) -> None:
    put_films(workspace, ada, [DEMO.read_bytes()], tmp_path)
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        answer = await browser.get(address(ada))

    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        (name,) = packed.namelist()
        assert b"Embers drift over a drowned city" in packed.read(name)
    assert not list((workspace.settings.scratch_dir / TAGGED_FOLDER).glob("*")), "nothing is left behind"
