"""Guessing passwords gets slower and slower."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from sorceress_video.accounts import limits
from sorceress_video.accounts.errors import AccountError
from sorceress_video.library import accounts
from sorceress_video.library.tables import SignInFailure, utc_now
from tests.http.workspace import Workspace

EMAIL, ADDRESS = "ada@example.com", "203.0.113.5"


def attempt(email: str = EMAIL, address: str = ADDRESS) -> float:
    """Seconds to wait; 0 where the attempt was admitted."""
    try:
        limits.admit_attempt(email, address)
    except AccountError as error:
        return error.retry_after
    return 0.0


def end_pauses(workspace: Workspace) -> None:
    with workspace.db.write() as session:
        for row in session.exec(select(SignInFailure)):
            row.blocked_until = utc_now() - timedelta(seconds=1)


def test_the_pause_grows_and_ends_at_a_quarter_of_an_hour() -> None:
    pauses = [limits.pause_for_account(count).total_seconds() for count in range(1, 40)]

    assert pauses[: limits.FREE_FOR_ACCOUNT - 1] == [0.0] * (limits.FREE_FOR_ACCOUNT - 1)
    assert pauses == sorted(pauses)
    assert pauses[limits.FREE_FOR_ACCOUNT - 1] > 0
    assert max(pauses) == 900


def test_an_account_is_paused_from_every_address(workspace: Workspace) -> None:
    for number in range(limits.FREE_FOR_ACCOUNT):
        assert attempt(address=f"203.0.113.{number}") == 0

    assert attempt(address="198.51.100.1") > 0
    assert attempt(email="grace@example.com") == 0


def test_an_address_is_paused_for_every_account(workspace: Workspace) -> None:
    for number in range(limits.FREE_FOR_ADDRESS):
        assert attempt(email=f"user{number}@example.com") == 0

    assert attempt(email="another@example.com") > 0
    assert attempt(email="another@example.com", address="198.51.100.1") == 0


def test_attempts_at_the_same_moment_do_not_pause_each_other(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = utc_now()
    monkeypatch.setattr(accounts, "utc_now", lambda: clock)
    assert attempt() == 0
    clock -= timedelta(milliseconds=1)  # Of the one that was asked first and admitted second.
    assert attempt() == 0


def test_neighbours_in_one_ipv6_network_are_one_address() -> None:
    assert limits.address_key("2001:db8:1:2::1") == limits.address_key("2001:db8:1:2:ffff::9")
    assert limits.address_key("2001:db8:1:2::1") != limits.address_key("2001:db8:1:3::1")
    assert limits.address_key("::ffff:203.0.113.5") == limits.address_key("203.0.113.5")
    assert len(limits.address_key("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")) <= 80


def test_success_frees_the_account_but_not_the_address(workspace: Workspace) -> None:
    for number in range(limits.FREE_FOR_ADDRESS - 1):
        attempt(email=f"user{number}@example.com")
    attempt()
    end_pauses(workspace)
    limits.note_success(EMAIL, ADDRESS)

    assert attempt(address="198.51.100.1") == 0
    # One attempt was given back, no more: the next one is the last before the pause.
    assert attempt(email="x@example.com") == 0
    assert attempt(email="y@example.com") > 0


def test_a_hundred_attempts_at_once_do_not_pass_the_same_check(workspace: Workspace) -> None:
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(lambda number: attempt(address=f"203.0.113.{number}"), range(100)))

    assert waits.count(0.0) == limits.FREE_FOR_ACCOUNT


def test_limits_survive_a_restart(workspace: Workspace) -> None:
    for _ in range(limits.FREE_FOR_ACCOUNT):
        attempt()
    workspace.configure()

    assert attempt() > 0


def test_old_failures_are_forgotten(workspace: Workspace) -> None:
    for _ in range(limits.FREE_FOR_ACCOUNT):
        attempt()
    with workspace.db.write() as session:
        for row in session.exec(select(SignInFailure)):
            row.seen_at = utc_now() - timedelta(days=2)

    assert attempt() == 0


def test_what_strangers_type_is_not_kept(workspace: Workspace) -> None:
    attempt(email="my-password-by-mistake")

    with workspace.db.read() as session:
        assert all("mistake" not in row.key for row in session.exec(select(SignInFailure)))


@pytest.mark.parametrize("email", ["", "x" * 10_000, "\N{PILE OF POO}@example.com"])
def test_any_text_can_be_limited(workspace: Workspace, email: str) -> None:
    assert attempt(email=email) == 0
