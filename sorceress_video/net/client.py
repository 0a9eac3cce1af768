"""Calls that end: in time, within their size, and with an error that says whether they were sent."""

from __future__ import annotations

import asyncio
import hashlib
import json as json_codec
import logging
import os
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, BinaryIO, Final, NoReturn, Self
from urllib.parse import urljoin

import httpcore2

from sorceress_video.net.errors import (
    DeadlineError,
    ForbiddenAddressError,
    MalformedReplyError,
    NetError,
    NeverSentError,
    TooLargeError,
    TruncatedError,
    UnansweredError,
    UnexpectedStatusError,
)
from sorceress_video.net.guard import GuardedBackend, Target, read_address
from sorceress_video.net.redaction import public_url
from sorceress_video.net.reply import Downloaded, Reply
from sorceress_video.settings import Settings, get_settings

USER_AGENT: Final = "sorceress-video/0.1"
CONNECT_LIMIT: Final = 10.0  # seconds
STALL_LIMIT: Final = 30.0  # seconds without a byte in mid-download
MAX_CONNECTIONS: Final = 100  # more of them make the pool slower, see the decision
KEEP_ALIVE: Final = 15.0  # seconds; below what providers' front ends keep
MAX_REDIRECTS: Final = 5
DEFAULT_REPLY_BYTES: Final = 2 * 1024 * 1024
_BLOCK: Final = 1024 * 1024  # bytes between two visits of the disk
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

log = logging.getLogger(__name__)
logging.getLogger("httpcore2").setLevel(logging.INFO)  # below that it prints headers, keys among them


@dataclass(slots=True)
class _Call:
    """One request on its way, and whether any of it was sent."""

    method: str
    target: Target
    sent: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {public_url(f'{self.target.scheme}://{self.target.host_header}{self.target.path}')}"

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:  # noqa: ARG002 - the library's signature
        """Told by the library what it does; the first byte goes out right after this event."""
        if event.endswith(".send_request_headers.started"):
            self.sent = True


class Outbound:
    """A pool of guarded connections. Belongs to one event loop; close it.

    Args:
        allow_private: also call ``http``, any port, loopback and private networks (never link-local ones).
        ssl_context: whom to trust; the system's authorities by default.
        max_connections: at most this many at a time; further calls wait within their deadline.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        ssl_context: ssl.SSLContext | None = None,
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        self._allow_private = allow_private
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=ssl_context or _trusted_authorities(),
            max_connections=max_connections,
            keepalive_expiry=KEEP_ALIVE,
            retries=0,
            network_backend=GuardedBackend(allow_private=allow_private),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()
        await asyncio.sleep(0)  # lets the transports hear of it before the loop may close

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        content: bytes | None = None,
        deadline: float,
        max_bytes: int = DEFAULT_REPLY_BYTES,
    ) -> Reply:
        """Send once, never retry, follow no redirect.

        Args:
            method: the HTTP method.
            url: absolute address.
            headers: sent along.
            json: sent as JSON; excludes ``content``.
            content: sent as it is.
            deadline: seconds for all of it, from name to last byte.
            max_bytes: largest answer.

        Raises:
            NeverSentError: nothing was delivered.
            UnansweredError: it may have been, and there is no usable answer.
        """
        sending = dict(headers or {})
        if json is not None:
            content = json_codec.dumps(json, ensure_ascii=False, allow_nan=False).encode()
            sending["content-type"] = "application/json"
        call = self._call(method, url)
        async with self._deadline(call, deadline), self._answer(call, sending, content) as response:
            body = b"".join([chunk async for chunk in _capped(call, response, max_bytes)])
            return Reply(response.status, _headers(response), body)

    async def upload(
        self,
        method: str,
        url: str,
        file: Path,
        *,
        headers: Mapping[str, str] | None = None,
        deadline: float,
        max_bytes: int = DEFAULT_REPLY_BYTES,
    ) -> Reply:
        """Send a file as the body, block by block, with its length. Otherwise like :meth:`request`."""
        call = self._call(method, url)
        with await asyncio.to_thread(file.open, "rb") as opened:
            size = os.fstat(opened.fileno()).st_size
            sending = {**(headers or {}), "content-length": str(size)}
            async with (
                self._deadline(call, deadline),
                self._answer(call, sending, _blocks(opened, size)) as response,
            ):
                body = b"".join([chunk async for chunk in _capped(call, response, max_bytes)])
                return Reply(response.status, _headers(response), body)

    async def download(
        self,
        url: str,
        to: Path,
        *,
        headers: Mapping[str, str] | None = None,
        deadline: float,
        max_bytes: int,
    ) -> Downloaded:
        """Fetch a file into ``to``, hashed on the way and synced to disk; on failure nothing is left there.

        Redirects are followed a few times, each hop under the same guard; ``headers`` go to the first origin
        only.

        Args:
            url: absolute address.
            to: a file on the disk where the result will stay, so that it can be renamed into place.
            headers: sent along.
            deadline: seconds for all of it.
            max_bytes: largest file.

        Raises:
            UnexpectedStatusError: the answer is not 200.
            NeverSentError, UnansweredError: as for :meth:`request`.
        """
        call = self._call("GET", url)
        first, sending = call.target.origin, dict(headers or {})
        async with self._deadline(call, deadline):
            for _ in range(MAX_REDIRECTS + 1):
                async with self._answer(call, sending, None) as response:
                    if response.status not in _REDIRECTS:
                        return await _save(call, response, to, max_bytes)
                    url = _next_address(call, url, response)
                call.target = read_address(url, allow_private=self._allow_private)
                sending = sending if call.target.origin == first else {}
        raise MalformedReplyError(f"{call.name}: more than {MAX_REDIRECTS} redirects.")

    def _call(self, method: str, url: str) -> _Call:
        return _Call(method, read_address(url, allow_private=self._allow_private))

    @asynccontextmanager
    async def _deadline(self, call: _Call, seconds: float) -> AsyncIterator[None]:
        """Bounds the call as a whole and puts what the library raises into our two classes."""
        started = monotonic()
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            late = f"{call.name}: no answer within {seconds:g} s."
            raise (DeadlineError(late) if call.sent else NeverSentError(late)) from error
        except NetError:
            raise
        except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError) as error:
            _raise(call, error)
        finally:
            if log.isEnabledFor(logging.DEBUG):
                log.debug("%s took %.3f s", call.name, monotonic() - started)

    @asynccontextmanager
    async def _answer(
        self, call: _Call, headers: Mapping[str, str], content: bytes | AsyncIterator[bytes] | None
    ) -> AsyncIterator[httpcore2.Response]:
        """The answer's status and headers; its body is still on the way."""
        sending = {
            "host": call.target.host_header,
            "user-agent": USER_AGENT,
            "accept": "*/*",
            **{name.lower(): value for name, value in headers.items()},
            "accept-encoding": "identity",
        }
        if isinstance(content, bytes) or (content is None and call.method not in ("GET", "HEAD")):
            sending["content-length"] = str(len(content or b""))
        if not all(value.isascii() and value.isprintable() for value in sending.values()):
            raise NeverSentError(f"{call.name}: a header holds a character that must not be sent.")
        async with self._pool.stream(
            call.method,
            call.target.url,
            headers=list(sending.items()),
            content=content,
            extensions={
                "trace": call.trace,
                "timeout": {"connect": CONNECT_LIMIT, "read": STALL_LIMIT if call.method == "GET" else None},
            },
        ) as response:
            yield response


