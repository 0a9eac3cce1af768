"""The gallery's state: a window of cards, the filter, and what a person may do to a clip.

Every public method is a network endpoint: the account comes from the connection's cookie at every event, and
the functions below the methods check that the clip is the account's own.
"""

from __future__ import annotations

import asyncio
import time
from functools import lru_cache
from typing import Final

import reflex as rx
import structlog

from sorceress_video.catalog import get_catalog
from sorceress_video.http.cookies import time_zone
from sorceress_video.http.identity import signed_in_async
from sorceress_video.http.session_guard import public_event
from sorceress_video.jobs import collected
from sorceress_video.library import gallery, preferences
from sorceress_video.library.database import DatabaseError, get_database
from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.library.search import parse
from sorceress_video.live.hub import HUB
from sorceress_video.ui.collections.models import CollectionTile, tile_of
from sorceress_video.ui.gallery.address import LONGEST_ID, SEARCH_CHARACTERS, VIEWS, Address, address_of
from sorceress_video.ui.gallery.deeds import ClipDeeds
from sorceress_video.ui.gallery.demo import demo_cards
from sorceress_video.ui.gallery.models import Card
from sorceress_video.ui.gallery.window import UsualTimes, Window, news_of, read_window, window_start
from sorceress_video.ui.kit.toast import on_action, say

MOST_COLUMNS: Final = 4
DEFAULT_COLUMNS: Final = 3
_UNREADABLE: Final = "The gallery could not be read. Your clips are safe; running ones go on."

_log = structlog.get_logger(__name__)


@lru_cache(maxsize=1)
def _usual_times() -> UsualTimes:
    return UsualTimes(get_database())


