"""Files that travel: whole or not at all, and credentials to the first host only."""

from __future__ import annotations

import hashlib
import os

import pytest

from sorceress_video.net import (
    ForbiddenAddressError,
    MalformedReplyError,
    NetError,
    Outbound,
    TooLargeError,
    TruncatedError,
    UnexpectedStatusError,
)

KEY = {"Authorization": "Key kid:ksec"}
BODY = os.urandom(3_000_000)


async def test_a_downloaded_file_is_the_one_that_was_sent(local: Outbound, serve, tmp_path):
    url = await serve(lambda exchange: exchange.answer(BODY, content_type="video/mp4"))
    to = tmp_path / "clip.part"

    got = await local.download(f"{url}/a.mp4?signature=1", to, deadline=10, max_bytes=10_000_000)

    assert to.read_bytes() == BODY
    assert (got.path, got.bytes, got.content_type) == (to, len(BODY), "video/mp4")
    assert got.sha256 == hashlib.sha256(BODY).hexdigest()


async def chunked(exchange):
    await exchange.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")


async def test_a_file_without_a_length_is_fetched_too(local: Outbound, serve, tmp_path):
    got = await local.download(await serve(chunked), tmp_path / "a", deadline=5, max_bytes=10)

    assert got.bytes == 3


async def cut_off(exchange):
    await exchange.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nabc")
    exchange.reset()


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (cut_off, TruncatedError),
        (lambda exchange: exchange.answer(b"a" * 2000), TooLargeError),
        (lambda exchange: exchange.answer(b"gone", "404 Not Found"), UnexpectedStatusError),
        (lambda exchange: exchange.answer(b"gone", "206 Partial Content"), UnexpectedStatusError),
        (lambda exchange: exchange.answer(b"a", content_encoding="gzip"), MalformedReplyError),
        (lambda exchange: exchange.answer(b"", "302 Found"), MalformedReplyError),
        (lambda exchange: exchange.answer(b"", "302 Found", location="/again"), MalformedReplyError),
        (
            lambda exchange: exchange.answer(b"", "302 Found", location="file:///etc/passwd"),
            ForbiddenAddressError,
        ),
        (
            lambda exchange: exchange.answer(b"", "302 Found", location="http://169.254.169.254/"),
            ForbiddenAddressError,
        ),
        (lambda exchange: exchange.answer(b"", "302 Found", location="http://[::1/"), NetError),
    ],
)
async def test_nothing_is_left_of_a_download_that_failed(local: Outbound, serve, tmp_path, handler, error):
    to = tmp_path / "clip.part"

    with pytest.raises(error):
        await local.download(await serve(handler), to, deadline=5, max_bytes=1000)

    assert list(tmp_path.iterdir()) == []


async def test_a_redirect_within_the_host_keeps_the_key_and_one_abroad_loses_it(
    local: Outbound, serve, tmp_path
):
    seen: list[tuple[str, str | None]] = []

    async def abroad(exchange):
        seen.append(("abroad", exchange.headers.get("authorization")))
        await exchange.answer(b"clip")

    elsewhere = await serve(abroad)

    async def home(exchange):
        seen.append((exchange.target, exchange.headers.get("authorization")))
        to = "/second" if exchange.target == "/first" else elsewhere
        await exchange.answer(b"", "302 Found", location=to)

    url = await serve(home)

    await local.download(f"{url}/first", tmp_path / "a", headers=KEY, deadline=5, max_bytes=10)

    assert seen == [("/first", "Key kid:ksec"), ("/second", "Key kid:ksec"), ("abroad", None)]


async def test_a_key_that_was_dropped_is_not_picked_up_on_the_way_back(local: Outbound, serve, tmp_path):
    seen: list[str | None] = []

    async def abroad(exchange):
        await exchange.answer(b"", "302 Found", location=f"{home_url}/back")

    async def home(exchange):
        seen.append(exchange.headers.get("authorization"))
        if exchange.target == "/back":
            await exchange.answer(b"clip")
        else:
            await exchange.answer(b"", "302 Found", location=elsewhere)

    elsewhere = await serve(abroad)
    home_url = await serve(home)

    await local.download(home_url, tmp_path / "a", headers=KEY, deadline=5, max_bytes=10)

    assert seen == ["Key kid:ksec", None]


@pytest.mark.parametrize("size", [0, 1, 2_500_000])
async def test_an_uploaded_file_arrives_with_its_length(local: Outbound, serve, tmp_path, size):
    got: list[bytes] = []

    async def handler(exchange):
        assert int(exchange.headers["content-length"]) == size
        got.append(await exchange.body())
        await exchange.answer(b"{}")

    file = tmp_path / "frame.png"
    file.write_bytes(BODY[:size])

    reply = await local.upload("PUT", await serve(handler), file, deadline=10)

    assert reply.status == 200
    assert got == [BODY[:size]]


async def test_an_answer_before_the_upload_is_through_is_still_read(local: Outbound, serve, tmp_path):
    async def handler(exchange):
        await exchange.answer(b"too large", "413 Content Too Large")
        await exchange.hang()

    file = tmp_path / "frame.png"
    file.write_bytes(BODY)

    assert (await local.upload("PUT", await serve(handler), file, deadline=10)).status == 413
