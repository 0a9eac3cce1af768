"""What a long history costs a tab: bytes of one gallery event, Redis state, cards in the page.

``make bench ONLY=gallery``. Needs Chromium. Two members with different libraries do the same; exits with 1 if
a figure is over its limit or grows with the library.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis
from playwright.sync_api import Browser, CDPSession, expect

from sorceress_video.runtime.valkey import neighbour_database
from tests.browser.desk import DESKTOP, Desk
from tests.support.chromium import open_chromium
from tests.support.studio import Studio, open_studio

FEW, MANY = 100, 10_000  # clips
EVENT_LIMIT = 100_000  # bytes
STATE_LIMIT = 300_000  # bytes
CARDS_LIMIT = 120
SAME = 0.20  # how far the figures of the two libraries may differ
_QUIET = 800  # milliseconds
_PROMPT = (
    "Embers drift over a drowned city, the camera rises past the bell tower and finds the moon, number {}"
)


@dataclass(frozen=True)
class Cost:
    """What one tab costs. Bytes; the largest of the events, the most of the cards."""

    favorite: int
    scroll: int
    state: int
    cards: int


class Wire:
    """Counts the bytes that the page's socket receives, before compression."""

    def __init__(self, session: CDPSession) -> None:
        self._bytes = 0
        session.on("Network.webSocketFrameReceived", self._received)
        session.send("Network.enable")

    def _received(self, event: dict[str, dict[str, str]]) -> None:
        self._bytes += len(event["response"]["payloadData"].encode())

    @contextmanager
    def counting(self) -> Iterator[list[int]]:
        """A list that holds, afterwards, how many bytes came meanwhile."""
        before, counted = self._bytes, []
        yield counted
        counted.append(self._bytes - before)


def cost_of(studio: Studio, browser: Browser, clips: int) -> Cost:
    """Let a member with so many clips mark one and scroll to the middle and the end."""
    member = studio.member()
    studio.shelve(member, [_PROMPT.format(number) for number in range(clips)])
    desk = Desk(browser.new_context(**DESKTOP.context).new_page(), studio.url, DESKTOP)
    desk.sign_in(member)
    desk.open()
    wire = Wire(desk.page.context.new_cdp_session(desk.page))
    cards = [desk.cards().count()]
    first = desk.cards().first
    first.hover()
    with wire.counting() as favorite:
        first.get_by_test_id("card-favorite").click()
        expect(first.get_by_test_id("card-favorite-mark")).to_be_attached()
        _settle(desk)
    scrolls = []
    for place in (0.5, 1.0):
        with wire.counting() as scroll:
            desk.get("gallery-scroll").evaluate(
                "(box, place) => { box.scrollTop = place * box.scrollHeight; }", place
            )
            expect(desk.get("clip-skeleton")).to_have_count(0)
            expect(desk.cards().last).to_be_visible()
            _settle(desk)
        scrolls.append(scroll[0])
        cards.append(desk.cards().count())
    cost = Cost(favorite[0], max(scrolls), _state_bytes(studio, desk), max(cards))
    desk.page.context.close()
    return cost


def _settle(desk: Desk) -> None:
    """Let everything that the last event caused arrive; nothing on the page says that it has."""
    desk.page.wait_for_timeout(_QUIET)


def _state_bytes(studio: Studio, desk: Desk) -> int:
    token = desk.page.evaluate("sessionStorage.getItem('token')")
    with redis.Redis.from_url(neighbour_database(studio.valkey_url)) as server:
        keys = [key for key in server.scan_iter(match=f"*{token}*") if server.type(key) == b"string"]
        assert keys, "no state was found for the tab"
        return sum(server.strlen(key) for key in keys)


def main() -> int:
    """Measure and print."""
    with (
        tempfile.TemporaryDirectory(prefix="sorceress-bench-") as folder,
        open_studio(Path(folder)) as studio,
        open_chromium() as browser,
    ):
        few, many = (cost_of(studio, browser, clips) for clips in (FEW, MANY))
    limits = {
        "favorite": EVENT_LIMIT,
        "scroll": EVENT_LIMIT,
        "state": STATE_LIMIT,
        "cards": CARDS_LIMIT,
    }
    kept = True
    print(f"{'':20}{FEW:>10,} clips {MANY:>10,} clips      at most")
    for name, limit in limits.items():
        here, there = getattr(few, name), getattr(many, name)
        same = abs(there - here) <= SAME * here
        kept = kept and there <= limit and here <= limit and same
        print(f"{name:20}{here:>16,} {there:>16,} {limit:>12,}{'' if same else '   grows with the library'}")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
