"""axe-core, run inside a page as it stands."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.support.machine import missing

_AXE = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
  .then(() => axe.run(document, { resultTypes: ["violations"] })).then(({ violations }) => violations.map(
  ({ id, help, nodes }) => ({
    rule: id,
    help,
    places: nodes.map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`),
  })))"""
_THEME = """theme => {
  document.documentElement.classList.remove("dark", "light");
  document.documentElement.classList.add(theme);
  document.documentElement.style.colorScheme = theme;
}"""


@lru_cache(maxsize=1)
def _axe() -> str:
    if not _AXE.is_file():
        missing("axe-core", "npm ci --prefix tests/browser/axe; make test does it")
    return _AXE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe-core's rules find in both themes, a line for each place."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(f"{_axe()}; undefined")
    found = []
    for theme in ("light", "dark"):
        page.evaluate(_THEME, theme)
        found += [
            _line(theme, finding, place) for finding in page.evaluate(_RUN) for place in finding["places"]
        ]
    return found


def _line(theme: str, finding: dict[str, Any], place: str) -> str:
    return f"[{theme}] {finding['rule']}: {' '.join(place.split())[:400]}"
