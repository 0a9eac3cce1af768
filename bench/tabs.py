"""Two desks and a phone of one account while 30 clips are made: how late each of them shows a change.

``make bench ONLY=tabs``. Needs Chromium; the provider is the simulated fal. One desk is loaded anew.
Exits with 1 if a tab was later than a second (95 of 100 changes), or ends with something else than the rows.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis
from playwright.sync_api import Browser, expect

from sorceress_video.jobs.hints import CHANNEL, Hint
from tests.browser.desk import DESKTOP, PHONE, Desk, Screen
from tests.support.chromium import open_chromium
from tests.support.studio import Member, Studio, open_studio
from tests.support.waiting import wait_for

BATCHES = 10
MODELS = ("kling-3.0-pro", "seedance-2.0", "veo-3.1-fast")
LIMIT = 1.0  # seconds, p95
ENDED = ("completed", "failed", "cancelled")
_ORDER = ("queued", "waiting", "submitting", "running", "cancelling", "fetching", *ENDED)

# By clip: every status that its card showed, with the moment (Unix seconds). Kept over a reload.
_WATCH_CARDS = """() => {
  const seen = (window.seen = JSON.parse(sessionStorage.getItem("bench.seen") ?? "{}"));
  const look = () => {
    for (const card of document.querySelectorAll("[data-testid=clip-card]")) {
      const list = (seen[card.dataset.clipId] ??= []);
      if (list.at(-1)?.[0] !== card.dataset.status) list.push([card.dataset.status, Date.now() / 1000]);
    }
  };
  look();
  new MutationObserver(look).observe(document.body, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-status", "data-clip-id"] });
  addEventListener("pagehide", () => sessionStorage.setItem("bench.seen", JSON.stringify(seen)));
}"""

Seen = dict[str, list[tuple[str, float]]]


@dataclass
class Changes:
    """What the rows did: (clip, status, Unix seconds), in order. From the hints, which follow each commit."""

    moves: list[tuple[str, str, float]] = field(default_factory=list)

    @contextmanager
    def followed(self, url: str) -> Iterator[None]:
        """Listen meanwhile."""
        with redis.Redis.from_url(url) as server, server.pubsub() as channel:
            channel.subscribe(CHANNEL)
            over = threading.Event()
            thread = threading.Thread(target=self._listen, args=(channel, over))
            thread.start()
            try:
                yield
            finally:
                over.set()
                thread.join()

    def _listen(self, channel: redis.client.PubSub, over: threading.Event) -> None:
        while not over.is_set():
            message = channel.get_message(ignore_subscribe_messages=True, timeout=0.1)
            if message is None:
                continue
            hint = Hint.model_validate_json(message["data"])
            if hint.kind == "moved" and hint.status in _ORDER:
                self.moves.append((hint.clip, str(hint.status), time.time()))


def lateness(
    moves: list[tuple[str, str, float]], seen: Seen, away: tuple[float, float] = (0, 0)
) -> list[float]:
    """Seconds from each change until a card showed it, or something later in the clip's life.

    Args:
        moves: the changes.
        seen: what the cards showed.
        away: from when to when the page was being loaded; what changed meanwhile counts from its end.
    """
    late = []
    for clip, status, changed in moves:
        moment = away[1] if away[0] <= changed <= away[1] else changed
        rank = _ORDER.index(status)
        shown = [when for said, when in seen.get(clip, []) if _ORDER.index(said) >= rank]
        late.append(max(0.0, min(shown) - moment) if shown else float("inf"))
    return late


def _tall(screen: Screen, height: int) -> Screen:
    """All 30 cards in view, since a card that is not there shows nothing."""
    viewport = {**screen.context["viewport"], "height": height}
    return Screen(screen.name, {**screen.context, "viewport": viewport})


def _open(studio: Studio, browser: Browser, member: Member, screen: Screen) -> Desk:
    desk = Desk(browser.new_context(**screen.context).new_page(), studio.url, screen)
    desk.sign_in(member)
    desk.open()
    desk.page.evaluate(_WATCH_CARDS)
    return desk


def measure(folder: Path, browser: Browser) -> tuple[dict[str, list[float]], bool]:
    """By tab, how late it showed each change; and whether all of them ended as the rows did."""
    with open_studio(folder) as studio:
        member = studio.member(*MODELS)
        tabs = {
            "desk": _open(studio, browser, member, _tall(DESKTOP, 2400)),
            "desk, loaded anew": _open(studio, browser, member, _tall(DESKTOP, 2400)),
            "phone": _open(studio, browser, member, _tall(PHONE, 4400)),
        }
        changes = Changes()
        with changes.followed(studio.valkey_url):
            for number in range(BATCHES):
                tabs["desk"].generate(f"Batch {number} [[run:{4 + number}]]")
                expect(tabs["desk"].cards()).to_have_count(3 * (number + 1))
            left = time.time()
            tabs["desk, loaded anew"].reload()
            away = {"desk, loaded anew": (left, time.time())}
            tabs["desk, loaded anew"].page.evaluate(_WATCH_CARDS)
            wait_for(studio.at_rest, seconds=120, what="all clips to end")
            for tab in tabs.values():
                expect(tab.cards("completed")).to_have_count(3 * BATCHES)
        late = {
            name: lateness(changes.moves, tab.page.evaluate("seen"), away.get(name, (0, 0)))
            for name, tab in tabs.items()
        }
        rows = {row.id: str(row.status) for row in studio.clips(member)}
        same = all(_shown(tab) == rows for tab in tabs.values())
        for tab in tabs.values():
            tab.page.context.close()
    return late, same


def _shown(tab: Desk) -> dict[str, str]:
    return dict(
        tab.cards().evaluate_all("cards => cards.map((card) => [card.dataset.clipId, card.dataset.status])")
    )


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="sorceress-bench-") as name, open_chromium() as browser:
        late, same = measure(Path(name), browser)
    kept = same
    for tab, seconds in late.items():
        p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
        kept = kept and p95 <= LIMIT
        print(
            f"{tab:20}{len(seconds):>5} changes: p50 {statistics.median(seconds):.2f} s, p95 {p95:.2f} s"
            f" (at most {LIMIT:.1f}), longest {max(seconds):.2f} s"
        )
    print(f"the tabs show what the rows say: {'yes' if same else 'NO'}; load {os.getloadavg()[0]:.1f}")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
