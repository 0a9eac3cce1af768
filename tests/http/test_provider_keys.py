"""Entering a provider's key over HTTP, as the form of ``/settings`` does."""

from __future__ import annotations

import pytest

from sorceress_video.library.provider_keys import in_force
from tests.http.workspace import Workspace

KEY = "entered-id:0123456789abcdef0123456789abcdef"


@pytest.mark.spec("M2")
@pytest.mark.parametrize("role", ["admin", "owner"])
async def test_who_runs_the_team_enters_a_key(workspace: Workspace, role: str) -> None:
    cookie = workspace.cookie_for(workspace.add_account(role=role))
    async with workspace.browser(cookie) as browser:
        answer = await browser.post("/api/provider-keys/fal", data={"key": KEY})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/settings?changed=key#providers"
    assert KEY not in repr(answer.headers)
    key = in_force(workspace.db, workspace.settings).key_of("fal")
    assert key is not None
    assert key.get_secret_value() == KEY


@pytest.mark.parametrize(
    ("provider", "form", "code"),
    [
        ("fal", {"key": "two words"}, "key_malformed"),
        ("fal", {"key": ""}, "key_malformed"),
        ("nobody", {"key": KEY}, "provider_unknown"),
        ("fal", {"key": "x" * 20_000}, "bad_request"),
    ],
)
async def test_a_key_that_is_none_goes_back_with_the_reason(
    workspace: Workspace, provider: str, form: dict[str, str], code: str
) -> None:
    cookie = workspace.cookie_for(workspace.add_account(role="owner"))
    async with workspace.browser(cookie) as browser:
        answer = await browser.post(f"/api/provider-keys/{provider}", data=form)
    assert answer.headers["location"] == f"/settings?key_error={code}#providers"
    assert in_force(workspace.db, workspace.settings).available_providers == {"sandbox"}
