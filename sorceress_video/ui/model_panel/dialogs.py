"""A model's two dialogs: its settings, and everything about it."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui import kit
from sorceress_video.ui.model_panel.models import Fact, OptionRow, SettingRow
from sorceress_video.ui.model_panel.state import ModelPanelState
from sorceress_video.ui.prompt_panel.state import PromptState

# --- settings ------------------------------------------------------------------------------------


def settings_dialog() -> rx.Component:
    """The settings of the model whose gear was pressed, beside the panel."""
    sheet = ModelPanelState.sheet
    return kit.dialog(
        rx.el.div(rx.foreach(sheet.rows, _setting), class_name="flex flex-col gap-4.5"),
        rx.cond(
            ModelPanelState.setting_refusal != "",
            kit.note(ModelPanelState.setting_refusal, tone="bad", role="alert", class_name="mt-4"),
        ),
        title=sheet.name,
        subtitle="Settings for every clip of this model",
        foot=rx.fragment(
            rx.el.span(
                rx.el.span("One clip ", class_name="text-text-3"),
                rx.el.span(
                    PromptState.lines[sheet.model_id].price,
                    class_name="font-semibold text-text-1 figure",
                    data_testid="settings-price",
                ),
                class_name="flex-1 self-center text-base",
            ),
            rx.cond(
                sheet.changed,
                kit.button(
                    "Reset all",
                    variant="ghost",
                    on_click=ModelPanelState.reset_settings,
                    data_testid="settings-reset",
                ),
            ),
            kit.button("Done", variant="primary", data_closes=True, data_testid="settings-done"),
        ),
        id="model-settings",
        place="left",
        open=ModelPanelState.settings_open,
        on_dismiss=ModelPanelState.close_settings,
    )


def _setting(row: rx.Var[SettingRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.span(row.label, class_name="text-base font-medium text-text-1"),
            rx.cond(
                row.changed,
                kit.icon_button(
                    "rotate-ccw",
                    "Reset " + row.label,
                    size=13,
                    on_click=ModelPanelState.reset_setting(row.name),
                    data_testid="setting-reset-" + row.name,
                    class_name="size-6 -my-1 text-text-3",
                ),
            ),
            rx.el.span(class_name="flex-1"),
            rx.cond(
                row.control == "switch",
                kit.switch(
                    checked=row.checked,
                    label=row.label,
                    on_click=ModelPanelState.change_setting(row.name, rx.cond(row.checked, "false", "true")),
                    data_testid="setting-" + row.name,
                ),
            ),
            class_name="flex items-center gap-1.5 min-h-6",
        ),
        rx.match(
            row.control,
            ("segments", _segments(row)),
            ("select", _select(row)),
            ("slider", _slider(row)),
            ("number", _line(row, "numeric")),
            ("text", _line(row, "text")),
            rx.fragment(),
        ),
        rx.cond(row.help != "", rx.el.p(row.help, class_name="text-sm text-text-3 text-pretty")),
        rx.foreach(row.reasons, _reason),
        class_name="flex flex-col gap-1.5",
        key=row.name,
    )


def _reason(reason: rx.Var[str]) -> rx.Component:
    return kit.note(reason)


def _segments(row: rx.Var[SettingRow]) -> rx.Component:
    return kit.segmented(
        rx.foreach(
            row.options,
            lambda option: kit.segment(
                option.label,
                checked=option.selected,
                on_click=ModelPanelState.change_setting(row.name, option.value),
                disabled=~option.enabled,
                data_testid="setting-" + row.name + "-" + option.value,
                key=option.value,
            ),
        ),
        label=row.label,
        data_testid="setting-" + row.name,
    )


def _select(row: rx.Var[SettingRow]) -> rx.Component:
    return kit.select(
        rx.foreach(row.options, _option),
        label=row.label,
        value=row.value,
        on_change=lambda value: ModelPanelState.change_setting(row.name, value),
        data_testid="setting-" + row.name,
    )


def _option(option: rx.Var[OptionRow]) -> rx.Component:
    return rx.el.option(option.label, value=option.value, disabled=~option.enabled, key=option.value)


def _slider(row: rx.Var[SettingRow]) -> rx.Component:
    return kit.slider(
        value=row.number,
        min=row.min,
        max=row.max,
        step=row.step,
        unit=row.unit,
        label=row.label,
        on_commit=lambda value: ModelPanelState.slide_setting(row.name, value),
        data_testid="setting-" + row.name,
    )


def _line(row: rx.Var[SettingRow], mode: str) -> rx.Component:
    return kit.commit_input(
        value=row.value,
        input_mode=mode,
        placeholder="Random" if mode == "numeric" else "None",
        aria_label=row.label,
        on_commit=lambda value: ModelPanelState.change_setting(row.name, value),
        data_testid="setting-" + row.name,
    )


# --- summary -------------------------------------------------------------------------------------


def info_dialog() -> rx.Component:
    """What the model can do, takes, and costs."""
    info = ModelPanelState.info
    return kit.dialog(
        rx.el.p(info.summary, class_name="text-md text-text-2 text-pretty"),
        rx.el.ul(rx.foreach(info.abilities, _ability), class_name="grid grid-cols-2 gap-x-4 gap-y-1.5 mt-4"),
        _table("", info.facts),
        _table("Limits on files", info.limits),
        _table("Price", info.prices),
        rx.foreach(info.notes, lambda text: kit.note(text, class_name="mt-3")),
        title=info.name,
        subtitle=info.vendor,
        id="model-info",
        class_name="kit-dialog-wide",
        open=ModelPanelState.info_open,
        on_dismiss=ModelPanelState.close_info,
    )


def _ability(fact: rx.Var[Fact]) -> rx.Component:
    return rx.el.li(
        rx.cond(
            fact.yes,
            kit.icon("check", size=14, class_name="text-ok"),
            kit.icon("minus", size=14, class_name="text-text-3"),
        ),
        rx.el.span(fact.label, rx.cond(fact.yes, "", rx.el.span(": no", class_name="sr-only"))),
        class_name=rx.cond(
            fact.yes,
            "flex items-center gap-2 text-base text-text-1",
            "flex items-center gap-2 text-base text-text-3",
        ),
    )


def _table(title: str, facts: rx.Var[list[Fact]]) -> rx.Component:
    return rx.cond(
        facts.length() > 0,
        rx.el.section(
            rx.el.h3(title, class_name="text-base font-semibold text-text-1 pb-1") if title else None,
            rx.el.dl(
                rx.foreach(
                    facts,
                    lambda fact: rx.el.div(
                        rx.el.dt(fact.label, class_name="w-32 shrink-0 text-text-3"),
                        rx.el.dd(fact.text, class_name="min-w-0 text-text-1 figure text-pretty"),
                        class_name="flex gap-3 py-1.5 border-t border-line first:border-t-0 text-base",
                    ),
                ),
            ),
            class_name="mt-4 pt-3 border-t border-line",
        ),
    )
