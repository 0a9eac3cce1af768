"""The left panel: where clips are made, and the models."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui import kit
from sorceress_video.ui.frame.panel import fold_button, side_panel
from sorceress_video.ui.frame.state import FrameState
from sorceress_video.ui.model_panel.client import FilteredCard, ModelFilter
from sorceress_video.ui.model_panel.dialogs import info_dialog, settings_dialog
from sorceress_video.ui.model_panel.models import ModelCard
from sorceress_video.ui.model_panel.state import ModelPanelState
from sorceress_video.ui.model_panel.upgrade import UpgradeState, granted_note, upgrade_button, upgrade_dialog
from sorceress_video.ui.prompt_panel.state import PromptState

PANEL_ID = "panel-models"
PROVIDERS = "/settings#providers"
"""Where an admin enters the keys of providers."""
_SKELETONS = 4


def model_panel() -> rx.Component:
    """A column on wide screens, a sheet on small ones."""
    return side_panel(
        rx.el.div(
            kit.segmented(
                _source("cloud", "Cloud", "cloud"),
                _source("local", "Local GPU", "cpu"),
                label="Where clips are made",
                class_name="flex-1",
            ),
            fold_button("left", "models"),
            class_name="flex items-center gap-1.5 px-3 pt-3 pb-1 shrink-0",
        ),
        rx.cond(ModelPanelState.source == "cloud", _cloud(), _local()),
        settings_dialog(),
        info_dialog(),
        side="left",
        id=PANEL_ID,
        label="Models",
        rail=f"Models · {PromptState.selected_count} selected",
    )


def models_chip() -> rx.Component:
    """Small screens: how many models are selected; opens the panel as a sheet."""
    return rx.el.button(
        kit.icon("layers", size=16),
        rx.el.span(_count_words(), class_name="max-[359.98px]:sr-only"),
        type="button",
        data_opens=PANEL_ID,
        data_testid="models-chip",
        class_name=kit.join(
            "lg:hidden inline-flex shrink-0 items-center gap-2 h-9 px-3 rounded-full border",
            "border-line-strong bg-bg-2 text-base font-medium text-text-2 whitespace-nowrap cursor-pointer",
            kit.FOCUS,
            kit.TOUCH_HEIGHT,
        ),
    )


def _count_words() -> rx.Var[str]:
    count = PromptState.selected_count
    return rx.cond(count == 0, "Models", rx.cond(count == 1, "1 model", count.to_string() + " models"))


def _source(value: str, label: str, icon: str) -> rx.Component:
    return kit.segment(
        kit.icon(icon, size=14),
        label,
        checked=ModelPanelState.source == value,
        on_click=ModelPanelState.choose_source(value),
        data_testid=f"source-{value}",
    )


# --- cloud ---------------------------------------------------------------------------------------


def _cloud() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h2("Models", class_name="text-base font-semibold text-text-1"),
            rx.el.span(
                PromptState.selected_count.to_string() + " selected",
                class_name="text-base text-text-3 figure",
                data_testid="models-count",
                aria_live="polite",
            ),
            rx.el.span(class_name="flex-1"),
            rx.cond(
                PromptState.selected_count > 0,
                kit.button(
                    "Clear", variant="text", on_click=PromptState.clear_models, data_testid="models-clear"
                ),
            ),
            class_name="flex items-baseline gap-2 px-3.5 pt-2.5 pb-2.5 shrink-0",
        ),
        ModelFilter.create(cards=ModelPanelState.cards, lines=PromptState.lines),
        rx.el.div(
            rx.cond(
                ModelPanelState.loaded,
                rx.foreach(
                    ModelPanelState.cards,
                    lambda card: FilteredCard.create(_card(card), card=card.id, key=card.id),
                ),
                rx.fragment(*[_skeleton() for _ in range(_SKELETONS)]),
            ),
            data_target="models",
            class_name=("panel-body kit-scroll flex flex-col gap-2 px-3 pb-3 pt-0.5"),
        ),
        class_name="flex flex-col flex-1 min-h-0",
    )


def _card(card: rx.Var[ModelCard]) -> rx.Component:
    line = PromptState.lines[card.id]
    locked = card.lock != ""
    return rx.el.article(
        rx.el.button(
            rx.el.span(kit.icon("check", size=12), class_name="model-tick"),
            rx.el.span(
                rx.el.span(card.name, class_name="font-semibold text-text-1 shrink-0 max-w-full truncate"),
                rx.el.span(card.vendor, class_name="text-sm text-text-3 truncate min-w-0"),
                class_name="flex items-baseline gap-1.5 min-w-0",
            ),
            type="button",
            on_click=PromptState.toggle_model(card.id),
            aria_pressed=line.selected,
            aria_disabled=locked,
            aria_describedby="model-line-" + card.id,
            data_testid="model-card-" + card.id,
            class_name="model-card-press",
        ),
        rx.el.div(
            _corner(
                "info", "About " + card.name, ModelPanelState.open_info(card.id), "model-info-" + card.id
            ),
            rx.cond(
                card.has_settings & ~locked,
                _corner(
                    "settings-2",
                    "Settings of " + card.name,
                    ModelPanelState.open_settings(card.id),
                    "model-settings-" + card.id,
                ),
            ),
            class_name="absolute top-1.5 right-1.5 flex",
        ),
        rx.el.div(
            rx.el.div(
                rx.foreach(card.kinds, _kind),
                rx.foreach(card.badges, lambda badge: kit.toned_chip(badge.label, badge.tone)),
                class_name="flex flex-wrap gap-0.75",
            ),
            rx.el.div(
                rx.el.span(line.summary, class_name="text-sm text-text-3 min-w-0 truncate"),
                rx.el.span(
                    line.price,
                    class_name="text-base font-semibold text-text-1 figure whitespace-nowrap",
                    data_testid="model-price-" + card.id,
                ),
                id="model-line-" + card.id,
                class_name="flex items-baseline justify-between gap-2",
            ),
            class_name=rx.cond(
                locked,
                "flex flex-col gap-1.5 pl-9 pr-2.5 pt-1.5 pb-2.5 opacity-55 pointer-events-none",
                "flex flex-col gap-1.5 pl-9 pr-2.5 pt-1.5 pb-2.5 pointer-events-none",
            ),
        ),
        rx.cond(locked, _lock(card)),
        class_name="model-card",
    )


def _lock(card: rx.Var[ModelCard]) -> rx.Component:
    return kit.note(
        rx.cond(
            (FrameState.role == "Owner") | (FrameState.role == "Admin"),
            kit.plain_link(
                card.lock,
                href=PROVIDERS,
                class_name=kit.join("relative underline underline-offset-2 rounded-xs", kit.FOCUS),
                data_testid="model-unlock-" + card.id,
            ),
            card.lock,
        ),
        tone="gold",
        class_name="pl-9 pr-2.5 pb-2.5 -mt-0.5",
        data_testid="model-lock-" + card.id,
    )


def _kind(kind: rx.Var[str]) -> rx.Component:
    return kit.chip(kind)


def _corner(name: str, label: rx.Var[str], on_click: rx.EventHandler, testid: rx.Var[str]) -> rx.Component:
    return kit.icon_button(
        name,
        label,
        size=15,
        on_click=on_click,
        data_testid=testid,
        class_name="size-7 text-text-3",
    )


def _skeleton() -> rx.Component:
    return rx.el.div(
        kit.skeleton("h-4 w-36"),
        kit.skeleton("h-[18px] w-48"),
        kit.skeleton("h-4 w-full"),
        class_name="model-card shrink-0 flex flex-col gap-2 px-2.5 py-3 h-[87px]",
    )


# --- local ---------------------------------------------------------------------------------------


def _local() -> rx.Component:
    return rx.el.div(
        rx.cond(
            UpgradeState.plan == "free",
            kit.empty_state(
                "You can look around here; making clips on the team's own GPU needs Pro.",
                title="Local models need Pro",
                icon="crown",
                action=upgrade_button(),
                data_testid="local-needs-pro",
            ),
            granted_note(),
        ),
        kit.empty_state(
            "This workspace has no Local AI server yet; it comes with a later version. "
            "Everything under Cloud works now, and Animatic there is free and runs on this machine.",
            title="No local server is set up",
            icon="cpu",
            action=kit.button(
                "Show cloud models",
                icon="cloud",
                on_click=ModelPanelState.choose_source("cloud"),
                data_testid="local-to-cloud",
            ),
            data_testid="local-empty",
        ),
        upgrade_dialog(),
        class_name="flex-1 min-h-0 overflow-y-auto flex flex-col items-center justify-center",
    )
