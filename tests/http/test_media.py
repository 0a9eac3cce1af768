"""Media files: the owner's only, whole or in ranges, kept by browsers, never run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from sorceress_video.http.file_names import attachment
from sorceress_video.http.media import parse_range
from sorceress_video.http.storage import storage
from sorceress_video.library import accounts, collections
from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.library.selection import Selection
from sorceress_video.library.tables import Account, Asset, Clip, ClipInput, StoredFile
from sorceress_video.media.storage import content_key
from tests.http.workspace import Workspace, random_id
from tests.ui.gallery_library import Shelf

CONTENT = bytes(range(256)) * 40


@pytest.fixture(params=["folder", "object store"])
def ada(workspace: Workspace, request: pytest.FixtureRequest) -> Account:
    """A member; the storage is a folder, then an object store."""
    if request.param == "object store":
        workspace.configure(SORCERESS_STORAGE_URL="memory:///")
    return workspace.add_account()


@pytest.fixture
def video(workspace: Workspace, ada: Account, tmp_path: Path) -> Asset:
    """A stored video with poster, preview and last frame."""
    source = tmp_path / "video.mp4"
    source.write_bytes(CONTENT)
    stored = storage().store_file(source, "video/mp4")
    keys = {"video": (stored.key, "video/mp4")}
    for name, suffix, mime in (
        ("poster", ".poster-1.webp", "image/webp"),
        ("preview", ".preview-1.mp4", "video/mp4"),
        ("last-frame", ".last-1.png", "image/png"),
    ):
        keys[name] = (content_key(stored.sha256, suffix), mime)
        source.write_bytes(name.encode())
        storage().put_file(source, keys[name][0], mime)
    asset = Asset(
        account_id=ada.id,
        origin="result",
        kind="video",
        name='Kling "3.0" ☔.mp4',
        mime="video/mp4",
        sha256=stored.sha256,
        bytes=stored.bytes,
        file_key=keys["video"][0],
        poster_key=keys["poster"][0],
        preview_key=keys["preview"][0],
        last_frame_key=keys["last-frame"][0],
    )
    with workspace.db.write() as session:
        session.add_all(StoredFile(key=key, bytes=1, mime=mime) for key, mime in keys.values())
        session.flush()
        session.add(asset)
    return asset


async def get(workspace: Workspace, account: Account | None, url: str, **headers: str) -> Any:
    cookies = workspace.cookie_for(account) if account else None
    async with workspace.browser(cookies) as browser:
        return await browser.get(url, headers=headers)


async def test_the_owner_gets_the_file_with_our_own_type_and_strict_headers(
    workspace: Workspace, ada: Account, video: Asset
) -> None:
    answer = await get(workspace, ada, f"/media/{video.id}/video")

    assert (answer.status_code, answer.content) == (200, CONTENT)
    expected = {
        "content-type": "video/mp4",
        "content-length": str(len(CONTENT)),
        "cache-control": "private, max-age=31536000, immutable",
        "vary": "Cookie",
        "etag": f'"{video.sha256}"',
        "accept-ranges": "bytes",
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "cross-origin-resource-policy": "same-origin",
    }
    assert {name: answer.headers.get(name) for name in expected} == expected
    assert "content-disposition" not in answer.headers


@pytest.mark.parametrize(
    ("variant", "mime"), [("poster", "image/webp"), ("preview", "video/mp4"), ("last-frame", "image/png")]
)
async def test_what_is_derived_has_its_own_type_and_tag(
    workspace: Workspace, ada: Account, video: Asset, variant: str, mime: str
) -> None:
    answer = await get(workspace, ada, f"/media/{video.id}/{variant}")

    assert (answer.content, answer.headers["content-type"]) == (variant.encode(), mime)
    assert answer.headers["etag"].startswith(f'"{video.sha256}.')


async def test_nobody_else_can_tell_that_it_exists(workspace: Workspace, ada: Account, video: Asset) -> None:
    grace = workspace.add_account("grace@example.com")
    owner = workspace.add_account("owner@example.com", role="owner")
    gone = workspace.add_account("gone@example.com")
    gone_cookie = workspace.cookie_for(gone)
    accounts.disable(workspace.db, gone.id)
    unknown = await get(workspace, ada, f"/media/{random_id()}/video")
    answers = [await get(workspace, who, f"/media/{video.id}/video") for who in (None, grace, owner)]
    async with workspace.browser(gone_cookie) as browser:
        answers.append(await browser.get(f"/media/{video.id}/video"))

    assert {(answer.status_code, answer.text) for answer in (*answers, unknown)} == {(404, "Not found.")}
    assert all("etag" not in answer.headers for answer in answers)


@pytest.fixture
def shared(workspace: Workspace, ada: Account, video: Asset) -> str:
    """Ada's collection with the clip of the video in it, shared with the team; its id."""
    clip_id = Shelf(workspace.db, ada.id).put(video_id=video.id)
    chosen = Selection(GalleryFilter(), picked=frozenset({clip_id}))
    with workspace.db.write() as session:
        collection_id = collections.make(session, ada.id, "Castle")
        assert collections.add(session, ada.id, collection_id, chosen) == 1
        assert collections.share(session, ada.id, collection_id, shared=True)
    return collection_id


