"""Decides where we connect.

An address is read once, its host is resolved once, and the checked address is the one that the socket
connects to, so that neither a second parser nor a second DNS answer can differ.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore2

from sorceress_video.net.errors import ForbiddenAddressError
from sorceress_video.net.redaction import public_url

_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\.?|[0-9A-Fa-f:.]+")
_TARGET: Final = re.compile(r"[\x21-\x7e]*")
_PORTS: Final = {"http": 80, "https": 443}
_SPECIAL_V4: Final = tuple(
    ipaddress.ip_network(block) for block in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")
)
_GLOBAL_V6: Final = ipaddress.ip_network("2000::/3")
_READ_LIMIT: Final = 2**18  # bytes that a socket may be ahead of its reader

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """An address, read once, in the parts that go onto the wire."""

    scheme: str
    host: str
    port: int
    path: str
    """Path and query as sent."""

    @property
    def origin(self) -> tuple[str, str, int]:
        """What must be equal for credentials to be sent along."""
        return self.scheme, self.host, self.port

    @property
    def url(self) -> httpcore2.URL:
        """The same for ``httpcore2``."""
        return httpcore2.URL(
            scheme=self.scheme.encode(), host=self.host.encode(), port=self.port, target=self.path.encode()
        )

    @property
    def host_header(self) -> str:
        """The ``Host`` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def read_address(url: str, *, allow_private: bool) -> Target:
    """Read an address that we are asked to call.

    Args:
        url: an absolute address; already percent-encoded.
        allow_private: also take ``http`` and ports other than 80 and 443.

    Raises:
        ForbiddenAddressError: it is not an address that we call.
    """
    try:
        return _read(url, allow_private=allow_private)
    except ValueError as error:
        raise ForbiddenAddressError(f"{error}: {public_url(url)}.") from None


def _read(url: str, *, allow_private: bool) -> Target:
    parts = urlsplit(url)
    port = parts.port or _PORTS.get(parts.scheme, 0)
    if parts.scheme not in (_PORTS if allow_private else ("https",)):
        raise ValueError("only https addresses are called")
    if parts.username is not None or parts.password is not None or "\\" in url:
        raise ValueError("an address must not name a user")
    host = parts.hostname or ""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not _HOST.fullmatch(host) or not _TARGET.fullmatch(path):
        raise ValueError("not an address")
    if not allow_private and port not in _PORTS.values():
        raise ValueError("only ports 80 and 443 are called")
    return Target(parts.scheme, host.lower(), port, path)


def is_public(address: Address) -> bool:
    """Whether an address lies in the open internet."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        tunnelled = address.sixtofour is not None or address.teredo is not None
        return address in _GLOBAL_V6 and address.is_global and not tunnelled
    special = address.is_multicast or any(address in block for block in _SPECIAL_V4)
    return address.is_global and not special


def is_private_network(address: Address) -> bool:
    """Whether an address is a machine of one's own: loopback or a private network.

    Link-local addresses are not: a cloud's metadata service, which hands out credentials, lives there.
    """
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return is_private_network(address.ipv4_mapped)
    if address.is_loopback:
        return True
    unusable = address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved
    return address.is_private and not unusable and address not in _METADATA_V6


_METADATA_V6: Final = frozenset({ipaddress.ip_address("fd00:ec2::254"), ipaddress.ip_address("fd20:ce::254")})


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Connects sockets to addresses that passed the check, and to nothing else."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address of ``host`` that answers.

        Raises:
            ForbiddenAddressError: one of its addresses is private.
            httpcore2.ConnectError, httpcore2.ConnectTimeout: nobody answers.
        """
        if local_address is not None or socket_options is not None:
            raise NotImplementedError("sockets are opened with the system's own settings")
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._resolve(host, port)
                return await _connect(addresses, port)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(f"no connection to {host} within {timeout} s") from error

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the library's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore2.AsyncNetworkStream:
        """Refuse: no provider lives on a unix socket."""
        raise ForbiddenAddressError(f"Unix sockets are not called: {path}.")

    async def sleep(self, seconds: float) -> None:
        """Pause; the library asks for it between retries, of which there are none."""
        await asyncio.sleep(seconds)

    async def _resolve(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"the name {host} cannot be resolved") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for text in addresses:
            address = ipaddress.ip_address(text.partition("%")[0])
            if not is_public(address) and not (self._allow_private and is_private_network(address)):
                raise ForbiddenAddressError(f"{host} points into a private network.")
        return addresses


async def _connect(addresses: list[str], port: int) -> Stream:
    failure: OSError | None = None
    for address in addresses:
        try:
            reader, writer = await asyncio.open_connection(address, port, limit=_READ_LIMIT)
        except OSError as error:
            failure = error
        else:
            return Stream(reader, writer)
    raise httpcore2.ConnectError(f"no connection: {failure and failure.strerror}") from failure


class Stream(httpcore2.AsyncNetworkStream):
    """A socket on asyncio's own streams.

    Half the cost of the library's default, whose pool asks the kernel about every idle connection on every
    request; here the event loop already knows whether the other side has hung up.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Up to ``max_bytes``; empty at the end."""
        try:
            if timeout is None:
                return await self._reader.read(max_bytes)
            async with asyncio.timeout(timeout):
                return await self._reader.read(max_bytes)
        except TimeoutError as error:
            raise httpcore2.ReadTimeout(f"nothing came for {timeout} s") from error
        except OSError as error:
            raise httpcore2.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send all of ``buffer``, or wait until the other side takes it."""
        try:
            async with asyncio.timeout(timeout):
                self._writer.write(buffer)
                await self._writer.drain()
        except TimeoutError as error:
            raise httpcore2.WriteTimeout(f"nothing was taken for {timeout} s") from error
        except OSError as error:
            raise httpcore2.WriteError(str(error)) from error

    async def aclose(self) -> None:
        """Close at once; nothing that we sent is still of interest."""
        self._writer.transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore2.AsyncNetworkStream:
        """Speak TLS from here on; the certificate must be the host's."""
        try:
            async with asyncio.timeout(timeout):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except TimeoutError as error:
            await self.aclose()
            raise httpcore2.ConnectTimeout(f"no TLS within {timeout} s") from error
        except OSError as error:
            await self.aclose()
            raise httpcore2.ConnectError(f"no TLS: {error}") from error
        return self

    def get_extra_info(self, info: str) -> Any:
        """What the pool asks: whether an idle connection was closed or spoken to by the other side."""
        if info == "is_readable":
            return self._reader.at_eof() or self._reader.exception() is not None
        return None
