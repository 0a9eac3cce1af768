"""The team page: requests that wait, members, invitations."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui import kit
from sorceress_video.ui.frame.page import column_page
from sorceress_video.ui.pages.entry import not_found
from sorceress_video.ui.team.dialogs import INVITE, deactivate_dialog, invite_dialog, password_dialog
from sorceress_video.ui.team.member import member_row
from sorceress_video.ui.team.models import InvitationLine, RequestLine
from sorceress_video.ui.team.state import PAGE_SIZE, TeamState

_SCRIPT = rx.asset("decision.jsx", shared=True)
_CARD = "rounded-lg border border-line bg-bg-1"
_SKELETONS = 3


class _Decision(rx.Component):
    """See ``decision.jsx``."""

    library = _SCRIPT.importable_path
    tag = "Decision"

    request: rx.Var[str]
    label: rx.Var[str]
    note_class: rx.Var[str]
    grant_class: rx.Var[str]
    decline_class: rx.Var[str]
    on_decide: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str)]


def team() -> rx.Component:
    """``/team``."""
    return rx.cond(TeamState.known & ~TeamState.allowed, not_found(), _page())


def _page() -> rx.Component:
    return column_page(
        "Team",
        rx.cond(TeamState.requests.length() > 0, _requests()),
        _members(),
        _invitations(),
        invite_dialog(),
        password_dialog(),
        deactivate_dialog(),
        line=rx.cond(
            TeamState.known,
            TeamState.month + " spent by the team this month (UTC).",
            "\u00a0",
        ),
        wide=True,
    )


def _heading(title: str, id: str, *beside: rx.Component) -> rx.Component:  # noqa: A002
    return rx.el.div(
        rx.el.h2(title, id=id, class_name="text-md font-semibold text-text-1"),
        *beside,
        class_name="flex flex-wrap items-center gap-x-3 gap-y-2 mb-3",
    )


def _members() -> rx.Component:
    return rx.el.section(
        _heading(
            "Members",
            "members-title",
            rx.el.span(
                TeamState.total, class_name="text-base text-text-3 figure", data_testid="members-total"
            ),
            kit.text_input(
                type="search",
                placeholder="Name or e-mail",
                aria_label="Search members",
                default_value="",
                on_change=TeamState.search.debounce(250),
                class_name="sm:ml-auto sm:max-w-[220px]",
                data_testid="members-search",
            ),
            kit.button(
                "Invite",
                variant="primary",
                icon="user-plus",
                data_opens=INVITE,
                data_testid="invite",
                class_name="max-sm:w-full",
            ),
        ),
        rx.cond(
            TeamState.known,
            rx.cond(
                TeamState.members.length() > 0,
                rx.el.ul(
                    rx.foreach(TeamState.members, member_row),
                    class_name=kit.join(_CARD, "divide-y divide-line"),
                    data_testid="members",
                ),
                rx.el.div(
                    kit.empty_state(
                        "Nobody's name or e-mail contains this.", icon="users", data_testid="members-none"
                    ),
                    class_name=_CARD,
                ),
            ),
            rx.el.div(
                *[kit.skeleton("h-16 w-full") for _ in range(_SKELETONS)], class_name="flex flex-col gap-2"
            ),
        ),
        rx.cond(TeamState.total > PAGE_SIZE, _pages()),
        aria_labelledby="members-title",
        class_name="mt-8",
    )


def _pages() -> rx.Component:
    last = (TeamState.total - 1) // PAGE_SIZE
    return rx.el.nav(
        kit.button(
            "Back",
            icon="chevron-left",
            on_click=TeamState.turn(-1),
            disabled=TeamState.page == 0,
            data_testid="members-back",
        ),
        rx.el.span(
            f"Page {TeamState.page + 1} of {last + 1}",
            class_name="text-base text-text-3 figure",
            aria_live="polite",
        ),
        kit.button(
            "More",
            on_click=TeamState.turn(1),
            disabled=TeamState.page >= last,
            data_testid="members-more",
        ),
        aria_label="Pages of members",
        class_name="flex items-center justify-center gap-4 mt-4",
    )


def _requests() -> rx.Component:
    return rx.el.section(
        _heading("Requests for Pro", "requests-title"),
        rx.el.ul(
            rx.foreach(TeamState.requests, _request),
            class_name=kit.join(_CARD, "divide-y divide-line"),
            data_testid="requests",
        ),
        id="requests",
        aria_labelledby="requests-title",
        class_name="mt-8",
    )


def _request(line: rx.Var[RequestLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.span(line.name, class_name="font-medium text-text-1", dir="auto"),
                rx.el.span(line.email, class_name="text-text-3 ml-2"),
                class_name="text-base truncate",
            ),
            rx.el.p(
                line.note, class_name="text-base text-text-2 text-pretty break-words empty:hidden", dir="auto"
            ),
            rx.el.p(line.asked, class_name="text-sm text-text-3 figure"),
            class_name="min-w-0 flex-1 flex flex-col gap-0.5",
        ),
        _Decision.create(
            request=line.id,
            label=line.name,
            note_class=kit.join(kit.INPUT, "flex-1 min-w-[180px]"),
            grant_class=kit.button_classes("primary"),
            decline_class=kit.button_classes("secondary"),
            on_decide=TeamState.decide,
        ),
        class_name="flex flex-col lg:flex-row lg:items-center gap-3 px-4 py-3",
        key=line.id,
        data_testid="request",
    )


def _invitations() -> rx.Component:
    return rx.el.section(
        _heading("Open invitations", "invitations-title"),
        rx.cond(
            TeamState.invitations.length() > 0,
            rx.el.ul(
                rx.foreach(TeamState.invitations, _invitation),
                class_name=kit.join(_CARD, "divide-y divide-line"),
                data_testid="invitations",
            ),
            rx.el.p(
                "None. An invitation is a link that works once; it stands here until it is used or expires.",
                class_name="text-base text-text-3 text-pretty",
                data_testid="invitations-none",
            ),
        ),
        aria_labelledby="invitations-title",
        class_name="mt-10",
    )


def _invitation(line: rx.Var[InvitationLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(line.whom, class_name="text-base text-text-1 truncate"),
            rx.el.p(line.detail, class_name="text-sm text-text-3 text-pretty figure"),
            class_name="min-w-0",
        ),
        kit.button(
            "Revoke",
            variant="danger",
            on_click=TeamState.revoke_invitation(line.id),
            aria_label=f"Revoke the invitation for {line.whom}",
            data_testid="invitation-revoke",
        ),
        class_name="flex items-center justify-between gap-3 px-4 py-3",
        key=line.id,
    )