@pytest.mark.spec("G11", "A6")
@pytest.mark.parametrize("role", ["member", "admin", "owner"])
async def test_the_team_sees_what_is_shared_and_asks_each_time(
    workspace: Workspace, ada: Account, video: Asset, shared: str, role: str
) -> None:
    grace = workspace.add_account("grace@example.com", role=role)
    for variant, status in (("video", 200), ("poster", 200), ("preview", 200), ("last-frame", 404)):
        answer = await get(workspace, grace, f"/media/{video.id}/{variant}")
        assert answer.status_code == status
        assert answer.headers["cache-control"] == ("private, no-cache" if status == 200 else "no-store")
    own = await get(workspace, ada, f"/media/{video.id}/video")
    assert own.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert (await get(workspace, None, f"/media/{video.id}/video")).status_code == 404


@pytest.mark.spec("G11", "A6")
async def test_a_disabled_account_does_not_see_what_is_shared(
    workspace: Workspace, video: Asset, shared: str
) -> None:
    gone = workspace.add_account("gone@example.com")
    cookies = workspace.cookie_for(gone)
    accounts.disable(workspace.db, gone.id)
    async with workspace.browser(cookies) as browser:
        assert (await browser.get(f"/media/{video.id}/video")).status_code == 404


@pytest.mark.spec("G11", "A6")
async def test_unsharing_shuts_the_file_at_once_even_for_who_has_it(
    workspace: Workspace, ada: Account, video: Asset, shared: str
) -> None:
    grace = workspace.add_account("grace@example.com")
    known = {"If-None-Match": f'"{video.sha256}"'}
    assert (await get(workspace, grace, f"/media/{video.id}/video", **known)).status_code == 304
    with workspace.db.write() as session:
        collections.share(session, ada.id, shared, shared=False)
    assert (await get(workspace, grace, f"/media/{video.id}/video", **known)).status_code == 404
    assert (await get(workspace, ada, f"/media/{video.id}/video", **known)).status_code == 304


@pytest.mark.spec("G11", "A6")
async def test_what_went_into_a_shared_clip_is_not_shared(
    workspace: Workspace, ada: Account, video: Asset, shared: str
) -> None:
    with workspace.db.write() as session:
        frame = Asset(**video.model_dump(exclude={"id"}) | {"kind": "image", "origin": "upload"})
        session.add(frame)
        session.flush()
        clip = session.exec(select(Clip).where(Clip.video_id == video.id)).one()
        session.add(ClipInput(clip_id=clip.id, role="start_frame", position=0, asset_id=frame.id))
    grace = workspace.add_account("grace@example.com")
    for variant in ("image", "poster"):
        assert (await get(workspace, grace, f"/media/{frame.id}/{variant}")).status_code == 404


async def test_a_known_tag_does_not_tell_others_anything(
    workspace: Workspace, ada: Account, video: Asset
) -> None:
    grace = workspace.add_account("grace@example.com")
    answer = await get(workspace, grace, f"/media/{video.id}/video", **{"If-None-Match": f'"{video.sha256}"'})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/media/{id}/image",
        "/media/{id}/audio",
        "/media/{id}/",
        "/media/{id}/VIDEO",
        "/media/{id}/../video",
        "/media/{id}/%2e%2e%2fvideo",
        "/media/..%2f..%2fworkspace.db/video",
        "/media/%00/video",
        "/media/{upper}/video",
        "/media/x/video",
        "/media/" + "a" * 5000 + "/video",
    ],
)
async def test_other_paths_lead_nowhere(workspace: Workspace, ada: Account, video: Asset, path: str) -> None:
    url = path.format(id=video.id, upper=video.id.upper() + "A")
    assert (await get(workspace, ada, url)).status_code == 404


async def test_a_deleted_or_missing_file_is_404(workspace: Workspace, ada: Account, video: Asset) -> None:
    storage().delete(video.file_key)
    assert (await get(workspace, ada, f"/media/{video.id}/video")).status_code == 404
    with workspace.db.write() as session:
        asset = session.get_one(Asset, video.id)
        asset.deleted_at = asset.created_at
    assert (await get(workspace, ada, f"/media/{video.id}/poster")).status_code == 404


