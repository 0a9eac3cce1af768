"""What a person feels: from the click to the cards, from the provider's “done” to a card that plays.

``make bench ONLY=page``. Needs Chromium; the provider is the simulated fal. Exits with 1 if a figure is over
its limit.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, expect

from tests.browser.desk import DESKTOP, Desk
from tests.support.chromium import open_chromium
from tests.support.studio import Studio, open_studio

CLICKS = 50
CARDS_LIMIT = 150.0  # milliseconds, p50
CLIPS = 50
AT_ONCE = 5
POLL = 2.0  # seconds; the product's default
PLAYABLE_LIMIT = 1.5 + POLL  # seconds, p95
TICK_BYTES = 1024
TICKS_A_SECOND = 4
LIBRARY = 500  # clips that lie in the gallery already

# From the click itself to the frame in which the new cards stand on the screen.
_WATCH_CLICK = """wanted => {
  const cards = () => [...document.querySelectorAll("[data-testid=clip-card]")];
  const known = new Set(cards().map((card) => card.dataset.clipId));
  let began = 0;
  document.querySelector("[data-testid=generate]").addEventListener(
    "click", () => { began = performance.now(); }, { capture: true, once: true });
  window.measured = new Promise((resolve) => {
    const look = () => {
      if (cards().filter((card) => !known.has(card.dataset.clipId)).length < wanted) return;
      watch.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - began));
    };
    const watch = new MutationObserver(look);
    watch.observe(document.body, {
      childList: true, subtree: true, attributes: true, attributeFilter: ["data-clip-id"] });
  });
}"""

# By clip: when (Unix seconds) its card was completed and its film could play.
_WATCH_FILMS = """() => {
  window.playable = {};
  const completed = "[data-testid=clip-card][data-status=completed]";
  const known = new Set([...document.querySelectorAll(completed)].map((card) => card.dataset.clipId));
  const look = () => {
    for (const card of document.querySelectorAll(completed)) {
      const poster = card.querySelector("[data-testid=card-poster]");
      if (known.has(card.dataset.clipId) || !poster) continue;
      known.add(card.dataset.clipId);
      const film = document.createElement("video");
      film.muted = true;
      film.preload = "auto";
      film.oncanplay = () => {
        window.playable[card.dataset.clipId] = Date.now() / 1000;
        film.removeAttribute("src");
        film.load();
      };
      film.src = poster.getAttribute("src").replace(/poster$/, "video");
    }
  };
  new MutationObserver(look).observe(document.body, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-status", "src"] });
}"""


class Ticks:
    """The progress messages that a page's socket receives."""

    def __init__(self, session: CDPSession) -> None:
        self.sizes: list[int] = []
        self._times: list[float] = []
        session.on("Network.webSocketFrameReceived", self._received)
        session.send("Network.enable")

    @property
    def most_a_second(self) -> float:
        """The largest number in any three seconds, by three."""
        windows = [sum(0 <= other - begin < 3 for other in self._times) for begin in self._times]
        return max(windows, default=0) / 3

    def _received(self, event: Mapping[str, object]) -> None:
        payload = str(event["response"]["payloadData"])  # type: ignore[index]
        if "live_state" in payload and "tick" in payload:
            self.sizes.append(len(payload.encode()))
            self._times.append(float(event["timestamp"]))  # type: ignore[arg-type]


def from_click_to_cards(folder: Path, browser: Browser) -> list[float]:
    """Milliseconds of each click, three models at once, while the provider takes nothing in."""
    with open_studio(folder) as studio:
        studio.simulator.arm("submit_429")
        models = ("kling-3.0-pro", "seedance-2.0", "veo-3.1-fast")
        desk = _desk(studio, browser, models)
        times = []
        for number in range(CLICKS):
            desk.describe(f"Click number {number}")
            desk.page.evaluate(_WATCH_CLICK, len(models))
            desk.generate()
            times.append(float(desk.page.evaluate("window.measured")))
        desk.page.context.close()
    return times


def from_done_to_playable(folder: Path, browser: Browser) -> tuple[list[float], list[float], Ticks]:
    """Seconds of each clip, a few at a time that end at different moments; the part of them until the row
    said so; and the progress meanwhile."""
    with open_studio(folder, {"SORCERESS_POLL_INTERVAL": str(POLL)}) as studio:
        desk = _desk(studio, browser, ("seedance-2.0",))
        ticks = Ticks(desk.page.context.new_cdp_session(desk.page))
        desk.page.evaluate(_WATCH_FILMS)
        made = 0
        while made < CLIPS:
            for place in range(AT_ONCE):
                desk.generate(f"Clip {made} [[run:{2 + 1.3 * place}]]")
                expect(desk.card(f"Clip {made} ")).to_have_count(1)
                made += 1
            desk.page.wait_for_function(
                "made => Object.keys(window.playable).length >= made", arg=made, timeout=120_000
            )
        playable: dict[str, float] = desk.page.evaluate("window.playable")
        done = _done_at(studio)
        rows = studio.rows(playable)
        desk.page.context.close()
    waits = [playable[row.id] - done[row.prompt] for row in rows]
    stored = [row.finished_at.timestamp() - done[row.prompt] for row in rows if row.finished_at]
    return waits, stored, ticks


def _desk(studio: Studio, browser: Browser, models: Sequence[str]) -> Desk:
    member = studio.member(*models)
    studio.shelve(member, [f"An older clip, number {number}" for number in range(LIBRARY)])
    desk = Desk(browser.new_context(**DESKTOP.context).new_page(), studio.url, DESKTOP)
    desk.sign_in(member)
    desk.open()
    return desk


def _done_at(studio: Studio) -> dict[str, float]:
    """By prompt, when (Unix seconds) the provider was done, from its own journal."""
    lines = (studio.simulator.data / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    accepted = [event for event in map(json.loads, lines) if event["event"] == "accepted"]
    return {
        event["body"]["prompt"]: event["accepted_at"] + event["queue_s"] + event["run_s"]
        for event in accepted
    }


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="sorceress-bench-") as name, open_chromium() as browser:
        clicks = from_click_to_cards(Path(name, "clicks"), browser)
        waits, stored, ticks = from_done_to_playable(Path(name, "clips"), browser)
    p50, p95 = statistics.median(clicks), _p95(waits)
    print(
        f"click → {3 * CLICKS} cards: p50 {p50:.0f} ms (at most {CARDS_LIMIT:.0f}), p95 {_p95(clicks):.0f} ms"
    )
    print(f"done → playable, {len(waits)} clips: p95 {p95:.2f} s (at most {PLAYABLE_LIMIT:.1f}),", end=" ")
    print(
        f"p50 {statistics.median(waits):.2f} s, of which {statistics.median(stored):.2f} s until it is stored"
    )
    print(
        f"progress: {len(ticks.sizes)} messages, largest {max(ticks.sizes)} B (at most {TICK_BYTES}),",
        end=" ",
    )
    print(f"{ticks.most_a_second:.1f} a second (at most {TICKS_A_SECOND}); load {os.getloadavg()[0]:.1f}")
    kept = (
        p50 <= CARDS_LIMIT
        and p95 <= PLAYABLE_LIMIT
        and max(ticks.sizes) <= TICK_BYTES
        and ticks.most_a_second <= TICKS_A_SECOND + 1 / 3
    )
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
