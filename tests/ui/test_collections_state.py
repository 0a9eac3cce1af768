"""Collections in a tab: making, opening, sharing, and what others may do with them."""

from __future__ import annotations

from typing import Any

import pytest

from sorceress_video.jobs import collected
from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.library.selection import Selection
from sorceress_video.ui.collections.state import CollectionsState
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.lightbox.state import LightboxState
from sorceress_video.ui.selection.state import SelectionState
from tests.http.workspace import Workspace
from tests.ui.gallery_library import Shelf
from tests.ui.tab import Tab
from tests.ui.test_gallery_state import ada, deployment, ids, shelf, tab, workspace
from tests.ui.test_selection_state import last_toast, picked, press

__all__ = ["ada", "deployment", "shelf", "tab", "workspace"]

pytestmark = pytest.mark.spec("G10")


def tiles(tab: Tab) -> list[dict[str, Any]]:
    return list(tab.of(CollectionsState)["tiles"])


async def castle(tab: Tab, *clip_ids: str) -> str:
    """A collection with clips in it; its id."""
    await tab.send(GalleryState.load)
    await tab.send(CollectionsState.collect, "", "Castle", picked(*clip_ids))
    return str(tiles(tab)[0]["id"])


async def test_putting_clips_into_a_new_collection_and_opening_it(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(3)
    collection_id = await castle(tab, *made[:2])
    assert (last_toast(tab)["text"], last_toast(tab)["label"]) == ("2 clips added to “Castle”", "Open")
    assert (tiles(tab)[0]["count"], tiles(tab)[0]["mine"]) == (2, True)
    await press(tab)

    shown = tab.of(GalleryState)
    assert (shown["opened"]["id"], shown["opened"]["name"]) == (collection_id, "Castle")
    assert ids(tab) == made[:2][::-1]
    await tab.send(CollectionsState.back)
    assert (tab.of(GalleryState)["opened"]["id"], tab.of(GalleryState)["view"]) == ("", "favorites")


async def test_search_works_within_and_the_address_leads_back(tab: Tab, shelf: Shelf) -> None:
    wolf, fox = shelf.put(prompt="A wolf"), shelf.put(prompt="A fox")
    shelf.put(prompt="Another wolf")
    collection_id = await castle(tab, wolf, fox)
    await tab.open_page()
    await tab.send(GalleryState.load, query=f"view=favorites&collection={collection_id}&q=wolf")
    assert ids(tab) == [wolf]
    assert tab.of(GalleryState)["opened"]["name"] == "Castle"


@pytest.mark.parametrize("asked", ["nothing", "x" * 500, "../..", ""])
async def test_an_address_of_no_collection_shows_the_gallery(tab: Tab, shelf: Shelf, asked: str) -> None:
    shelf.put()
    await tab.send(GalleryState.load, query=f"collection={asked}")
    assert tab.of(GalleryState).get("opened", {"id": ""})["id"] == ""


async def test_renaming_and_a_cover_show_at_once(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(2)
    collection_id = await castle(tab, *made)
    await tab.send(CollectionsState.open, collection_id)
    await tab.send(CollectionsState.rename, collection_id, "  Keep ")
    assert tab.of(GalleryState)["opened"]["name"] == tiles(tab)[0]["name"] == "Keep"
    await tab.send(CollectionsState.rename, collection_id, " ")
    assert last_toast(tab)["text"] == "A collection needs a name."
    await tab.send(CollectionsState.use_as_cover, made[0])
    assert last_toast(tab)["text"] == "“Keep” has a new cover"


async def test_deleting_the_open_one_leads_back_and_can_be_undone(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(2)
    collection_id = await castle(tab, *made)
    await tab.send(CollectionsState.open, collection_id)
    await tab.send(CollectionsState.remove, collection_id)
    assert (tiles(tab), tab.of(GalleryState)["opened"]["id"]) == ([], "")
    await press(tab)
    assert [tile["count"] for tile in tiles(tab)] == [2]


async def test_the_dialog_knows_which_ones_hold_a_clip(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(2)
    collection_id = await castle(tab, made[0])
    await tab.send(CollectionsState.look_in, made[0])
    assert tab.of(CollectionsState)["holding"] == [collection_id]
    await tab.send(CollectionsState.look_in, made[1])
    assert tab.of(CollectionsState)["holding"] == []


async def test_generating_leaves_the_collection_so_that_the_new_clip_is_seen(tab: Tab, shelf: Shelf) -> None:
    await tab.send(CollectionsState.open, await castle(tab, shelf.put()))
    newer = shelf.put("queued")
    await tab.send(GalleryState.clips_added, [newer])
    assert tab.of(GalleryState)["opened"]["id"] == ""
    assert ids(tab)[0] == newer


@pytest.fixture
def wolves(deployment: Workspace) -> tuple[str, str, str, str]:
    """Otto's: his account, a collection of his, the clip in it, and one that is in none."""
    otto = deployment.add_account("otto@example.com")
    his = Shelf(deployment.db, otto.id)
    inside, outside = his.put(prompt="A wolf", favorite=True), his.put(prompt="A fox")
    chosen = Selection(GalleryFilter(), picked=frozenset({inside}))
    done = collected.collect(otto.id, "", "Wolves", chosen)
    assert done is not None
    return otto.id, done.collection_id, inside, outside


@pytest.mark.spec("G11", "A6")
async def test_a_shared_collection_is_looked_at_and_nothing_else(
    tab: Tab, wolves: tuple[str, str, str, str]
) -> None:
    otto, collection_id, inside, outside = wolves
    await tab.send(GalleryState.load)
    await tab.send(CollectionsState.load)
    assert tab.of(CollectionsState).get("tiles", []) == []
    await tab.send(CollectionsState.open, collection_id)
    assert last_toast(tab)["text"] == "This collection is not there any more."

    collected.share(otto, collection_id, shared=True)
    await tab.send(CollectionsState.load)
    assert [(tile["name"], tile["mine"], tile["owner"]) for tile in tiles(tab)] == [("Wolves", False, "Ada")]
    await tab.send(CollectionsState.open, collection_id)
    assert ids(tab) == [inside]
    assert tab.of(GalleryState)["cards"][0]["favorite"] is False
    await tab.send(LightboxState.open, inside)
    story = tab.of(LightboxState)["story"]
    assert (story["prompt"], story["own"], story["cost"], story["download"]) == ("A wolf", False, "", "")
    await tab.send(LightboxState.open, outside)
    assert tab.of(LightboxState)["problem"]

    for handler, rest in (
        (GalleryState.remove, (inside,)),
        (GalleryState.favorite, (inside, False)),
        (GalleryState.reroll, (inside,)),
        (CollectionsState.rename, (collection_id, "Mine")),
        (CollectionsState.share, (collection_id, False)),
        (CollectionsState.remove, (collection_id,)),
        (CollectionsState.collect, (collection_id, "", picked(inside))),
        (CollectionsState.use_as_cover, (inside,)),
        (SelectionState.take_out, (picked(inside),)),
        (SelectionState.remove, (picked(inside),)),
        (SelectionState.download, (picked(inside),)),
    ):
        await tab.send(handler, *rest)
    assert tab.of(SelectionState).get("archive", "") == ""
    left = collected.find(otto, collection_id)
    assert left is not None
    assert (left.name, left.shared, left.count) == ("Wolves", True, 1)


@pytest.mark.spec("G11")
async def test_unsharing_ends_the_looking(tab: Tab, wolves: tuple[str, str, str, str]) -> None:
    otto, collection_id, inside, _ = wolves
    collected.share(otto, collection_id, shared=True)
    await tab.send(GalleryState.load)
    await tab.send(CollectionsState.open, collection_id)
    assert ids(tab) == [inside]
    collected.share(otto, collection_id, shared=False)
    await tab.send(GalleryState.refresh)

    assert (tab.of(GalleryState)["opened"]["id"], ids(tab)) == ("", [])
    assert last_toast(tab)["text"] == "“Wolves” is not there any more."
