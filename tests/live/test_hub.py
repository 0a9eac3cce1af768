"""What open tabs hear, and how much of it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest

from sorceress_video.jobs.hints import Hint
from sorceress_video.library.ids import new_id
from sorceress_video.live.hub import TICK_BYTES, Hub, Tick, take_ticks, tick_of
from tests.live.outlet import RememberingOutlet, moved, progress, until


@pytest.fixture
def outlet() -> RememberingOutlet:
    return RememberingOutlet()


@pytest.fixture
async def hub(outlet: RememberingOutlet) -> AsyncIterator[Hub]:
    made = Hub()
    made.open(outlet)
    yield made
    made.close()


async def test_a_flood_of_progress_becomes_at_most_four_messages_a_second(
    hub: Hub, outlet: RememberingOutlet
) -> None:
    hub.join("ada", "tab")
    end = time.monotonic() + 1.2
    while time.monotonic() < end:
        hub.publish(progress("ada", "clip", (time.monotonic() % 1)))
        await asyncio.sleep(0.005)

    gaps = [later[0] - sooner[0] for sooner, later in zip(outlet.ticks, outlet.ticks[1:], strict=False)]
    assert 4 <= len(outlet.ticks) <= 6
    assert min(gaps) >= 0.24


async def test_the_last_word_on_a_clip_always_arrives(hub: Hub, outlet: RememberingOutlet) -> None:
    hub.join("ada", "tab")
    for percent in range(101):
        hub.publish(progress("ada", "clip", percent / 100))

    await until(lambda: outlet.ticks and outlet.ticks[-1][2][-1].percent == 100)


async def test_a_message_stays_below_a_kilobyte_and_every_clip_gets_its_turn(
    hub: Hub, outlet: RememberingOutlet
) -> None:
    clips = [new_id() for _ in range(30)]
    hub.join("ada", "tab")
    for clip in clips:
        hub.publish(progress("ada", clip, 0.5))

    await until(lambda: outlet.clips("tab") == set(clips))
    assert all(len(json.dumps(ticks)) <= TICK_BYTES for _, _, ticks in outlet.ticks)


async def test_no_account_hears_of_another_ones_clips(hub: Hub, outlet: RememberingOutlet) -> None:
    hub.join("ada", "ada-1")
    hub.join("ada", "ada-2")
    hub.join("otto", "otto-1")

    hub.publish(progress("ada", "hers", 0.5))
    hub.publish(progress("otto", "his", 0.5))

    await until(lambda: len(outlet.ticks) == 3)
    assert outlet.clips("ada-1") == outlet.clips("ada-2") == {"hers"}
    assert outlet.clips("otto-1") == {"his"}


async def test_a_tab_that_changes_hands_hears_only_of_its_new_account(
    hub: Hub, outlet: RememberingOutlet
) -> None:
    hub.join("ada", "tab")
    hub.join("otto", "tab")

    hub.publish(progress("ada", "hers", 0.5))
    hub.publish(progress("otto", "his", 0.5))

    await until(lambda: outlet.ticks)
    assert outlet.clips("tab") == {"his"}
    assert hub.tokens("ada") == ()


async def test_a_clip_that_moved_is_read_again_and_its_old_progress_forgotten(
    hub: Hub, outlet: RememberingOutlet
) -> None:
    hub.join("ada", "tab")
    hub.publish(progress("ada", "clip", 0.9))
    hub.publish(moved("ada", "clip"))

    await until(lambda: outlet.moved)
    assert outlet.moved[0][2] == ["clip"]
    assert outlet.ticks == []


async def test_moves_are_gathered_to_four_readings_a_second(hub: Hub, outlet: RememberingOutlet) -> None:
    hub.join("ada", "tab")
    end = time.monotonic() + 1.1
    count = 0
    while time.monotonic() < end:
        hub.publish(moved("ada", f"clip-{count}"))
        count += 1
        await asyncio.sleep(0.01)

    assert 2 <= len(outlet.moved) <= 5


async def test_a_stuck_tab_delays_no_other(hub: Hub, outlet: RememberingOutlet) -> None:
    outlet.stuck.add("stuck")
    hub.join("ada", "stuck")
    hub.join("ada", "quick")
    for percent in (10, 20, 30):
        hub.publish(progress("ada", "clip", percent / 100))
        await asyncio.sleep(0.3)

    assert [tick.percent for _, token, ticks in outlet.ticks if token == "quick" for tick in ticks] == [
        10,
        20,
        30,
    ]


async def test_a_tab_whose_socket_is_gone_is_forgotten(hub: Hub, outlet: RememberingOutlet) -> None:
    hub.join("ada", "tab")
    outlet.open = False
    hub.publish(progress("ada", "clip", 0.5))
    hub.sweep()

    assert len(hub) == 0
    assert outlet.ticks == []


async def test_after_missed_hints_every_tab_reads_its_rows(hub: Hub, outlet: RememberingOutlet) -> None:
    hub.join("ada", "a")
    hub.join("otto", "o")
    hub.read_again()

    await until(lambda: len(outlet.moved) == 2)
    assert {(token, tuple(ids)) for _, token, ids in outlet.moved} == {("a", ()), ("o", ())}


@pytest.mark.parametrize(("given", "shown"), [(0.0, 0), (0.424, 42), (1.0, 100), (1.7, 100), (-3.0, 0)])
def test_progress_is_told_in_whole_percent(given: float, shown: int) -> None:
    assert tick_of(progress("ada", "clip", given)).percent == shown


def test_a_single_tick_is_taken_however_long_it_is() -> None:
    pending = {"a": Tick("a", 1, 10, "x" * 900, -1), "b": Tick("b", 1, 10, "y", -1)}

    assert [tick.clip for tick in take_ticks(pending)] == ["a"]
    assert list(pending) == ["b"]


@pytest.mark.spec("A6")
async def test_whose_access_has_ended_is_told_once_and_hears_nothing_more(
    hub: Hub, outlet: RememberingOutlet
) -> None:
    hub.join("ada", "tab")
    hub.join("bea", "other")
    hub.publish(progress("ada", "clip", 0.5))
    hub.publish(Hint(kind="ended", account="ada"))
    hub.publish(progress("ada", "clip", 0.6))
    hub.publish(moved("ada", "clip"))
    hub.publish(progress("bea", "clip-of-bea", 0.5))

    await until(lambda: outlet.ended and outlet.clips("other"))
    assert outlet.ended == ["tab"]
    assert outlet.moved == []
    assert outlet.clips("tab") == set()
    assert list(hub.tokens("ada")) == []


@pytest.mark.spec("A6")
async def test_whose_rights_have_changed_reads_everything_again(hub: Hub, outlet: RememberingOutlet) -> None:
    hub.join("ada", "tab")
    hub.publish(Hint(kind="rights", account="ada"))

    await until(lambda: outlet.moved)
    assert [(token, ids) for _, token, ids in outlet.moved] == [("tab", [])]
    assert list(hub.tokens("ada")) == ["tab"]
