"""The watcher: hands due rows to the queues, asks providers about running clips, keeps the house in order.

Any number of them may run: clips are leased, dispatches are compare-and-set. ``python -m worker.watcher``.
"""

from __future__ import annotations

import asyncio
import secrets
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Final

import redis.asyncio
import structlog
from redis import Redis
from redis.exceptions import RedisError

from sorceress_video.jobs.actions import WAKE
from sorceress_video.jobs.predictions import dispatch_predictions
from sorceress_video.jobs.queues import QueueName, dispatch_clips, enqueue, get_redis
from sorceress_video.library import upkeep as upkeep_rows
from sorceress_video.library.database import Database, get_database
from sorceress_video.runtime.logging import configure
from sorceress_video.settings import Settings, get_settings
from worker import upkeep
from worker.cloud.reconcile import Reconciler
from worker.cloud.watch import Watch

_log = structlog.get_logger(__name__)

OUTBOX_EVERY: Final = 0.25
"""Seconds between two looks at the outbox; the web hands its own clips over at once."""
RECONCILE_EVERY: Final = 2.0
BEAT_EVERY: Final = 5.0
UPKEEP_EVERY: Final = 60.0
REPORT_EVERY: Final = 30.0


async def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings, db, connection = get_settings(), get_database(), get_redis()
    owner = f"{socket.gethostname()[:40]}-{secrets.token_hex(4)}"
    watch = Watch(db, connection, settings, owner)
    reconciler = Reconciler(db, connection)
    housekeeper = upkeep.Housekeeper(db, settings)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    loops = [
        watch.lease_loop,
        watch.poll_loop,
        watch.notices.run,
        lambda: _every(OUTBOX_EVERY, lambda: _outbox(db, connection)),
        lambda: _every(RECONCILE_EVERY, reconciler.run),
        lambda: _every(BEAT_EVERY, lambda: upkeep_rows.beat(db, "watcher")),
        lambda: _every(UPKEEP_EVERY, lambda: _keep_house(housekeeper, connection)),
        lambda: _listen(settings, watch),
        lambda: _report(watch),
    ]
    tasks = [asyncio.create_task(_kept_alive(loop)) for loop in loops]
    _log.info("watching", owner=owner)
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await watch.aclose()


def _outbox(db: Database, connection: Redis) -> None:
    dispatch_clips(db, connection)
    dispatch_predictions(db, connection)


def _keep_house(housekeeper: upkeep.Housekeeper, connection: Redis) -> None:
    housekeeper.run()
    turn = int(time.time() // UPKEEP_EVERY)
    for asset_id in housekeeper.missing_previews():
        enqueue(connection, QueueName.MEDIA, asset_id, turn)


async def _every(seconds: float, work: Callable[[], object]) -> None:
    """Do something that blocks, in a thread, again and again."""
    while True:
        try:
            await asyncio.to_thread(work)
        except Exception:
            await asyncio.sleep(seconds)  # What is broken is not tried more often than what works.
            raise
        await asyncio.sleep(seconds)


async def _report(watch: Watch) -> None:
    """Say in the log how punctual the watch is, while there is something to watch."""
    while True:
        await asyncio.sleep(REPORT_EVERY)
        pace = watch.pace()
        if pace.asked:
            _log.info("pace", **asdict(pace))


async def _listen(settings: Settings, watch: Watch) -> None:
    """Hear which clip a person asked about or cancelled. A lost word only costs a moment."""
    if settings.redis_url is None:
        raise RuntimeError("REDIS_URL is not set.")
    async with redis.asyncio.from_url(settings.redis_url) as client, client.pubsub() as channel:
        await channel.subscribe(WAKE)
        async for message in channel.listen():
            if message["type"] == "message":
                await watch.refresh()
                watch.hasten(message["data"].decode())


async def _kept_alive(loop: Callable[[], Awaitable[None]]) -> None:
    """Run a loop again when it breaks: a lost database or Redis must not end the watch for good."""
    while True:
        try:
            await loop()
        except RedisError as error:
            _log.warning("Redis is away", error=type(error).__name__)
        except Exception:  # noqa: BLE001 - whatever broke, the other clips still need their watch
            _log.exception("a loop of the watcher broke and starts again")
        await asyncio.sleep(1)


if __name__ == "__main__":
    configure("watcher")
    asyncio.run(main())
