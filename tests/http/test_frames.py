"""``POST /api/clips/{id}/frames``: a frame of the member's own clip becomes a picture of theirs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlmodel import select

from sorceress_video.http import frames as frames_room
from sorceress_video.http.storage import storage
from sorceress_video.library.ids import new_id
from sorceress_video.library.tables import Account, Asset, Batch, Clip, StoredFile
from tests.http.workspace import Workspace, random_id
from tests.media.files import level, write_clip


@pytest.fixture(params=["folder", "object store"])
def ada(workspace: Workspace, request: pytest.FixtureRequest) -> Account:
    """A member; the storage is a folder, then an object store."""
    if request.param == "object store":
        workspace.configure(SORCERESS_STORAGE_URL="memory:///")
    return workspace.add_account()


@pytest.fixture
def clip_id(workspace: Workspace, ada: Account, tmp_path: Path) -> str:
    """A finished clip of two seconds at 24 frames a second."""
    return add_clip(workspace, ada, write_clip(tmp_path / "clip.mp4"))


def add_clip(workspace: Workspace, account: Account, film: Path, **fields: Any) -> str:
    stored = storage().store_file(film, "video/mp4")
    with workspace.db.write() as session:
        batch = Batch(account_id=account.id, token=new_id())
        session.add_all([batch, StoredFile(key=stored.key, bytes=stored.bytes, mime="video/mp4")])
        session.flush()
        video = Asset(
            account_id=account.id,
            origin="result",
            kind="video",
            mime="video/mp4",
            sha256=stored.sha256,
            bytes=stored.bytes,
            file_key=stored.key,
            seconds=2.0,
            fps=24.0,
        )
        session.add(video)
        session.flush()
        clip = Clip(
            **{
                "account_id": account.id,
                "batch_id": batch.id,
                "model_id": "kling-3.0-pro",
                "model_name": "Kling 3.0 Pro",
                "provider": "fal",
                "endpoint": "fal-ai/kling",
                "mode": "text",
                "prompt": "A rider",
                "settings": {},
                "status": "completed",
                "video_id": video.id,
                **fields,
            }
        )
        session.add(clip)
    return clip.id


async def ask(workspace: Workspace, account: Account, clip_id: str, body: Any = None, **raw: Any) -> Any:
    sent = raw or {"json": body}
    async with workspace.browser(workspace.cookie_for(account)) as browser:
        return await browser.post(f"/api/clips/{clip_id}/frames", **sent)


@pytest.mark.spec("X3")
async def test_the_frame_on_screen_becomes_a_picture_of_the_member(
    workspace: Workspace, ada: Account, clip_id: str, tmp_path: Path
) -> None:
    answer = await ask(workspace, ada, clip_id, {"at": 1.25})

    assert answer.status_code == 201
    frame = answer.json()
    assert {key: frame[key] for key in ("kind", "mime", "name", "width", "height", "notes")} == {
        "kind": "image",
        "mime": "image/png",
        "name": "Kling 3.0 Pro, frame at 1.25 s",
        "width": 320,
        "height": 180,
        "notes": [],
    }
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        picture = await browser.get(frame["url"])
        assert (await browser.get(frame["poster_url"])).headers["content-type"] == "image/webp"
    (tmp_path / "got.png").write_bytes(picture.content)
    with Image.open(tmp_path / "got.png") as image:
        assert abs(int(image.convert("L").getpixel((40, 90))) - level(30)) < 5  # type: ignore[arg-type]


async def test_a_frame_knows_where_it_was_taken_and_is_kept_once(
    workspace: Workspace, ada: Account, clip_id: str
) -> None:
    answers = [await ask(workspace, ada, clip_id, {"at": at}) for at in ("last", 1.97, 99, "last")]

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    with workspace.db.read() as session:
        (frame,) = session.exec(select(Asset).where(Asset.origin == "frame")).all()
    assert (frame.account_id, frame.source_clip_id) == (ada.id, clip_id)
    assert frame.source_seconds == pytest.approx(47 / 24, abs=0.001)
    assert workspace.scratch_files() == []


async def test_nobody_else_gets_a_frame(workspace: Workspace, ada: Account, clip_id: str) -> None:
    otto = workspace.add_account("otto@example.com")
    for account, clip in ((otto, clip_id), (ada, random_id()), (ada, "../../etc/passwd"), (ada, "x" * 400)):
        assert (await ask(workspace, account, clip, {"at": "first"})).status_code in (404, 405)
    with workspace.db.read() as session:
        assert session.exec(select(Asset).where(Asset.origin == "frame")).all() == []


@pytest.mark.parametrize("status", ["running", "failed"])
async def test_a_clip_without_a_film_has_no_frames(
    workspace: Workspace, ada: Account, tmp_path: Path, status: str
) -> None:
    made = add_clip(workspace, ada, write_clip(tmp_path / "other.mp4", frames=5), status=status)
    assert (await ask(workspace, ada, made, {"at": "first"})).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"not json",
        b'{"at": true}',
        b'{"at": -1}',
        b'{"at": NaN}',
        b'{"at": 1e300}',
        b'{"at": "middle"}',
        b'{"at": ["first"]}',
        b"[" * 1000,
        b'{"at": 1.0, "x": "' + b"y" * 4000 + b'"}',
    ],
)
async def test_what_names_no_moment_is_refused(
    workspace: Workspace, ada: Account, clip_id: str, body: bytes
) -> None:
    answer = await ask(workspace, ada, clip_id, content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_moment")


async def test_a_film_that_is_gone_is_said_in_words(workspace: Workspace, ada: Account, clip_id: str) -> None:
    with workspace.db.read() as session:
        key = session.exec(select(Asset.file_key).where(Asset.origin == "result")).one()
    storage().delete(key)
    answer = await ask(workspace, ada, clip_id, {"at": "first"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "no_frame")


async def test_one_member_cannot_have_all_decoders(workspace: Workspace, ada: Account, clip_id: str) -> None:
    answers = await asyncio.gather(
        *(
            ask(workspace, ada, clip_id, {"at": index / 24})
            for index in range(frames_room.AT_ONCE_FOR_MEMBER + 2)
        )
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201] * frames_room.AT_ONCE_FOR_MEMBER + [429] * 2
    assert (await ask(workspace, ada, clip_id, {"at": 1.0})).status_code == 201
