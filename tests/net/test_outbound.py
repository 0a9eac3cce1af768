"""Calls end in time, within their size, and say whether they were sent."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import time

import pytest

from sorceress_video.net import (
    DeadlineError,
    MalformedReplyError,
    NeverSentError,
    Outbound,
    TooLargeError,
    TruncatedError,
    UnansweredError,
)

SECRET = "kid-1234:ksec-abcdef"


async def test_an_answer_comes_with_status_headers_and_body(local: Outbound, serve):
    async def handler(exchange):
        body = await exchange.body()
        assert exchange.headers["content-type"] == "application/json"
        assert exchange.headers["accept-encoding"] == "identity"
        assert exchange.headers["host"] == url.removeprefix("http://")
        await exchange.answer(body, "202 Accepted", X_Thing="a")

    url = await serve(handler)

    reply = await local.request("POST", f"{url}/a?b=c", json={"prompt": "näh 🌊"}, deadline=5)

    assert (reply.status, reply.headers["x-thing"]) == (202, "a")
    assert reply.json_object() == {"prompt": "näh 🌊"}


async def test_a_refused_connection_was_never_sent(local: Outbound):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

    with pytest.raises(NeverSentError):
        await local.request("POST", f"http://127.0.0.1:{port}/", json={}, deadline=5)


async def test_a_name_that_does_not_exist_was_never_sent(local: Outbound, monkeypatch):
    async def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)

    with pytest.raises(NeverSentError):
        await local.request("POST", "https://nowhere.example.com/", json={}, deadline=5)


async def test_a_deadline_that_passes_in_the_handshake_was_never_sent(local: Outbound, serve):
    """The server accepts the connection and never speaks TLS."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"

        with pytest.raises(NeverSentError):
            await local.request("POST", url, json={}, deadline=0.3)


async def test_a_call_that_waits_for_a_free_connection_was_never_sent(serve):
    taken = asyncio.Event()

    async def handler(exchange):
        taken.set()
        await exchange.hang()

    url = await serve(handler)
    async with Outbound(allow_private=True, max_connections=1) as client:
        first = asyncio.create_task(client.request("GET", url, deadline=0.8))
        await taken.wait()

        with pytest.raises(NeverSentError):
            await client.request("POST", url, json={}, deadline=0.3)
        with pytest.raises(DeadlineError):
            await first


async def test_a_connection_that_is_torn_after_the_request_is_unanswered(local: Outbound, serve):
    async def handler(exchange):
        await exchange.body()
        exchange.reset()

    url = await serve(handler)

    with pytest.raises(UnansweredError) as caught:
        await local.request("POST", url, json={"a": 1}, deadline=5)
    assert not isinstance(caught.value, NeverSentError)


async def drip_body(exchange):
    await exchange.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    while True:
        await exchange.send(b"a")
        await asyncio.sleep(0.05)


async def drip_header(exchange):
    await exchange.send(b"HTTP/1.1 200 OK\r\nx-slow: ")
    while True:
        await exchange.send(b"a")
        await asyncio.sleep(0.05)


async def endless_continue(exchange):
    while True:
        await exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "handler", [drip_body, drip_header, endless_continue, lambda exchange: exchange.hang()]
)
async def test_no_server_can_hold_a_call_beyond_its_deadline(local: Outbound, serve, handler):
    url = await serve(handler)
    start = time.monotonic()

    with pytest.raises(DeadlineError):
        await local.request("GET", url, deadline=0.4)

    assert 0.4 <= time.monotonic() - start < 1.4


