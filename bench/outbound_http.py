"""Requests a second of the HTTP clients that could stand behind ``sorceress_video.net``, and of that room.

``PYTHONPATH=. python bench/outbound_http.py`` prints one line for each client and number of connections: a
status call that takes the server 50 ms, over connections that are kept open, as the watcher asks them.
"""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection

DELAY = 0.05  # seconds that the server takes
SECONDS = 4.0  # of asking for each line
CONNECTIONS = (25, 100, 200)
CLIENTS = ("httpx", "httpx2", "httpcore2", "sorceress_video.net")
BODY = b'{"status":"IN_PROGRESS","request_id":"0","logs":null,"metrics":{}}'
ANSWER = (
    b"HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(BODY)
    + BODY
)


class StatusServer(asyncio.Protocol):
    """Answers every request after the delay, whatever it asks."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.buffer.endswith(b"\r\n\r\n"):
            self.buffer = b""
            asyncio.get_running_loop().call_later(DELAY, self.answer)

    def answer(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(ANSWER)


def serve(ready: Connection) -> None:
    """Run the server and tell its port."""

    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(StatusServer, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


@asynccontextmanager
async def getter(name: str, connections: int) -> AsyncIterator[Callable[[str], Awaitable[int]]]:
    """A function that asks an address and gives the status, for the client called ``name``."""
    library = importlib.import_module(name)
    if name == "sorceress_video.net":
        async with library.Outbound(allow_private=True, max_connections=connections) as client:

            async def ask_outbound(url: str) -> int:
                return int((await client.request("GET", url, deadline=30)).status)

            yield ask_outbound
        return
    if name == "httpcore2":
        async with library.AsyncConnectionPool(
            max_connections=connections, max_keepalive_connections=connections
        ) as pool:

            async def ask_pool(url: str) -> int:
                return int((await pool.request("GET", url)).status)

            yield ask_pool
        return
    limits = library.Limits(max_connections=connections, max_keepalive_connections=connections)
    async with library.AsyncClient(limits=limits, trust_env=False, timeout=30) as client:

        async def ask_client(url: str) -> int:
            return int((await client.get(url)).status_code)

        yield ask_client


async def measure(name: str, connections: int, url: str) -> tuple[float, float, float]:
    """Requests a second, share of a core, and the 99th percentile of one call in seconds."""
    spans: list[float] = []
    async with getter(name, connections) as get:
        stop = time.perf_counter() + SECONDS

        async def ask() -> None:
            while (start := time.perf_counter()) < stop:
                assert await get(url) == 202
                spans.append(time.perf_counter() - start)

        wall, spent = time.perf_counter(), time.process_time()
        await asyncio.gather(*(ask() for _ in range(connections)))
        wall, spent = time.perf_counter() - wall, time.process_time() - spent
    return len(spans) / wall, spent / wall, sorted(spans)[int(len(spans) * 0.99)]


def main() -> None:
    """Measure every client at every number of connections."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{ours.recv()}/status"
    for name in CLIENTS:
        for connections in CONNECTIONS:
            rate, core, slow = asyncio.run(measure(name, connections, url))
            print(
                f"{name:19s} {connections:3d} connections  {rate:5.0f} requests/s"
                f"  {core * 1000 / rate:5.2f} ms of a core each  p99 {slow * 1000:5.0f} ms"
            )
    server.terminate()
    server.join()


if __name__ == "__main__":
    main()
