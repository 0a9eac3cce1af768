"""One member in the list: who they are, what they may do, what they spend."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui import kit
from sorceress_video.ui.team.models import MemberLine
from sorceress_video.ui.team.state import TeamState


def member_row(line: rx.Var[MemberLine]) -> rx.Component:
    """A row on wide screens, a card on small ones."""
    return rx.el.li(
        _who(line),
        _cell("Role", _role(line)),
        _cell("Plan", _plan(line)),
        _cell("This month", _money(line), class_name="col-span-2 lg:col-span-1"),
        _deeds(line),
        class_name=(
            "grid grid-cols-2 lg:grid-cols-[minmax(0,1fr)_116px_96px_210px_80px] gap-x-3 gap-y-3 "
            "items-center px-4 py-3"
        ),
        key=line.id,
        data_testid="member",
        data_email=line.email,
        data_disabled=line.disabled,
    )


def _who(line: rx.Var[MemberLine]) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.span(line.name, class_name="font-medium text-text-1 truncate", dir="auto"),
            rx.cond(line.is_self, kit.chip("You")),
            rx.cond(line.disabled, kit.chip("Deactivated", tone="bad", data_testid="member-disabled")),
            class_name="flex items-center gap-2 text-base min-w-0",
        ),
        rx.el.p(line.email, class_name="text-sm text-text-3 truncate"),
        rx.el.p(
            "Seen " + line.seen,
            rx.cond(
                line.active > 0,
                rx.el.span(" · " + line.active.to_string() + " in the making", class_name="text-accent"),
            ),
            class_name="text-sm text-text-3 figure",
        ),
        class_name="min-w-0 col-span-2 lg:col-span-1",
    )


def _cell(label: str, control: rx.Component, class_name: str = "") -> rx.Component:
    return rx.el.div(
        rx.el.span(label, class_name="text-sm text-text-3 lg:hidden", aria_hidden="true"),
        control,
        class_name=kit.join("min-w-0 flex flex-col gap-1", class_name),
    )


def _role(line: rx.Var[MemberLine]) -> rx.Component:
    return kit.select(
        rx.el.option("Member", value="member"),
        rx.el.option("Admin", value="admin"),
        rx.cond(TeamState.may_make_owners | (line.role == "owner"), rx.el.option("Owner", value="owner")),
        label="Role of " + line.name,
        value=line.role,
        disabled=line.locked | line.disabled,
        on_change=lambda value: TeamState.change_role(line.id, value),
        data_testid="member-role",
    )


def _plan(line: rx.Var[MemberLine]) -> rx.Component:
    return kit.select(
        rx.el.option("Free", value="free"),
        rx.el.option("Pro", value="pro"),
        label="Plan of " + line.name,
        value=line.plan,
        disabled=line.locked | line.disabled | (line.role == "owner"),
        on_change=lambda value: TeamState.change_plan(line.id, value),
        data_testid="member-plan",
    )


def _money(line: rx.Var[MemberLine]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.span(
                line.spent,
                class_name="text-base font-semibold text-text-1 figure shrink-0",
                data_testid="member-spent",
            ),
            rx.el.span("of $", class_name="text-sm text-text-3 shrink-0", aria_hidden="true"),
            kit.commit_input(
                value=line.budget,
                placeholder="No limit",
                input_mode="decimal",
                max_length=20,
                custom_attrs={"aria-label": "Monthly budget of " + line.name + " in US dollars"},
                disabled=line.locked | line.disabled,
                on_commit=lambda typed: TeamState.change_budget(line.id, typed),
                key=line.id + TeamState.refusals.to_string(),
                data_testid="member-budget",
            ),
            class_name="flex items-center gap-2",
        ),
        rx.el.div(
            rx.el.span("asks above $", class_name="text-sm text-text-3 shrink-0", aria_hidden="true"),
            kit.commit_input(
                value=line.asks_above,
                placeholder="Never",
                input_mode="decimal",
                max_length=20,
                custom_attrs={
                    "aria-label": "Sum in US dollars above which one click of " + line.name + " asks first"
                },
                disabled=line.locked | line.disabled,
                on_commit=lambda typed: TeamState.change_question(line.id, typed),
                key=line.id + "asks" + TeamState.refusals.to_string(),
                data_testid="member-asks-above",
            ),
            class_name="flex items-center gap-2",
        ),
        rx.cond(
            line.budget != "",
            rx.el.div(
                rx.el.div(
                    rx.el.div(
                        class_name=rx.cond(line.over, "h-full bg-bad", "h-full bg-gold"),
                        style={"width": line.share},
                    ),
                    class_name="h-[3px] rounded-full overflow-hidden bg-bg-3",
                    aria_hidden="true",
                ),
                rx.el.p(line.budget_line, class_name="text-sm text-text-3 figure", data_testid="member-left"),
                class_name="flex flex-col gap-1",
            ),
        ),
        class_name="flex flex-col gap-1.5",
    )


def _deeds(line: rx.Var[MemberLine]) -> rx.Component:
    return rx.el.div(
        rx.cond(
            line.disabled,
            kit.icon_button(
                "user-check",
                f"Reactivate {line.name}",
                on_click=TeamState.reactivate(line.id),
                disabled=line.locked,
                data_testid="member-reactivate",
            ),
            rx.fragment(
                kit.icon_button(
                    "key-round",
                    f"Link to a new password for {line.name}",
                    on_click=TeamState.ask(line.id, "password"),
                    disabled=line.locked,
                    data_testid="member-password",
                ),
                kit.icon_button(
                    "user-x",
                    f"Deactivate {line.name}",
                    on_click=TeamState.ask(line.id, "deactivate"),
                    disabled=line.locked | line.is_self,
                    data_testid="member-deactivate",
                ),
            ),
        ),
        class_name="flex justify-end col-span-2 lg:col-span-1",
    )
