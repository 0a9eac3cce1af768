"""Asking before a large sum is spent. Blocks for a moment on the database: call it in a thread."""

from __future__ import annotations

from sorceress_video.generation.plan import Plan
from sorceress_video.library import ledger
from sorceress_video.library.database import get_database
from sorceress_video.ui.prompt_panel import estimate
from sorceress_video.ui.prompt_panel.models import ConfirmSheet


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
    limit, parts = ledger.ask_limit(get_database(), account_id), estimate.parts_of(plan)
    if estimate.asks_first(parts, limit) and agreed != estimate.sum_of(parts):
        raise ConfirmationNeeded(estimate.confirm_sheet(parts, limit, token))
