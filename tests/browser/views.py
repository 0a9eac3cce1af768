"""Every page, dialog, sheet and menu, and how one gets there: the rules of accessibility are checked on them.

A new view is one line in ``VIEWS``: what to do on the page as it stands after loading.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.ears import RECOGNISER, hear

Who = Literal["visitor", "member", "newcomer", "director", "free", "owner"]
"""Signed out; a member with clips in every state, a collection and a small limit; one without any; one with
references and motion in hand; one without Pro; who runs the team."""

_ASSETS = Path(__file__).parents[1] / "assets"
_FAVORITES = "/?view=favorites"
_NAMING = "[data-testid=name-dialog][open]"


def _stay(desk: Desk) -> None:
    """The page itself."""


def _press(testid: str, then: str) -> Callable[[Desk], None]:
    """Press the first of what is named so, and wait for what comes."""

    def act(desk: Desk) -> None:
        desk.press(desk.get(testid).first)
        expect(desk.page.locator(then)).to_be_visible()

    return act


@dataclass(frozen=True)
class View:
    """One thing to look at."""

    name: str
    open: Callable[[Desk], None] = _stay
    who: tuple[Who, ...] = ("member",)
    path: str = "/"
    screens: tuple[str, ...] = ("desktop", "phone")


def _models(then: Callable[[Desk], None] = _stay) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        desk.show_models()
        then(desk)

    return act


def _search(text: str) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        desk.get("search").fill(text)
        expect(desk.get("empty-search")).to_be_visible()

    return act


def _keys(desk: Desk) -> None:
    desk.page.keyboard.press("?")
    expect(desk.get("key-sheet")).to_be_visible()


def _lightbox(desk: Desk) -> None:
    desk.press(desk.cards("completed").first.get_by_test_id("card-open"))
    expect(desk.get("lightbox")).to_have_attribute("data-settled", "true")


def _compare(layout: str) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        cards = desk.cards("completed")
        ids = ",".join(str(cards.nth(place).get_attribute("data-clip-id")) for place in range(2))
        desk.open(f"/?compare={ids}&layout={layout}")
        expect(desk.get("compare-film")).to_have_count(2)

    return act


def _dropped_film(desk: Desk) -> None:
    clip_id = desk.cards("completed").first.get_attribute("data-clip-id")
    film = desk.page.context.request.get(f"{desk.url}/api/clips/{clip_id}/download").body()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        path.write_bytes(film)
        desk.drop(path, desk.get("gallery"), "video/mp4")
    expect(desk.get("recipe-prompt")).to_be_visible()


def _delete(desk: Desk) -> None:
    if desk.screen.touch:
        desk.press(desk.get("card-menu").first)
        desk.press(desk.get("menu-delete"))
    else:
        desk.cards("completed").first.hover()
        desk.press(desk.get("card-delete").first)
    expect(desk.get("delete-dialog")).to_be_visible()


def _select(then: Callable[[Desk], None] = _stay) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        desk.press(desk.get("select"))
        desk.press(desk.cards("completed").first.get_by_test_id("card-open"))
        expect(desk.get("selection-bar")).to_be_visible()
        then(desk)

    return act


def _collections(then: Callable[[Desk], None] = _stay) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        expect(desk.get("collection-tile")).to_be_visible()
        then(desk)

    return act


def _collection(then: Callable[[Desk], None] = _stay) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        desk.press(desk.get("collection-tile"))
        expect(desk.get("collection-bar")).to_be_visible()
        then(desk)

    return _collections(act)


def _complete(text: str) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        desk.get("search").fill(text)
        expect(desk.get("search-suggestion").first).to_be_visible()

    return act


def _listen(desk: Desk) -> None:
    desk.page.add_init_script(RECOGNISER)
    desk.reload()
    desk.show_prompt()
    desk.press(desk.get("voice"))
    hear(desk.page, "crosses the", final=False)
    expect(desk.get("voice-interim")).to_be_visible()


def _references(text: str, then: str) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        desk.show_prompt()
        desk.get("reference-image-file").set_input_files(
            [_ASSETS / "start-frame.jpg", _ASSETS / "portrait.jpg"]
        )
        expect(desk.get("tray-item")).to_have_count(2)
        desk.prompt.press_sequentially(text)
        expect(desk.get(then)).to_be_visible()

    return act


def _missing(desk: Desk) -> None:
    desk.show_prompt()
    desk.button.focus()
    expect(desk.get("missing")).to_be_visible()


def _local(desk: Desk) -> None:
    desk.press(desk.get("source-local"))
    expect(desk.get("local-empty")).to_be_visible()


def _upgrade(desk: Desk) -> None:
    desk.press(desk.get("source-local"))
    desk.press(desk.get("upgrade"))
    expect(desk.page.locator("dialog#upgrade-dialog[open]")).to_be_visible()


def _team(then: Callable[[Desk], None] = _stay) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        expect(desk.get("member").first).to_be_visible()
        then(desk)

    return act


def _deactivate(desk: Desk) -> None:
    desk.press(desk.page.locator("[data-testid=member-deactivate]:enabled").first)
    expect(desk.page.locator("dialog#deactivate-dialog[open]")).to_be_visible()


def _closed(desk: Desk) -> None:
    expect(desk.get("link-closed")).to_be_visible()


VIEWS: tuple[View, ...] = (
    View("workspace", who=("visitor", "member", "newcomer")),
    View("models", _models(), who=("visitor", "member"), screens=("phone",)),
    View("prompt", Desk.show_prompt, who=("visitor", "member"), screens=("phone",)),
    View("model settings", _models(_press("model-settings-animatic", "dialog#model-settings[open]"))),
    View("about a model", _models(_press("model-info-seedance-2.0", "dialog#model-info[open]"))),
    View("local models", _models(_local), who=("newcomer",)),
    View("account menu", _press("account", "#account-menu")),
    View("theme menu", _press("theme", "#theme-menu"), who=("visitor", "member")),
    View("queue", _press("queue-open", "dialog#queue[open]"), who=("member", "newcomer")),
    View("keyboard", _keys, who=("visitor", "member")),
    View("card menu", _press("card-menu", "[data-testid=card-menu-sheet]:popover-open"), screens=("phone",)),
    View("the question before a delete", _delete),
    View("selecting", _select()),
    View(
        "adding to a collection", _select(_press("selection-collect", "[data-testid=collect-dialog][open]"))
    ),
    View("collections", _collections(), path=_FAVORITES),
    View("a new collection", _collections(_press("collection-new", _NAMING)), path=_FAVORITES),
    View("a collection", _collection(), path=_FAVORITES),
    View("another name", _collection(_press("collection-rename", _NAMING)), path=_FAVORITES),
    View("operators of the search", _complete("m")),
    View("models to search for", _complete("model:")),
    View("the question before a large sum", _press("card-retry", "dialog#confirm-spend[open]")),
    View("listening", _listen, who=("newcomer",)),
    View("what is missing", _missing, who=("newcomer",), screens=("desktop",)),
    View("references to name", _references("Like @", "references"), who=("director",)),
    View("a label without a file", _references("Like @Image7 ", "dangling"), who=("director",)),
    View("lightbox", _lightbox, who=("visitor", "member")),
    View("two clips side by side", _compare("side")),
    View("two clips with an edge between", _compare("wipe")),
    View("two clips over each other", _compare("overlay")),
    View("a dropped film", _dropped_film),
    View("no clip found", _search("nothing has this in its prompt")),
    View("sign in", path="/sign-in", who=("visitor",)),
    View("settings", path="/settings", who=("member", "owner")),
    View("upgrading", _models(_upgrade), who=("free",)),
    View("team", _team(), path="/team", who=("owner",)),
    View("inviting", _team(_press("invite", "dialog#invite-dialog[open]")), path="/team", who=("owner",)),
    View("deactivating", _team(_deactivate), path="/team", who=("owner",)),
    View("no team page", path="/team", who=("newcomer",)),
    View("a link that is no good", _closed, path="/join", who=("visitor",)),
    View("an address that is none", path="/nothing/here", who=("visitor",)),
)
