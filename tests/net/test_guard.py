"""Where we connect, and where never."""

from __future__ import annotations

import asyncio
import ipaddress
import socket

import pytest

from sorceress_video.net import ForbiddenAddressError, NeverSentError, Outbound
from sorceress_video.net.guard import is_public

PRIVATE_HOSTS = [
    "127.0.0.1",
    "localhost",
    "localhost.",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::7f00:1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[::]",
    "169.254.169.254",
    "169.254.170.2",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "192.0.0.192",
    "0.0.0.0",
    "100.64.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
]


@pytest.mark.parametrize("host", PRIVATE_HOSTS)
async def test_no_spelling_of_a_private_address_is_called(strict: Outbound, host: str):
    with pytest.raises(NeverSentError):
        await strict.request("GET", f"https://{host}/latest/", deadline=5)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "data:text/plain,hi",
        "//example.com/",
        "https:///nohost",
        "",
        "https://user:pass@example.com/",
        "https://example.com@127.0.0.1/",
        "https://example.com\\@127.0.0.1/",
        "https://%6cocalhost/",
        "https://169.254.169%2e254/",
        "https://exa mple.com/",
        "https://example.com:6379/",
        "https://example.com:99999/",
        "https://example.com:x/",
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        "https://example.com/\u00fc",
        "https://ⓛocalhost/",
    ],
)
async def test_what_is_no_plain_https_address_is_refused_before_any_name_is_asked_for(
    strict: Outbound, url: str, monkeypatch: pytest.MonkeyPatch
):
    async def asked(*args: object, **kwargs: object) -> None:
        raise AssertionError("a name was looked up")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", asked)

    with pytest.raises(ForbiddenAddressError):
        await strict.request("GET", url, deadline=5)


@pytest.mark.parametrize("url", ["https://example.com/a\r\nX-Evil:1", "https://example.com/\tb"])
async def test_control_characters_in_an_address_never_reach_the_wire(local: Outbound, url: str, monkeypatch):
    sent: list[str] = []

    async def asked(host: str, *args: object, **kwargs: object) -> None:
        sent.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", asked)

    with pytest.raises(NeverSentError):
        await local.request("GET", url, deadline=5)
    assert sent in ([], ["example.com"])


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "0.0.0.0", "[::]", "224.0.0.1"],
)
async def test_allowing_private_providers_does_not_open_the_clouds_metadata(local: Outbound, host: str):
    with pytest.raises(ForbiddenAddressError):
        await local.request("GET", f"http://{host}/latest/", deadline=5)


def names(table: dict[str, list[str]]):
    """A resolver that knows only these names, and counts questions."""
    asked: list[str] = []

    async def getaddrinfo(host: str, port: int, **kwargs: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in table[host]]

    return getaddrinfo, asked


async def test_one_private_address_among_public_ones_is_enough_to_refuse(strict: Outbound, monkeypatch):
    getaddrinfo, _ = names({"rebind.example.com": ["8.8.8.8", "10.0.0.7"]})
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)

    with pytest.raises(ForbiddenAddressError):
        await strict.request("GET", "https://rebind.example.com/", deadline=5)


async def test_the_socket_goes_to_the_checked_address_and_the_name_is_asked_once(
    local: Outbound, serve, monkeypatch
):
    url = await serve(lambda exchange: exchange.answer())
    getaddrinfo, asked = names({"provider.test": ["127.0.0.1"]})
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)

    reply = await local.request("GET", url.replace("127.0.0.1", "provider.test"), deadline=5)

    assert reply.status == 200
    assert asked == ["provider.test"]


async def test_proxies_of_the_environment_are_not_used(local: Outbound, serve, monkeypatch):
    url = await serve(lambda exchange: exchange.answer())
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert (await local.request("GET", url, deadline=5)).status == 200


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_the_open_internet_is_called(address: str):
    assert is_public(ipaddress.ip_address(address))
