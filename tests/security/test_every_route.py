"""Walks all routes, so that a new one without a rule cannot slip in."""

from __future__ import annotations

import pytest

from sorceress_video.http.routes import Access, RuledRoute, build_app, build_routes
from sorceress_video.library import accounts
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
PUBLIC = {
    "GET /healthz",
    "GET /readyz",
    "POST /auth/sign-in",
    "POST /auth/sign-out",
    "POST /auth/setup",
}


def named(route: RuledRoute) -> str:
    methods = (route.methods or set()) - {"HEAD"}
    return f"{methods.pop()} {route.path}"


def all_routes() -> dict[str, RuledRoute]:
    return {named(route): route for route in build_routes()}


def test_every_route_has_a_rule(workspace: Workspace) -> None:
    routes = build_app().routes

    assert all(isinstance(route, RuledRoute) for route in routes)
    rules = {named(route): route.access for route in build_routes()}
    assert {name for name, access in rules.items() if access is Access.PUBLIC} == PUBLIC
    assert {name for name, access in rules.items() if access is Access.MEMBER} == set(SIGNED_OUT)


@pytest.mark.parametrize("name", SIGNED_OUT)
@pytest.mark.parametrize("who", ["nobody", "a made-up session", "a disabled account"])
async def test_a_members_route_answers_nobody_else(workspace: Workspace, name: str, who: str) -> None:
    cookies = {"nobody": {}, "a made-up session": {"sorceress": "x" * 43}}.get(who)
    if cookies is None:
        gone = workspace.add_account("gone@example.com")
        cookies = workspace.cookie_for(gone)
        accounts.disable(workspace.db, gone.id)
    method, _, path = name.partition(" ")
    url = (
        path.replace("{asset_id}", random_id())
        .replace("{clip_id}", random_id())
        .replace("{variant}", "video")
        .replace("{ticket}", random_id())
    )
    async with workspace.browser(cookies) as browser:
        answer = await browser.request(method, url)

    assert answer.status_code == SIGNED_OUT[name]
    assert answer.headers.get("location", "/sign-in") == "/sign-in"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("name", sorted(PUBLIC | set(SIGNED_OUT)))
async def test_a_route_knows_no_other_verb_and_nothing_changes_by_get(
    workspace: Workspace, name: str
) -> None:
    own, _, path = name.partition(" ")
    url = (
        path.replace("{asset_id}", random_id())
        .replace("{clip_id}", random_id())
        .replace("{variant}", "video")
        .replace("{ticket}", random_id())
    )
    async with workspace.browser() as browser:
        for verb in {"GET", "POST", "PUT", "PATCH", "DELETE"} - {own}:
            assert (await browser.request(verb, url)).status_code == 405


@pytest.mark.parametrize("name", sorted(name for name in PUBLIC | set(SIGNED_OUT) if name.startswith("POST")))
async def test_no_route_is_moved_by_another_site(workspace: Workspace, name: str) -> None:
    ada = workspace.add_account()
    async with workspace.browser(workspace.cookie_for(ada)) as browser:
        for foreign in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
            answer = await browser.post(name.partition(" ")[2], headers=foreign)
            assert answer.status_code == 403


def test_the_routes_are_walked_once_each() -> None:
    assert len(all_routes()) == len(build_routes())
