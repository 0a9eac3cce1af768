"""A thousand clips running at the simulated fal, asked about every 3 seconds by one watcher.

``python -m bench.watcher``: prints the watcher's share of a core, how late its questions came and its memory;
exit code 1 where a bound is missed. The simulator and the watcher are processes of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import psutil

from sorceress_video.library import clips, moves
from sorceress_video.library.clips import NewClip
from sorceress_video.library.tables import Clip
from sorceress_video.settings import get_settings
from tests.cloud.provider_process import ProviderProcess
from tests.support.deployment import Deployment, run_deployment, settings_of
from tests.support.private_valkey import PrivateValkey
from tests.support.waiting import wait_for
from worker.cloud.providers.base import Job, Ticket
from worker.cloud.providers.fal import FalProvider

POLL_SECONDS: Final = 3.0
MEASURED_SECONDS: Final = 60.0
MAX_CORE_SHARE: Final = 0.60
MAX_LAG_P99: Final = 0.5  # seconds
MAX_MEMORY: Final = 100 * 1024 * 1024  # bytes, resident
ENDPOINT: Final = "fal-ai/kling-video/v3/pro/text-to-video"
SUBMITS_AT_ONCE: Final = 20


def main() -> int:
    """Run the bench. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.watcher", description=__doc__)
    parser.add_argument("--clips", type=int, default=1000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-watcher-") as name, PrivateValkey() as valkey:
        folder = Path(name)
        with ProviderProcess(folder / "fal", queue_s=60, run_s=36_000) as provider:
            more = {**provider.environment, "SORCERESS_POLL_INTERVAL": str(POLL_SECONDS)}
            (folder / "data").mkdir()
            given = {**settings_of(folder / "data", valkey.url), **more}
            with run_deployment(given, folder) as deployment:
                _put_under_way(deployment, asked.clips)
                return _measure(deployment, asked.clips)


def _put_under_way(deployment: Deployment, count: int) -> None:
    """Clips as they are right after their providers accepted them."""
    new = NewClip(
        model_id="kling-3.0-pro",
        model_name="Kling 3.0 Pro",
        provider="fal",
        endpoint=ENDPOINT,
        mode="text",
        prompt="A lone rider crosses the ridge at dusk",
        settings={"duration": "5"},
        settings_line="5 s",
        expected_seconds=5.0,
        estimate_micro_usd=560_000,
    )
    ids = clips.admit(deployment.db, deployment.account_id, "bench", [new] * count, max_active=count).clip_ids
    tickets = asyncio.run(_submit(ids))
    with deployment.db.write() as session:
        for clip_id in ids:
            clip = session.get_one(Clip, clip_id)
            moves.begin_attempt(session, clip, timedelta(seconds=60))
            ticket = tickets[clip_id]
            moves.accept(
                session,
                clip_id,
                1,
                request_id=ticket.request_id,
                status_url=ticket.status_url,
                response_url=ticket.response_url,
                cancel_url=ticket.cancel_url,
            )


async def _submit(ids: tuple[str, ...]) -> dict[str, Ticket]:
    provider, room = FalProvider(get_settings()), asyncio.Semaphore(SUBMITS_AT_ONCE)

    async def one(clip_id: str) -> tuple[str, Ticket]:
        job = Job(clip_id, 1, "kling-3.0-pro", "Kling 3.0 Pro", ENDPOINT, "text", clip_id, {"duration": "5"})
        async with room:
            return clip_id, await provider.submit(job, await provider.prepare(job))

    try:
        return dict(await asyncio.gather(*(one(clip_id) for clip_id in ids)))
    finally:
        await provider.aclose()


def _measure(deployment: Deployment, count: int) -> int:
    deployment.start("watcher")
    watcher = psutil.Process(deployment.processes["watcher"].pid)
    log = deployment.folder / "watcher.log"
    wait_for(lambda: _paces(log), seconds=90, what="the watcher's first report")  # Leasing lies behind it.
    before, started = watcher.cpu_times(), time.monotonic()
    load, memory = os.getloadavg()[0], 0
    seen = len(_paces(log))
    while time.monotonic() - started < MEASURED_SECONDS:
        memory = max(memory, watcher.memory_info().rss)
        time.sleep(1)
    after, seconds = watcher.cpu_times(), time.monotonic() - started
    share = (after.user + after.system - before.user - before.system) / seconds
    paces = wait_for(lambda: _paces(log)[seen:], seconds=60, what="a report")
    asked = sum(pace["asked"] for pace in paces)
    lag = max(pace["lag_p99"] for pace in paces)
    rate = asked / (len(paces) * 30.0)
    rows = [
        ("clips under watch", f"{paces[-1]['clips']}", f"{count}", paces[-1]["clips"] == count),
        (
            "questions a second",
            f"{rate:.0f}",
            f"≥ {0.9 * count / POLL_SECONDS:.0f}",
            rate >= 0.9 * count / POLL_SECONDS,
        ),
        ("share of a core", f"{share:.0%}", f"≤ {MAX_CORE_SHARE:.0%}", share <= MAX_CORE_SHARE),
        ("lag p99", f"{lag:.3f} s", f"≤ {MAX_LAG_P99} s", lag <= MAX_LAG_P99),
        ("memory", f"{memory / 2**20:.0f} MiB", f"≤ {MAX_MEMORY / 2**20:.0f} MiB", memory <= MAX_MEMORY),
    ]
    print(f"load of the machine when it began: {load:.1f} on {os.cpu_count()} cores")
    for name, value, bound, kept in rows:
        print(f"{name:20} {value:>10}   {bound:>10}   {'ok' if kept else 'MISSED'}")
    return 0 if all(kept for *_, kept in rows) else 1


def _paces(log: Path) -> list[dict[str, Any]]:
    """What the watcher said about its punctuality so far."""
    lines = log.read_text(errors="replace").splitlines()
    return [
        found for line in lines if '"pace"' in line and (found := json.loads(line)).get("event") == "pace"
    ]


if __name__ == "__main__":
    raise SystemExit(main())
