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
_LEAST = 44  # CSS pixels
# How far from each control's middle a finger still hits it.
_TOO_SMALL = """least => {
  const controls = "button, a[href], input:not([type=hidden]), select, textarea, summary, "
    + "[role=button], [role=option], [role=switch], [role=radio], [role=tab], [role=menuitem]";
  const top = [...document.querySelectorAll("dialog:modal, :popover-open")].at(-1) ?? document;
  const visible = { opacityProperty: true, visibilityProperty: true };
  const small = [];
  for (const control of top.querySelectorAll(controls)) {
    if (control.disabled || control.closest("[inert], [aria-hidden=true]")) continue;
    if (control.matches("a") && getComputedStyle(control).display === "inline") continue;
    control.scrollIntoView({ block: "center", inline: "center" });
    const { x, y, width, height } = control.getBoundingClientRect();
    if (!width || !height || !control.checkVisibility(visible)) continue;
    const own = (across, down) => {
      const hit = document.elementFromPoint(x + width / 2 + across, y + height / 2 + down);
      if (!hit || control.contains(hit) || hit.closest("label")?.control === control) return Boolean(hit);
      return hit.closest("[role=listbox]")?.contains(control) === false; // Suggestions lie over it.
    };
    if (!own(0, 0)) continue; // Something lies over it, as a menu's ground does.
    const reach = (across, down) => {
      let way = 0;
      while (way < least && own(across * (way + 1), down * (way + 1))) way += 1;
      return way;
    };
    const [wide, high] = [reach(-1, 0) + reach(1, 0) + 1, reach(0, -1) + reach(0, 1) + 1];
    if (wide >= least - 1 && high >= least - 1) continue;
    const name = control.dataset.testid ?? control.getAttribute("aria-label") ?? control.textContent.trim();
    small.push(`${control.tagName.toLowerCase()} ${name}: ${wide} x ${high}`);
  }
  return small;
}"""
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


def too_small(page: Page) -> list[str]:
    """Controls in view that a finger can miss: hit areas below 44 by 44 CSS pixels; WCAG 2.5.5."""
    return [f"small: {line}" for line in page.evaluate(_TOO_SMALL, _LEAST)]


def _line(theme: str, finding: dict[str, Any], place: str) -> str:
    return f"[{theme}] {finding['rule']}: {' '.join(place.split())[:400]}"
