"""The gallery as a tab has it: what is shown, what crosses the wire, and whose clips can be touched."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sorceress_video.jobs import queues
from sorceress_video.library import ledger, preferences
from sorceress_video.library.tables import Account, Clip, utc_now
from sorceress_video.live.hub import HUB
from sorceress_video.ui.gallery import demo
from sorceress_video.ui.gallery.state import GalleryState, _usual_times
from sorceress_video.ui.gallery.window import WINDOW
from sorceress_video.ui.kit.toast import ToastState
from sorceress_video.ui.prompt_panel.state import PromptState
from tests.http.workspace import Workspace, workspace
from tests.ui.gallery_library import Shelf
from tests.ui.reading import page
from tests.ui.tab import Tab, open_tab

__all__ = ["workspace"]

MOST_MESSAGE_BYTES = 100_000
MOST_KEPT_BYTES = 300_000


@pytest.fixture
def deployment(workspace: Workspace, valkey: str) -> Workspace:
    workspace.configure(REDIS_URL=valkey)
    queues.get_redis.cache_clear()
    _usual_times.cache_clear()
    return workspace


@pytest.fixture
def ada(deployment: Workspace) -> Account:
    return deployment.add_account()


@pytest.fixture
def shelf(deployment: Workspace, ada: Account) -> Shelf:
    return Shelf(deployment.db, ada.id)


def states(tab: Tab) -> list[str]:
    return [card["status"] for card in tab.of(GalleryState)["cards"]]


def cookie(workspace: Workspace, account: Account) -> str:
    return "; ".join(f"{name}={value}" for name, value in workspace.cookie_for(account).items())


@pytest.fixture
async def tab(
    deployment: Workspace, ada: Account, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Tab]:
    """A tab in which Ada is signed in."""
    async with open_tab(cookie(deployment, ada), valkey, monkeypatch) as opened:
        yield opened


@pytest.fixture
async def visitor(deployment: Workspace, valkey: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Tab]:
    """A tab in which nobody is signed in."""
    async with open_tab("", valkey, monkeypatch) as opened:
        yield opened


def ids(tab: Tab) -> list[str]:
    return [card["id"] for card in tab.of(GalleryState)["cards"]]


def clip(deployment: Workspace, clip_id: str) -> Clip:
    with deployment.db.read() as session:
        return session.get_one(Clip, clip_id)


async def test_the_newest_clips_come_first(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(5)
    await tab.send(GalleryState.load)

    assert ids(tab) == made[::-1]
    assert tab.of(GalleryState)["total"] == 5


@pytest.mark.parametrize("count", [100, 10_000])
async def test_a_tab_holds_a_window_whatever_the_library_holds(tab: Tab, shelf: Shelf, count: int) -> None:
    shelf.fill(count)
    await tab.send(GalleryState.load)
    weights = [sum(tab.message_bytes)]
    for first in (50, 20, count - 30):
        await tab.send(GalleryState.look, first, first + 20)
        weights.append(sum(tab.message_bytes))

    assert len(ids(tab)) == WINDOW
    assert max(weights) <= MOST_MESSAGE_BYTES
    assert max(weights) == pytest.approx(35_000, rel=0.2)
    assert await tab.kept_bytes() <= MOST_KEPT_BYTES


async def test_looking_further_down_moves_the_window(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(400)
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.look, 200, 220)

    start = tab.of(GalleryState)["start"]
    assert start <= 200
    assert start + WINDOW > 220
    assert ids(tab)[0] == made[::-1][start]


async def test_the_same_look_again_sends_nothing(tab: Tab, shelf: Shelf) -> None:
    shelf.fill(400)
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.look, 200, 220)
    await tab.send(GalleryState.look, 200, 220)

    assert sum(tab.message_bytes) == 0


async def test_new_clips_wait_above_while_the_person_is_away_from_the_top(tab: Tab, shelf: Shelf) -> None:
    shelf.fill(30)
    await tab.send(GalleryState.load)
    before = ids(tab)
    await tab.send(GalleryState.hold, True)
    newer = shelf.put("queued")
    await tab.send(GalleryState.follow, [newer])

    assert ids(tab) == before
    assert (tab.of(GalleryState)["fresh"], tab.of(GalleryState)["total"]) == (1, 30)

    await tab.send(GalleryState.hold, False)
    assert ids(tab) == [newer, *before]
    assert tab.of(GalleryState)["fresh"] == 0


async def test_the_place_is_kept_when_the_clip_at_the_top_is_deleted(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(30)
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.hold, True)
    shelf.put("queued")
    await tab.send(GalleryState.follow, [])
    await tab.send(GalleryState.remove, made[-1])

    assert ids(tab) == made[::-1][1:]
    assert tab.of(GalleryState)["fresh"] == 1


async def test_a_clip_that_a_worker_finished_shows_as_finished_and_is_announced(
    tab: Tab, shelf: Shelf
) -> None:
    running = shelf.put("running")
    await tab.send(GalleryState.load)
    assert tab.of(GalleryState)["active"] is True

    shelf.change(running, status="completed", video_id=shelf.video_id, width=1920, height=1080)
    await tab.send(GalleryState.follow, [running])

    shown = tab.of(GalleryState)
    assert [card["status"] for card in shown["cards"]] == ["completed"]
    assert shown["announcement"].startswith("Kling 3.0 Pro finished")
    assert shown["active"] is False


async def test_reading_again_what_has_not_changed_sends_no_cards(tab: Tab, shelf: Shelf) -> None:
    shelf.fill(50)
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.refresh)

    assert sum(tab.message_bytes) < 300


async def test_search_and_favorites_narrow_what_is_shown(tab: Tab, shelf: Shelf) -> None:
    wolves = shelf.put(prompt="Wolves run along a frozen river")
    shelf.put(prompt="A lighthouse blinks")
    heart = shelf.put(prompt="Fog over the peaks", favorite=True)
    await tab.send(GalleryState.load)

    await tab.send(GalleryState.find, "WOLVES")
    assert ids(tab) == [wolves]
    await tab.send(GalleryState.show, "favorites")
    assert ids(tab) == []
    await tab.send(GalleryState.find, "")
    assert ids(tab) == [heart]
    await tab.send(GalleryState.show, "everything, please")
    assert tab.of(GalleryState)["view"] == "favorites"


@pytest.mark.spec("G1", "G9")
async def test_what_a_search_does_not_understand_is_said_beside_what_it_found(tab: Tab, shelf: Shelf) -> None:
    failed = shelf.put("failed", prompt="A fox")
    shelf.put(prompt="A fox")
    await tab.send(GalleryState.load)
    assert tab.of(GalleryState)["hint"] == ""
    assert "Kling 3.0 Pro" in tab.of(GalleryState)["model_names"]

    await tab.send(GalleryState.find, "fox is:failed mood:blue")
    assert tab.of(GalleryState)["hint"].startswith("“mood:” is not an operator here")
    assert tab.of(GalleryState)["total"] == 0
    await tab.send(GalleryState.find, "fox is:failed")
    assert (tab.of(GalleryState)["hint"], ids(tab)) == ("", [failed])


@pytest.mark.spec("G1")
async def test_an_address_brings_filter_and_place_back(tab: Tab, shelf: Shelf) -> None:
    foxes = [shelf.put(prompt=f"A fox, {n}", favorite=True) for n in range(100)]
    shelf.fill(20)
    await tab.send(GalleryState.load, query=f"view=favorites&q=fox&at={foxes[40]}")

    shown = tab.of(GalleryState)
    assert (shown["view"], shown["search"], shown["total"]) == ("favorites", "fox", 100)
    assert shown["place"] == 59
    assert ids(tab)[shown["place"] - shown["start"]] == foxes[40]

    newer = shelf.put(prompt="A newer fox", favorite=True)
    await tab.send(GalleryState.follow, [newer])
    assert (tab.of(GalleryState)["fresh"], tab.of(GalleryState)["total"]) == (1, 100)


async def test_a_search_typed_before_the_address_was_read_counts(tab: Tab, shelf: Shelf) -> None:
    shelf.put(prompt="A fox")
    shelf.fill(3)
    await tab.send(GalleryState.find, "fox")
    await tab.send(GalleryState.load)
    assert (tab.of(GalleryState)["search"], tab.of(GalleryState)["total"]) == ("fox", 1)

    await tab.open_page()
    await tab.send(GalleryState.find, "wolf")
    await tab.send(GalleryState.load, query="q=fox&view=favorites")
    assert (tab.of(GalleryState)["search"], tab.of(GalleryState)["view"]) == ("wolf", "all")

    await tab.open_page()
    await tab.send(GalleryState.load, query="q=fox")
    assert tab.of(GalleryState)["search"] == "fox"


async def test_a_connection_that_came_back_moves_nothing(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(200)
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.look, 100, 110)
    before = tab.of(GalleryState)
    await tab.send(GalleryState.load, query=f"at={made[40]}")
    assert (tab.of(GalleryState)["start"], tab.of(GalleryState)["list_key"]) == (
        before["start"],
        before.get("list_key", 0),
    )


async def test_a_place_whose_clip_is_gone_is_that_of_the_next_older_one(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(100)
    shelf.change(made[40], removed_at=utc_now())
    await tab.send(GalleryState.load, query=f"at={made[40]}")

    shown = tab.of(GalleryState)
    assert ids(tab)[shown["place"] - shown["start"]] == made[39]


@pytest.mark.parametrize(
    "query", ["view=everything&at=%27%20OR%201", "at=" + "9" * 5000, "q=%00%FF", "view=&at="]
)
async def test_an_address_that_makes_no_sense_shows_a_gallery(tab: Tab, shelf: Shelf, query: str) -> None:
    shelf.fill(3)
    await tab.send(GalleryState.load, query=query)

    assert (tab.of(GalleryState)["view"], tab.of(GalleryState)["problem"]) == ("all", "")


async def test_clips_just_asked_for_show_at_the_top_whatever_was_filtered(tab: Tab, shelf: Shelf) -> None:
    shelf.fill(20)
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.find, "nothing like this")
    await tab.send(GalleryState.hold, True)
    newer = shelf.put("queued")
    await tab.send(GalleryState.clips_added, [newer])

    assert ids(tab)[0] == newer
    assert (tab.of(GalleryState)["search"], tab.of(GalleryState)["fresh"]) == ("", 0)


@pytest.mark.parametrize(("asked", "kept"), [(2, 2), (99, 4), (-1, 1), (2.4, 2)])
async def test_columns_are_kept_with_the_account(
    tab: Tab, ada: Account, deployment: Workspace, asked: float, kept: int
) -> None:
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.arrange, asked)

    assert preferences.load(deployment.db, ada.id)["columns"] == kept


async def test_a_heart_is_kept(tab: Tab, shelf: Shelf, deployment: Workspace) -> None:
    marked = shelf.put()
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.favorite, marked, True)

    assert tab.of(GalleryState)["cards"][0]["favorite"] is True
    assert clip(deployment, marked).favorite is True


async def test_a_delete_can_be_undone(tab: Tab, shelf: Shelf) -> None:
    kept, gone = shelf.put(), shelf.put()
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.remove, gone)

    assert ids(tab) == [kept]
    toast = tab.of(ToastState)["toasts"][-1]
    assert (toast["text"], toast["label"]) == ("Clip deleted", "Undo")
    await tab.send(ToastState.act, toast["action"], toast["argument"])
    assert ids(tab) == [gone, kept]


async def test_cancel_stops_a_clip_that_was_not_sent(tab: Tab, shelf: Shelf) -> None:
    queued = shelf.put("queued")
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.cancel, queued)

    assert tab.of(GalleryState)["cards"][0]["status"] == "cancelled"


async def test_retry_takes_the_same_card_up_again(tab: Tab, shelf: Shelf) -> None:
    failed = shelf.put("failed", error_text="Refused.", billed="no")
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.retry, failed)

    assert ids(tab) == [failed]
    assert tab.of(GalleryState)["cards"][0]["status"] == "queued"


async def test_a_double_click_on_reroll_makes_one_clip(tab: Tab, shelf: Shelf) -> None:
    made = shelf.put()
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.reroll, made)
    await tab.send(GalleryState.reroll, made)

    assert tab.of(GalleryState)["total"] == 2


@pytest.mark.spec("P9")
@pytest.mark.parametrize(("deed", "status"), [("reroll", "completed"), ("retry", "failed")])
async def test_making_a_clip_once_more_above_the_limit_asks_and_is_done_once(
    tab: Tab, shelf: Shelf, deployment: Workspace, deed: str, status: str
) -> None:
    clip = shelf.put(status)
    preferences.save(deployment.db, shelf.account_id, ledger.ASK_ABOVE, 500_000)
    await tab.send(GalleryState.load)
    await tab.send({"reroll": GalleryState.reroll, "retry": GalleryState.retry}[deed], clip)
    sheet = page(tab, PromptState)["confirm"]
    assert (sheet["deed"], sheet["clip_id"], sheet["total"]) == (deed, clip, "$0.56")
    await tab.send(GalleryState.spend, deed, clip, sheet["token"], "1+0")
    assert (ids(tab), states(tab)) == ([clip], [status]), "a forged sum confirms nothing"

    for _ in range(2):
        await tab.send(GalleryState.spend, deed, clip, sheet["token"], sheet["sum"])
    assert states(tab) == {"reroll": ["queued", status], "retry": ["queued"]}[deed]
    assert page(tab, PromptState)["confirm"]["sum"] == ""


@pytest.mark.spec("P9")
async def test_a_confirmed_retry_is_not_confirmed_for_the_next_attempt(
    tab: Tab, shelf: Shelf, deployment: Workspace
) -> None:
    clip = shelf.put("failed", attempt=1)
    preferences.save(deployment.db, shelf.account_id, ledger.ASK_ABOVE, 500_000)
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.retry, clip)
    sheet = page(tab, PromptState)["confirm"]
    await tab.send(GalleryState.spend, "retry", clip, sheet["token"], sheet["sum"])
    assert states(tab) == ["queued"]
    with deployment.db.write() as session:
        again = session.get_one(Clip, clip)
        again.status, again.attempt = "failed", 2
    await tab.send(GalleryState.spend, "retry", clip, sheet["token"], sheet["sum"])
    assert page(tab, PromptState)["confirm"]["token"] not in {"", sheet["token"]}
    with deployment.db.read() as session:
        assert session.get_one(Clip, clip).status == "failed"


async def test_what_cannot_be_tried_again_is_not_asked_about(
    tab: Tab, shelf: Shelf, deployment: Workspace
) -> None:
    made = shelf.put()
    preferences.save(deployment.db, shelf.account_id, ledger.ASK_ABOVE, 500_000)
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.retry, made)
    assert "confirm" not in page(tab, PromptState)
    assert states(tab) == ["completed"]


async def test_nothing_else_is_done_with_a_confirmed_sum(tab: Tab, shelf: Shelf) -> None:
    made = shelf.put()
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.spend, "remove", made, "a token", "560000+0")
    await tab.send(GalleryState.spend, "reroll", made, "", "560000+0")
    assert ids(tab) == [made]


@pytest.mark.parametrize(
    ("handler", "rest"),
    [
        (GalleryState.cancel, ()),
        (GalleryState.retry, ()),
        (GalleryState.dismiss, ()),
        (GalleryState.recheck, ()),
        (GalleryState.remove, ()),
        (GalleryState.restore, ()),
        (GalleryState.reroll, ()),
        (GalleryState.favorite, (True,)),
    ],
)
@pytest.mark.parametrize("status", ["completed", "queued", "failed", "ambiguous"])
async def test_nobody_can_touch_another_members_clip(
    tab: Tab, deployment: Workspace, handler: object, rest: tuple[object, ...], status: str
) -> None:
    otto = deployment.add_account("otto@example.com")
    his = Shelf(deployment.db, otto.id).put(status)
    before = clip(deployment, his).model_dump()
    await tab.send(GalleryState.load)
    await tab.send(handler, his, *rest)

    assert clip(deployment, his).model_dump() == before
    assert ids(tab) == []


async def test_signed_out_the_gallery_shows_the_demo_clips(visitor: Tab) -> None:
    await visitor.send(GalleryState.load)

    shown = visitor.of(GalleryState)
    assert [card["id"] for card in shown["cards"]] == [clip.id for clip in demo.demo_clips()]
    assert not shown.get("signed_in")
    assert len(HUB) == 0


async def test_signed_out_nothing_can_be_done_to_a_clip(
    visitor: Tab, deployment: Workspace, shelf: Shelf
) -> None:
    queued = shelf.put("queued")
    for handler, rest in (
        (GalleryState.cancel, ()),
        (GalleryState.remove, ()),
        (GalleryState.favorite, (True,)),
    ):
        events = await visitor.send(handler, queued, *rest)
        assert [event.name for event in events] == ["_redirect"]

    assert clip(deployment, queued).status == "queued"


async def test_a_session_that_ended_leaves_no_clips_on_the_page(
    tab: Tab, shelf: Shelf, deployment: Workspace
) -> None:
    shelf.fill(3)
    await tab.send(GalleryState.load)
    tab.cookie = ""
    await tab.send(GalleryState.refresh)

    assert tab.of(GalleryState)["signed_in"] is False
    assert [card["id"] for card in tab.of(GalleryState)["cards"]] == [clip.id for clip in demo.demo_clips()]


async def test_a_database_that_fails_keeps_the_cards_and_says_so(
    tab: Tab, shelf: Shelf, deployment: Workspace
) -> None:
    made = shelf.fill(3)
    await tab.send(GalleryState.load)
    with deployment.db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE clip RENAME TO clip_away")
    await tab.send(GalleryState.refresh)

    assert ids(tab) == made[::-1]
    assert tab.of(GalleryState)["problem"].startswith("The gallery could not be read")

    with deployment.db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE clip_away RENAME TO clip")
    await tab.send(GalleryState.refresh)
    assert tab.of(GalleryState)["problem"] == ""


@pytest.mark.spec("J2")
async def test_a_sought_clip_is_in_the_window_wherever_it_lies(tab: Tab, shelf: Shelf) -> None:
    made = shelf.fill(400)
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.find, "nothing has this in its prompt")
    await tab.send(GalleryState.seek, made[100])

    shown = tab.of(GalleryState)
    assert made[100] in ids(tab)
    assert shown["search"] == ""
    assert shown["sought"].startswith("299:")

    before = shown["sought"]
    await tab.send(GalleryState.seek, made[100])
    assert tab.of(GalleryState)["sought"] != before, "asking again leads there again"


@pytest.mark.spec("A6")
async def test_another_members_clip_is_not_found(tab: Tab, deployment: Workspace) -> None:
    otto = deployment.add_account("otto@example.com")
    his = Shelf(deployment.db, otto.id).put()
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.seek, his)

    assert ids(tab) == []
    assert tab.of(ToastState)["toasts"][-1]["text"] == "This clip is not there any more."
