"""The team page's dialogs: inviting, a new password's link, deactivating."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui import kit
from sorceress_video.ui.pages.links import link_maker
from sorceress_video.ui.team.state import TeamState

INVITE = "invite-dialog"
_DAYS = (("1", "1 day"), ("7", "7 days"), ("30", "30 days"))


def invite_dialog() -> rx.Component:
    """Who is invited, as what, until when; then the link."""
    return kit.dialog(
        link_maker(
            kit.field(
                "E-mail",
                kit.text_input(
                    id="invite-email",
                    type="email",
                    name="email",
                    max_length=254,
                    auto_complete="off",
                    data_testid="invite-email",
                ),
                for_id="invite-email",
                hint="Optional. With it, only this address can join by the link. No message is sent.",
            ),
            rx.el.div(
                _choice("Role", "role", "member", (("member", "Member"), ("admin", "Admin"))),
                _choice("Plan", "plan", "free", (("free", "Free"), ("pro", "Pro"))),
                _choice("Good for", "days", "7", _DAYS),
                class_name="grid grid-cols-3 gap-3",
            ),
            kit.button("Make the link", variant="primary", type="submit", data_testid="invite-make"),
            action="/api/team/invitations",
            on_made=TeamState.load,
        ),
        title="Invite somebody",
        id=INVITE,
    )


def password_dialog() -> rx.Component:
    """A link by which a member sets a new password."""
    return kit.dialog(
        link_maker(
            rx.el.p(
                "The link works once, for one day. Until it is used the present password stays good; "
                "then they are signed out everywhere else. A link made before stops working.",
                class_name="text-base text-text-2 text-pretty",
            ),
            kit.button("Make the link", variant="primary", type="submit", data_testid="password-make"),
            action="/api/team/members/" + TeamState.subject.id + "/password-link",
            on_made=TeamState.load,
        ),
        title="New password for " + TeamState.subject.name,
        id="password-dialog",
        open=TeamState.dialog == "password",
        on_dismiss=TeamState.dismiss,
    )


def deactivate_dialog() -> rx.Component:
    """What deactivating does, and what becomes of the clips in the making."""
    return kit.dialog(
        rx.el.div(
            rx.el.p(
                "They are signed out everywhere at once and cannot sign in. Their clips and files stay. "
                "You can reactivate them at any time.",
                class_name="text-base text-text-2 text-pretty",
            ),
            rx.cond(
                TeamState.subject.active > 0,
                rx.el.div(
                    rx.el.p(
                        TeamState.subject.active_line,
                        class_name="text-base font-medium text-text-1",
                        data_testid="deactivate-active",
                    ),
                    rx.el.p(
                        "Finish them: each counts against the month with what it costs, as usual.",
                        class_name="text-base text-text-2 text-pretty",
                    ),
                    rx.el.p(
                        "Cancel them: what was not sent costs nothing. What a provider works on already may "
                        "be charged in full, and counts until the provider says otherwise.",
                        class_name="text-base text-text-2 text-pretty",
                    ),
                    class_name="flex flex-col gap-1.5",
                ),
            ),
            class_name="flex flex-col gap-4",
        ),
        title="Deactivate " + TeamState.subject.name + "?",
        id="deactivate-dialog",
        open=TeamState.dialog == "deactivate",
        on_dismiss=TeamState.dismiss,
        foot=rx.el.div(
            kit.button("Keep active", data_closes=True, data_testid="deactivate-keep"),
            rx.cond(
                TeamState.subject.active > 0,
                rx.fragment(
                    kit.button(
                        "Deactivate, cancel clips",
                        variant="danger",
                        on_click=TeamState.deactivate("cancel"),
                        data_testid="deactivate-cancel",
                    ),
                    kit.button(
                        "Deactivate, let clips finish",
                        variant="danger",
                        on_click=TeamState.deactivate("finish"),
                        data_testid="deactivate-finish",
                    ),
                ),
                kit.button(
                    "Deactivate",
                    variant="danger",
                    on_click=TeamState.deactivate("finish"),
                    data_testid="deactivate-finish",
                ),
            ),
            class_name="flex flex-wrap justify-end gap-2 w-full",
        ),
    )


def _choice(label: str, name: str, chosen: str, options: tuple[tuple[str, str], ...]) -> rx.Component:
    return rx.el.div(
        rx.el.span(label, class_name="text-base font-medium text-text-1", aria_hidden="true"),
        kit.select(
            *[rx.el.option(text, value=value) for value, text in options],
            label=label,
            name=name,
            default_value=chosen,
            data_testid=f"invite-{name}",
        ),
        class_name="flex flex-col gap-1.5 min-w-0",
    )
