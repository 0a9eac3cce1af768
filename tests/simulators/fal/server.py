"""Puts the simulator behind a port."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from tests.simulators.fal.control import Control
from tests.simulators.fal.queue_api import QueueApi
from tests.simulators.fal.state import Simulator
from tests.simulators.fal.storage import Storage
from tests.simulators.fal.wire import AbortableProtocol

DEFAULT_KEY: Final = "simulated-id:simulated-secret"
DEFAULT_QUEUE_S: Final = 0.2
DEFAULT_RUN_S: Final = 0.5


def application(simulator: Simulator) -> Starlette:
    """The simulator as an ASGI application."""
    queue = QueueApi(simulator)
    return Starlette(
        routes=[
            *Control(simulator).routes(),
            *Storage(simulator).routes(),
            Route("/{path:path}", queue.__call__, methods=["GET", "POST", "PUT"]),
        ]
    )


def make_server(simulator: Simulator) -> uvicorn.Server:
    """A server that is ready to be run."""
    config = uvicorn.Config(
        application(simulator),
        http=AbortableProtocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        access_log=False,
        log_level="critical",
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


def listen(port: int = 0) -> socket.socket:
    """A listening socket of 127.0.0.1, any free port by default.

    The protocol is named because asyncio sets TCP_NODELAY only on sockets that name it; without it every
    answer waits 40 ms for the other side's delayed acknowledgement.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(1024)
    return listening


def serve(port: int, data: Path, *, key: str, queue_s: float, run_s: float) -> None:
    """Serve until a signal ends it."""
    simulator = Simulator(data, key=key, queue_s=queue_s, run_s=run_s)
    with listen(port) as listening:
        asyncio.run(make_server(simulator).serve(sockets=[listening]))
    simulator.close()
