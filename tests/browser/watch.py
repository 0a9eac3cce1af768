"""Listens to what pages complain about."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, WebError


class Watch:
    """Errors of the console and of scripts, of every page of the contexts that it follows."""

    def __init__(self) -> None:
        self._heard: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        self.servers_may_complain = False

    def follow(self, context: BrowserContext) -> None:
        """Hear the pages of a context from now on."""
        context.on("console", self._console)
        context.on("weberror", self._script)

    def expect(self, pattern: str) -> None:
        """Announce complaints that match."""
        self._expected.append(re.compile(pattern))

    def expect_outage(self) -> None:
        """Announce that the server goes away for a moment: sockets and requests fail, servers say so."""
        self.servers_may_complain = True
        self.expect(r"WebSocket connection to|websocket error|xhr poll error")
        self.expect(r"Failed to load resource: (net::ERR_|the server responded with a status of 50\d)")

    def unexpected(self) -> list[str]:
        """What nobody announced."""
        return [line for line in self._heard if not any(known.search(line) for known in self._expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._heard.append(f"{message.text} ({message.location.get('url', '')})")

    def _script(self, error: WebError) -> None:
        self._heard.append(f"uncaught: {error.error}")
