"""How long to wait before the next try: growing, never in step with others, never shorter than asked for."""

from __future__ import annotations

import secrets
from typing import Final

FIRST: Final = 1.0
"""Seconds before the second try."""
LONGEST: Final = 120.0
"""Seconds that a pause never exceeds by itself."""
SPREAD: Final = 0.2
"""Share by which a pause is made shorter or longer, so that many clips do not come back at one moment."""

_random = secrets.SystemRandom()


def pause(troubles: int, asked: float | None = None) -> float:
    """Seconds to wait after so many troubles in a row.

    Args:
        troubles: how many went before this one.
        asked: what the provider asked for (``Retry-After``), which is honoured up to an hour.
    """
    own = min(LONGEST, FIRST * 2.0 ** min(troubles, 20))
    wanted = max(own, min(asked or 0.0, 3600.0))
    return wanted * _random.uniform(1 - SPREAD if asked is None else 1.0, 1 + SPREAD)
