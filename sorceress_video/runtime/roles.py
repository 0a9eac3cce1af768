"""The processes of one machine, as data: which program, how many of it, and which secrets it may see."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sorceress_video.runtime.environment import child_environment
from sorceress_video.runtime.process import ProcessSpec
from sorceress_video.settings import PROVIDER_KEYS

_MASTER_KEY = "SORCERESS_SECRET_KEY"
_PROVIDERS = (_MASTER_KEY, *(key.variable for key in PROVIDER_KEYS.values()))


@dataclass(frozen=True, slots=True)
class Role:
    """One kind of process.

    Attributes:
        module: what ``python -m`` runs, with its arguments.
        count: how many of it.
        secrets: names of the secret settings that it gets.
        death_signal: what reaches it when the supervisor is killed. The web process closes its sockets in
            order; a worker must be gone at once, since the next supervisor hands its work to another one.
    """

    name: str
    module: tuple[str, ...]
    count: int = 1
    secrets: tuple[str, ...] = ()
    death_signal: signal.Signals = signal.SIGKILL


ROLES: tuple[Role, ...] = (
    Role("web", ("sorceress_video.runtime.web",), secrets=_PROVIDERS, death_signal=signal.SIGTERM),
    Role("watcher", ("worker.watcher",), secrets=_PROVIDERS),
    # One queue each: a worker that waits on two loses jobs when it is killed.
    Role("submit", ("worker.run", "submit"), count=2, secrets=_PROVIDERS),
    Role("fetch", ("worker.run", "fetch"), count=2, secrets=_PROVIDERS),
    Role("media", ("worker.run", "media")),
    Role("sandbox", ("worker.run", "sandbox")),
)


def processes(
    roles: tuple[Role, ...], *, inherited: Mapping[str, str], extra: Mapping[str, str], cwd: Path
) -> Iterator[ProcessSpec]:
    """Every process of ``roles``, in the order in which they are started.

    Args:
        inherited: the supervisor's environment, of which each process gets its part.
        extra: what each process gets besides, such as the address of the bundled Valkey.
    """
    for role in roles:
        for number in range(1, role.count + 1):
            yield ProcessSpec(
                name=role.name if role.count == 1 else f"{role.name}-{number}",
                argv=(sys.executable, "-m", *role.module),
                env=child_environment(inherited, secrets=role.secrets, extra=extra),
                cwd=cwd,
                death_signal=role.death_signal,
            )