@lru_cache(maxsize=1)
def _trusted_authorities() -> ssl.SSLContext:
    """The system's authorities; reading them takes longer than a call."""
    return httpcore2.default_ssl_context()


def outbound(settings: Settings | None = None) -> Outbound:
    """A pool for this deployment."""
    settings = settings or get_settings()
    return Outbound(allow_private=settings.allow_private_providers)


def _raise(call: _Call, error: Exception) -> NoReturn:
    reason = str(error) or type(error).__name__
    if not call.sent:
        raise NeverSentError(f"{call.name}: {reason}.") from error
    if isinstance(error, httpcore2.RemoteProtocolError):
        if "peer closed connection" in reason:
            raise TruncatedError(f"{call.name}: the answer broke off.") from error
        if "disconnected" not in reason:
            raise MalformedReplyError(f"{call.name}: the answer is not HTTP.") from error
    raise UnansweredError(f"{call.name}: {reason}.") from error


def _headers(response: httpcore2.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("ascii").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def _capped(call: _Call, response: httpcore2.Response, max_bytes: int) -> AsyncIterator[bytes]:
    """The body's chunks.

    Raises:
        TooLargeError: there are more than ``max_bytes``, by the answer's own word or by count.
        MalformedReplyError: it is compressed, so that its size says nothing.
    """
    headers = _headers(response)
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise MalformedReplyError(f"{call.name}: the answer is compressed, though that was not asked for.")
    length = headers.get("content-length", "")
    too_large = f"{call.name}: the answer is larger than {max_bytes} bytes."
    if length.isdigit() and int(length) > max_bytes:
        raise TooLargeError(too_large)
    received = 0
    async for chunk in response.aiter_stream():
        received += len(chunk)
        if received > max_bytes:
            raise TooLargeError(too_large)
        yield chunk


async def _save(call: _Call, response: httpcore2.Response, to: Path, max_bytes: int) -> Downloaded:
    headers = _headers(response)
    if response.status != 200:
        status = response.status
        raise UnexpectedStatusError(f"{call.name}: answered with status {status}.", status, headers)
    digest, size = hashlib.sha256(), 0
    pending: list[bytes] = []
    try:
        with await asyncio.to_thread(to.open, "wb") as file:

            def flush(*, last: bool) -> None:
                block = b"".join(pending)
                digest.update(block)
                file.write(block)
                if last:
                    file.flush()
                    os.fsync(file.fileno())

            waiting = 0
            async for chunk in _capped(call, response, max_bytes):
                pending.append(chunk)
                size, waiting = size + len(chunk), waiting + len(chunk)
                if waiting >= _BLOCK:
                    await asyncio.to_thread(flush, last=False)
                    pending.clear()
                    waiting = 0
            await asyncio.to_thread(flush, last=True)
    except BaseException:
        to.unlink(missing_ok=True)  # noqa: ASYNC240 - also on cancellation, when nothing may be awaited
        raise
    return Downloaded(to, size, digest.hexdigest(), headers.get("content-type", ""))


async def _blocks(file: BinaryIO, size: int) -> AsyncIterator[bytes]:
    """The file's first ``size`` bytes; it is not ours to notice that it grows meanwhile."""
    left = size
    while left > 0:
        block = await asyncio.to_thread(file.read, min(_BLOCK, left))
        if not block:
            raise MalformedReplyError("The file became shorter while it was sent.")
        left -= len(block)
        yield block


def _next_address(call: _Call, url: str, response: httpcore2.Response) -> str:
    location = _headers(response).get("location")
    if location is None:
        raise MalformedReplyError(f"{call.name}: a redirect to nowhere.")
    try:
        return urljoin(url, location)
    except ValueError:
        raise ForbiddenAddressError(f"{call.name}: a redirect to something that is no address.") from None
