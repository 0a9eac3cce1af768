"""Receives the body of an upload into a file: capped while it streams, and no slower than it may be."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import ClientDisconnect

from sorceress_video.media.errors import StorageFull, is_no_space

_BUFFER: Final = 1024 * 1024


class IntakeRefused(Exception):  # noqa: N818  (a verdict that the person reads)
    """The body was not taken. The status is HTTP's, the sentence the person's."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Pace:
    """How slow an upload may be, in seconds: between two pieces, and from the first byte to the last."""

    idle: float = 20.0
    total: float = 15 * 60.0


def too_large(limit: int) -> IntakeRefused:
    """The refusal of a body that is larger than the deployment takes."""
    return IntakeRefused(
        413, "too_large", f"The file is too large; up to {limit / 1024 / 1024:.0f} MB are accepted."
    )


async def receive_body(body: AsyncIterator[bytes], target: Path, limit: int, pace: Pace) -> int:
    """Write a request's body to a new file and give its size in bytes.

    Raises:
        IntakeRefused: too large, too slow, or the sender went away.
        StorageFull: the disk is full.
    """
    ends = time.monotonic() + pace.total
    size, buffer = 0, bytearray()
    while (chunk := await _next_chunk(body, min(pace.idle, ends - time.monotonic()))) is not None:
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        buffer += chunk
        if len(buffer) >= _BUFFER:
            await asyncio.to_thread(_append, target, bytes(buffer))
            buffer.clear()
    await asyncio.to_thread(_append, target, bytes(buffer))
    return size


async def _next_chunk(body: AsyncIterator[bytes], patience: float) -> bytes | None:
    try:
        async with asyncio.timeout(max(patience, 0)):
            return await anext(body, None)
    except TimeoutError as error:
        raise IntakeRefused(
            408, "too_slow", "The upload stood still for too long and was given up. Try again."
        ) from error
    except ClientDisconnect as error:
        raise IntakeRefused(400, "aborted", "The upload was broken off.") from error


def _append(target: Path, data: bytes) -> None:
    try:
        with target.open("ab") as file:
            file.write(data)
    except OSError as error:
        if is_no_space(error):
            raise StorageFull from error
        raise