class GalleryState(ClipDeeds, rx.State):
    """A window of cards and what it is a window of. Never the history: see ``WINDOW``."""

    ready: bool = False
    signed_in: bool = False
    problem: str = ""
    view: str = "all"
    search: str = ""
    opened: CollectionTile = CollectionTile()
    """The collection that the gallery shows instead of a view; its id is "" where none is open."""
    hint: str = ""
    """What of the search was not understood."""
    model_names: list[str] = []  # noqa: RUF012 - the framework copies defaults.
    """What the search box offers after “model:”."""
    columns: int = DEFAULT_COLUMNS
    total: int = 0
    start: int = 0
    cards: list[Card] = []  # noqa: RUF012 - the framework copies defaults.
    fresh: int = 0
    """Newer clips that wait above while the person is away from the top."""
    active: bool = False
    """Whether one of the cards is in the making."""
    list_key: int = 0
    """Grows when another list is shown, or another place of it, so that the page goes to ``place``."""
    place: int = -1
    """Number of the card to begin with; −1 is the top."""
    visit: int = 0
    """Grows whenever the page's address was read, so that the page may write to it again."""
    heard: int = 0
    """Grows whenever everything was read again, so that the page knows that the server answers."""
    server_now: int = 0
    """Unix seconds when the cards were read, for clocks that are wrong."""
    sought: str = ""
    """Number of the card to show and a count of the asking: “41:2”; "" where none was asked for."""
    announcement: str = ""
    """What a screen reader says next."""

    _account_id: str = ""
    _anchor: str = ""
    _sought: int = 0
    _arriving: bool = True
    """Whether a page was opened and what its address says counts, since nothing else was chosen yet."""

    # --- coming in and staying right

    @rx.event
    @public_event
    async def load(self):
        """Show the gallery of whoever is signed in as the address says, and hear of its clips from now on.

        A person may be faster than this: what they searched for meanwhile counts, not what the address said.
        Where a connection came back, too, what is shown stays.
        """
        if self._arriving:
            address = address_of(self.router.url.query_parameters)
        else:
            address = Address(self.view, self.search, self.opened.id)
        await self._come_in(address)
        self._arriving = False
        self.visit += 1
        self.heard += 1

    def _open_page(self) -> None:
        self._arriving = True

    @rx.event(temporal=True)
    @public_event
    async def refresh(self):
        """Read everything again: the tab came back, the connection came back, or time has passed."""
        await self._come_in()
        self.heard += 1

    @rx.event
    @public_event
    async def follow(self, clip_ids: list[str]):  # noqa: ARG002 - the window is read whole whichever moved.
        """Clips were moved by a worker, another tab or another process."""
        account_id = await self._account()
        if account_id and self.ready:
            await self._read(account_id)

    @rx.event(supersedes=True)
    @public_event
    async def look(self, first: int, last: int):
        """The person looks at the cards from ``first`` to ``last``: have a window around them."""
        account_id = await self._account()
        start = window_start(first, last, self.total)
        if account_id and start != self.start:
            await self._read(account_id, start)

    @rx.event
    @public_event
    async def hold(self, away: bool):  # noqa: FBT001 - what the browser sends.
        """The person left the top, or is back: new clips wait above meanwhile."""
        account_id = await self._account()
        if not account_id:
            return
        if away:
            self._anchor = self._anchor or (self.cards[0].id if self.cards and self.start == 0 else "")
        elif self._anchor:
            self._anchor = ""
            if self.fresh or self.start:
                await self._read(account_id, 0)

    @rx.event(supersedes=True)
    async def seek(self, clip_id: str):
        """Show a clip in its place: in the list as it is shown, or else among all clips."""
        account_id = await self._account()
        if not account_id or await self._go_to(account_id, clip_id):
            return
        self._show_everything()
        self.list_key += 1
        if not await self._go_to(account_id, clip_id):
            await self._read(account_id, 0, at="")
            await say(self, "This clip is not there any more.", tone="error")

    @rx.event(supersedes=True)
    @public_event
    async def come_back(self, clip_id: str):
        """From the lightbox back to a clip, where the list as it is shown has it."""
        if account_id := await self._account():
            await self._go_to(account_id, clip_id)

    @rx.event
    async def clips_added(self, clip_ids: list[str]):  # noqa: ARG002 - the newest stand at the top anyway.
        """The person asked for clips: show them at the top of everything."""
        account_id = await self._account()
        if account_id:
            self._show_everything()
            await self._begin(account_id)

    # --- what is shown

    @rx.event(supersedes=True)
    @public_event
    async def find(self, text: str):
        """Show only what a search finds; see :mod:`sorceress_video.library.search`."""
        text = text[:SEARCH_CHARACTERS]
        if text != self.search:
            self.search = text
            await self._begin(await self._account())

    @rx.event(supersedes=True)
    @public_event
    async def show(self, view: str):
        """Show all clips, or the favourites."""
        account_id = await self._account()
        if account_id and view in VIEWS and (view != self.view or self.opened.id):
            self.view, self.opened = view, CollectionTile()
            await self._begin(account_id)

    @rx.event
    @public_event
    async def arrange(self, columns: float):
        """Lay the cards out in so many columns; remembered with the account."""
        self.columns = _columns(columns)
        if account_id := await self._account():
            await asyncio.to_thread(preferences.save, get_database(), account_id, "columns", self.columns)

    # --- reading

    async def _come_in(self, address: Address | None = None) -> None:
        account_id = await self._account()
        if account_id != self._account_id:
            self.reset()
            self._account_id = account_id
        turned = address is not None and self._turn_to(address)
        token = self.router.session.client_token
        if not account_id:
            HUB.leave(token)
            self._show_demo()
            return
        HUB.join(account_id, token)
        if not self.ready:
            self.signed_in = True
            chosen = await asyncio.to_thread(preferences.load, get_database(), account_id)
            self.columns = _columns(chosen.get("columns"))
            offered = {spec.name for spec in get_catalog()}
            gone = await asyncio.to_thread(gallery.models_made_with, get_database(), account_id, offered)
            self.model_names = sorted({*offered, *gone})
        if address is not None and (turned or address.at):
            await self._begin(account_id, at=address.at)
        else:
            await self._read(account_id)

    def _turn_to(self, address: Address) -> bool:
        """Take the filter of an address over; whether it is another one."""
        if (address.view, address.search, address.collection) == (self.view, self.search, self.opened.id):
            return False
        self.view, self.search = address.view, address.search
        self.opened = CollectionTile(id=address.collection)
        return True

    def _show_everything(self) -> None:
        self.search, self.view, self.opened = "", "all", CollectionTile()

    async def _open(self, account_id: str, collection: CollectionTile) -> None:
        """Show a collection instead of the favourites, or the favourites again."""
        self.view, self.search, self.opened = "favorites", "", collection
        await self._begin(account_id)

    async def _account(self) -> str:
        member = await signed_in_async(self.router.headers.cookie)
        return member.account_id if member else ""

    async def _begin(self, account_id: str, at: str = "") -> None:
        """Show another list from its top, or from the clip ``at``."""
        self._anchor, self.list_key = "", self.list_key + 1
        self._arriving = False
        if account_id:
            await self._read(account_id, 0, at)
        else:
            self._show_demo()

    async def _go_to(self, account_id: str, clip_id: str) -> bool:
        """Have a clip in the window and the page go there; False where the list does not have it."""
        clip_id = clip_id[:LONGEST_ID]
        found = await asyncio.to_thread(gallery.position, get_database(), account_id, self._filter(), clip_id)
        if found is None:
            return False
        self._anchor = ""
        await self._read(account_id, 0, at=clip_id)
        self._sought += 1
        self.sought = f"{max(0, self.place)}:{self._sought}"
        return True

    def _filter(self) -> GalleryFilter:
        zone = time_zone(self.router.headers.cookie)
        if self.opened.id:
            return GalleryFilter(search=self.search, collection_id=self.opened.id, zone=zone)
        return GalleryFilter("favorites" if self.view == "favorites" else "all", self.search, zone=zone)

    async def _look_at_collection(self, account_id: str) -> None:
        """Have the open collection as it is now; where it is gone, or not shared any more, the favourites."""
        if not self.opened.id:
            return
        found = await asyncio.to_thread(collected.find, account_id, self.opened.id)
        if found is None:
            name, self.opened = self.opened.name, CollectionTile()
            self.view, self.list_key = "favorites", self.list_key + 1
            await say(self, f"“{name}” is not there any more." if name else "This collection is gone.")
        elif tile_of(found) != self.opened:
            self.opened = tile_of(found)

    async def _read(self, account_id: str, start: int | None = None, at: str | None = None) -> None:
        try:
            await self._look_at_collection(account_id)
            window = await asyncio.to_thread(
                read_window,
                get_database(),
                account_id,
                self._filter(),
                _usual_times(),
                start=self.start if start is None else start,
                anchor=self._anchor,
                fresh=self.fresh,
                at=at or "",
            )
        except DatabaseError as error:
            _log.warning("gallery not read", error=type(error).__name__, reason=str(error)[:200])
            self.problem = _UNREADABLE
            return
        if at is not None:
            self._anchor, self.place = window.anchor, window.place
        self._show(window, parse(self.search).hint)

    def _show(self, window: Window, hint: str = "") -> None:
        """Set what differs, and nothing else: a variable that is set is a variable that is sent."""
        news = news_of(self.cards, window.cards)
        if news:
            self.announcement = news
        for name, value in (
            ("total", window.total),
            ("start", window.start),
            ("fresh", window.fresh),
            ("active", window.active),
            ("cards", window.cards),
            ("hint", hint),
            ("problem", ""),
            ("ready", True),
        ):
            if getattr(self, name) != value:
                setattr(self, name, value)
        if window.active:
            self.server_now = int(time.time())

    def _show_demo(self) -> None:
        cards = demo_cards(self.search)
        self._show(Window(len(cards), 0, 0, cards), parse(self.search).hint)


on_action("restore_clip", GalleryState.restore)


def _columns(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return DEFAULT_COLUMNS
    return min(MOST_COLUMNS, max(1, round(value)))
