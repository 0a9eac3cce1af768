"""Keeps one child process running: starts it again when it ends, and ends it with all that it started."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import Process
from contextlib import suppress
from dataclasses import dataclass

from sorceress_video.runtime.output import Sink, Terminal
from sorceress_video.runtime.process import ProcessSpec, kill_session

_DRAIN_LIMIT = 1.0  # seconds to read what a child that ended had still written


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """How long to wait before a child is started again; all in seconds."""

    first: float = 0.2
    longest: float = 5.0
    healthy_after: float = 30.0  # A child that ran for so long starts again from ``first``.

    def next_pause(self, previous: float | None, ran_for: float) -> float:
        """The pause after a run of ``ran_for`` seconds that followed a pause of ``previous``."""
        if previous is None or ran_for >= self.healthy_after:
            return self.first
        return min(previous * 2, self.longest)


class Child:
    """One supervised process."""

    def __init__(
        self, spec: ProcessSpec, sink: Sink, terminal: Terminal, policy: RestartPolicy | None = None
    ) -> None:
        self.spec = spec
        self._sink = sink
        self._terminal = terminal
        self._policy = policy or RestartPolicy()
        self._process: Process | None = None
        self._stopping = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process is not None else None

    async def keep_running(self) -> None:
        """Run the child until ``stop``, whatever happens to it."""
        pause: float | None = None
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            began = loop.time()
            try:
                ending = self._in_words(await self._run_once())
            except OSError as error:  # No memory or no process to be had at this moment.
                ending = str(error)
            if self._stopping.is_set():
                break
            pause = self._policy.next_pause(pause, loop.time() - began)
            self._terminal.warn(
                f"{self.spec.name} ended ({ending}) and is started again in {pause:.1f} s; "
                f"its log: {self._sink.path}"
            )
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
        self._sink.close()

    async def _run_once(self) -> int:
        reader, write_end = await _pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *self.spec.argv, stdout=write_end, **self.spec.options
            )
        finally:
            os.close(write_end)
        self._process = process
        if (
            self._stopping.is_set()
        ):  # ``terminate`` was called while it was being started, and could not reach it.
            process.terminate()
        drained = asyncio.create_task(self._sink.drain(reader))
        status = await process.wait()
        self._process = None
        # Its own children (an RQ job, a server's worker) would go on without anybody watching them.
        kill_session(process.pid)
        with suppress(TimeoutError):
            await asyncio.wait_for(drained, _DRAIN_LIMIT)
        return status

    def _in_words(self, status: int) -> str:
        if status < 0:
            return f"by {signal.Signals(-status).name}"
        said, self._sink.last_plain_line = self._sink.last_plain_line, ""
        return f"exit status {status}" + (f", “{said}”" if said else "")

    def terminate(self) -> None:
        """Ask the child to end, and do not start it again."""
        self._stopping.set()
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()

    def kill(self) -> None:
        """End the child and all that it started, now."""
        self._stopping.set()
        if self._process is not None:
            kill_session(self._process.pid)


async def _pipe() -> tuple[asyncio.StreamReader, int]:
    """A pipe for a child's output: our end as a stream, the child's as a descriptor.

    A pipe of asyncio's own would make ``Process.wait`` wait for everybody who inherited it, a grandchild that
    goes on included.
    """
    read_end, write_end = os.pipe()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_end, "rb", buffering=0)
    )
    return reader, write_end
