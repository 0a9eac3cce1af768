"""What a long history costs a tab, in Chromium: how soon cards are there, bytes on the socket, Redis state.

``make bench ONLY=gallery``, on both databases; ``python -m bench.gallery --database sqlite`` for one. Needs
Chromium and PostgreSQL's programs. Two members with different libraries do the same; exits with 1 if a figure
is over its limit, or grows with the library where it must not.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import redis
from playwright.sync_api import Browser, CDPSession, StorageState, expect

from bench.long_history import fill
from sorceress_video.runtime.valkey import neighbour_database
from tests.browser.desk import DESKTOP, Desk
from tests.support.chromium import open_chromium
from tests.support.postgres import open_database, open_server
from tests.support.studio import Studio, open_studio

DATABASES: Final = ("sqlite", "postgresql")
FEW, MANY = 100, 100_000  # clips
SAME: Final = 0.20  # how far bytes of the two libraries may differ
LOADS: Final = 7
JUMPS: Final = 20
DRAG_STEPS: Final = 200  # from the first clip to the last
WHEEL_STEPS: Final = 60  # at each of three places
_QUIET: Final = 800  # milliseconds

_WATCH: Final = """() => {
  window.bench = { cards: 0, tasks: [] };
  const note = (list) => bench.tasks.push(...list.getEntries().map((task) => task.duration));
  new PerformanceObserver(note).observe({ type: "longtask", buffered: true });
  new MutationObserver((_, watch) => {
    if (!document.querySelector("[data-testid=clip-card]")) return;
    bench.cards = performance.now();
    watch.disconnect();
  }).observe(document, { childList: true, subtree: true });
}"""

# Milliseconds from a leap of the bar until cards, and only cards, are drawn where it went.
_JUMP: Final = """(box, place) => new Promise((done) => {
  const asked = performance.now();
  box.scrollTop = place * box.scrollHeight;
  const drawn = () => {
    const { top, bottom } = box.getBoundingClientRect();
    if (box.querySelector("[data-testid=clip-skeleton]")) return false;
    return [...box.querySelectorAll("[data-testid=clip-card]")].some((card) => {
      const own = card.getBoundingClientRect();
      return own.bottom > top && own.top < bottom;
    });
  };
  const look = () =>
    requestAnimationFrame(() => {
      const time = performance.now() - asked;
      if (drawn() || time > 10_000) done(time);
      else look();
    });
  look();
})"""

_DRAG: Final = """(box, steps) => new Promise((done) => {
  let step = 0;
  const pull = () => {
    box.scrollTop = (step / steps) * box.scrollHeight;
    step += 1;
    if (step > steps) done();
    else setTimeout(pull, 50);
  };
  pull();
})"""


@dataclass(frozen=True)
class Cost:
    """What one tab costs."""

    first_cards: float
    """Milliseconds from the beginning of the navigation to the first cards, without a cache; median."""
    jump: float
    """Milliseconds from a leap of the bar to cards; the slowest."""
    drag: float
    """Milliseconds of the longest task of the page's thread while the bar is dragged from end to end."""
    wheel: float
    """The same while the wheel turns fast at the top, in the middle and at the end."""
    favorite: int
    """Bytes on the socket for a heart."""
    scroll: int
    """Bytes on the socket for a jump; the most."""
    state: int
    """Bytes that Redis holds of the tab."""
    cards: int
    """Cards in the page; the most."""


