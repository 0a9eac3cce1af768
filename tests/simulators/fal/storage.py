"""fal's files on the wire: uploads both ways, and the finished clips."""

from __future__ import annotations

import io
import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote

from PIL import Image
from starlette.requests import Request as HttpRequest
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from tests.simulators.fal import wire
from tests.simulators.fal.journal import Request
from tests.simulators.fal.state import Simulator

_CDN_SCHEME: Final = "Bearer"
_CDN_TOKEN: Final = "simulated-cdn-token"
_CLIP_TYPE: Final = "video/mp4"


class Storage:
    """Uploads and clips."""

    def __init__(self, simulator: Simulator) -> None:
        self._sim = simulator

    def routes(self) -> list[Route]:
        """Every path of storage and CDN."""
        return [
            Route("/storage/upload/initiate", self._initiate, methods=["POST"]),
            Route("/storage/auth/token", self._token, methods=["POST"]),
            Route("/files/upload", self._cdn_upload, methods=["POST"]),
            Route("/uploads/{id}/{name}", self._put, methods=["PUT"]),
            Route("/uploads/{id}/{name}", self._serve, methods=["GET"]),
            Route("/files/b/{id}/{name}", self._clip, methods=["GET"]),
        ]

    async def _initiate(self, http: HttpRequest) -> Response:
        if not self._sim.authorised(http.headers.get("authorization")):
            return JSONResponse({"detail": "Invalid credentials"}, 401)
        asked = await http.json()
        if not {"content_type", "file_name"} <= set(asked):
            return JSONResponse({"detail": "content_type and file_name are required"}, 422)
        url = self._new_address(http, str(asked["file_name"]))
        struck = self._sim.strike(("upload_",), str(asked["file_name"]))
        response = JSONResponse({"upload_url": url, "file_url": url})
        if "upload_initiate_foreign" in struck:
            return JSONResponse({"upload_url": "http://169.254.169.254/latest/", "file_url": url})
        for name in struck:
            return wire.misbehave(name.removeprefix("upload_"), response, str(http.url))
        return response

    async def _token(self, http: HttpRequest) -> Response:
        if not self._sim.authorised(http.headers.get("authorization")):
            return JSONResponse({"detail": "Invalid credentials"}, 401)
        expires = datetime.now(UTC) + timedelta(hours=1)
        return JSONResponse(
            {
                "token": _CDN_TOKEN,
                "token_type": _CDN_SCHEME,
                "base_url": _base(http),
                "expires_at": expires.isoformat(),
            }
        )

    async def _cdn_upload(self, http: HttpRequest) -> Response:
        if http.headers.get("authorization") != f"{_CDN_SCHEME} {_CDN_TOKEN}":
            return JSONResponse({"detail": "Invalid token"}, 401)
        url = self._new_address(http, http.headers.get("x-fal-file-name", "upload.bin"))
        await self._keep(http, url.rsplit("/", 2)[1])
        return JSONResponse({"access_url": url})

    async def _put(self, http: HttpRequest) -> Response:
        await self._keep(http, http.path_params["id"])
        return Response(b"")

    async def _keep(self, http: HttpRequest, file_id: str) -> None:
        path = self._sim.uploads / file_id
        path.write_bytes(await http.body())
        kept = {
            "content_type": http.headers.get("content-type", "application/octet-stream"),
            "authorization": http.headers.get("authorization", ""),
        }
        path.with_suffix(".json").write_text(json.dumps(kept))

    async def _serve(self, http: HttpRequest) -> Response:
        path = self._sim.upload_path(http.url.path)
        if path is None:
            return JSONResponse({"detail": "Not found"}, 404)
        return FileResponse(path, media_type=self._sim.upload_meta(path)["content_type"])

    async def _clip(self, http: HttpRequest) -> Response:
        request = self._sim.journal.requests.get(http.path_params["id"])
        if request is None or request.error() or request.state(time.time()) != "COMPLETED":
            return JSONResponse({"detail": "Not found"}, 404)
        if request.bound.use("output_redirect"):
            return Response(b"", 302, headers={"location": str(http.url)})
        clip = await self._sim.clip(request)
        misbehaviour = request.bound.wire("output")
        if misbehaviour:
            return wire.misbehave(misbehaviour, Response(clip, media_type=_CLIP_TYPE), str(http.url))
        return _special(request, clip)

    def _new_address(self, http: HttpRequest, name: str) -> str:
        return f"{_base(http)}/uploads/{uuid.uuid4().hex}/{quote(name, safe='')}"


class _Chunked(Response):
    """A body without a length, so that it travels in chunks."""

    def init_headers(self, headers: object = None) -> None:
        super().init_headers(None)
        self.raw_headers = [(name, value) for name, value in self.raw_headers if name != b"content-length"]


def _picture() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(picture, "PNG")
    return picture.getvalue()


def _as_clip(body: bytes) -> Response:
    return Response(body, media_type=_CLIP_TYPE)


_EXPIRED: Final = "<Error><Code>ExpiredToken</Code></Error>"

_SPECIAL: Final[dict[str, Callable[[bytes], Response]]] = {
    "output_truncated": lambda clip: wire.Torn(clip, sent=len(clip) // 2, media_type=_CLIP_TYPE),
    "output_wrong_length": lambda clip: wire.Torn(
        clip, sent=len(clip), length=len(clip) + 1000, media_type=_CLIP_TYPE
    ),
    "output_endless": lambda clip: wire.Endless(media_type=_CLIP_TYPE),
    "output_huge_length": lambda clip: wire.Endless(media_type=_CLIP_TYPE, length=10_000_000_000),
    "output_chunked": lambda clip: _Chunked(clip, media_type=_CLIP_TYPE),
    "output_short": lambda clip: _as_clip(clip[: len(clip) // 2]),
    "output_html": lambda clip: _as_clip(b"<!doctype html><title>Gone</title>"),
    "output_json": lambda clip: _as_clip(b'{"detail": "expired"}'),
    "output_png": lambda clip: _as_clip(_picture()),
    "output_expired": lambda clip: Response(_EXPIRED, 403, media_type="application/xml"),
    "output_wrong_type": lambda clip: Response(clip, media_type="text/plain"),
}


def _special(request: Request, clip: bytes) -> Response:
    for name, answer in _SPECIAL.items():
        if request.bound.use(name):
            return answer(clip)
    return _as_clip(clip)


def _base(http: HttpRequest) -> str:
    return f"{http.url.scheme}://{http.url.netloc}"
