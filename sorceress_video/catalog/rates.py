"""What a vendor charges, as data: rates, additions, printed figures, and the table of frame sizes."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, TypeAlias

from sorceress_video.catalog.terms import Condition, Confidence, Frozen, InputRole, Usd


class Rate(Frozen):
    """One price of the vendor. ``usd`` of ``None`` is a price that nobody has published.

    - ``flat``: ``usd`` for the clip
    - ``per_second``: ``usd`` × seconds of ``basis``
    - ``base_plus_second``: ``base_usd`` up to ``base_seconds``, then ``usd`` for each further second
    - ``per_1k_tokens``: ``usd`` × (width × height × ``fps`` × seconds / 1024) / 1000
    """

    kind: Literal["flat", "per_second", "base_plus_second", "per_1k_tokens"]
    when: Condition = Condition()
    usd: Usd | None = None
    base_usd: Usd | None = None
    base_seconds: Decimal = Decimal(0)
    basis: Literal["output", "motion", "input_and_output"] = "output"
    floor_output_factor: Decimal | None = None
    multiplier: Decimal = Decimal(1)
    fps: int = 24
    confidence: Confidence | None = None
    note: str = ""


class Addition(Frozen):
    """What is added to a rate: once, or for each input with ``role``."""

    kind: Literal["flat", "per_input"]
    usd: Usd
    when: Condition = Condition()
    role: InputRole | None = None
    note: str = ""


class Quote(Frozen):
    """A figure that the vendor prints beside its formula; kept to check the formula by."""

    label: str
    usd: Usd
    per: Literal["second", "video", "1k_tokens", "credit"] = "second"
    confidence: Confidence | None = None


class Pricing(Frozen):
    """What a clip costs: the first rate whose condition holds, plus every addition that applies."""

    rates: tuple[Rate, ...] = ()
    additions: tuple[Addition, ...] = ()
    quotes: tuple[Quote, ...] = ()
    notes: tuple[str, ...] = ()
    confidence: Confidence | None = None


PixelTable: TypeAlias = dict[str, dict[str, tuple[int, int]]]
"""Resolution label → aspect ratio → (width, height) in pixels."""
