"""Sixty seconds of ``kill -9`` at random while a hundred clips are made, then the account of it.

``python -m bench.chaos --seed 7``: the watcher, each worker with and without the job that it forked, and
Valkey are killed and started again, while the simulated fal refuses, loses answers, breaks and is slow. Every
clip must come to rest afterwards; exit code 1 if one promise is broken.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlmodel import func, select

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.library.tables import Clip, StoredFile
from sorceress_video.media.storage import open_storage
from sorceress_video.settings import get_settings
from tests.cloud.asking import ask
from tests.cloud.money import assert_promises, charges
from tests.cloud.provider_process import ProviderProcess
from tests.support.deployment import ASKED, ROLES, Deployment, run_deployment, settings_of
from tests.support.private_valkey import PrivateValkey

CHAOS_SECONDS: Final = 60.0
REST_SECONDS: Final = 120.0
PAID: Final = {"kling-3.0-pro": {"duration": "3"}}
FREE: Final = {"animatic": {"resolution": "480p", "duration": 3}}
FREE_SHARE: Final = 0.25
FAULTS: Final[Sequence[tuple[str, float, int | None]]] = (
    ("submit_429", 0.05, None),
    ("submit_hang", 0.05, None),  # Accepted and billed; the answer never comes.
    ("status_500", 0.05, 1),
    ("result_500", 0.05, 1),
    ("output_drip_header", 0.02, 1),
    ("output_reset", 0.05, 1),
)
"""Fault, chance for each request, how often it shows on one."""


def main() -> int:
    """Run the bench. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--clips", type=int, default=100)
    parser.add_argument("--rest", type=float, default=REST_SECONDS, help="seconds; more on a busy machine")
    asked = parser.parse_args()
    print(f"seed {asked.seed}, {asked.clips} clips, {CHAOS_SECONDS:g} s of kills", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="bench-chaos-") as name,
        PrivateValkey() as valkey,
        ProviderProcess(Path(name) / "fal", queue_s=1.0, run_s=3.0) as provider,
    ):
        folder = Path(name)
        (folder / "data").mkdir()
        more = {
            "SORCERESS_LEASE_SECONDS": "5",
            "SORCERESS_SUBMIT_DEADLINE": "5",
            **provider.environment,
        }
        with run_deployment(settings_of(folder / "data", valkey.url, **more), folder) as deployment:
            for fault, rate, uses in FAULTS:
                provider.arm(fault, rate=rate, uses=uses)
            deployment.start(*ROLES)
            storm = Storm(deployment, valkey, random.Random(asked.seed))
            ids = storm.rage(asked.clips)
            return _account_for(deployment, provider, ids, storm, asked.rest)


class Storm:
    """Kills at random and asks for clips meanwhile."""

    def __init__(self, deployment: Deployment, valkey: PrivateValkey, chance: random.Random) -> None:
        self._deployment = deployment
        self._valkey = valkey
        self._chance = chance
        self.kills: Counter[str] = Counter()

    def rage(self, clips: int) -> list[str]:
        """Ask for so many clips over the time of the storm; their ids."""
        ids: list[str] = []
        started = time.monotonic()
        while (passed := time.monotonic() - started) < CHAOS_SECONDS or len(ids) < clips:
            while len(ids) < min(clips, clips * passed / (CHAOS_SECONDS * 0.75)):
                ids += self._click(len(ids))
            self._strike()
            time.sleep(self._chance.uniform(0.6, 2.2))
            self._deployment.revive()
        return ids

    def _click(self, number: int) -> tuple[str, ...]:
        free = self._chance.random() < FREE_SHARE
        model, settings = ("animatic", FREE) if free else ("kling-3.0-pro", PAID)
        return ask(self._deployment, model, prompt=f"clip {number}", settings=settings)

    def _strike(self) -> None:
        target = self._chance.choice([*ROLES, "valkey"])
        if target == "valkey":
            self._valkey.kill()
            time.sleep(self._chance.uniform(0.0, 1.0))
            self._valkey.start()
        else:
            whole = self._chance.random() < 0.5
            self._deployment.kill(target, whole=whole)
            target += "" if whole else ", its job lives on"
        self.kills[target] += 1


def _account_for(
    deployment: Deployment, provider: ProviderProcess, ids: Sequence[str], storm: Storm, rest: float
) -> int:
    started = time.monotonic()
    while time.monotonic() - started < rest and _restless(deployment):
        deployment.revive()
        time.sleep(0.25)
    rested = time.monotonic() - started
    deployment.stop()  # A preview still in the making would disturb the count of files.
    _print(deployment, provider, ids, storm, rested)
    try:
        assert_promises(deployment, provider, ids)
    except AssertionError as error:
        print(f"BROKEN: {error}\n{deployment.logs()}")
        return 1
    print("every promise was kept")
    return 0


def _restless(deployment: Deployment) -> int:
    with deployment.db.read() as session:
        return session.exec(
            select(func.count()).select_from(Clip).where(Clip.status.not_in(ASKED))  # type: ignore[attr-defined]
        ).one()


def _print(
    deployment: Deployment, provider: ProviderProcess, ids: Sequence[str], storm: Storm, rested: float
) -> None:
    rows = [deployment.clip(clip_id) for clip_id in ids]
    statuses = Counter(row.status for row in rows)
    reasons = Counter(row.error_code for row in rows if row.status == ClipStatus.FAILED.value)
    ledger = provider.ledger()
    with deployment.db.read() as session:
        known = session.exec(select(func.count()).select_from(StoredFile)).one()
    files = sum(1 for _ in open_storage(get_settings()).list())
    paid = [row for row in rows if row.provider != "sandbox"]
    table = {
        "kills": f"{storm.kills.total()} ({', '.join(f'{n}× {what}' for what, n in storm.kills.items())})",
        "clips": f"{len(rows)}, {len(paid)} of them paid",
        "completed": statuses["completed"],
        "failed with a reason": f"{statuses['failed']} {dict(reasons) if reasons else ''}",
        "asked as ambiguous": statuses["ambiguous"],
        "still under way": sum(n for status, n in statuses.items() if ClipStatus(status) not in ASKED),
        "charges": charges(provider),
        "paid twice": sum(1 for n in ledger["charges_by_prompt"].values() if n > 1),
        "files / rows of files": f"{files} / {known} (before the upkeep)",
        "at rest after the last kill": f"{rested:.0f} s",
    }
    for name, value in table.items():
        print(f"{name:28} {value}")


if __name__ == "__main__":
    raise SystemExit(main())
