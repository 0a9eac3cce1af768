"""Who a cookie stands for."""

from __future__ import annotations

import pytest

from sorceress_video.http import identity
from sorceress_video.http.cookies import time_zone
from sorceress_video.http.identity import signed_in, signed_in_async
from sorceress_video.library import accounts
from tests.http.workspace import Workspace


def header(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


@pytest.mark.parametrize(
    "cookie",
    [None, "", "sorceress", "sorceress=", "sorceress=x", "a=b; c=d", "\0;=;=", "sorceress=é" + "x" * 42],
)
async def test_a_cookie_without_a_session_is_nobody(workspace: Workspace, cookie: str | None) -> None:
    assert signed_in(cookie) is None
    assert await signed_in_async(cookie) is None


async def test_both_forms_know_the_same_member(workspace: Workspace) -> None:
    ada = workspace.add_account(role="admin")
    cookie = f"theme=dark; {header(workspace.cookie_for(ada))}; other=1"

    member = signed_in(cookie)
    assert member is not None
    assert (member.account_id, member.email, member.role, member.plan) == (ada.id, ada.email, "admin", "free")
    identity.forget_members()
    assert await signed_in_async(cookie) == member


async def test_a_change_elsewhere_is_seen_within_three_seconds(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = workspace.add_account()
    cookie = header(workspace.cookie_for(ada))
    assert signed_in(cookie) is not None
    accounts.disable(workspace.db, ada.id)
    later = identity.time.monotonic() + identity.CACHE_SECONDS + 0.01
    monkeypatch.setattr(identity.time, "monotonic", lambda: later)

    assert identity.CACHE_SECONDS <= 3
    assert signed_in(cookie) is None


async def test_a_look_up_that_a_sign_out_overtakes_is_not_remembered(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = workspace.add_account()
    cookie = header(workspace.cookie_for(ada))
    real = identity.find_session

    def overtaken(token: str) -> object:
        found = real(token)
        accounts.disable(workspace.db, ada.id)
        identity.forget_members()
        return found

    monkeypatch.setattr(identity, "find_session", overtaken)
    signed_in(cookie)
    monkeypatch.undo()

    assert signed_in(cookie) is None


@pytest.mark.parametrize(
    ("cookie", "zone"),
    [
        ("sorceress-zone=Europe/Vienna", "Europe/Vienna"),
        ("sorceress=x; sorceress-zone=America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        (None, "UTC"),
        ("sorceress-zone=", "UTC"),
        ("sorceress-zone=Mars/Olympus", "UTC"),
        ("sorceress-zone=../../etc/passwd", "UTC"),
        ("sorceress-zone=/etc/localtime", "UTC"),
        ("sorceress-zone=" + "Europe/" * 40, "UTC"),
        ("sorceress-zone=Europe", "UTC"),
    ],
)
def test_the_time_zone_is_one_that_there_is(cookie: str | None, zone: str) -> None:
    assert time_zone(cookie) == zone
