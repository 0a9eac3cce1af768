"""Why the workspace does not start, in words for the person at the terminal."""

from __future__ import annotations


class StartupError(Exception):
    """The workspace cannot start. The text is one sentence that says what to do about it."""
