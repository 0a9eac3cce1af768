"""The two queued steps of a cloud clip, as the queues call them.

Each step is idempotent and guarded by the row: whoever finds the clip elsewhere than expected stops. Nothing
slow happens inside a transaction, and nothing is sent that was not written down before.
"""

from __future__ import annotations

import asyncio

import structlog

from sorceress_video.library.database import DatabaseError
from worker.cloud.fetching import Fetch
from worker.cloud.sending import Submit
from worker.cloud.step import Step

_log = structlog.get_logger(__name__)


def submit(clip_id: str, _dispatch: int) -> None:
    """Queue ``submit``: send one clip to its provider, once."""
    with structlog.contextvars.bound_contextvars(clip_id=clip_id, step="submit"):
        _carry_out(Submit(clip_id))


def fetch(clip_id: str, _dispatch: int) -> None:
    """Queue ``fetch``: bring one finished clip home."""
    with structlog.contextvars.bound_contextvars(clip_id=clip_id, step="fetch"):
        _carry_out(Fetch(clip_id))


def _carry_out(step: Step) -> None:
    """Run a step. The queue's time limit strikes here too, outside of the event loop.

    Raises:
        DatabaseError: the rows are as they were; the lease runs out and the step is tried again.
    """
    try:
        asyncio.run(step.run())
    except DatabaseError:
        raise
    except Exception:  # noqa: BLE001 - whatever it was, the clip must not wait for ever
        _log.exception("the step broke")
        clip = step.held_still()
        if clip is not None:
            step.stumbled(clip)