SIZE = len(CONTENT)


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        ("bytes=0-99", (0, 100)),
        ("bytes=100-", (100, SIZE)),
        ("bytes=-10", (SIZE - 10, SIZE)),
        (f"bytes=10-{SIZE * 2}", (10, SIZE)),
    ],
)
async def test_a_range_is_answered_with_just_its_bytes(
    workspace: Workspace, ada: Account, video: Asset, asked: str, span: tuple[int, int]
) -> None:
    answer = await get(workspace, ada, f"/media/{video.id}/video", Range=asked)

    start, end = span
    assert (answer.status_code, answer.content) == (206, CONTENT[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(end - start)


async def test_a_range_behind_the_end_is_refused_with_the_size(
    workspace: Workspace, ada: Account, video: Asset
) -> None:
    answer = await get(workspace, ada, f"/media/{video.id}/video", Range=f"bytes={SIZE}-")

    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{SIZE}")


@pytest.mark.parametrize(
    "asked", ["bytes=", "lines=1-2", "bytes=9-2", "bytes=a-b", "bytes=0-0," * 500 + "1-1"]
)
async def test_a_strange_range_does_no_harm(
    workspace: Workspace, ada: Account, video: Asset, asked: str
) -> None:
    answer = await get(workspace, ada, f"/media/{video.id}/video", Range=asked)

    assert answer.status_code in (200, 400)


async def test_a_range_of_another_version_gets_the_whole_file(
    workspace: Workspace, ada: Account, video: Asset
) -> None:
    url = f"/media/{video.id}/video"
    same = await get(workspace, ada, url, **{"Range": "bytes=0-9", "If-Range": f'"{video.sha256}"'})
    other = await get(workspace, ada, url, **{"Range": "bytes=0-9", "If-Range": '"other"'})

    assert (same.status_code, other.status_code) == (206, 200)


@pytest.mark.parametrize("known", ['"{sha}"', 'W/"{sha}"', '"other", "{sha}"', "*"])
async def test_what_the_browser_has_is_not_sent_again(
    workspace: Workspace, ada: Account, video: Asset, known: str
) -> None:
    answer = await get(
        workspace, ada, f"/media/{video.id}/video", **{"If-None-Match": known.format(sha=video.sha256)}
    )

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == f'"{video.sha256}"'
    assert "immutable" in answer.headers["cache-control"]


async def test_head_tells_the_size_and_sends_nothing(
    workspace: Workspace, ada: Account, video: Asset
) -> None:
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        answer = await browser.head(f"/media/{video.id}/video")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(SIZE)


async def test_a_download_has_the_name_that_was_asked_for(
    workspace: Workspace, ada: Account, video: Asset
) -> None:
    asked = await get(workspace, ada, f"/media/{video.id}/video?download=1&name=my%20clip")
    own = await get(workspace, ada, f"/media/{video.id}/video?download=1")

    assert asked.headers["content-disposition"] == (
        "attachment; filename=\"my clip.mp4\"; filename*=UTF-8''my%20clip.mp4"
    )
    assert own.headers["content-disposition"] == (
        "attachment; filename=\"Kling _3.0_ _.mp4\"; filename*=UTF-8''Kling%20_3.0_%20%E2%98%94.mp4"
    )


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("../../etc/passwd", "passwd.mp4"),
        ("a\r\nSet-Cookie: b=c", "aSet-Cookie_ b=c.mp4"),
        ('x"; filename=evil.exe', "x_; filename=evil.exe.mp4"),
        ("", "clip.mp4"),
        ("...", "clip.mp4"),
        ("CON", "clip-CON.mp4"),
        ("nul.txt", "clip-nul.txt.mp4"),
        ("a.html", "a.html.mp4"),
        ("x" * 1000, "x" * 120 + ".mp4"),
    ],
)
def test_a_download_name_is_safe_in_a_header_and_on_any_disk(name: str, saved: str) -> None:
    header = attachment(name, "video/mp4")

    assert header.startswith(f'attachment; filename="{saved}"; ')
    assert header.isascii()
    assert header.isprintable()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=5-4", None),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("bytes=-200", (0, 100)),
        ("bytes=100-", (100, 100)),
        ("bytes=-0", (100, 100)),
    ],
)
def test_ranges_are_read_as_the_standard_says(value: str, expected: tuple[int, int] | None) -> None:
    assert parse_range(value, 100) == expected
