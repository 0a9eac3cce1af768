"""What is stopped before Reflex or any route sees it."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from tests.http.workspace import HOST, ORIGIN, Workspace


async def reached(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"reached {request.method}")


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close()


@pytest.fixture
def app(workspace: Workspace) -> Starlette:
    """The routes with a stand-in for what Reflex mounts below them."""
    return with_pages(workspace)


def with_pages(workspace: Workspace) -> Starlette:
    made = workspace.app()
    pages = [
        WebSocketRoute("/_event", socket),
        WebSocketRoute("/_event/", socket),
        Route("/{path:path}", reached, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]
    made.routes.append(Mount("", routes=pages))
    return made


async def ask(
    app: Starlette,
    path: str = "/",
    *,
    method: str = "GET",
    headers: tuple[tuple[str, str], ...] = (("Host", HOST),),
    kind: str = "http",
) -> list[dict[str, Any]]:
    """One raw request; every header as it is given, none added."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if kind == "websocket":
            return {"type": "websocket.connect"}
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "ws" if kind == "websocket" else "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 3000),
    }
    scope |= {"subprotocols": []} if kind == "websocket" else {"method": method}
    await app(scope, receive, send)
    return sent


async def status(app: Starlette, path: str = "/", **request: Any) -> int:
    return int((await ask(app, path, **request))[0]["status"])


@pytest.mark.parametrize(
    "host",
    ["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "LOCALHOST:3000", "localhost", "localhost.:3000"],
)
async def test_the_workspaces_own_names_are_answered(app: Starlette, host: str) -> None:
    assert await status(app, headers=(("Host", host),)) == 200


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("Host", ""),),
        (("Host", "evil.example"),),
        (("Host", "localhost.evil.example"),),
        (("Host", "evil.example:3000"),),
        (("Host", "localhost:3000@evil.example"),),
        (("Host", "localhost:3000, evil.example"),),
        (("Host", "localhost"), ("Host", "evil.example")),
        (("Host", "2130706433"),),
        (("Host", "evil.example"), ("X-Forwarded-Host", "localhost")),
    ],
)
@pytest.mark.parametrize("path", ["/", "/auth/sign-in", "/media/x/video", "/_event", "/assets/a.js"])
async def test_a_foreign_name_for_this_machine_is_refused(
    app: Starlette, headers: tuple[tuple[str, str], ...], path: str
) -> None:
    assert await status(app, path, headers=headers) == 400


async def test_names_of_the_deployment_are_added_by_settings(workspace: Workspace) -> None:
    workspace.configure(
        SORCERESS_PUBLIC_URL="https://video.example.com", SORCERESS_ALLOWED_HOSTS="video.lan, 10.0.0.5"
    )
    app = with_pages(workspace)

    for host in ("video.example.com", "video.lan:8080", "10.0.0.5"):
        assert await status(app, headers=(("Host", host),)) == 200
    assert await status(app, headers=(("Host", "example.com"),)) == 400


async def test_probes_may_come_by_any_name(app: Starlette) -> None:
    assert await status(app, "/healthz", headers=(("Host", "10.1.2.3"),)) == 200
    assert await status(app, "/healthz", method="POST", headers=(("Host", "10.1.2.3"),)) == 400


FOREIGN = [
    (("Origin", "https://evil.example"),),
    (("Origin", "null"),),
    (("Origin", "http://localhost:8000"),),
    (("Origin", "http://localhost:3000.evil.example"),),
    (("Origin", ""),),
    (("Sec-Fetch-Site", "cross-site"),),
    (("Sec-Fetch-Site", "same-site"),),
    (("Origin", ORIGIN), ("Sec-Fetch-Site", "cross-site")),
    (("Origin", ORIGIN), ("Origin", "https://evil.example")),
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_other_sites_change_nothing(
    app: Starlette, headers: tuple[tuple[str, str], ...], method: str
) -> None:
    assert await status(app, "/anything", method=method, headers=(("Host", HOST), *headers)) == 403


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/_event", "/_event/"])
async def test_other_sites_open_no_socket(
    app: Starlette, headers: tuple[tuple[str, str], ...], path: str
) -> None:
    sent = await ask(app, path, kind="websocket", headers=(("Host", HOST), *headers))

    assert [message["type"] for message in sent] == ["websocket.close"]


async def test_a_foreign_name_opens_no_socket(app: Starlette) -> None:
    headers = (("Host", "evil.example:3000"), ("Origin", "http://evil.example:3000"))
    sent = await ask(app, "/_event", kind="websocket", headers=headers)

    assert [message["type"] for message in sent] == ["websocket.close"]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_other_sites_do_not_use_the_sockets_other_transport(
    app: Starlette, headers: tuple[tuple[str, str], ...]
) -> None:
    assert await status(app, "/_event/", headers=(("Host", HOST), *headers)) == 403


@pytest.mark.parametrize(
    "headers",
    [
        (("Origin", ORIGIN),),
        (("Origin", ORIGIN), ("Sec-Fetch-Site", "same-origin")),
        (("Sec-Fetch-Site", "none"),),
        (),
    ],
)
async def test_our_own_pages_and_programs_pass(app: Starlette, headers: tuple[tuple[str, str], ...]) -> None:
    own = (("Host", HOST), *headers)
    assert await status(app, "/anything", method="POST", headers=own) == 200
    assert (await ask(app, "/_event", kind="websocket", headers=own))[0]["type"] == "websocket.accept"


async def test_over_tls_the_page_without_tls_is_another_site(workspace: Workspace) -> None:
    workspace.configure(SORCERESS_PUBLIC_URL="https://video.example.com")
    app = with_pages(workspace)

    async def post(origin: str, host: str = "video.example.com") -> int:
        return await status(app, "/a", method="POST", headers=(("Host", host), ("Origin", origin)))

    assert await post("https://video.example.com") == 200
    # A proxy that names the workspace by its inner address.
    assert await post("https://video.example.com", host="127.0.0.1:3000") == 200
    assert await post("http://video.example.com") == 403


@pytest.mark.parametrize("path", ["/_upload", "/_upload/", "/_upload/../_upload/x.html"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
async def test_the_frameworks_upload_is_shut(app: Starlette, path: str, method: str) -> None:
    assert await status(app, path, method=method, headers=(("Host", HOST), ("Origin", ORIGIN))) == 404


async def test_reading_from_another_sites_link_is_allowed(app: Starlette) -> None:
    headers = (("Host", HOST), ("Sec-Fetch-Site", "cross-site"))
    assert await status(app, "/", headers=headers) == 200
