"""Chromium under Playwright, as tests and benches start it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

REMEDY = "run `playwright install chromium`, or `apt-get install chromium` on Debian."

# Root cannot use the sandbox of its own; containers give little shared memory and no graphics card.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
)


def find_chromium() -> str | None:
    """Program of a Chromium: the one that Playwright downloaded, else the system's."""
    base = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    programs = sorted(base.glob("chromium-*/chrome-linux*/chrome"))
    if programs:
        return str(programs[-1])
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@contextmanager
def open_chromium(program: str | None = None) -> Iterator[Browser]:
    """A headless Chromium.

    Args:
        program: its path; None takes the one that is found.

    Raises:
        RuntimeError: there is none.
    """
    chosen = program or find_chromium()
    if chosen is None:
        raise RuntimeError(f"Chromium is not installed: {REMEDY}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chosen, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()
