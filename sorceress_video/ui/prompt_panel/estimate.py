"""What a click will cost: its parts, their sum, the month's money, and when to ask first. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sorceress_video.catalog import Mode, ModelSpec, NoRoute, Price, SettingValue, format_micro_usd, total
from sorceress_video.generation.plan import Plan, shares
from sorceress_video.generation.requests import InputRef, roles_of
from sorceress_video.library.ledger import AskLimit, MonthSpend
from sorceress_video.ui.prompt_panel.models import BudgetBar, ConfirmSheet, PriceLine


@dataclass(frozen=True)
class Part:
    """One model's clips of a request, each with its price."""

    model_id: str
    name: str
    clips: tuple[Price, ...]

    @property
    def price(self) -> Price:
        """What the model's clips cost together."""
        return self.clips[0] if len(self.clips) == 1 else total(self.clips)


def parts(
    models: Sequence[ModelSpec],
    mode: Mode,
    settings: Mapping[str, Mapping[str, SettingValue]],
    inputs: Sequence[InputRef],
) -> list[Part]:
    """What each model's clips will cost; in Motion Match each model makes one for each motion clip."""
    return [
        Part(
            model.id,
            model.name,
            tuple(_price(model, mode, settings.get(model.id, {}), share) for share in shares(mode, inputs)),
        )
        for model in models
    ]


def parts_of(plan: Plan) -> list[Part]:
    """The parts of a request as it was planned."""
    found: dict[str, Part] = {}
    for clip in plan.clips:
        before = found.get(clip.model_id, Part(clip.model_id, clip.model_name, ()))
        price = Price(clip.estimate_micro_usd, clip.estimate_up_to)
        found[clip.model_id] = Part(clip.model_id, clip.model_name, (*before.clips, price))
    return list(found.values())


def _price(
    model: ModelSpec, mode: Mode, values: Mapping[str, SettingValue], inputs: Sequence[InputRef]
) -> Price:
    try:
        return model.price(mode, roles_of(inputs), values, inputs)
    except NoRoute as error:
        return Price(None, note=error.sentence)


def price_line(part: Part) -> PriceLine:
    """A part as the panel shows it: “2 × $0.84” and what that makes."""
    count, texts = len(part.clips), dict.fromkeys(price.text for price in part.clips)
    each = next(iter(texts)) if len(texts) == 1 else ""
    factors = f"{count} × {each}" if each else f"{count} clips"
    return PriceLine(part.model_id, part.name, factors, part.price.text)


def whole(found: Sequence[Part]) -> Price:
    """The price of all parts; unknown while that of a part is."""
    return total([part.price for part in found])


def total_text(found: Sequence[Part]) -> str:
    """The sum as shown: “$2.04”, “up to $4.54”, “$0.84 + unknown”."""
    if not found:
        return ""
    price = whole(found)
    if price.micro_usd is not None or len(found) == 1:
        return price.text
    known = _known(found)
    return f"{known.text} + unknown" if known.micro_usd else "unknown"


def _known(found: Sequence[Part]) -> Price:
    return total([price for part in found for price in part.clips if price.micro_usd is not None])


# --- asking first


def sum_of(found: Sequence[Part]) -> str:
    """What a confirmation is for: the sum in micro-dollars, and how many prices nobody knows."""
    unknown = sum(price.micro_usd is None for part in found for price in part.clips)
    return f"{_known(found).micro_usd or 0}+{unknown}"


def asks_first(found: Sequence[Part], limit: AskLimit) -> bool:
    """Whether a person must confirm this sum. A price that nobody knows may be above any limit."""
    if limit.micro_usd is None:
        return False
    price = whole(found)
    return price.micro_usd is None or price.micro_usd > limit.micro_usd


def confirm_sheet(found: Sequence[Part], limit: AskLimit, sheet: ConfirmSheet) -> ConfirmSheet:
    """The question with its words; what it is about stands in ``sheet``."""
    money = dollars(limit.micro_usd or 0)
    whose = f"the limit of {money} that an admin set" if limit.by_admin else f"your limit of {money}"
    reason = (
        f"A price is not known, so this may be more than {whose} for one click."
        if whole(found).micro_usd is None
        else f"This is more than {whose} for one click."
    )
    lines = [price_line(part) for part in found]
    return replace(sheet, sum=sum_of(found), total=total_text(found), reason=reason, prices=lines)


# --- the month


def budget_bar(money: MonthSpend) -> BudgetBar:
    """The month's money: spent and left of the budget, or only what was spent where none is set."""
    spent = f"{dollars(money.spent)} spent"
    resets = f"resets {money.resets_at.day} {money.resets_at:%b}"
    if money.budget is None:
        return BudgetBar(spent=f"{spent} this month") if money.spent else BudgetBar()
    left = max(0, money.budget - money.spent)
    used = 1.0 if money.budget == 0 else min(1.0, money.spent / money.budget)
    return BudgetBar(
        spent=f"{spent} · {resets}",
        left=f"{dollars(left)} left of {dollars(money.budget)}",
        share=f"{used:.1%}",
    )


def over_budget(found: Sequence[Part], money: MonthSpend | None) -> str:
    """Why this will be refused, said before the click; empty while the budget covers it."""
    if money is None or money.budget is None:
        return ""
    needed, left = _known(found).micro_usd or 0, max(0, money.budget - money.spent)
    if needed <= left:
        return ""
    return f"This costs {format_micro_usd(needed)}; {dollars(left)} of this month's budget is left."


def dollars(micro_usd: int) -> str:
    """An amount of the month, to the cent."""
    return f"${micro_usd / 1e6:,.2f}"
