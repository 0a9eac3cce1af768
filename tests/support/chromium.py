"""Chromium under Playwright, as tests and benches start it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

# Root cannot use the sandbox of its own, and containers give little shared memory.
_FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required")


@contextmanager
def open_chromium(program: str | None = None) -> Iterator[Browser]:
    """A headless Chromium.

    Args:
        program: its path; None takes the system's, else the one that Playwright downloaded.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program or shutil.which("chromium"), args=list(_FLAGS)
        )
        try:
            yield browser
        finally:
            browser.close()
