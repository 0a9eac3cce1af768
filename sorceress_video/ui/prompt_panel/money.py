"""Money in the prompt panel: the estimate with its parts, the month, and the question before a large sum."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui import kit
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.prompt_panel.client import ConfirmButton
from sorceress_video.ui.prompt_panel.models import PriceLine
from sorceress_video.ui.prompt_panel.state import PromptState


def money() -> rx.Component:
    """What the next click costs, and what the month has cost."""
    return rx.el.div(
        rx.cond(PromptState.prices.length() > 0, _estimate()),
        rx.cond(PromptState.budget.spent != "", _month()),
        class_name="flex flex-col gap-2.5 empty:hidden",
    )


def _estimate() -> rx.Component:
    return rx.fragment(
        rx.el.details(
            rx.el.summary(
                rx.el.span("Estimate", class_name="text-base font-semibold text-text-1"),
                kit.icon("chevron-down", size=14, class_name="estimate-mark"),
                rx.el.span(
                    PromptState.total,
                    class_name="ml-auto text-lg font-semibold text-text-1 figure",
                    data_testid="estimate",
                    aria_live="polite",
                ),
                rx.el.span(", show its parts", class_name="sr-only"),
                class_name=kit.join("estimate-head", kit.FOCUS, kit.TOUCH_HEIGHT),
                data_testid="estimate-parts",
            ),
            _lines(PromptState.prices),
            class_name="estimate",
        ),
        rx.cond(
            PromptState.total_note != "",
            rx.el.p(
                PromptState.total_note,
                class_name="text-sm text-text-3 text-pretty",
                data_testid="estimate-note",
            ),
        ),
    )


def _lines(prices: rx.Var[list[PriceLine]]) -> rx.Component:
    return rx.el.ul(
        rx.foreach(prices, _line),
        class_name="flex flex-col gap-1 pt-1.5 max-h-40 overflow-y-auto kit-scroll",
    )


def _line(line: rx.Var[PriceLine]) -> rx.Component:
    return rx.el.li(
        rx.el.span(line.name, class_name="truncate text-text-2"),
        rx.el.span(line.factors, class_name="ml-auto figure text-text-3 whitespace-nowrap"),
        rx.el.span(
            line.price,
            class_name="min-w-14 text-right figure text-text-1 whitespace-nowrap",
        ),
        class_name="flex items-baseline gap-3 text-base",
        key=line.model_id,
    )


def _month() -> rx.Component:
    budget = PromptState.budget
    return rx.el.div(
        rx.cond(
            budget.left != "",
            rx.el.div(
                rx.el.div(class_name="h-full rounded-full bg-gold", style={"width": budget.share}),
                class_name="h-1 rounded-full bg-bg-3 overflow-hidden",
                aria_hidden="true",
            ),
        ),
        rx.el.p(
            rx.el.span(budget.spent, class_name="figure"),
            rx.el.span(budget.left, class_name="figure"),
            class_name="flex flex-wrap justify-between gap-x-3 text-sm text-text-3",
            data_testid="budget",
        ),
        class_name="flex flex-col gap-1.5",
    )


def confirm_dialog() -> rx.Component:
    """The question before a sum above the limit is spent."""
    sheet = PromptState.confirm
    return kit.dialog(
        rx.el.p(sheet.reason, class_name="text-md text-text-2 text-pretty"),
        rx.el.div(_lines(sheet.prices), class_name="mt-3 pt-1.5 border-t border-line"),
        rx.el.p(
            rx.el.span("Together"),
            rx.el.span(sheet.total, class_name="figure", data_testid="confirm-total"),
            class_name="flex justify-between gap-3 mt-2.5 pt-2.5 border-t border-line text-md font-semibold "
            "text-text-1",
        ),
        rx.cond(
            PromptState.budget.left != "",
            rx.el.p(PromptState.budget.left, class_name="mt-1 text-sm text-text-3 figure text-right"),
        ),
        title="Spend this much?",
        foot=rx.fragment(
            kit.button("Cancel", size="lg", data_closes=True, data_testid="confirm-cancel"),
            ConfirmButton.create(
                sum=sheet.sum,
                token=sheet.token,
                deed=sheet.deed,
                clip=sheet.clip_id,
                label="Spend " + sheet.total,
                on_generate=PromptState.generate,
                on_repeat=GalleryState.spend,
            ),
        ),
        id="confirm-spend",
        open=sheet.sum != "",
        on_dismiss=PromptState.spend_nothing,
    )
