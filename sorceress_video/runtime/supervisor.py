"""Starts everything that one machine needs, keeps it running and stops all of it together."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sorceress_video.runtime import checks, valkey
from sorceress_video.runtime.child import Child
from sorceress_video.runtime.errors import StartupError
from sorceress_video.runtime.logging import configure
from sorceress_video.runtime.output import Sink, Terminal
from sorceress_video.runtime.page_build import ROOT, ensure_pages, pages_are_current
from sorceress_video.runtime.process import ProcessSpec
from sorceress_video.runtime.redaction import Redactor, configured_secrets
from sorceress_video.runtime.roles import ROLES, Role, processes
from sorceress_video.settings import Settings

_STOP_GRACE = 6.5  # seconds for web and workers to finish what they do
_VALKEY_GRACE = 2.0  # seconds for Valkey to write its last lines, after everybody else has ended
_KILL_LIMIT = 0.5  # seconds until the kernel has taken away what was killed
_VALKEY_START = 30.0  # seconds; after a crash it reads its whole file first.
_PAGE_FIRST = 10.0  # seconds that the workers' start waits for the page
_READY_POLL = 0.05  # seconds
_SAME_SIGNAL = 1.0  # seconds; a service manager signals us, and make, which passes its own on to us.


def run(
    settings: Settings,
    terminal: Terminal,
    *,
    roles: tuple[Role, ...] = ROLES,
    inherited: Mapping[str, str] = os.environ,
) -> None:
    """Run the workspace until it is told to stop.

    Args:
        roles: the processes besides Valkey.
        inherited: the environment of which each process gets its part.

    Raises:
        StartupError: something that must hold does not; nothing is left running.
    """
    with checks.data_folder(settings) as folder:
        checks.free_port(settings)
        checks.enough_disk(settings)
        for sentence in checks.advice(settings):
            terminal.warn(sentence)
        if not pages_are_current():
            terminal.say("Making the pages. The first time takes about a minute …")
            ensure_pages()
        logs = folder / "logs"
        logs.mkdir(mode=0o700, exist_ok=True)
        with (
            _redis(settings, folder) as (server, url),
            (logs / "supervisor.log").open("a", encoding="utf-8", buffering=1) as own_log,
        ):
            configure("supervisor", own_log)
            extra = {
                "REDIS_URL": url,
                "SORCERESS_DATA_DIR": str(settings.data_dir),
                "SORCERESS_LOG_FORMAT": "json",
            }
            others = tuple(processes(roles, inherited=inherited, extra=extra, cwd=ROOT))
            asyncio.run(Supervisor(settings, terminal).run(server=server, redis_url=url, others=others))


@contextmanager
def _redis(settings: Settings, folder: Path) -> Iterator[tuple[ProcessSpec | None, str]]:
    """The bundled Valkey as a process to start, unless ``REDIS_URL`` names a server; and the address."""
    if settings.redis_url is not None:
        checks.usable_redis(settings.redis_url)
        yield None, settings.redis_url
        return
    planned = valkey.plan(folder)
    lock = valkey.DataLock(planned.data_dir)
    try:
        yield planned.process(lock.acquire()), planned.url
    finally:
        lock.release()
        valkey.remove_socket(planned)


class Supervisor:
    """The children of one run, in the order in which they depend on each other."""

    def __init__(self, settings: Settings, terminal: Terminal) -> None:
        self._settings = settings
        self._terminal = terminal
        self._redactor = Redactor(configured_secrets(settings))
        self._logs = settings.data_dir / "logs"
        self._running: list[tuple[Child, asyncio.Task[None]]] = []
        self._stop = asyncio.Event()
        self._stop_asked = 0.0  # when, by the loop's clock
        self._hurry = asyncio.Event()

    async def run(
        self, *, server: ProcessSpec | None, redis_url: str, others: tuple[ProcessSpec, ...]
    ) -> None:
        """Run until SIGTERM or SIGINT; a second one, later, ends what is still busy at once.

        Args:
            server: the bundled Valkey, if there is one.
            redis_url: where it, or the server that the settings name, answers.
            others: the web process, then the workers.

        Raises:
            StartupError: the database or Valkey is not to be had.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._on_signal)
        try:
            if server is not None:
                self._start(server)
            self._upgrade_database()  # Meanwhile Valkey reads its file.
            await self._until_answering(redis_url)
            page, *workers = others
            self._start(page)
            greeted = asyncio.create_task(self._greet_when_page_answers())
            # On two cores the page comes seconds earlier when the workers do not start beside it.
            await asyncio.wait({greeted}, timeout=_PAGE_FIRST)
            for spec in () if self._stop.is_set() else workers:
                self._start(spec)
            await greeted
            await self._stop.wait()
        finally:
            await self._stop_all(last=server.name if server is not None else None)
            # The loop gives its handlers back when it closes: a key held down would end the last lines.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})

    def _on_signal(self) -> None:
        now = asyncio.get_running_loop().time()
        if not self._stop.is_set():
            self._stop_asked = now
            self._stop.set()
        elif now - self._stop_asked > _SAME_SIGNAL:
            self._hurry.set()

    def _start(self, spec: ProcessSpec) -> None:
        child = Child(spec, Sink(spec.name, self._logs, self._terminal, self._redactor), self._terminal)
        self._running.append((child, asyncio.create_task(child.keep_running(), name=spec.name)))

    async def _until_answering(self, redis_url: str) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _VALKEY_START
        while not valkey.answers(redis_url) and not self._stop.is_set():
            if loop.time() > deadline:
                raise StartupError(
                    f"Valkey did not answer within {_VALKEY_START:.0f} s; its log is in {self._logs}."
                )
            await asyncio.sleep(_READY_POLL)

    def _upgrade_database(self) -> None:
        # Imported here: a start that is refused need not wait for the library.
        from sorceress_video.runtime import database  # noqa: PLC0415

        database.upgrade(self._settings)

    async def _greet_when_page_answers(self) -> None:
        """Wait for the page however long it takes: a web process that fails says itself why."""
        while not self._stop.is_set():
            if await _answers_ok(self._settings):
                self._greet()
                return
            await asyncio.sleep(_READY_POLL)

    def _greet(self) -> None:
        from sorceress_video.accounts.setup import setup_link  # noqa: PLC0415

        lines = [f"Sorceress AI Video Gen runs at {self._settings.base_url} (Ctrl+C stops it)."]
        link = setup_link(self._settings)
        if link is not None:
            lines.append(f"Make the owner's account here, once: {link}")
        self._terminal.say("\n".join(lines))

    async def _stop_all(self, *, last: str | None) -> None:
        """Everybody first, then ``last``, whom the others need while they finish."""
        await self._stop_these(lambda child: child.spec.name != last, _STOP_GRACE)
        await self._stop_these(lambda child: child.spec.name == last, _VALKEY_GRACE)

    async def _stop_these(self, chosen: Callable[[Child], bool], grace: float) -> None:
        these = [(child, task) for child, task in self._running if chosen(child)]
        if not these:
            return
        for child, _ in these:
            child.terminate()
        everybody: asyncio.Future[Any] = asyncio.gather(*(task for _, task in these))
        hurried: asyncio.Future[Any] = asyncio.create_task(self._hurry.wait())
        await asyncio.wait({everybody, hurried}, timeout=grace, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        late = [child for child, task in these if not task.done()]
        for child in late:
            child.kill()
        if late:
            self._terminal.warn(f"Still busy, so killed: {', '.join(child.spec.name for child in late)}.")
            await asyncio.wait({everybody}, timeout=_KILL_LIMIT)


async def _answers_ok(settings: Settings) -> bool:
    """Whether the web process serves: asked over the wire, as a browser would."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection(host, settings.port)
            try:
                writer.write(f"GET /healthz HTTP/1.1\r\nHost: localhost:{settings.port}\r\n\r\n".encode())
                return b" 200 " in await reader.readline()
            finally:
                writer.close()
    return False
