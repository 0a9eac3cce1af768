"""Headers of every answer, and the policy that the pages' own scripts pass."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from sorceress_video.accounts import setup
from sorceress_video.http.page_policy import script_hash
from tests.http.workspace import Workspace

PAGE = (
    "<!doctype html><script>var a = 1</script><script src='/assets/a.js'></script><p>{name}</p>"
    "<script>{name}()</script>"
)


@pytest.fixture
def app(workspace: Workspace) -> Starlette:
    """The routes with a build of three pages below them, served as Reflex serves its own."""
    pages = workspace.pages
    for name in ("index", "sign-in/index", "setup/index", "404", "__spa-fallback"):
        file = pages / f"{name}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(PAGE.replace("{name}", re.sub(r"\W", "_", name)), encoding="utf-8")
    (pages / "assets").mkdir()
    for name in ("root-2xVM2zgs.js", "logo.png", "plain-name.css"):
        (pages / "assets" / name).write_text("x")
    (pages / "fonts").mkdir()
    (pages / "fonts" / "inter.woff2").write_text("x")
    made = workspace.app()
    made.routes.append(Mount("", StaticFiles(directory=pages, html=True)))
    return made


def scripts_of(policy: str) -> str:
    return next(part for part in policy.split("; ") if part.startswith("script-src"))


async def test_every_answer_forbids_what_nobody_needs(workspace: Workspace, app: Starlette) -> None:
    async with workspace.browser(app=app) as browser:
        answers = [await browser.get(path) for path in ("/", "/healthz", "/nowhere", "/media/x/video")]
        answers.append(await browser.post("/api/uploads"))
        answers.append(await browser.get("/", headers={"Host": "evil.example"}))

    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in answer.headers["permissions-policy"]
        assert "strict-transport-security" not in answer.headers


async def test_a_page_runs_its_own_scripts_and_no_others(workspace: Workspace, app: Starlette) -> None:
    async with workspace.browser(app=app) as browser:
        answer = await browser.get("/sign-in")
        answer = await browser.get(answer.headers.get("location", "/sign-in/"))

    policy = answer.headers["content-security-policy"]
    scripts = scripts_of(policy)
    inline = re.findall(r"<script>(.*?)</script>", answer.text)
    assert len(inline) == 2
    assert all(f"'{script_hash(script)}'" in scripts for script in inline)
    assert script_hash("alert(1)") not in scripts
    assert "unsafe" not in scripts
    for rule in ("frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'", "form-action 'self'"):
        assert rule in policy
    assert answer.headers["cache-control"] == "no-cache"


async def test_a_new_build_has_a_new_policy_without_a_restart(workspace: Workspace, app: Starlette) -> None:
    async with workspace.browser(app=app) as browser:
        await browser.get("/")
        (workspace.pages / "index.html").write_text("<script>fresh()</script>")
        answer = await browser.get("/")

    assert script_hash("fresh()") in scripts_of(answer.headers["content-security-policy"])


@pytest.mark.parametrize(
    "path", ["/../../etc/passwd", "/%00", "/a/../../b", "/" + "a/" * 500, "/'; script-src *"]
)
async def test_no_path_bends_the_policy(workspace: Workspace, path: str) -> None:
    made = workspace.app()

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await HTMLResponse("<script>evil()</script>")(scope, receive, send)

    made.routes.append(Mount("", page))
    async with workspace.browser(app=made) as browser:
        answer = await browser.get(path)

    assert scripts_of(answer.headers["content-security-policy"]) == "script-src 'self'"


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/assets/root-2xVM2zgs.js", "public, max-age=31536000, immutable"),
        ("/assets/logo.png", None),
        ("/fonts/inter.woff2", "public, max-age=86400"),
        ("/fonts/gone.woff2", None),
        ("/assets/gone-2xVM2zgs.js", None),
    ],
)
async def test_only_files_named_by_their_content_are_kept_for_ever_and_fonts_for_a_day(
    workspace: Workspace, app: Starlette, path: str, kept: str | None
) -> None:
    async with workspace.browser(app=app) as browser:
        answer = await browser.get(path)

    cached = answer.headers.get("cache-control")
    assert cached == kept or (kept is None and "immutable" not in str(cached))


async def test_the_setup_page_is_404_without_the_token_and_after_the_setup(
    workspace: Workspace, app: Starlette
) -> None:
    link = setup.setup_link(workspace.settings)
    assert link is not None
    good = link.partition("?")[2]
    paths = [
        f"{page}?{query}"
        for page in ("/setup", "/setup/", "/setup/index.html", "/setup.html")
        for query in ("", "token=wrong", "token=")
    ]
    async with workspace.browser(app=app) as browser:
        refused = [(await browser.get(path)).status_code for path in paths]
        opened = await browser.get(f"/setup/?{good}")
        setup.create_owner("ada@example.com", "a quiet harbour at dawn")
        closed = await browser.get(f"/setup/?{good}")

    assert set(refused) == {404}
    assert (opened.status_code, opened.headers["referrer-policy"]) == (200, "same-origin")
    assert opened.headers["cache-control"] == "no-store"
    assert closed.status_code == 404


async def test_the_access_log_holds_no_token_and_no_forged_line(workspace: Workspace) -> None:
    made = workspace.app()

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("")(scope, receive, send)

    made.routes.append(Mount("", page))
    with capture_logs() as logs:
        async with workspace.browser(app=made, cookies={"sorceress": "cookie-secret"}) as browser:
            await browser.get("/page?token=query-secret", headers={"Authorization": "Bearer header-secret"})
            await browser.get("/a%0Aforged%1b[31m")

    requests = [line for line in logs if line["event"] == "request"]
    assert [line["path"] for line in requests] == ["/page", "/a\ufffdforged\ufffd[31m"]
    assert "secret" not in repr(logs)
    assert requests[0] | {"ms": 0} == {
        "event": "request",
        "log_level": "info",
        "method": "GET",
        "path": "/page",
        "status": 200,
        "ms": 0,
        "address": "127.0.0.1",
    }


def test_the_build_at_hand_needs_no_other_script(pytestconfig: pytest.Config) -> None:
    """Inline event attributes and ``javascript:`` addresses would not run under the policy."""
    pages = list((Path(pytestconfig.rootpath) / ".web/build/client").glob("**/*.html"))
    if not pages:
        pytest.skip("the pages are not built")
    for page in pages:
        html = re.sub(r"<script\b.*?</script>", "", page.read_text(), flags=re.DOTALL)
        assert not re.search(r"<[^>]+\son[a-z]+\s*=", html), page
        assert "javascript:" not in html, page
