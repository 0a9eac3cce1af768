"""Taking requests in: a plan becomes rows, all of them or none, and the rows go to their queues."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from redis.exceptions import RedisError

from sorceress_video.catalog import get_catalog
from sorceress_video.generation.plan import Plan, PlannedClip
from sorceress_video.generation.requests import roles_of
from sorceress_video.jobs.hints import changed, publish
from sorceress_video.jobs.points import Point, reached
from sorceress_video.jobs.queues import dispatch_clips, get_redis
from sorceress_video.library import clips, upkeep
from sorceress_video.library.clips import AdmissionRefusedError, Admitted, NewClip, NewInput
from sorceress_video.library.database import get_database
from sorceress_video.settings import get_settings

__all__ = ["AdmissionRefusedError", "Admitted", "admit", "generate", "hand_over"]

_log = structlog.get_logger(__name__)


def generate(account_id: str, plan: Plan, token: str) -> Admitted:
    """Admit all clips of one click on Generate, or give back those of the same click before.

    Raises:
        AdmissionRefusedError: nothing was admitted; its sentence says why.
    """
    return admit(account_id, token, [_new(planned) for planned in plan.clips])


def admit(account_id: str, token: str, new: Sequence[NewClip]) -> Admitted:
    """Admit clips under the sender's own token; the same token again gives the same clips.

    Raises:
        AdmissionRefusedError: nothing was admitted; its sentence says why.
    """
    settings = get_settings()
    if upkeep.disk_is_low(settings):
        raise AdmissionRefusedError(
            "disk_full", "The server's disk is nearly full. Nothing was sent; ask an admin to free space."
        )
    admitted = clips.admit(get_database(), account_id, token, new, max_active=settings.max_active_clips)
    reached(Point.ADMIT_COMMITTED)
    if admitted.is_new:
        hand_over(admitted.clip_ids)
        publish(get_redis(), changed(account_id, admitted.clip_ids[0]))  # For the member's other pages.
    return admitted


def hand_over(clip_ids: Sequence[str]) -> None:
    """Put clips into their queues now. What fails here the watcher does at its next turn."""
    try:
        dispatch_clips(get_database(), get_redis(), clip_ids)
    except RedisError as error:
        _log.warning("not queued, the watcher will", error=type(error).__name__)


def _new(planned: PlannedClip) -> NewClip:
    line = (
        get_catalog()
        .get(planned.model_id)
        .summary_line(planned.mode, roles_of(planned.inputs), planned.settings)
    )
    seen: dict[str, int] = {}
    inputs = []
    for given in planned.inputs:
        position = seen.get(given.role.value, 0)
        seen[given.role.value] = position + 1
        inputs.append(NewInput(given.role.value, position, given.asset_id))
    return NewClip(
        model_id=planned.model_id,
        model_name=planned.model_name,
        provider=planned.provider,
        endpoint=planned.endpoint,
        mode=planned.mode.value,
        prompt=planned.prompt,
        settings=dict(planned.settings),
        settings_line=line,
        expected_seconds=planned.expected_seconds,
        estimate_micro_usd=planned.estimate_micro_usd,
        inputs=tuple(inputs),
    )
