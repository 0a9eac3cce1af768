"""All routes beside the pages, each with its rule of who may ask; the app that Reflex is mounted under."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sorceress_video.accounts.errors import SENTENCES
from sorceress_video.http import auth, health, links
from sorceress_video.http.access_log import AccessLog
from sorceress_video.http.answers import not_found, refusal, see_other, wants_json
from sorceress_video.http.archive import archive
from sorceress_video.http.downloads import clip_file
from sorceress_video.http.frames import frames
from sorceress_video.http.guards import Guards
from sorceress_video.http.headers import SecurityHeaders
from sorceress_video.http.identity import Member, signed_in_async
from sorceress_video.http.intake import Pace
from sorceress_video.http.media import media
from sorceress_video.http.page_policy import PAGES_DIR
from sorceress_video.http.provider_keys import keep_key
from sorceress_video.http.setup_gate import SetupGate
from sorceress_video.http.uploads import Uploads
from sorceress_video.settings import get_settings

PublicEndpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
MemberEndpoint: TypeAlias = Callable[[Request, Member], Awaitable[Response]]
SignedOut: TypeAlias = Callable[[Request], Response]


class Access(StrEnum):
    """Who may ask a route."""

    PUBLIC = "public"
    MEMBER = "member"
    ADMIN = "admin"


class RuledRoute(Route):
    """A route that says who may ask it. A test walks them: one without a rule cannot slip in."""

    def __init__(self, path: str, endpoint: PublicEndpoint, method: str, access: Access) -> None:
        super().__init__(path, endpoint, methods=[method])
        self.access: Final = access


def public(method: str, path: str, endpoint: PublicEndpoint) -> RuledRoute:
    """A route for everybody."""
    return RuledRoute(path, endpoint, method, Access.PUBLIC)


def member_only(method: str, path: str, endpoint: MemberEndpoint, signed_out: SignedOut) -> RuledRoute:
    """A route whose endpoint gets the signed-in member; everybody else gets what `signed_out` says."""

    async def authorised(request: Request) -> Response:
        member = await signed_in_async(request.headers.get("cookie"))
        if member is None:
            return signed_out(request)
        return await endpoint(request, member)

    return RuledRoute(path, authorised, method, Access.MEMBER)


def admin_only(method: str, path: str, endpoint: MemberEndpoint) -> RuledRoute:
    """A route for the owner and admins; for other members it does not exist."""

    async def authorised(request: Request) -> Response:
        member = await signed_in_async(request.headers.get("cookie"))
        if member is None:
            return _unauthorised(request)
        return await endpoint(request, member) if member.is_admin else not_found()

    return RuledRoute(path, authorised, method, Access.ADMIN)


def build_routes(pace: Pace | None = None) -> list[RuledRoute]:
    """The routes. ``pace`` is how slow an upload may be."""
    return [
        public("GET", "/healthz", health.alive),
        public("GET", "/readyz", health.ready),
        public("POST", "/auth/sign-in", auth.sign_in),
        public("POST", "/auth/sign-out", auth.sign_out),
        member_only("POST", "/auth/sign-out-everywhere", auth.sign_out_everywhere, _to_sign_in),
        member_only("POST", "/auth/password", auth.change_password, _to_sign_in),
        public("POST", "/auth/setup", auth.set_up),
        public("POST", "/auth/link", links.look),
        public("POST", "/auth/join", links.join),
        public("POST", "/auth/new-password", links.set_password),
        admin_only("POST", "/api/team/invitations", links.invite),
        admin_only("POST", "/api/team/members/{account_id}/password-link", links.password_link),
        admin_only("POST", "/api/provider-keys/{provider}", keep_key),
        member_only("POST", "/api/uploads", Uploads(pace), _unauthorised),
        member_only("POST", "/api/clips/{clip_id}/frames", frames, _unauthorised),
        member_only("GET", "/api/clips/{clip_id}/download", clip_file, _nothing),
        member_only("GET", "/api/archives/{ticket}", archive, _nothing),
        member_only("GET", "/media/{asset_id}/{variant}", media, _nothing),
    ]


def build_app(pace: Pace | None = None, pages: Path = PAGES_DIR) -> Starlette:
    """The app that Reflex mounts its own under: ``rx.App(api_transformer=build_app())``.

    Its middleware stands before Reflex's pages, endpoints and socket, too.
    """
    settings = get_settings()
    return Starlette(
        routes=build_routes(pace),
        middleware=[
            Middleware(AccessLog, settings),
            Middleware(SecurityHeaders, settings, pages),
            Middleware(Guards, settings),
            Middleware(SetupGate),
        ],
    )


def _unauthorised(_request: Request) -> Response:
    return refusal(401, "signed_out", SENTENCES["signed_out"])


def _nothing(_request: Request) -> Response:
    return not_found()


def _to_sign_in(request: Request) -> Response:
    return _unauthorised(request) if wants_json(request) else see_other("/sign-in")
