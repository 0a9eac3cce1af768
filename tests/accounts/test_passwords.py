"""Which passwords are taken and how they are kept."""

from __future__ import annotations

import asyncio
import time

import pytest

from sorceress_video.accounts import passwords
from sorceress_video.accounts.errors import AccountError
from sorceress_video.accounts.passwords import check_acceptable, hash_password, off_loop, verify_password
from tests.http.workspace import PASSWORD, password_hash


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_short"),
        ("seven 7", "password_short"),
        ("x" * 129, "password_long"),
        ("password", "password_common"),
        ("PassWord123", "password_common"),
        ("ｐａｓｓｗｏｒｄ", "password_common"),
        ("zzzzzzzzzz", "password_common"),
        ("ada@example.com", "password_like_email"),
        ("ada@example", None),
        ("a quiet harbour at dawn", None),
        ("пароль от дома", None),
        ("x y" * 42, None),
    ],
)
def test_a_new_password_is_refused_with_its_reason(password: str, code: str | None) -> None:
    if code is None:
        check_acceptable(password, "ada@example.com")
        return
    with pytest.raises(AccountError) as refused:
        check_acceptable(password, "ada@example.com")
    assert refused.value.code == code


def test_a_password_is_kept_as_a_salted_argon2id_hash() -> None:
    stored = password_hash()

    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored
    assert hash_password(PASSWORD) != stored
    assert verify_password(PASSWORD, stored)
    assert not verify_password(PASSWORD + " ", stored)


def test_the_same_letters_in_another_encoding_are_the_same_password() -> None:
    composed, decomposed = "caf\u00e9 caf\u00e9", "cafe\u0301 cafe\u0301"

    assert verify_password(decomposed, hash_password(composed))


def test_an_overlong_password_never_matches_and_costs_no_more() -> None:
    assert not verify_password(PASSWORD + "x" * 1_000_000, password_hash())
    assert not verify_password("x" * 129, hash_password("x" * 128))


def test_somebody_unknown_takes_as_long_as_a_wrong_password() -> None:
    verify_password("warm up", None)

    def least_work(stored: str | None) -> float:
        times = []
        for _ in range(3):
            started = time.process_time()
            assert not verify_password("not the password", stored)
            times.append(time.process_time() - started)
        return min(times)

    unknown, wrong = least_work(None), least_work(password_hash())
    assert unknown == pytest.approx(wrong, rel=0.5)


def test_a_hash_with_weaker_parameters_is_renewed() -> None:
    weak = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzYWx0$4ml9h/kTYMYtNFwLRhmQHuBHlBzGzGGhGMDzmJiuVoY"

    assert passwords.renewed_hash(PASSWORD, password_hash()) is None
    renewed = passwords.renewed_hash(PASSWORD, weak)
    assert renewed is not None
    assert verify_password(PASSWORD, renewed)


async def test_at_most_two_passwords_are_hashed_at_once_and_the_loop_stays_free() -> None:
    running = most = 0

    def work() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        ended = time.monotonic() + 0.03
        while time.monotonic() < ended:
            pass
        running -= 1

    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticker = asyncio.create_task(tick())
    await asyncio.gather(*(off_loop(work) for _ in range(6)))
    ticker.cancel()

    assert most == 2
    assert ticks > 10


async def test_a_crowd_is_told_to_come_back_later() -> None:
    blocker = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait() -> None:
        asyncio.run_coroutine_threadsafe(blocker.wait(), loop).result()

    waiting = [asyncio.create_task(off_loop(wait)) for _ in range(40)]
    await asyncio.sleep(0)
    with pytest.raises(AccountError) as refused:
        await off_loop(wait)
    blocker.set()
    await asyncio.gather(*waiting)

    assert refused.value.code == "busy"
    assert refused.value.retry_after > 0
