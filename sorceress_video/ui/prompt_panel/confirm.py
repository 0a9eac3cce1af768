"""Asking before a large sum is spent. Blocks for a moment on the database: call it in a thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sorceress_video.catalog import Price
from sorceress_video.generation.lifecycle import ClipStatus, Move, sources
from sorceress_video.generation.plan import Plan
from sorceress_video.library import clips, ledger
from sorceress_video.library.database import get_database
from sorceress_video.ui.prompt_panel import estimate
from sorceress_video.ui.prompt_panel.estimate import Part
from sorceress_video.ui.prompt_panel.models import ConfirmSheet

REROLL: Final = "reroll"
RETRY: Final = "retry"


class ConfirmationNeeded(Exception):  # noqa: N818 - a question, not an error
    """Nothing was sent: the person is to be asked first."""

    def __init__(self, sheet: ConfirmSheet) -> None:
        super().__init__(f"asks before {sheet.total}")
        self.sheet = sheet


def check_agreed(account_id: str, plan: Plan, token: str, agreed: str) -> None:
    """Have a sum above the account's limit confirmed; ``agreed`` counts for exactly the sum that it names.

    Raises:
        ConfirmationNeeded: with the question.
    """
    _check(account_id, estimate.parts_of(plan), ConfirmSheet(token=token), agreed)


def check_repeat(account_id: str, clip_id: str, *, deed: str, token: str, agreed: str) -> None:
    """The same before a clip is made once more.

    Args:
        account_id: whose.
        clip_id: the clip.
        deed: :data:`REROLL` or :data:`RETRY`.
        token: of the request; for a retry the number of the attempt that it follows, as the question gave it.
        agreed: the sum that the person confirmed; empty for none.

    Raises:
        ConfirmationNeeded: with the question.
    """
    with get_database().read() as session:
        clip = clips.owned(session, account_id, clip_id)
    if clip is None or (deed == RETRY and ClipStatus(clip.status) not in sources(Move.RETRY)):
        return  # Nothing will be done.
    if deed == RETRY and token != (present := str(clip.attempt)):
        token, agreed = present, ""  # What was confirmed for one attempt is not for the next.
    part = Part(clip.model_id, clip.model_name, (Price(clip.estimate_micro_usd),))
    _check(account_id, [part], ConfirmSheet(token=token, deed=deed, clip_id=clip_id), agreed)


def _check(account_id: str, parts: Sequence[Part], sheet: ConfirmSheet, agreed: str) -> None:
    limit = ledger.ask_limit(get_database(), account_id)
    if estimate.asks_first(parts, limit) and agreed != estimate.sum_of(parts):
        raise ConfirmationNeeded(estimate.confirm_sheet(parts, limit, sheet))
