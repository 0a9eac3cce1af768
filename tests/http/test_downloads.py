"""``GET /api/clips/{id}/download``: the member's clip as a file that says how it was made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import pytest

from sorceress_video.jobs.downloads import EMBED_METADATA, TAGGED_FOLDER
from sorceress_video.library import clips, preferences
from sorceress_video.library.tables import Account
from sorceress_video.media.tags import RECIPE_TAG, read_recipe
from tests.http.test_frames import add_clip
from tests.http.workspace import Workspace, random_id
from tests.media.files import write_clip


@pytest.fixture(params=["folder", "object store"])
def ada(workspace: Workspace, request: pytest.FixtureRequest) -> Account:
    """A member; the storage is a folder, then an object store."""
    if request.param == "object store":
        workspace.configure(SORCERESS_STORAGE_URL="memory:///")
    return workspace.add_account()


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4")


@pytest.fixture
def stored(film: Path) -> bytes:
    """What the storage keeps."""
    return film.read_bytes()


@pytest.fixture
def clip_id(workspace: Workspace, ada: Account, film: Path) -> str:
    return add_clip(workspace, ada, film, settings={"duration": "5"}, seed=7)


async def get(workspace: Workspace, account: Account, clip_id: str, query: str = "", **headers: str) -> Any:
    async with workspace.browser(workspace.cookie_for(account)) as browser:
        return await browser.get(f"/api/clips/{clip_id}/download{query}", headers=headers)


def tags_in(content: bytes, folder: Path) -> dict[str, str]:
    (folder / "got.mp4").write_bytes(content)
    with av.open(str(folder / "got.mp4")) as container:
        return dict(container.metadata)


async def test_a_download_says_how_the_clip_was_made(
    workspace: Workspace, ada: Account, clip_id: str, tmp_path: Path
) -> None:
    answer = await get(workspace, ada, clip_id)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")
    name = f'attachment; filename="kling-3.0-pro-{clip_id[:10]}.mp4"'
    assert answer.headers["content-disposition"].startswith(name)
    renamed = await get(workspace, ada, clip_id, "?name=My clip")
    assert renamed.headers["content-disposition"].startswith('attachment; filename="My clip.mp4"')
    recipe = read_recipe(tags_in(answer.content, tmp_path)[RECIPE_TAG])
    assert recipe is not None
    assert (recipe.prompt, recipe.model.name, recipe.settings, recipe.seed) == (
        "A rider",
        "Kling 3.0 Pro",
        {"duration": "5"},
        7,
    )
    assert ada.id not in answer.text
    assert clip_id not in answer.text


async def test_ranges_and_caches_work_on_the_copy_which_is_made_once(
    workspace: Workspace, ada: Account, clip_id: str
) -> None:
    whole = await get(workspace, ada, clip_id)
    etag = whole.headers["etag"]
    part = await get(workspace, ada, clip_id, **{"Range": "bytes=100-199", "If-Range": etag})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert (await get(workspace, ada, clip_id, **{"If-None-Match": etag})).status_code == 304
    copies = [path for path in workspace.scratch_files() if path.parent.name == TAGGED_FOLDER]
    assert len(copies) == 1
    assert len(workspace.scratch_files()) == 1


async def test_whoever_wants_no_tags_gets_the_stored_file(
    workspace: Workspace, ada: Account, clip_id: str, stored: bytes
) -> None:
    before = (await get(workspace, ada, clip_id)).headers["etag"]
    preferences.save(workspace.db, ada.id, EMBED_METADATA, value=False)
    answer = await get(workspace, ada, clip_id)
    assert answer.content == stored
    assert answer.headers["etag"] != before
    assert answer.headers["cache-control"] == "private, no-cache"


async def test_a_full_disk_withholds_no_film(
    workspace: Workspace, ada: Account, clip_id: str, stored: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # New settings would empty the object store of the test, so only this one question is answered otherwise.
    monkeypatch.setattr("sorceress_video.library.upkeep.disk_is_low", lambda _settings: True)
    assert (await get(workspace, ada, clip_id)).content == stored


async def test_copies_never_fill_the_disk(
    workspace: Workspace, ada: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    films = [write_clip(tmp_path / f"{frames}.mp4", frames=frames) for frames in (24, 25, 26)]
    ids = [add_clip(workspace, ada, film) for film in films]
    monkeypatch.setattr("sorceress_video.jobs.downloads.KEPT_BYTES", films[0].stat().st_size)
    first = await get(workspace, ada, ids[0])
    for clip_id in ids[1:]:
        assert (await get(workspace, ada, clip_id)).status_code == 200
    assert len(workspace.scratch_files()) == 1
    again = await get(workspace, ada, ids[0])
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])


async def test_nobody_else_downloads_it(workspace: Workspace, ada: Account, clip_id: str) -> None:
    otto = workspace.add_account("otto@example.com")
    for account, clip in ((otto, clip_id), (ada, random_id()), (ada, "x"), (ada, "..%2f..")):
        assert (await get(workspace, account, clip)).status_code == 404


async def test_a_removed_clip_is_not_downloaded(workspace: Workspace, ada: Account, clip_id: str) -> None:
    with workspace.db.write() as session:
        assert clips.remove(session, ada.id, clip_id)
    assert (await get(workspace, ada, clip_id)).status_code == 404