LIMITS: Final = {
    "first_cards": 1000,
    "jump": 500,
    "drag": 100,
    "wheel": 100,
    "favorite": 100_000,
    "scroll": 100_000,
    "state": 300_000,
    "cards": 120,
}
FLAT: Final = ("favorite", "scroll", "state", "cards")
"""What may not grow with the library."""


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
    """Let a member with so many clips come in, look about everywhere, and mark one."""
    member = studio.member()
    (shown,) = studio.shelve(member, ["The first of them"])
    fill(studio.db, member.account_id, clips - 1, video_id=studio.rows([shown])[0].video_id)
    desk = Desk(browser.new_context(**DESKTOP.context).new_page(), studio.url, DESKTOP)
    desk.page.add_init_script(f"({_WATCH})()")
    desk.sign_in(member)
    desk.open()
    kept = desk.page.context.storage_state()
    loads = [_first_cards(browser, studio.url, kept) for _ in range(LOADS)]
    wire = Wire(desk.page.context.new_cdp_session(desk.page))
    cards = [desk.cards().count()]
    first = desk.cards().first
    first.hover()
    with wire.counting() as favorite:
        first.get_by_test_id("card-favorite").click()
        expect(first.get_by_test_id("card-favorite-mark")).to_be_attached()
        _settle(desk)
    box = desk.get("gallery-scroll")
    chance = random.Random(1)
    jumps, scrolls = [], []
    for place in (0.5, 1.0, *(chance.random() for _ in range(JUMPS - 2))):
        with wire.counting() as scroll:
            jumps.append(box.evaluate(_JUMP, place))
            _settle(desk)
        scrolls.append(scroll[0])
        cards.append(desk.cards().count())
    drag = _longest_task(desk, lambda: box.evaluate(_DRAG, DRAG_STEPS))
    wheel = max(
        _longest_task(desk, lambda place=place: _turn_wheel(desk, place)) for place in (0, 0.5, 0.999)
    )
    cost = Cost(
        first_cards=median(loads),
        jump=max(jumps),
        drag=drag,
        wheel=wheel,
        favorite=favorite[0],
        scroll=max(scrolls),
        state=_state_bytes(studio, desk),
        cards=max(cards),
    )
    desk.page.context.close()
    return cost


def _first_cards(browser: Browser, url: str, kept: StorageState) -> float:
    """Milliseconds in a browser that is signed in and has nothing of the page yet."""
    context = browser.new_context(**DESKTOP.context, storage_state=kept)
    desk = Desk(context.new_page(), url, DESKTOP)
    desk.page.add_init_script(f"({_WATCH})()")
    desk.open()
    time = float(desk.page.evaluate("bench.cards"))
    context.close()
    return time


def _longest_task(desk: Desk, work: Callable[[], object]) -> float:
    desk.page.evaluate("bench.tasks.length = 0")
    work()
    _settle(desk)
    return max(desk.page.evaluate("bench.tasks"), default=0)


def _turn_wheel(desk: Desk, place: float) -> None:
    box = desk.get("gallery-scroll")
    box.evaluate(_JUMP, place)
    box.hover()
    for step in range(WHEEL_STEPS):
        desk.page.mouse.wheel(0, 600 if step % 20 < 15 else -600)
        desk.page.wait_for_timeout(16)


def _settle(desk: Desk) -> None:
    """Let everything that the last event caused arrive; nothing on the page says that it has."""
    desk.page.wait_for_timeout(_QUIET)


def _state_bytes(studio: Studio, desk: Desk) -> int:
    token = desk.page.evaluate("sessionStorage.getItem('token')")
    with redis.Redis.from_url(neighbour_database(studio.valkey_url)) as server:
        keys = [key for key in server.scan_iter(match=f"*{token}*") if server.type(key) == b"string"]
        assert keys, "no state was found for the tab"
        return sum(server.strlen(key) for key in keys)


@contextmanager
def opened(database: str) -> Iterator[Studio]:
    """A workspace on one of the databases."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sorceress-bench-")))
        environment = {}
        if database == "postgresql":
            environment["DATABASE_URL"] = stack.enter_context(
                open_database(stack.enter_context(open_server()))
            )
        yield stack.enter_context(open_studio(folder, environment))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=DATABASES, action="append")
    parser.add_argument("--clips", type=int, default=MANY)
    chosen = parser.parse_args()
    kept = True
    with open_chromium() as browser:
        for database in chosen.database or DATABASES:
            with opened(database) as studio:
                few, many = (cost_of(studio, browser, clips) for clips in (FEW, chosen.clips))
            kept = _print(database, chosen.clips, few, many) and kept
    return 0 if kept else 1


def _print(database: str, clips: int, few: Cost, many: Cost) -> bool:
    print(f"{database:20}{FEW:>10,} clips {clips:>10,} clips      at most")
    kept = True
    for name, limit in LIMITS.items():
        here, there = getattr(few, name), getattr(many, name)
        grows = name in FLAT and abs(there - here) > SAME * here
        kept = kept and max(here, there) <= limit and not grows
        print(f"{name:20}{here:>16,.0f} {there:>16,.0f} {limit:>12,}{'   not the same' if grows else ''}")
    return kept


if __name__ == "__main__":
    raise SystemExit(main())
