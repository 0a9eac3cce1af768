"""Uploads: settled before a byte is read, capped while they stream, and without a trace where they fail."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from starlette.applications import Starlette

from sorceress_video.http import uploads
from sorceress_video.http.intake import Pace
from sorceress_video.library.tables import Account, Asset, StoredFile
from tests.http.workspace import HOST, ORIGIN, Workspace
from tests.media.files import picture, png_bomb, write_clip

START = "/api/uploads?purpose=start_frame"


@pytest.fixture
def ada(workspace: Workspace) -> Account:
    return workspace.add_account()


@pytest.fixture(autouse=True)
def _no_temporary_files(workspace: Workspace) -> Iterator[None]:
    """However an upload ends, the scratch folder is empty afterwards."""
    yield
    assert workspace.scratch_files() == []


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", frames=24).read_bytes()


async def send(
    workspace: Workspace, account: Account, content: Any, url: str = START, **headers: str
) -> tuple[int, dict[str, Any]]:
    async with workspace.browser(workspace.cookie_for(account)) as browser:
        answer = await browser.post(url, content=content, headers=headers)
    return answer.status_code, answer.json()


def rows(workspace: Workspace) -> tuple[list[Asset], list[StoredFile]]:
    with workspace.db.read() as session:
        return list(session.exec(select(Asset))), list(session.exec(select(StoredFile)))


async def test_a_picture_becomes_an_asset_of_the_member(workspace: Workspace, ada: Account) -> None:
    status, body = await send(
        workspace,
        ada,
        picture("PNG"),
        **{"X-File-Name": "Sch%C3%B6nes%20Bild.png", "Content-Type": "text/html"},
    )

    assert status == 201
    assert {name: body[name] for name in ("kind", "mime", "width", "height", "seconds", "name")} == {
        "kind": "image",
        "mime": "image/png",
        "width": 200,
        "height": 120,
        "seconds": None,
        "name": "Schönes Bild.png",
    }
    assert body["url"] == f"/media/{body['id']}/image"
    assert body["poster_url"] == f"/media/{body['id']}/poster"
    assets, files = rows(workspace)
    assert [(asset.account_id, asset.origin) for asset in assets] == [(ada.id, "upload")]
    # Every row an object, every object a row.
    assert {file.key for file in files} == {
        str(path.relative_to(workspace.settings.media_dir)) for path in workspace.stored_files()
    }
    assert body["bytes"] == next(file.bytes for file in files if file.key == assets[0].file_key)


async def test_a_motion_clip_is_measured(workspace: Workspace, ada: Account, clip: bytes) -> None:
    status, body = await send(workspace, ada, clip, "/api/uploads?purpose=motion_clip")

    assert (status, body["kind"], body["seconds"]) == (201, "video", pytest.approx(1.0, abs=0.05))


async def test_the_same_bytes_of_one_member_are_one_asset(workspace: Workspace, ada: Account) -> None:
    grace = workspace.add_account("grace@example.com")
    first, again, theirs = [
        (await send(workspace, who, picture("JPEG"), **{"X-File-Name": name}))[1]
        for who, name in ((ada, "a.jpg"), (ada, "b.jpg"), (grace, "c.jpg"))
    ]

    assert again == first
    assert theirs["id"] != first["id"]
    assets, files = rows(workspace)
    assert (len(assets), len(files)) == (2, 2)


async def test_the_same_bytes_at_the_same_moment_are_one_asset(workspace: Workspace, ada: Account) -> None:
    app, cookies = workspace.app(), workspace.cookie_for(ada)
    async with workspace.browser(cookies, app=app) as browser:
        answers = await asyncio.gather(*(browser.post(START, content=picture("JPEG")) for _ in range(3)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_a_deleted_asset_is_not_given_back(workspace: Workspace, ada: Account) -> None:
    _, first = await send(workspace, ada, picture("PNG"))
    with workspace.db.write() as session:
        asset = session.get_one(Asset, first["id"])
        asset.deleted_at = asset.created_at
    _, second = await send(workspace, ada, picture("PNG"))

    assert second["id"] != first["id"]


async def test_bytes_without_a_length_are_taken_too(workspace: Workspace, ada: Account) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        data = picture("PNG")
        for start in range(0, len(data), 1000):
            yield data[start : start + 1000]

    assert (await send(workspace, ada, pieces()))[0] == 201


BAD = {
    "nothing at all": (b"", "empty"),
    "one pixel": (picture("PNG", (1, 1)), None),
    "12,000 x 12,000 pixels in 17 KB": (png_bomb(), None),
    "an SVG with a script": (
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "wrong_kind",
    ),
    "a page": (b"<!doctype html><script>alert(1)</script>", "wrong_kind"),
    "a list of files": (b"ffconcat version 1.0\nfile /etc/passwd\n", "wrong_kind"),
    "an HLS playlist": (b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n", "wrong_kind"),
    "a cut JPEG": (picture("JPEG")[:-400], None),
    "noise": (os.urandom(4096), "wrong_kind"),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("purpose", ["start_frame", "motion_clip"])
async def test_a_bad_file_is_refused_with_a_sentence_and_leaves_nothing(
    workspace: Workspace, ada: Account, case: str, purpose: str
) -> None:
    content, code = BAD[case]
    status, body = await send(
        workspace,
        ada,
        content,
        f"/api/uploads?purpose={purpose}",
        **{"X-File-Name": "holiday.mp4", "Content-Type": "video/mp4"},
    )

    assert status == 422
    assert code is None or body["error"]["code"] == code
    assert body["error"]["message"].endswith(".")
    assert rows(workspace) == ([], [])
    assert workspace.stored_files() == []


async def test_a_png_named_mp4_is_no_video_and_a_video_is_no_start_frame(
    workspace: Workspace, ada: Account, clip: bytes
) -> None:
    named = {"X-File-Name": "clip.mp4", "Content-Type": "video/mp4"}
    png = await send(workspace, ada, picture("PNG"), "/api/uploads?purpose=motion_clip", **named)
    mp4 = await send(workspace, ada, clip)

    assert [status for status, _ in (png, mp4)] == [422, 422]
    assert [body["error"]["code"] for _, body in (png, mp4)] == ["wrong_kind", "wrong_kind"]


async def test_a_video_cut_after_its_index_is_refused(
    workspace: Workspace, ada: Account, clip: bytes
) -> None:
    status, _ = await send(workspace, ada, clip[: len(clip) // 2], "/api/uploads?purpose=motion_clip")

    assert status == 422
    assert workspace.stored_files() == []


async def test_what_hides_behind_a_jpeg_is_not_kept(workspace: Workspace, ada: Account) -> None:
    status, _ = await send(workspace, ada, picture("JPEG") + b"PK\x03\x04" + b"evil.exe" * 100)

    assert status == 201
    assert all(b"evil.exe" not in path.read_bytes() for path in workspace.stored_files())


@pytest.mark.parametrize("url", ["/api/uploads", "/api/uploads?purpose=avatar", "/api/uploads?purpose="])
async def test_what_the_file_is_for_must_be_said(workspace: Workspace, ada: Account, url: str) -> None:
    status, body = await send(workspace, ada, picture("PNG"), url)

    assert (status, body["error"]["code"]) == (400, "bad_purpose")


async def call(app: Starlette, receive: Any, **headers: str) -> list[dict[str, Any]]:
    """One raw ASGI request to the upload route."""
    sent: list[dict[str, Any]] = []

    async def keep(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/uploads",
        "raw_path": b"/api/uploads",
        "query_string": b"purpose=start_frame",
        "root_path": "",
        "headers": [
            (name.lower().encode(), value.encode())
            for name, value in {"Host": HOST, "Origin": ORIGIN, **headers}.items()
        ],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 3000),
    }
    await app(scope, receive, keep)
    return sent


async def never(*_: object) -> Any:
    raise AssertionError("the body was read")


def cookie_header(workspace: Workspace, account: Account) -> str:
    return "; ".join(f"{name}={value}" for name, value in workspace.cookie_for(account).items())


async def test_nothing_is_read_of_a_file_that_is_refused_anyway(workspace: Workspace, ada: Account) -> None:
    workspace.configure(SORCERESS_MAX_UPLOAD_BYTES="2048")
    cookie = cookie_header(workspace, ada)
    cases: list[tuple[int, dict[str, str]]] = [
        (401, {"Content-Length": "10"}),
        (401, {"Content-Length": "10", "Cookie": "sorceress=" + "x" * 43}),
        (403, {"Content-Length": "10", "Cookie": cookie, "Origin": "https://evil.example"}),
        (403, {"Content-Length": "10", "Cookie": cookie, "Sec-Fetch-Site": "cross-site"}),
        (413, {"Content-Length": "2049", "Cookie": cookie}),
        (413, {"Content-Length": str(300 * 1024 * 1024), "Cookie": cookie}),
        (400, {"Content-Length": "-1", "Cookie": cookie}),
        (415, {"Content-Encoding": "gzip", "Cookie": cookie}),
    ]
    for status, headers in cases:
        sent = await call(workspace.app(), never, **headers)
        assert sent[0]["status"] == status, headers


async def test_a_body_without_a_length_is_cut_off_at_the_limit(workspace: Workspace, ada: Account) -> None:
    workspace.configure(SORCERESS_MAX_UPLOAD_BYTES="100000")
    read = 0

    async def endless() -> dict[str, Any]:
        nonlocal read
        read += 10_000
        return {"type": "http.request", "body": b"x" * 10_000, "more_body": True}

    sent = await call(workspace.app(), endless, Cookie=cookie_header(workspace, ada))

    assert sent[0]["status"] == 413
    assert read == 110_000


@pytest.mark.parametrize("pace", [Pace(idle=0.05, total=60), Pace(idle=60, total=0.05)])
async def test_a_file_that_drips_is_given_up(workspace: Workspace, ada: Account, pace: Pace) -> None:
    stuck = asyncio.Event()
    pieces = iter([b"\x89PNG"])

    async def drip() -> dict[str, Any]:
        for piece in pieces:
            return {"type": "http.request", "body": piece, "more_body": True}
        await stuck.wait()
        raise AssertionError("unreachable")

    sent = await call(workspace.app(pace), drip, Cookie=cookie_header(workspace, ada))

    assert sent[0]["status"] == 408


async def test_many_tiny_pieces_do_not_stretch_the_total_time(workspace: Workspace, ada: Account) -> None:
    async def drip() -> dict[str, Any]:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"x", "more_body": True}

    sent = await call(workspace.app(Pace(idle=60, total=0.2)), drip, Cookie=cookie_header(workspace, ada))

    assert sent[0]["status"] == 408


async def test_a_broken_off_upload_leaves_no_file(workspace: Workspace, ada: Account) -> None:
    seen: list[Path] = []
    pieces = iter([b"x" * 2_000_000, b"x" * 2_000_000])

    async def break_off() -> dict[str, Any]:
        for piece in pieces:
            return {"type": "http.request", "body": piece, "more_body": True}
        seen.extend(workspace.scratch_files())
        return {"type": "http.disconnect"}

    await call(workspace.app(), break_off, Cookie=cookie_header(workspace, ada))

    assert len(seen) == 1  # There was something to leave.
    assert workspace.scratch_files() == []
    assert rows(workspace) == ([], [])


async def test_a_cancelled_request_leaves_no_file(workspace: Workspace, ada: Account) -> None:
    reached = asyncio.Event()
    pieces = iter([b"x" * 2_000_000])

    async def hang() -> dict[str, Any]:
        for piece in pieces:
            return {"type": "http.request", "body": piece, "more_body": True}
        reached.set()
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    task = asyncio.create_task(call(workspace.app(), hang, Cookie=cookie_header(workspace, ada)))
    await asyncio.wait_for(reached.wait(), 5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert workspace.scratch_files() == []


async def test_a_member_has_three_uploads_at_once_and_all_together_eight(workspace: Workspace) -> None:
    app, go_on = workspace.app(), asyncio.Event()
    members = [workspace.add_account(f"user{number}@example.com") for number in range(4)]
    started = asyncio.Semaphore(0)

    async def start(account: Account) -> list[dict[str, Any]]:
        async def hang() -> dict[str, Any]:
            started.release()
            await go_on.wait()
            return {"type": "http.disconnect"}

        return await call(app, hang, Cookie=cookie_header(workspace, account))

    running = [asyncio.create_task(start(members[number // 3])) for number in range(3)]
    for _ in running:
        await asyncio.wait_for(started.acquire(), 5)
    fourth = await call(app, never, Cookie=cookie_header(workspace, members[0]))
    more = [asyncio.create_task(start(members[1 + number // 3])) for number in range(5)]
    for _ in more:
        await asyncio.wait_for(started.acquire(), 5)
    ninth = await call(app, never, Cookie=cookie_header(workspace, members[3]))
    go_on.set()
    await asyncio.gather(*running, *more)
    after = await call(app, _whole(picture("PNG")), Cookie=cookie_header(workspace, members[0]))

    assert [fourth[0]["status"], ninth[0]["status"], after[0]["status"]] == [429, 429, 201]
    assert (b"retry-after", b"5") in fourth[0]["headers"]
    assert b"too_many_uploads" in fourth[1]["body"]
    assert b"uploads_busy" in ninth[1]["body"]


def _whole(body: bytes) -> Any:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def test_a_disk_that_is_nearly_full_is_said_so_before_a_byte_is_read(
    workspace: Workspace, ada: Account
) -> None:
    workspace.configure(SORCERESS_MIN_FREE_BYTES=str(2**62))
    sent = await call(workspace.app(), never, Cookie=cookie_header(workspace, ada))

    assert sent[0]["status"] == 507
    assert b"disk is nearly full" in sent[1]["body"]


async def test_rows_that_cannot_be_written_are_no_asset(
    workspace: Workspace, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file without a row is the upkeep's; the person must not be told that it worked."""

    def broken(*_: object) -> Asset:
        raise OSError("the database is away")

    monkeypatch.setattr(uploads, "add_upload", broken)
    with pytest.raises(OSError, match="away"):
        await send(workspace, ada, picture("PNG"))

    assert rows(workspace) == ([], [])


async def test_a_file_that_the_upkeep_took_meanwhile_is_stored_again(
    workspace: Workspace, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = uploads.add_upload

    def overtaken(*arguments: Any) -> Asset:
        for path in workspace.stored_files():
            path.unlink()
        return real(*arguments)

    monkeypatch.setattr(uploads, "add_upload", overtaken)
    status, body = await send(workspace, ada, picture("PNG"))
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        picture_answer = await browser.get(body["url"])

    assert (status, picture_answer.status_code) == (201, 200)


@pytest.mark.parametrize(
    ("sent", "label"),
    [
        ("..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("C%3A%5Cevil%5Ca.png", "a.png"),
        ("%00a%0D%0Ab.png", "ab.png"),
        ("%E2%80%AEgnp.exe", "gnp.exe"),
        ("%F0%9F%90%99.png", "🐙.png"),
        ("%ff%fe.png", "\ufffd\ufffd.png"),
        ("a" * 500, "a" * 120),
        ("<script>", "<script>"),
    ],
)
async def test_a_file_name_is_a_label_and_nothing_else(
    workspace: Workspace, ada: Account, sent: str, label: str
) -> None:
    _, body = await send(workspace, ada, picture("PNG"), **{"X-File-Name": sent})

    assert body["name"] == label
