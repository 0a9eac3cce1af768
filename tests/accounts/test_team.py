"""Who may change whom, and what always stays true of a team."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import col, select

from sorceress_video.accounts import invitations, people, sessions, team
from sorceress_video.accounts.errors import AccountError
from sorceress_video.library import accounts
from sorceress_video.library import team as rows
from sorceress_video.library.tables import Account, LedgerEntry, utc_now
from tests.http.workspace import Workspace


def refusal(change: Callable[..., Any], *args: Any, **more: Any) -> str:
    try:
        change(*args, **more)
    except AccountError as error:
        return error.code
    return ""


def now(place: Workspace, account: Account) -> Account:
    found = accounts.account_by_id(place.db, account.id)
    assert found is not None
    return found


CHANGES: dict[str, Callable[[str, str], Any]] = {
    "role": lambda actor, target: team.change_role(actor, target, "member"),
    "plan": lambda actor, target: team.change_plan(actor, target, "pro"),
    "budget": lambda actor, target: team.change_budget(actor, target, "5"),
    "question": lambda actor, target: team.change_question(actor, target, "5"),
    "deactivate": team.deactivate,
    "reactivate": team.reactivate,
    "password": team.password_link,
}
# Who acts, on whom: the refusal, or "" where it is allowed.
RULES = {
    ("owner", "owner"): "",
    ("owner", "admin"): "",
    ("owner", "member"): "",
    ("admin", "owner"): "owners_only",
    ("admin", "admin"): "",
    ("admin", "member"): "",
    ("member", "owner"): "admins_only",
    ("member", "admin"): "admins_only",
    ("member", "member"): "admins_only",
    ("disabled", "member"): "admins_only",
    ("nobody", "member"): "admins_only",
}


@pytest.mark.spec("A6")
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(("actor", "target"), RULES)
def test_who_may_change_whom(workspace: Workspace, actor: str, target: str, change: str) -> None:
    workspace.add_account("first@example.com", role="owner")
    target_row = workspace.add_account("target@example.com", role=target)
    actor_id = "0" * 32
    if actor != "nobody":
        row = workspace.add_account("actor@example.com", role="admin" if actor == "disabled" else actor)
        actor_id = row.id
    if actor == "disabled":
        accounts.disable(workspace.db, actor_id)

    assert refusal(CHANGES[change], actor_id, target_row.id) == RULES[actor, target]
    if RULES[actor, target]:
        assert now(workspace, target_row).model_dump() == target_row.model_dump()


def test_only_an_owner_makes_owners_and_an_owner_is_pro(place: Workspace) -> None:
    owner = place.add_account("owner@example.com", role="owner")
    admin, bea = place.add_account("admin@example.com", role="admin"), place.add_account("bea@example.com")

    assert refusal(team.change_role, admin.id, bea.id, "owner") == "owners_only"
    team.change_role(owner.id, bea.id, "owner")

    assert (now(place, bea).role, now(place, bea).plan) == ("owner", "pro")
    assert refusal(team.change_plan, owner.id, bea.id, "free") == "owner_is_pro"


def test_the_last_owner_stays(place: Workspace) -> None:
    owner = place.add_account("owner@example.com", role="owner")
    place.add_account("admin@example.com", role="admin")
    gone = place.add_account("gone@example.com", role="owner")
    team.deactivate(owner.id, gone.id)

    assert refusal(team.change_role, owner.id, owner.id, "admin") == "last_owner"
    assert refusal(team.deactivate, owner.id, owner.id) == "not_oneself"
    assert now(place, owner).role == "owner"


def test_of_two_owners_who_demote_each_other_at_once_one_stays(place: Workspace) -> None:
    one, two = (place.add_account(f"{name}@example.com", role="owner") for name in ("one", "two"))
    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(
                lambda pair: refusal(team.change_role, *pair, "member"), [(one.id, two.id), (two.id, one.id)]
            )
        )

    assert sorted((now(place, one).role, now(place, two).role)) == ["member", "owner"]


def test_deactivating_ends_sessions_and_links_in_the_same_step(place: Workspace) -> None:
    owner = place.add_account("owner@example.com", role="owner")
    admin = place.add_account("admin@example.com", role="admin")
    token = sessions.open_session(admin.id, user_agent="", address="")
    handed_out = team.invite(admin.id, role="member", plan="free", days=7).address.partition("#")[2]

    team.deactivate(owner.id, admin.id)

    assert sessions.find_session(token) is None
    assert refusal(invitations.look, "invitation", handed_out) == "link_revoked"
    team.reactivate(owner.id, admin.id)
    assert sessions.find_session(token) is None
    assert now(place, admin).disabled_at is None


def test_of_two_who_join_by_one_link_at_once_one_is_let_in(place: Workspace) -> None:
    owner = place.add_account("owner@example.com", role="owner")
    token = team.invite(owner.id, role="member", plan="free", days=1).address.partition("#")[2]

    def join(number: int) -> str:
        browser = invitations.Browser("", f"203.0.113.{number}")
        return refusal(invitations.join, token, "Bea", f"bea{number}@example.com", "a quiet harbour", browser)

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(join, range(3))) == ["", "link_used", "link_used"]


@pytest.mark.parametrize(
    ("typed", "micro"),
    [("", None), ("  ", None), ("0", 0), ("25", 25_000_000), ("$12.50", 12_500_000), ("12,5", 12_500_000),
     ("1000000", 10**12)],
)  # fmt: skip
def test_a_budget_is_dollars_or_nothing(workspace: Workspace, typed: str, micro: int | None) -> None:
    owner = workspace.add_account("owner@example.com", role="owner")
    assert team.change_budget(owner.id, owner.id, typed) == micro
    assert now(workspace, owner).budget_micro_usd == micro


@pytest.mark.parametrize(
    "typed", ["-1", "1e9", "NaN", "inf", "1000001", "9" * 400, "1.234", "five", "٣", "0x10", "1 000", "\0"]
)
def test_what_is_no_amount_changes_no_budget(workspace: Workspace, typed: str) -> None:
    owner = workspace.add_account("owner@example.com", role="owner")
    team.change_budget(owner.id, owner.id, "7")
    assert refusal(team.change_budget, owner.id, owner.id, typed) == "amount_invalid"
    assert now(workspace, owner).budget_micro_usd == 7_000_000


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("Ada\u202eecalevoL", "AdaecalevoL"),
        ("Ada\x00\x1b[31m", "Ada[31m"),
        ("e\u0301va", "éva"),
        ("علي", "علي"),
    ],
)
def test_a_name_is_what_can_be_seen_of_it(typed: str, kept: str) -> None:
    assert people.normal_name(typed) == kept


@pytest.mark.spec("A5")
def test_pro_is_asked_for_once_and_granted_with_a_word(place: Workspace) -> None:
    admin, bea = place.add_account("admin@example.com", role="admin"), place.add_account("bea@example.com")

    assert team.ask_for_pro(bea.id, "For the trailer.")
    assert not team.ask_for_pro(bea.id, "Once more.")
    request = rows.open_requests(place.db, 10)[0].request
    assert refusal(team.decide_request, bea.id, request.id, granted=True, answer="") == "admins_only"
    assert team.decide_request(admin.id, request.id, granted=True, answer="Have fun.")
    assert not team.decide_request(admin.id, request.id, granted=False, answer="")

    assert now(place, bea).plan == "pro"
    assert rows.count_open_requests(place.db) == 0
    last = rows.last_request(place.db, bea.id)
    assert last is not None
    assert (last.state, last.answer, last.decided_by) == ("granted", "Have fun.", admin.id)
    assert not team.ask_for_pro(bea.id, "")


@pytest.mark.spec("A5")
def test_a_declined_request_changes_no_plan_and_may_be_made_again(place: Workspace) -> None:
    admin, bea = place.add_account("admin@example.com", role="admin"), place.add_account("bea@example.com")
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: team.ask_for_pro(bea.id, ""), range(4))) == 1
    request = rows.open_requests(place.db, 10)[0].request
    team.decide_request(admin.id, request.id, granted=False, answer="Next month.")

    assert now(place, bea).plan == "free"
    assert team.ask_for_pro(bea.id, "")


def test_the_list_is_in_pages_searched_and_knows_what_everybody_spends(place: Workspace) -> None:
    people_rows = [place.add_account(f"m{number:02}@example.com") for number in range(60)]
    spender = people_rows[7]
    place.add_clip(spender)
    with place.db.write() as session:
        session.get_one(Account, spender.id).name = "100%_Zoë"
        for clip in ("a", "b"):
            session.add(
                LedgerEntry(
                    account_id=spender.id,
                    clip_id=clip,
                    attempt=1,
                    kind="charge",
                    micro_usd=1_250_000,
                    month=f"{utc_now():%Y-%m}",
                )
            )
        session.add(
            LedgerEntry(
                account_id=spender.id, clip_id="c", attempt=1, kind="charge", micro_usd=9, month="2001-01"
            )
        )

    first, second = rows.members(place.db, "", 0, 50), rows.members(place.db, "", 50, 50)
    assert (first.total, len(first.rows), len(second.rows)) == (60, 50, 10)
    assert not {row.account.id for row in first.rows} & {row.account.id for row in second.rows}
    found = rows.members(place.db, "0%_z", 0, 50)
    assert [(row.account.id, row.spent, row.active) for row in found.rows] == [(spender.id, 2_500_000, 0)]
    assert rows.members(place.db, "%", 0, 50).total == 1
    assert rows.month_total(place.db) == 2_500_000


def test_an_admin_is_seen_when_they_come(place: Workspace) -> None:
    ada = place.add_account()
    assert now(place, ada).seen_at is None
    sessions.open_session(ada.id, user_agent="", address="")
    with place.db.read() as session:
        assert session.exec(select(Account).where(col(Account.seen_at).is_not(None))).one().id == ada.id
