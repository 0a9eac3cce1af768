"""Where the children's lines go: all of them to rotated files, warnings to the terminal as well."""

from __future__ import annotations

import json
import logging
import logging.handlers
import sys
from asyncio import StreamReader
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal, TextIO

from sorceress_video.runtime.redaction import Redactor

_FILE_BYTES = 10 * 1024 * 1024
_OLD_FILES = 3
_LONGEST_LINE = 64 * 1024  # bytes; what is longer is cut into several lines.
_SHOWN = frozenset({"warning", "error", "critical"})
_NOT_DETAILS = frozenset({"event", "level", "timestamp", "process", "logger", "exception", "stack"})


class Terminal:
    """What the person who started the workspace sees."""

    def __init__(
        self, log_format: Literal["json", "console"], out: TextIO | None = None, err: TextIO | None = None
    ) -> None:
        self._everything = log_format == "json"
        self._out = out or sys.stdout
        self._err = err or sys.stderr

    def say(self, text: str) -> None:
        """A line for the person, whatever the format of the logs."""
        print(text, file=self._out, flush=True)

    def warn(self, text: str) -> None:
        """A line that asks for attention."""
        print(text, file=self._err, flush=True)

    def relay(self, process: str, line: str, event: dict[str, Any] | None) -> None:
        """A child's log line: all of them as JSON, or the warnings in words. ``event`` is the line parsed."""
        if self._everything:
            print(line, file=self._out, flush=True)
        elif event is not None and event.get("level") in _SHOWN:
            details = " ".join(f"{name}={value}" for name, value in event.items() if name not in _NOT_DETAILS)
            self.warn(f"{process}: {event.get('event')} {details}".rstrip())


class Sink:
    """Takes the output of one child."""

    def __init__(self, process: str, folder: Path, terminal: Terminal, redactor: Redactor) -> None:
        self._process = process
        self._terminal = terminal
        self._redactor = redactor
        self.path = folder / f"{process}.log"
        self.last_plain_line = ""  # Of a process that failed at its start: the end of its traceback.
        self._file = logging.handlers.RotatingFileHandler(
            self.path, maxBytes=_FILE_BYTES, backupCount=_OLD_FILES, encoding="utf-8", delay=True
        )

    async def drain(self, reader: StreamReader) -> None:
        """Take lines until the child, and all that inherited its output, closed it."""
        async for raw in _lines(reader):
            self.take(raw.decode("utf-8", errors="replace"))

    def take(self, line: str) -> None:
        """One line. What is not a line of our own logs (a traceback, Valkey's) is cleaned of secrets here."""
        event = _parsed(line)
        clean = line if event is not None else self._redactor.text(line)
        if event is None and line.strip():
            self.last_plain_line = clean.strip()
        self._file.emit(logging.makeLogRecord({"msg": clean}))
        self._terminal.relay(self._process, clean, event)

    def close(self) -> None:
        self._file.close()


async def _lines(reader: StreamReader) -> AsyncIterator[bytes]:
    rest = b""
    while chunk := await reader.read(_LONGEST_LINE):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line
        if len(rest) >= _LONGEST_LINE:
            yield rest
            rest = b""
    if rest:
        yield rest


def _parsed(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "event" in found else None
