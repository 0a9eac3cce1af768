"""A server of raw bytes, for answers that no HTTP library would send, and authorities for real TLS."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sorceress_video.net import Outbound

Handler = Callable[["Exchange"], Awaitable[None]]
Serve = Callable[..., Awaitable[str]]


class Exchange:
    """One request that the server got, and the means to answer it badly."""

    def __init__(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.head = head.decode("latin-1")
        self.method, self.target, _ = self.head.split("\r\n")[0].split(" ")
        self._reader = reader
        self._writer = writer

    @property
    def headers(self) -> dict[str, str]:
        """Names in lower case."""
        lines = self.head.split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}

    async def body(self) -> bytes:
        """The request's body."""
        return await self._reader.readexactly(int(self.headers.get("content-length", "0")))

    async def send(self, raw: bytes) -> None:
        """Raw bytes onto the wire."""
        self._writer.write(raw)
        await self._writer.drain()

    async def answer(self, body: bytes = b"{}", status: str = "200 OK", **headers: str) -> None:
        """A well-formed answer."""
        lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.send("\r\n".join([*lines, "", ""]).encode() + body)

    async def hang(self) -> None:
        """Wait until the client has gone."""
        await self._reader.read()

    def reset(self) -> None:
        """Tear the connection."""
        self._writer.transport.abort()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """``await serve(handler)`` runs a server of 127.0.0.1 and gives its root address."""
    servers: list[asyncio.Server] = []
    tasks: set[asyncio.Task[None]] = set()

    async def start(handler: Handler, *, tls: ssl.SSLContext | None = None) -> str:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            try:
                while True:
                    head = await reader.readuntil(b"\r\n\r\n")
                    await handler(Exchange(head[:-4], reader, writer))
            except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                pass
            finally:
                writer.transport.abort()
                tasks.discard(task)

        server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
        servers.append(server)
        scheme = "https" if tls else "http"
        return f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    yield start
    for server in servers:
        server.close()
    for task in list(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def local() -> AsyncIterator[Outbound]:
    """A client that may call this machine."""
    async with Outbound(allow_private=True) as client:
        yield client


@pytest.fixture
async def strict() -> AsyncIterator[Outbound]:
    """A client as it is by default."""
    async with Outbound() as client:
        yield client


@pytest.fixture
def authority(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS for 127.0.0.1, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=str(pem))