async def half(exchange):
    await exchange.send(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a"')
    await asyncio.sleep(0.01)
    exchange.reset()


async def half_chunk(exchange):
    await exchange.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n100\r\nabc")
    await asyncio.sleep(0.01)
    exchange.reset()


@pytest.mark.parametrize("handler", [half, half_chunk])
async def test_an_answer_that_breaks_off_is_not_taken_for_whole(local: Outbound, serve, handler):
    url = await serve(handler)

    with pytest.raises(TruncatedError):
        await local.request("GET", url, deadline=5)


async def too_long_by_its_own_word(exchange):
    await exchange.send(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n")
    await exchange.hang()


async def too_long_by_count(exchange):
    await exchange.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        await exchange.send(b"1000\r\n" + b"a" * 0x1000 + b"\r\n")


@pytest.mark.parametrize("handler", [too_long_by_its_own_word, too_long_by_count])
async def test_an_answer_larger_than_allowed_is_dropped(local: Outbound, serve, handler):
    url = await serve(handler)

    with pytest.raises(TooLargeError):
        await local.request("GET", url, deadline=5, max_bytes=100_000)


async def huge_header(exchange):
    await exchange.send(
        b"HTTP/1.1 200 OK\r\nx-padding: " + b"a" * 5_000_000 + b"\r\ncontent-length: 0\r\n\r\n"
    )


async def not_http(exchange):
    await exchange.send(b"-ERR unknown command\r\n\r\n")


async def compressed(exchange):
    await exchange.answer(gzip.compress(b"{}"), content_encoding="gzip")


@pytest.mark.parametrize("handler", [huge_header, not_http, compressed])
async def test_an_answer_that_is_not_plain_http_is_malformed(local: Outbound, serve, handler):
    url = await serve(handler)

    with pytest.raises(MalformedReplyError):
        await local.request("GET", url, deadline=5)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[" * 100_000, b'{"a": NaN}', b'{"a": "\xff"}', b"[]", b"7", b"null", b'{"a": 1} x'],
)
async def test_only_a_json_object_passes_for_one(local: Outbound, serve, body):
    url = await serve(lambda exchange: exchange.answer(body))
    reply = await local.request("GET", url, deadline=5)

    with pytest.raises(MalformedReplyError):
        reply.json_object()


async def test_no_secret_stands_in_an_error_or_a_log(local: Outbound, serve, caplog):
    caplog.set_level(logging.DEBUG)
    url = await serve(lambda exchange: exchange.reset() or asyncio.sleep(0))
    texts = []
    for address in (f"{url}/a?token={SECRET}", f"http://{SECRET}@127.0.0.1/", f"ftp://a/?{SECRET}"):
        with pytest.raises((UnansweredError, NeverSentError)) as caught:
            await local.request("GET", address, headers={"Authorization": f"Key {SECRET}"}, deadline=5)
        texts.append(repr(caught.value))

    assert "ksec" not in "".join(texts) + caplog.text
    assert "GET http://127.0.0.1" in texts[0]


async def test_a_header_that_would_break_the_line_is_never_sent(local: Outbound, serve):
    url = await serve(lambda exchange: exchange.answer())

    with pytest.raises(NeverSentError):
        await local.request("GET", url, headers={"authorization": "Key a\r\nx: y"}, deadline=5)


async def test_a_redirect_is_an_answer_and_not_followed(local: Outbound, serve):
    url = await serve(lambda exchange: exchange.answer(b"", "302 Found", location="http://169.254.169.254/"))

    assert (await local.request("POST", url, json={}, deadline=5)).status == 302


async def test_a_connection_is_used_again_and_a_closed_one_is_noticed(local: Outbound, serve):
    seen = set()

    async def handler(exchange):
        seen.add(id(exchange._writer))
        await exchange.answer()
        if exchange.target == "/last":
            exchange.reset()

    url = await serve(handler)
    for target in ("/a", "/last"):
        await local.request("GET", url + target, deadline=5)
    assert len(seen) == 1
    async with asyncio.timeout(5):
        while not local._pool.connections[0].has_expired():  # noqa: ASYNC110 - the library has no event
            await asyncio.sleep(0)

    assert (await local.request("POST", f"{url}/again", json={}, deadline=5)).status == 200


async def test_a_hundred_calls_at_once_share_the_pool(local: Outbound, serve):
    async def handler(exchange):
        await asyncio.sleep(0.05)
        await exchange.answer(exchange.target.encode())

    url = await serve(handler)

    replies = await asyncio.gather(
        *(local.request("GET", f"{url}/{number}", deadline=10) for number in range(100))
    )

    assert [reply.body for reply in replies] == [f"/{number}".encode() for number in range(100)]


async def test_tls_is_spoken_to_a_trusted_host_and_to_nobody_else(serve, authority):
    server, trusting = authority
    url = await serve(lambda exchange: exchange.answer(b"a" * 3_000_000), tls=server)

    async with Outbound(allow_private=True, ssl_context=trusting) as client:
        reply = await client.request("GET", url, deadline=10, max_bytes=4_000_000)
        with pytest.raises(NeverSentError):
            await client.request("GET", url.replace("127.0.0.1", "localhost"), deadline=10)
    async with Outbound(allow_private=True) as client:
        with pytest.raises(NeverSentError):
            await client.request("GET", url, deadline=10)

    assert len(reply.body) == 3_000_000
