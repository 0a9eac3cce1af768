"""What a clip will cost: the vendor's rates as data, the sum in whole micro-dollars."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from sorceress_video.catalog.length import Length, Timed, motion_seconds, output_length
from sorceress_video.catalog.rates import Addition, Rate
from sorceress_video.catalog.schema import Route
from sorceress_video.catalog.terms import InputRole, Mode, SettingValue

if TYPE_CHECKING:
    from sorceress_video.catalog.model import ModelSpec

MICRO = Decimal(1_000_000)
_CENT = Decimal("0.01")
_THIN_SPACE = "\u202f"
_VIDEO_INPUTS = (InputRole.REFERENCE_VIDEO, InputRole.SOURCE_VIDEO)


@dataclass(frozen=True, slots=True)
class Price:
    """Micro-dollars of one clip (or a sum); ``None`` when no figure can be given.

    ``up_to`` marks an upper bound, because the model itself may choose a shorter clip. ``pending`` marks a
    price that will be known once the inputs are there; without it ``None`` means that nobody published one.
    ``note`` says more in words.
    """

    micro_usd: int | None
    up_to: bool = False
    note: str = ""
    pending: bool = False

    @property
    def text(self) -> str:
        """Money as shown: “$2.42”, “up to $4.54”, “free”, “by length”, “price unknown”."""
        if self.micro_usd is None:
            return "by length" if self.pending else "price unknown"
        money = format_micro_usd(self.micro_usd)
        return f"up to {money}" if self.up_to and self.micro_usd else money


def total(prices: Sequence[Price]) -> Price:
    """The sum of several prices; unknown when one of them is, with that one's reason."""
    unknown = min(
        (price for price in prices if price.micro_usd is None), key=lambda price: price.pending, default=None
    )
    if unknown is not None:
        return Price(None, note=unknown.note, pending=unknown.pending)
    amount = sum(price.micro_usd or 0 for price in prices)
    return Price(amount, up_to=any(price.up_to for price in prices))


def format_micro_usd(micro_usd: int) -> str:
    """Money for people: “$2.43”, “$0.168”, “$0.035”, “< $0.0001”, “free” for nothing."""
    if micro_usd == 0:
        return "free"
    sign, amount = ("-" if micro_usd < 0 else ""), abs(micro_usd)
    if amount < 100:
        return f"{sign}< $0.0001"
    usd = Decimal(amount) / MICRO
    # Rounding to cents would distort a price of a few cents and a rate per second.
    places = Decimal("0.0001") if amount < 100_000 else Decimal("0.001") if amount < 1_000_000 else _CENT
    whole, _, cents = f"{usd.quantize(places, ROUND_HALF_UP):,f}".partition(".")
    return f"{sign}${whole.replace(',', _THIN_SPACE)}.{cents.rstrip('0').ljust(2, '0')}"


def price(
    model: ModelSpec,
    route: Route,
    roles: Collection[InputRole],
    values: Mapping[str, SettingValue],
    inputs: Sequence[Timed],
) -> Price:
    """Price of one clip with complete settings ``values`` (as from ``checked``)."""
    rate = next((rate for rate in model.pricing.rates if rate.when.holds(route.mode, roles, values)), None)
    if rate is None:
        return Price(None, note=f"{model.name}: no price is published for these settings.")
    if rate.usd is None:
        return Price(None, note=rate.note or f"{model.name}: no price is published for these settings.")
    length = output_length(model, route, values, inputs)
    amount, bound = _amount(model, rate, route, values, inputs, length)
    if amount is None:
        return Price(None, note=_open_note(model, rate, route), pending=True)
    amount += sum(
        (
            _addition(addition, inputs)
            for addition in model.pricing.additions
            if addition.when.holds(route.mode, roles, values)
        ),
        Decimal(0),
    )
    return Price(micro(amount), up_to=bound and amount > 0, note=rate.note)


def micro(usd: Decimal) -> int:
    """US dollars in whole micro-dollars, halves up."""
    return int((usd * MICRO).quantize(Decimal(1), ROUND_HALF_UP))


def _open_note(model: ModelSpec, rate: Rate, route: Route) -> str:
    if route.mode is Mode.MOTION and rate.kind == "per_second" and rate.usd is not None:
        each = format_micro_usd(micro(rate.usd * rate.multiplier))
        return f"{each} for each second of the motion video"
    return f"{model.name}: the price depends on the length, which is not known yet."


def _amount(  # noqa: PLR0917 - the whole situation is what decides
    model: ModelSpec,
    rate: Rate,
    route: Route,
    values: Mapping[str, SettingValue],
    inputs: Sequence[Timed],
    length: Length,
) -> tuple[Decimal | None, bool]:
    usd = rate.usd or Decimal(0)
    if rate.kind == "flat" or not (usd or rate.base_usd):
        return usd * rate.multiplier, False
    seconds = _billed_seconds(rate, route, inputs, length)
    if seconds is None:
        return None, False
    if rate.kind == "base_plus_second":
        further = max(seconds - rate.base_seconds, Decimal(0))
        return ((rate.base_usd or Decimal(0)) + usd * further) * rate.multiplier, length.bound
    if rate.kind == "per_second":
        return usd * seconds * rate.multiplier, length.bound
    pixels, largest = _pixels(model, values)
    if pixels is None:
        return None, False
    tokens = Decimal(pixels) * rate.fps * seconds / 1024
    return usd * tokens / 1000 * rate.multiplier, length.bound or largest


def _billed_seconds(rate: Rate, route: Route, inputs: Sequence[Timed], length: Length) -> Decimal | None:
    if rate.basis == "motion":
        return motion_seconds(route, inputs)
    if rate.basis == "output" or length.seconds is None:
        return length.seconds
    taken = [item.seconds for item in inputs if item.role in _VIDEO_INPUTS]
    known = [Decimal(str(seconds)) for seconds in taken if seconds is not None]
    if len(known) < len(taken):
        return None
    seconds = sum(known, length.seconds)
    if rate.floor_output_factor is not None:
        seconds = max(seconds, length.seconds * rate.floor_output_factor)
    return seconds


def _pixels(model: ModelSpec, values: Mapping[str, SettingValue]) -> tuple[int | None, bool]:
    """Pixels of a frame, and whether it is only the largest one, because the model picks the aspect ratio."""
    by_aspect = model.sizes.get(str(values.get("resolution")), {})
    listed = by_aspect.get(str(values.get("aspect_ratio")))
    if listed is not None:
        return listed[0] * listed[1], False
    return max((width * height for width, height in by_aspect.values()), default=None), True


def _addition(addition: Addition, inputs: Sequence[Timed]) -> Decimal:
    if addition.kind == "flat":
        return addition.usd
    return addition.usd * sum(1 for item in inputs if addition.role in (None, item.role))
