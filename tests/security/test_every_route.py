"""Walks all routes with everybody who might ask, so that a new one without a rule cannot slip in."""

from __future__ import annotations

import pytest

from sorceress_video.accounts import team
from sorceress_video.http.routes import Access, RuledRoute, build_app, build_routes
from sorceress_video.library.tables import Account
from tests.http.workspace import Workspace, random_id

# What somebody who is not signed in gets. A new route of members fails here until somebody has thought of it.
SIGNED_OUT = {
    "POST /auth/sign-out-everywhere": 303,
    "POST /auth/password": 303,
    "POST /api/uploads": 401,
    "POST /api/clips/{clip_id}/frames": 401,
    "GET /api/clips/{clip_id}/download": 404,
    "GET /api/archives/{ticket}": 404,
    "GET /media/{asset_id}/{variant}": 404,
}
ADMINS = {
    "POST /api/team/invitations",
    "POST /api/team/members/{account_id}/password-link",
    "POST /api/provider-keys/{provider}",
}
PUBLIC = {
    "GET /healthz",
    "GET /readyz",
    "POST /auth/sign-in",
    "POST /auth/sign-out",
    "POST /auth/setup",
    "POST /auth/link",
    "POST /auth/join",
    "POST /auth/new-password",
}
REFUSED = SIGNED_OUT | dict.fromkeys(sorted(ADMINS), 401)


def named(route: RuledRoute) -> str:
    methods = (route.methods or set()) - {"HEAD"}
    return f"{methods.pop()} {route.path}"


def all_routes() -> dict[str, RuledRoute]:
    return {named(route): route for route in build_routes()}


def address(name: str, **known: str) -> tuple[str, str]:
    """Verb and path of a route, with ids that nothing has where none are given."""
    method, _, path = name.partition(" ")
    for field in ("asset_id", "clip_id", "account_id", "ticket"):
        path = path.replace(f"{{{field}}}", known.get(field, random_id()))
    return method, path.replace("{variant}", "video").replace("{provider}", "fal")


def test_every_route_has_a_rule(workspace: Workspace) -> None:
    routes = build_app().routes

    assert all(isinstance(route, RuledRoute) for route in routes)
    rules = {named(route): route.access for route in build_routes()}
    assert {name for name, access in rules.items() if access is Access.PUBLIC} == PUBLIC
    assert {name for name, access in rules.items() if access is Access.MEMBER} == set(SIGNED_OUT)
    assert {name for name, access in rules.items() if access is Access.ADMIN} == ADMINS


@pytest.mark.spec("A6")
@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("who", ["nobody", "a made-up session", "a deactivated admin"])
async def test_a_members_route_answers_nobody_else(workspace: Workspace, name: str, who: str) -> None:
    cookies = {"nobody": {}, "a made-up session": {"sorceress": "x" * 43}}.get(who)
    if cookies is None:
        owner = workspace.add_account("owner@example.com", role="owner")
        gone = workspace.add_account("gone@example.com", role="admin")
        cookies = workspace.cookie_for(gone)
        team.deactivate(owner.id, gone.id)
    method, url = address(name)
    async with workspace.browser(cookies) as browser:
        answer = await browser.request(method, url)

    assert answer.status_code == REFUSED[name]
    assert answer.headers.get("location", "/sign-in") == "/sign-in"
    assert "set-cookie" not in answer.headers


@pytest.mark.spec("A6")
@pytest.mark.parametrize("name", sorted(ADMINS))
async def test_for_a_member_an_admins_route_does_not_exist(workspace: Workspace, name: str) -> None:
    ada, bea = workspace.add_account(), workspace.add_account("bea@example.com")
    method, url = address(name, account_id=bea.id)
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        answer = await browser.request(method, url, json={})

    assert answer.status_code == 404
    assert "link" not in answer.text


@pytest.mark.spec("A6")
@pytest.mark.parametrize("name", sorted(ADMINS))
async def test_an_admin_who_becomes_a_member_loses_the_route_at_once(workspace: Workspace, name: str) -> None:
    owner = workspace.add_account("owner@example.com", role="owner")
    ada = workspace.add_account(role="admin")
    method, url = address(name, account_id=ada.id)
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        before = await browser.request(method, url, json={"key": "a-key"})
        # Not through the page, so that this process still believes what it read a moment ago.
        team.change_role(owner.id, ada.id, "member")
        after = await browser.request(method, url, json={})

    assert (before.status_code, after.status_code) == (303 if "provider-keys" in name else 201, 404)


@pytest.mark.spec("A6")
@pytest.mark.parametrize("role", ["member", "admin", "owner"])
@pytest.mark.parametrize("name", [name for name in SIGNED_OUT if "_id}" in name])
async def test_what_another_member_has_is_not_there_whatever_ones_role(
    workspace: Workspace, name: str, role: str
) -> None:
    theirs = workspace.add_account("theirs@example.com")
    asset_id, clip_id = workspace.add_clip(theirs)
    mine = workspace.add_account("mine@example.com", role=role)
    method, url = address(name, asset_id=asset_id, clip_id=clip_id)
    async with workspace.browser(workspace.cookie_for(mine)) as browser:
        answer = await browser.request(method, url, json={"at": "first"} if method == "POST" else None)

    assert answer.status_code == 404


@pytest.mark.parametrize("name", sorted(all_routes()))
async def test_a_route_knows_no_other_verb_and_nothing_changes_by_get(
    workspace: Workspace, name: str
) -> None:
    own, url = address(name)
    async with workspace.browser() as browser:
        for verb in {"GET", "POST", "PUT", "PATCH", "DELETE"} - {own}:
            assert (await browser.request(verb, url)).status_code == 405


@pytest.mark.parametrize("name", sorted(name for name in all_routes() if name.startswith("POST")))
async def test_no_route_is_moved_by_another_site(workspace: Workspace, name: str) -> None:
    ada: Account = workspace.add_account(role="owner")
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        for foreign in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
            answer = await browser.post(name.partition(" ")[2], headers=foreign)
            assert answer.status_code == 403


def test_the_routes_are_walked_once_each() -> None:
    assert len(all_routes()) == len(build_routes())
