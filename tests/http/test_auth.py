"""Sign-in, sign-out, password and setup over HTTP."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from sorceress_video.accounts import limits, setup
from sorceress_video.accounts.errors import SENTENCES
from sorceress_video.http.identity import signed_in, signed_in_async
from sorceress_video.library import accounts
from sorceress_video.library.tables import Account, SignInSession
from tests.http.workspace import ORIGIN, PASSWORD, Workspace

JSON = {"Accept": "application/json"}


def sign_in_form(email: str = "ada@example.com", password: str = PASSWORD, **more: str) -> dict[str, str]:
    return {"email": email, "password": password, **more}


async def test_signing_in_sets_a_cookie_that_scripts_cannot_read(workspace: Workspace) -> None:
    workspace.add_account()
    async with workspace.browser() as browser:
        answer = await browser.post("/auth/sign-in", data=sign_in_form("  ADA@example.com "))

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    name, *flags = answer.headers["set-cookie"].split("; ")
    assert name.startswith("sorceress=")
    assert {flag.lower() for flag in flags} >= {"httponly", "samesite=lax", "path=/", "max-age=2592000"}
    assert "secure" not in answer.headers["set-cookie"].lower()
    member = signed_in(name)
    assert member is not None
    assert member.email == "ada@example.com"


async def test_over_tls_the_cookie_belongs_to_this_very_host(workspace: Workspace) -> None:
    workspace.configure(SORCERESS_PUBLIC_URL="https://video.example.com")
    workspace.add_account()
    async with workspace.browser() as browser:
        browser.headers["origin"] = "https://video.example.com"
        answer = await browser.post("/auth/sign-in", data=sign_in_form())

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-sorceress=")
    assert "; secure" in cookie.lower()
    assert "domain" not in cookie.lower()
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    # The unprotected name is worth nothing here.
    assert signed_in(cookie.removeprefix("__Host-")) is None
    assert signed_in(cookie) is not None


async def test_wrong_unknown_and_disabled_get_the_same_answer(workspace: Workspace) -> None:
    workspace.add_account()
    disabled = workspace.add_account("gone@example.com")
    accounts.disable(workspace.db, disabled.id)
    async with workspace.browser() as browser:
        answers = [
            await browser.post("/auth/sign-in", data=form, headers=JSON)
            for form in (
                sign_in_form(password="wrong password"),
                sign_in_form("nobody@example.com"),
                sign_in_form("gone@example.com"),
            )
        ]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.text for answer in answers} == {answers[0].text}
    assert answers[0].json()["error"] == {
        "code": "bad_credentials",
        "message": SENTENCES["bad_credentials"],
    }
    assert all("set-cookie" not in answer.headers for answer in answers)


async def test_a_form_comes_back_with_a_code_and_without_what_was_typed(workspace: Workspace) -> None:
    async with workspace.browser() as browser:
        answer = await browser.post("/auth/sign-in", data=sign_in_form(next="/settings"))

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?error=bad_credentials&next=%2Fsettings"


@pytest.mark.parametrize(
    ("wanted", "onward"),
    [
        ("/settings?tab=keys#top", "/settings?tab=keys#top"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/ok\r\nSet-Cookie: a=b", "/"),
        ("", "/"),
    ],
)
async def test_signing_in_leads_only_to_pages_of_this_site(
    workspace: Workspace, wanted: str, onward: str
) -> None:
    workspace.add_account()
    async with workspace.browser() as browser:
        answer = await browser.post("/auth/sign-in", data=sign_in_form(next=wanted))

    assert answer.headers["location"] == onward


async def test_guessing_is_slowed_down_and_says_how_long(workspace: Workspace) -> None:
    workspace.add_account()
    async with workspace.browser() as browser:
        wrong = sign_in_form(password="wrong password")
        for _ in range(limits.FREE_FOR_ACCOUNT + 6):  # The pause grows, so that even a slow machine sees one.
            answer = await browser.post("/auth/sign-in", data=wrong, headers=JSON)
            if answer.status_code == 429:
                break
        page = await browser.post("/auth/sign-in", data=wrong)

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert "error=too_many_attempts&wait=" in page.headers["location"]


async def test_a_client_cannot_choose_the_address_that_is_limited(workspace: Workspace) -> None:
    async with workspace.browser() as browser:
        for number in range(limits.FREE_FOR_ADDRESS):
            limits.admit_attempt(f"user{number}@example.com", "127.0.0.1")
        spoofed = {**JSON, "X-Forwarded-For": "198.51.100.77"}
        answer = await browser.post("/auth/sign-in", data=sign_in_form(), headers=spoofed)

    assert answer.status_code == 429


async def test_behind_a_proxy_its_word_counts_and_nothing_left_of_it(workspace: Workspace) -> None:
    workspace.configure(SORCERESS_TRUSTED_PROXY_HOPS="1")
    workspace.add_account()
    async with workspace.browser() as browser:
        forwarded = {"X-Forwarded-For": "1.2.3.4, 203.0.113.9"}
        await browser.post("/auth/sign-in", data=sign_in_form(), headers=forwarded)

    with workspace.db.read() as session:
        assert [row.address for row in session.exec(select(SignInSession))] == ["203.0.113.9"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"email=a&password=b", "text/plain"),
        (b"x" * 20_000, "application/x-www-form-urlencoded"),
        (b"email=%ff&password=b", "application/x-www-form-urlencoded"),
        (b"email=a%00&password=b", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=b" % n for n in range(100)), "application/x-www-form-urlencoded"),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b'{"email": ["a"], "password": {}}', "application/json"),
        (b'{"email": "\\ud800", "password": "b"}', "application/json"),
        (b"[" * 10_000, "application/json"),
        (b"", ""),
    ],
)
async def test_a_form_that_is_none_is_refused_before_anything_is_asked(
    workspace: Workspace, content: bytes, kind: str
) -> None:
    async with workspace.browser() as browser:
        answer = await browser.post("/auth/sign-in", content=content, headers={**JSON, "Content-Type": kind})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


async def test_a_program_may_send_json(workspace: Workspace) -> None:
    workspace.add_account()
    async with workspace.browser() as browser:
        answer = await browser.post("/auth/sign-in", json=sign_in_form(), headers=JSON)

    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert "set-cookie" in answer.headers


async def test_signing_out_ends_the_session_at_once(workspace: Workspace) -> None:
    account = workspace.add_account()
    cookies = workspace.cookie_for(account)
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    assert await signed_in_async(header) is not None

    async with workspace.browser(cookies) as browser:
        answer = await browser.post("/auth/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert 'sorceress=""' in answer.headers["set-cookie"]
    assert await signed_in_async(header) is None


async def test_signing_out_twice_or_without_a_session_is_no_error(workspace: Workspace) -> None:
    async with workspace.browser() as browser:
        assert (await browser.post("/auth/sign-out")).status_code == 303


async def test_signing_out_everywhere_ends_the_other_browsers_only_of_this_account(
    workspace: Workspace,
) -> None:
    ada, grace = workspace.add_account(), workspace.add_account("grace@example.com")
    here, there, theirs = (workspace.cookie_for(who) for who in (ada, ada, grace))

    async with workspace.browser(here) as browser:
        await browser.post("/auth/sign-out-everywhere")

    def is_in(cookies: dict[str, str]) -> bool:
        return signed_in(f"sorceress={cookies['sorceress']}") is not None

    assert [is_in(cookies) for cookies in (here, there, theirs)] == [False, False, True]


async def test_changing_the_password_keeps_this_browser_in_and_no_other(workspace: Workspace) -> None:
    ada = workspace.add_account()
    here, there = workspace.cookie_for(ada), workspace.cookie_for(ada)
    form = {"present": PASSWORD, "password": "another harbour", "again": "another harbour"}

    async with workspace.browser(here) as browser:
        answer = await browser.post("/auth/password", data=form)

    assert answer.headers["location"] == "/settings?changed=password"
    assert signed_in(answer.headers["set-cookie"]) is not None
    assert signed_in(f"sorceress={here['sorceress']}") is None
    assert signed_in(f"sorceress={there['sorceress']}") is None


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"present": "wrong one", "password": "another harbour"}, "wrong_password"),
        ({"present": PASSWORD, "password": "short"}, "password_short"),
        ({"present": PASSWORD, "password": "another harbour", "again": "other"}, "password_mismatch"),
        ({"present": PASSWORD}, "password_short"),
    ],
)
async def test_a_password_is_not_changed_for_a_reason(
    workspace: Workspace, form: dict[str, str], code: str
) -> None:
    ada = workspace.add_account()
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        page = await browser.post("/auth/password", data=form)
        program = await browser.post("/auth/password", json=form, headers=JSON)

    assert page.headers["location"] == f"/settings?error={code}"
    assert (program.status_code, program.json()["error"]["code"]) == (400, code)


def new_token(workspace: Workspace) -> str:
    link = setup.setup_link(workspace.settings)
    assert link is not None
    return parse_qs(urlsplit(link).query)["token"][0]


async def test_the_setup_form_makes_the_owner_and_signs_them_in(workspace: Workspace) -> None:
    form = {"token": new_token(workspace), "email": "ada@example.com", "password": PASSWORD}
    async with workspace.browser() as browser:
        answer = await browser.post("/auth/setup", data=form)
        again = await browser.post("/auth/setup", data=form)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    member = signed_in(answer.headers["set-cookie"])
    assert member is not None
    assert (member.role, member.plan) == ("owner", "pro")
    assert again.status_code == 404


@pytest.mark.parametrize("token", ["", "wrong", "x" * 43])
async def test_the_setup_form_is_404_without_the_token(workspace: Workspace, token: str) -> None:
    new_token(workspace)
    form = {"token": token, "email": "eve@example.com", "password": PASSWORD}
    async with workspace.browser() as browser:
        answer = await browser.post("/auth/setup", data=form)

    assert answer.status_code == 404
    with workspace.db.read() as session:
        assert session.exec(select(Account)).all() == []


async def test_a_slip_in_the_setup_form_does_not_use_up_the_token(workspace: Workspace) -> None:
    token = new_token(workspace)
    async with workspace.browser() as browser:
        slip = await browser.post(
            "/auth/setup", data={"token": token, "email": "ada@example.com", "password": "password"}
        )
        good = await browser.post(
            "/auth/setup", data={"token": token, "email": "ada@example.com", "password": PASSWORD}
        )

    assert slip.headers["location"] == f"/setup?error=password_common&token={token}"
    assert good.headers["location"] == "/"


async def test_a_foreign_form_can_neither_sign_in_nor_out(workspace: Workspace) -> None:
    ada = workspace.add_account()
    cookies = workspace.cookie_for(ada)
    async with workspace.browser(cookies) as browser:
        browser.headers["origin"] = "https://evil.example"
        assert (await browser.post("/auth/sign-out")).status_code == 403
        assert (await browser.post("/auth/sign-in", data=sign_in_form())).status_code == 403
        browser.headers["origin"] = ORIGIN
        assert (await browser.post("/auth/password", headers=JSON)).status_code == 400
