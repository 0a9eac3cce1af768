"""Running the team: who may change whom, and what. Every rule is asked inside the transaction that it guards.

Owners manage everybody. Admins manage members and admins, and make no owners. There is always an owner who is
not shut out, an owner always has the plan ``pro``, and nobody shuts themselves out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from re import fullmatch
from typing import Final

from sorceress_video.accounts import invitations, people
from sorceress_video.accounts.errors import AccountError
from sorceress_video.accounts.invitations import NewLink
from sorceress_video.accounts.sessions import hash_token
from sorceress_video.library import access_links, accounts
from sorceress_video.library import team as rows
from sorceress_video.library.database import get_database
from sorceress_video.library.tables import AccessLink, Account, utc_now
from sorceress_video.library.team import Change

ROLES: Final = ("member", "admin", "owner")
PLANS: Final = ("free", "pro")
INVITATION_DAYS: Final = (1, 7, 30)
PASSWORD_LINK_DAYS: Final = 1
MOST_OPEN_LINKS: Final = 100
LONGEST_NOTE: Final = 500
MOST_BUDGET: Final = Decimal(1_000_000)  # US dollars in a month

_MANAGERS: Final = ("owner", "admin")


def invite(actor_id: str, *, role: str, plan: str, days: int, email: str = "") -> NewLink:
    """Make a single-use link to join.

    Raises:
        AccountError: not allowed, or not one of the choices.
    """
    if role not in ("member", "admin") or plan not in PLANS or days not in INVITATION_DAYS:
        raise AccountError("choice_unknown")
    address = people.normal_email(email) if email.strip() else ""
    if address and accounts.account_by_email(get_database(), address) is not None:
        raise AccountError("email_taken")
    with rows.changing(get_database(), actor_id) as change:
        actor = manager(change)
        if access_links.count_open(change.session, actor.id) >= MOST_OPEN_LINKS:
            raise AccountError("too_many_links")
        link, made = _new_link("invitation", actor, days)
        link.role, link.plan, link.email = role, plan, address
        access_links.add(change.session, link)
    return made


def revoke_invitation(actor_id: str, link_id: str) -> bool:
    """Make an invitation worthless. False where it was used, revoked or over already.

    Raises:
        AccountError: not allowed.
    """
    with rows.changing(get_database(), actor_id) as change:
        manager(change)
        return access_links.revoke(change.session, link_id)


def password_link(actor_id: str, target_id: str) -> NewLink:
    """Make a single-use link by which a member sets a new password; the one before it is worthless.

    Raises:
        AccountError: not allowed.
    """
    with _managing(actor_id, target_id) as (change, actor, target):
        if target.disabled_at is not None:
            raise AccountError("member_inactive")
        link, made = _new_link("password", actor, PASSWORD_LINK_DAYS)
        link.account_id = target.id
        access_links.add(change.session, link)
    return made


def change_role(actor_id: str, target_id: str, role: str) -> None:
    """Give a member another role. A new owner becomes ``pro``.

    Raises:
        AccountError: not allowed, or the last owner would be gone.
    """
    if role not in ROLES:
        raise AccountError("choice_unknown")
    with _managing(actor_id, target_id) as (change, actor, target):
        if role == "owner" and actor.role != "owner":
            raise AccountError("owners_only")
        if target.role == "owner" and role != "owner" and change.other_owners == 0:
            raise AccountError("last_owner")
        if role not in _MANAGERS and target.role in _MANAGERS:
            change.revoke_invitations()
        target.role = role
        if role == "owner":
            target.plan = "pro"


def change_plan(actor_id: str, target_id: str, plan: str) -> None:
    """Give a member another plan.

    Raises:
        AccountError: not allowed; an owner's plan is always ``pro``.
    """
    if plan not in PLANS:
        raise AccountError("choice_unknown")
    with _managing(actor_id, target_id) as (_change, _actor, target):
        if target.role == "owner" and plan != "pro":
            raise AccountError("owner_is_pro")
        target.plan = plan


def change_budget(actor_id: str, target_id: str, typed: str) -> int | None:
    """Set what a member may spend in a calendar month; nothing typed is no limit.

    Returns:
        Micro-dollars, None for no limit.

    Raises:
        AccountError: not allowed, or not an amount.
    """
    amount = amount_of(typed)
    with _managing(actor_id, target_id) as (_change, _actor, target):
        target.budget_micro_usd = amount
    return amount


def change_question(actor_id: str, target_id: str, typed: str) -> int | None:
    """Set above which sum one click of a member asks first. As :func:`change_budget`."""
    amount = amount_of(typed)
    with _managing(actor_id, target_id) as (_change, _actor, target):
        target.confirm_above_micro_usd = amount
    return amount


def deactivate(actor_id: str, target_id: str) -> None:
    """Shut a member out: their sessions and the links that they made end in the same step.

    Raises:
        AccountError: not allowed, it is oneself, or the last owner.
    """
    with _managing(actor_id, target_id) as (change, actor, target):
        if target.id == actor.id:
            raise AccountError("not_oneself")
        if target.role == "owner" and change.other_owners == 0:
            raise AccountError("last_owner")
        if target.disabled_at is None:
            target.disabled_at = utc_now()
        change.end_sessions()
        change.revoke_invitations()


def reactivate(actor_id: str, target_id: str) -> None:
    """Let a member in again; they sign in with the password that they had.

    Raises:
        AccountError: not allowed.
    """
    with _managing(actor_id, target_id) as (_change, _actor, target):
        target.disabled_at = None


def ask_for_pro(account_id: str, note: str) -> bool:
    """Ask the admins for ``pro``. False where a request is open already, or there is nothing to ask for.

    Raises:
        AccountError: ``note_long``.
    """
    return rows.ask_for_plan(get_database(), account_id, _note(note))


def decide_request(actor_id: str, request_id: str, *, granted: bool, answer: str) -> bool:
    """Grant or decline a request, with a note to the member. False where it is open no longer.

    Raises:
        AccountError: not allowed, or ``note_long``.
    """
    note = _note(answer)
    target_id = rows.request_owner(get_database(), request_id)
    if not target_id:
        return False
    # Whoever runs the team may answer, whatever the member's role has become since.
    with rows.changing(get_database(), actor_id, target_id) as change:
        manager(change)
        if change.decide(request_id, "granted" if granted else "declined", note) is None:
            return False
        if granted and change.target is not None:
            change.target.plan = "pro"
        return True


def amount_of(typed: str) -> int | None:
    """Micro-dollars of an amount in US dollars as people type it; None for nothing.

    Raises:
        AccountError: ``amount_invalid``: no plain decimal number, negative, or beyond a million.
    """
    text = typed.strip().removeprefix("$").strip()
    if not text:
        return None
    if not fullmatch(r"[0-9]{1,7}(?:[.,][0-9]{1,2})?", text):
        raise AccountError("amount_invalid")
    dollars = Decimal(text.replace(",", "."))
    if dollars > MOST_BUDGET:
        raise AccountError("amount_invalid")
    return int(dollars * 1_000_000)


@contextmanager
def _managing(actor_id: str, target_id: str) -> Iterator[tuple[Change, Account, Account]]:
    """A transaction in which ``actor`` is known to be allowed to change ``target``."""
    with rows.changing(get_database(), actor_id, target_id) as change:
        actor, target = manager(change), change.target
        if target is None:
            raise AccountError("member_unknown")
        if target.role == "owner" and actor.role != "owner":
            raise AccountError("owners_only")
        yield change, actor, target


def manager(change: Change) -> Account:
    """Who acts, if they run the team.

    Raises:
        AccountError: ``admins_only``.
    """
    if change.actor is None or change.actor.role not in _MANAGERS:
        raise AccountError("admins_only")
    return change.actor


def _new_link(kind: invitations.Kind, actor: Account, days: int) -> tuple[AccessLink, NewLink]:
    token = invitations.new_token()
    link = AccessLink(
        kind=kind, token_hash=hash_token(token), made_by=actor.id, expires_at=utc_now() + timedelta(days=days)
    )
    return link, NewLink(link.id, invitations.address_of(kind, token), link.expires_at)


def _note(text: str) -> str:
    kept = text.replace("\0", "").strip()
    if len(kept) > LONGEST_NOTE:
        raise AccountError("note_long")
    return kept
