"""From a worker's publish on a real Valkey to the tabs of a process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from redis import Redis

from sorceress_video.jobs.hints import CHANNEL, Hint, publish
from sorceress_video.live.hub import Hub
from sorceress_video.live.relay import Relay
from tests.live.outlet import RememberingOutlet, moved, progress, until


@pytest.fixture
def outlet() -> RememberingOutlet:
    return RememberingOutlet()


@pytest.fixture
async def hub(outlet: RememberingOutlet) -> AsyncIterator[Hub]:
    made = Hub()
    made.open(outlet)
    made.join("ada", "tab")
    yield made
    made.close()


@pytest.fixture
async def listening(hub: Hub, valkey: str) -> AsyncIterator[Redis]:
    """A relay at work; the client of a worker that publishes."""
    task = asyncio.create_task(Relay(hub, valkey).run())
    worker = Redis.from_url(valkey)
    await until(lambda: subscribers(worker) == 1)
    yield worker
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    worker.close()


def subscribers(worker: Redis) -> int:
    return dict(worker.pubsub_numsub(CHANNEL))[CHANNEL.encode()]


async def test_what_a_worker_publishes_reaches_the_tab(listening: Redis, outlet: RememberingOutlet) -> None:
    publish(listening, progress("ada", "clip", 0.42), moved("ada", "other"))

    await until(lambda: outlet.ticks and outlet.moved)
    assert outlet.ticks[0][2][0].percent == 42
    assert outlet.moved[0][2] == ["other"]


async def test_a_message_that_is_no_hint_harms_nothing(listening: Redis, outlet: RememberingOutlet) -> None:
    for nonsense in (b"", b"{", b'{"kind":"progress"}', b"\xff\xfe", b"[]"):
        listening.publish(CHANNEL, nonsense)
    publish(listening, progress("ada", "clip", 0.5))

    await until(lambda: outlet.ticks)


async def test_a_cut_connection_is_taken_up_again_and_the_rows_are_read(
    listening: Redis, outlet: RememberingOutlet
) -> None:
    listening.client_kill_filter(_type="pubsub")

    await until(lambda: outlet.moved)
    assert outlet.moved[0][2] == []
    publish(listening, progress("ada", "clip", 0.5))
    await until(lambda: outlet.ticks)


async def test_a_redis_that_starts_later_is_found(
    outlet: RememberingOutlet, hub: Hub, valkey: str, tmp_path: Path
) -> None:
    later = tmp_path / "later.sock"
    task = asyncio.create_task(Relay(hub, f"unix://{later}").run())
    await asyncio.sleep(0)
    later.symlink_to(urlsplit(valkey).path)

    await until(lambda: outlet.moved)
    assert outlet.moved[0][2] == []
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@pytest.mark.spec("A6")
@pytest.mark.parametrize("kind", ["rights", "ended"])
async def test_every_process_asks_anew_who_is_who_before_a_page_hears_of_it(
    hub: Hub, outlet: RememberingOutlet, valkey: str, kind: Literal["rights", "ended"]
) -> None:
    asked: list[int] = []
    task = asyncio.create_task(
        Relay(hub, valkey, lambda: asked.append(len(outlet.moved) + len(outlet.ended))).run()
    )
    with Redis.from_url(valkey) as worker:
        await until(lambda: subscribers(worker) == 1)
        publish(worker, Hint(kind=kind, account="ada"))
        await until(lambda: outlet.moved or outlet.ended)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task

    assert asked[-1] == 0
