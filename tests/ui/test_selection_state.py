"""Selecting many clips in a tab: what the server makes of what the browser says is selected."""

from __future__ import annotations

from typing import Any

import pytest

from sorceress_video.library import gallery
from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.ui.collections.state import CollectionsState
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.kit.toast import ToastState
from sorceress_video.ui.selection.reading import selection_of
from sorceress_video.ui.selection.state import SelectionState
from tests.http.workspace import Workspace
from tests.ui.gallery_library import Shelf
from tests.ui.tab import Tab
from tests.ui.test_gallery_state import ada, deployment, ids, shelf, tab, visitor, workspace

__all__ = ["ada", "deployment", "shelf", "tab", "visitor", "workspace"]

pytestmark = pytest.mark.spec("G6")


def picked(*clip_ids: str) -> dict[str, Any]:
    return {"stretches": [], "picked": list(clip_ids), "left_out": []}


def last_toast(tab: Tab) -> dict[str, Any]:
    return dict(tab.of(ToastState)["toasts"][-1])


async def press(tab: Tab) -> None:
    toast = last_toast(tab)
    await tab.send(ToastState.act, toast["action"], toast["argument"])


async def test_all_is_more_than_what_is_loaded(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(300)
    running = shelf.put("running")
    await tab.send(GalleryState.load)
    await tab.send(SelectionState.all, 7)

    everything = tab.of(SelectionState)["everything"]
    assert (everything["serial"], everything["count"], everything["unfinished"]) == (7, 300, [running])
    assert everything["newest"] == made[-1]
    chosen = {"stretches": [[everything["newest"], ""]], "picked": [], "left_out": [made[0], running]}
    await tab.send(SelectionState.count, 8, chosen)
    assert tab.of(SelectionState)["counted"] == {"serial": 8, "count": 299}


async def test_one_undo_brings_all_deleted_clips_back(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(100)
    await tab.send(GalleryState.load)
    await tab.send(
        SelectionState.remove, {"stretches": [[made[89], made[10]]], "picked": [], "left_out": [made[50]]}
    )
    assert tab.of(GalleryState)["total"] == 21
    assert (last_toast(tab)["text"], last_toast(tab)["label"]) == ("79 clips deleted", "Undo")
    await press(tab)
    assert tab.of(GalleryState)["total"] == 100


async def test_what_is_selected_lies_within_the_filter(tab: Tab, shelf: Shelf) -> None:
    wolf = shelf.put(prompt="A wolf")
    shelf.put(prompt="A fox")
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.find, "wolf")
    await tab.send(SelectionState.all, 1)
    everything = tab.of(SelectionState)["everything"]
    assert (everything["count"], everything["newest"]) == (1, wolf)
    await tab.send(SelectionState.remove, {"stretches": [["z" * 32, ""]]})
    await tab.send(GalleryState.find, "")
    assert [card["prompt"] for card in tab.of(GalleryState)["cards"]] == ["A fox"]


async def test_hearts_go_and_come_back(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(3)
    await tab.send(GalleryState.load)
    await tab.send(SelectionState.favorite, picked(*made[:2]), True)
    assert last_toast(tab)["text"] == "2 clips added to Favorites"
    await tab.send(GalleryState.show, "favorites")
    assert ids(tab) == made[:2][::-1]
    await tab.send(SelectionState.favorite, picked(*made), False)
    assert ids(tab) == []
    await press(tab)
    assert ids(tab) == made[:2][::-1]


async def test_a_zip_waits_under_an_address(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(2)
    await tab.send(GalleryState.load)
    await tab.send(SelectionState.download, picked(*made))
    assert tab.of(SelectionState)["archive"].startswith("/api/archives/")
    await tab.send(SelectionState.download, picked("nothing"))
    assert last_toast(tab)["text"] == "These clips are not there any more."


async def test_taking_out_of_the_open_collection_can_be_undone(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(3)
    await tab.send(GalleryState.load)
    await tab.send(CollectionsState.collect, "", "Castle", picked(*made))
    await tab.send(CollectionsState.open, tab.of(CollectionsState)["tiles"][0]["id"])
    await tab.send(SelectionState.take_out, picked(made[0]))
    assert ids(tab) == made[1:][::-1]
    assert last_toast(tab)["text"] == "1 clip taken out of “Castle”"
    await press(tab)
    assert ids(tab) == made[::-1]


@pytest.mark.spec("A6")
async def test_nobody_selects_another_members_clips(tab: Tab, deployment: Workspace) -> None:
    otto = deployment.add_account("otto@example.com")
    his = Shelf(deployment.db, otto.id).fill(2)
    before = gallery.page(deployment.db, otto.id, GalleryFilter(), 0, 9)
    await tab.send(GalleryState.load)
    everything = {"stretches": [["z" * 32, ""]], "picked": his, "left_out": []}
    for handler, rest in (
        (SelectionState.remove, ()),
        (SelectionState.favorite, (True,)),
        (SelectionState.download, ()),
    ):
        await tab.send(handler, everything, *rest)
    await tab.send(SelectionState.count, 1, everything)

    assert tab.of(SelectionState)["counted"]["count"] == 0
    assert "archive" not in tab.of(SelectionState)
    assert gallery.page(deployment.db, otto.id, GalleryFilter(), 0, 9) == before


async def test_signed_out_nothing_can_be_selected(visitor: Tab) -> None:
    for handler in (SelectionState.remove, SelectionState.download, CollectionsState.make):
        events = await visitor.send(handler, {} if handler is not CollectionsState.make else "x")
        assert [event.name for event in events] == ["_redirect"]


@pytest.mark.parametrize("moment", ["", "yesterday", "2026-01-01T00:00:00", "9999-12-31T23:59:59+00:00"])
async def test_a_made_up_undo_does_nothing(tab: Tab, shelf: Shelf, moment: str) -> None:
    made = shelf.put()
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.remove, made)
    await tab.send(SelectionState.restore, moment)
    assert tab.of(GalleryState)["total"] == 0


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        {"stretches": "abc", "picked": 5, "left_out": {"a": 1}},
        {"stretches": [["a"], ["a", 5], [None, ""], ["a", "b", "c"], ["a'; --", ""]]},
        {"picked": [None, 5, "", "a b", "x" * 100, ["a"]]},
    ],
)
def test_what_makes_no_sense_selects_nothing(given: object) -> None:
    read = selection_of(given, GalleryFilter())
    assert (read.stretches, read.picked, read.left_out) == ((), frozenset(), frozenset())


def test_there_is_a_limit_to_what_a_browser_may_send() -> None:
    read = selection_of(
        {"picked": [str(n) for n in range(50_000)], "stretches": [["a", ""]] * 5_000}, GalleryFilter()
    )
    assert (len(read.picked), len(read.stretches)) == (5_000, 200)
