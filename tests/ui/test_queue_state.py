"""The queue as a tab has it: counts, lines while it is open, endings, and whose clips can be stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from sorceress_video.jobs import queues
from sorceress_video.library.tables import Account, Batch, Clip, utc_now
from sorceress_video.ui.kit.toast import ToastState
from sorceress_video.ui.queue import state as queue_state
from sorceress_video.ui.queue.reading import MOST_ENDINGS, MOST_LINES
from sorceress_video.ui.queue.state import QueueState
from tests.http.workspace import Workspace, workspace
from tests.ui.gallery_library import Shelf
from tests.ui.tab import Tab, open_tab

__all__ = ["workspace"]

MOST_MESSAGE_BYTES = 20_000


@pytest.fixture
def deployment(workspace: Workspace, valkey: str) -> Workspace:
    workspace.configure(REDIS_URL=valkey)
    queues.get_redis.cache_clear()
    queue_state._usual_times.cache_clear()
    return workspace


@pytest.fixture
def ada(deployment: Workspace) -> Account:
    return deployment.add_account()


@pytest.fixture
def shelf(deployment: Workspace, ada: Account) -> Shelf:
    return Shelf(deployment.db, ada.id)


@pytest.fixture
async def tab(
    deployment: Workspace, ada: Account, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Tab]:
    cookie = "; ".join(f"{name}={value}" for name, value in deployment.cookie_for(ada).items())
    async with open_tab(cookie, valkey, monkeypatch) as opened:
        yield opened


def counts(tab: Tab) -> tuple[int, int, int]:
    shown = tab.of(QueueState)
    return shown.get("running", 0), shown.get("waiting", 0), shown.get("asking", 0)


def status(deployment: Workspace, clip_id: str) -> str:
    with deployment.db.read() as session:
        return session.get_one(Clip, clip_id).status


@pytest.mark.spec("V4", "J2")
async def test_a_tab_counts_what_is_in_the_making_and_reads_no_more(tab: Tab, shelf: Shelf) -> None:
    shelf.fill(40)
    for kind in ("running", "fetching", "queued", "waiting", "ambiguous", "failed"):
        shelf.put(kind)
    await tab.send(QueueState.load)

    assert counts(tab) == (2, 2, 1)
    assert tab.of(QueueState).get("lines", []) == []


@pytest.mark.spec("J2")
async def test_the_open_view_names_the_first_and_counts_the_rest(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(MOST_LINES + 7, status="queued")
    asking = shelf.put("ambiguous")
    await tab.send(QueueState.show)

    lines = tab.of(QueueState)["lines"]
    assert [line["card"]["id"] for line in lines] == [asking, *made[: MOST_LINES - 1]]
    assert tab.of(QueueState)["more"] == 8
    assert sum(tab.message_bytes) < MOST_MESSAGE_BYTES

    await tab.send(QueueState.hide)
    assert tab.of(QueueState)["lines"] == []
    await tab.send(QueueState.follow, [])
    assert tab.of(QueueState)["lines"] == []


async def test_an_event_costs_the_same_however_long_the_history_is(tab: Tab, shelf: Shelf) -> None:
    shelf.fill(3_000)
    shelf.put("running")
    await tab.send(QueueState.load)

    assert counts(tab) == (1, 0, 0)
    assert sum(tab.message_bytes) < 2_000


@pytest.mark.spec("V4")
async def test_every_clip_that_ended_is_told_with_how_long_it_took(tab: Tab, shelf: Shelf) -> None:
    finished, failed, cancelled = (shelf.put("running") for _ in range(3))
    await tab.send(QueueState.load)
    begun = utc_now() - timedelta(seconds=95)
    shelf.change(
        finished,
        status="completed",
        started_at=begun,
        finished_at=begun + timedelta(seconds=90),
        video_id=shelf.video_id,
    )
    shelf.change(failed, status="failed", error_text="No.", finished_at=utc_now())
    shelf.change(cancelled, status="cancelled", finished_at=utc_now())
    await tab.send(QueueState.follow, [finished])

    endings = tab.of(QueueState)["endings"]
    assert {ending["card"]["id"]: ending["card"]["status"] for ending in endings} == {
        finished: "completed",
        failed: "failed",
    }
    assert next(ending for ending in endings if ending["card"]["id"] == finished)["seconds"] == 90
    assert counts(tab) == (0, 0, 0)

    await tab.send(QueueState.follow, [finished])
    assert len(tab.of(QueueState)["endings"]) == 2


@pytest.mark.spec("V4")
async def test_a_tab_keeps_no_more_than_the_last_endings(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(MOST_ENDINGS * 2, status="running")
    await tab.send(QueueState.load)
    for clip_id in made:
        shelf.change(clip_id, status="failed", error_text="No.")
    await tab.send(QueueState.follow, [])

    assert len(tab.of(QueueState)["endings"]) == MOST_ENDINGS


@pytest.mark.spec("J5")
async def test_all_clips_of_one_request_are_cancelled_and_no_others(
    tab: Tab, shelf: Shelf, ada: Account, deployment: Workspace
) -> None:
    with deployment.db.write() as session:
        batch = Batch(account_id=ada.id, token="together")
        session.add(batch)
    these = shelf.fill(2, status="queued", batch_id=batch.id)
    other, asking = shelf.put("queued"), shelf.put("ambiguous")
    await tab.send(QueueState.cancel_batch, batch.id)

    assert [status(deployment, clip_id) for clip_id in these] == ["cancelled", "cancelled"]
    assert status(deployment, other) == "queued"
    assert tab.of(ToastState)["toasts"][-1]["text"] == "Cancelled 2 clips."

    await tab.send(QueueState.cancel_all)
    assert status(deployment, other) == "cancelled"
    assert status(deployment, asking) == "ambiguous"


@pytest.mark.spec("A6", "J5")
async def test_nobody_stops_another_members_clips(tab: Tab, deployment: Workspace) -> None:
    otto = deployment.add_account("otto@example.com")
    shelf = Shelf(deployment.db, otto.id)
    his = shelf.put("queued")
    await tab.send(QueueState.cancel_all)
    await tab.send(QueueState.cancel_batch, shelf.batch_id)
    await tab.send(QueueState.cancel_batch, "")
    await tab.send(QueueState.show)

    assert status(deployment, his) == "queued"
    assert tab.of(QueueState).get("lines", []) == []


async def test_signed_out_there_is_no_queue(
    tab: Tab, shelf: Shelf, deployment: Workspace, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put("running")
    await tab.send(QueueState.load)
    assert counts(tab) == (1, 0, 0)
    tab.cookie = ""
    await tab.send(QueueState.refresh)
    assert counts(tab) == (0, 0, 0)
    for handler in (QueueState.show, QueueState.cancel_all, QueueState.hide):
        assert [event.name for event in await tab.send(handler)] == ["_redirect"]


async def test_a_database_that_fails_is_said_and_forgotten_when_it_is_back(
    tab: Tab, shelf: Shelf, deployment: Workspace
) -> None:
    shelf.put("running")
    await tab.send(QueueState.show)
    with deployment.db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE clip RENAME TO clip_away")
    await tab.send(QueueState.refresh)
    assert tab.of(QueueState)["problem"].startswith("The queue could not be read")
    assert counts(tab) == (1, 0, 0)

    with deployment.db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE clip_away RENAME TO clip")
    await tab.send(QueueState.refresh)
    assert tab.of(QueueState)["problem"] == ""
