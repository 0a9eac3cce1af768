"""The words on a card, and that it stays small."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.library.gallery import ClipCard
from sorceress_video.library.ids import new_id
from sorceress_video.ui.gallery.models import Card
from sorceress_video.ui.gallery.transform import card_of, dollars, shorten
from sorceress_video.ui.gallery.window import WINDOW, news_of, window_start

NOW = datetime(2026, 11, 23, 14, 2, tzinfo=UTC)
ASSET = f"/media/{new_id()}"


def clip(status: ClipStatus, **fields: Any) -> ClipCard:
    bare = ClipCard(
        id=new_id(),
        status=status,
        version=3,
        model_id="kling-3-pro",
        model_name="Kling 3.0 Pro",
        mode="text",
        prompt="A lighthouse blinks",
        settings_line="1080p · 5 s · 16:9",
        favorite=False,
        phase=None,
        queue_position=None,
        progress=None,
        error_text=None,
        retry_helps=None,
        billed=None,
        cost_micro_usd=None,
        estimate_micro_usd=560_000,
        cancel_requested=False,
        created_at=NOW,
        started_at=None,
        finished_at=None,
        width=None,
        height=None,
        seconds=None,
        video_url=None,
        preview_url=None,
        poster_url=None,
        start_frame_url=None,
    )
    return replace(bare, **fields)


def card(status: ClipStatus, usual: float | None = None, **fields: Any) -> Card:
    return card_of(clip(status, **fields), lambda _model: usual)


COMPLETED: dict[str, Any] = {
    "video_url": f"{ASSET}/video",
    "preview_url": f"{ASSET}/preview",
    "poster_url": f"{ASSET}/poster",
    "width": 1920,
    "height": 1080,
}


def test_a_completed_card_names_its_resolution_by_the_shorter_side() -> None:
    assert card(ClipStatus.COMPLETED, **COMPLETED).output == "1080p"
    assert card(ClipStatus.COMPLETED, **COMPLETED | {"width": 720, "height": 1280}).output == "720p"


def test_a_card_on_its_way_shows_the_resolution_that_was_asked_for() -> None:
    assert card(ClipStatus.RUNNING, started_at=NOW).output == "1080p"


@pytest.mark.parametrize(
    ("status", "phase", "shown"),
    [
        (ClipStatus.QUEUED, None, "Queued"),
        (ClipStatus.SUBMITTING, None, "Sending"),
        (ClipStatus.RUNNING, None, "Generating"),
        (ClipStatus.RUNNING, "Uploading start frame", "Uploading start frame"),
        (ClipStatus.FETCHING, "Uploading start frame", "Saving"),
        (ClipStatus.CANCELLING, "Generating", "Cancelling"),
    ],
)
def test_a_card_says_what_it_is_doing(status: ClipStatus, phase: str | None, shown: str) -> None:
    assert card(status, phase=phase).text == shown


def test_time_counts_from_the_start_of_the_work_beside_the_models_usual_time() -> None:
    shown = card(ClipStatus.RUNNING, usual=84.4, started_at=NOW, progress=0.424)

    assert (shown.since, shown.usual, shown.percent) == (int(NOW.timestamp()), 84, 42)


def test_a_clip_that_waits_again_after_a_start_shows_no_running_time() -> None:
    shown = card(ClipStatus.WAITING, started_at=NOW - timedelta(hours=1), queue_position=3)

    assert (shown.since, shown.position, shown.text) == (0, 3, "Waiting for capacity…")


@pytest.mark.parametrize(
    ("billed", "cost", "helps", "note"),
    [
        ("no", None, False, "Not charged · a retry will not help"),
        ("yes", 560_000, True, "Charged $0.56 · a retry can help"),
        ("maybe", None, None, "May have been charged $0.56"),
        (None, None, None, ""),
    ],
)
def test_a_failed_card_says_whether_it_was_charged_and_whether_a_retry_helps(
    billed: str | None, cost: int | None, helps: bool | None, note: str
) -> None:
    shown = card(
        ClipStatus.FAILED, error_text="Refused.", billed=billed, cost_micro_usd=cost, retry_helps=helps
    )

    assert (shown.text, shown.note) == ("Refused.", note)


def test_a_doubtful_card_says_what_a_second_try_may_cost() -> None:
    assert card(ClipStatus.AMBIGUOUS).note == "Trying again may charge $0.56 twice"


@pytest.mark.parametrize(
    ("micro_usd", "text"),
    [(0, "$0.00"), (4_200, "$0.0042"), (560_000, "$0.56"), (1_234_500_000, "$1,234.50")],
)
def test_money_is_written_with_its_currency(micro_usd: int, text: str) -> None:
    assert dollars(micro_usd) == text


@pytest.mark.parametrize(
    "prompt",
    ["A long walk " * 400, "🌊" * 4000, "مرحبا بالعالم " * 300, "x" * 100_000, "a\n\t\u0000b" * 500],
)
def test_a_card_stays_small_whatever_the_prompt(prompt: str) -> None:
    shown = card(ClipStatus.COMPLETED, **COMPLETED, prompt=prompt)

    assert len(json.dumps(asdict(shown))) <= 560


def test_a_long_reason_is_cut_and_not_the_window() -> None:
    shown = card(ClipStatus.FAILED, error_text="Because " * 500, billed="no", retry_helps=False)

    assert len(json.dumps(asdict(shown))) <= 560


def test_words_are_not_cut_in_the_middle() -> None:
    assert shorten("A lone rider crosses the ridge", 24) == "A lone rider…"
    assert shorten("short", 24) == "short"


@pytest.mark.parametrize(
    ("first", "last", "total", "start"),
    [
        (0, 20, 10_000, 0),
        (500, 520, 10_000, 474),
        (9_990, 9_999, 10_000, 9_928),
        (5, 20, 30, 0),
        (-9, -1, 50, 0),
    ],
)
def test_a_window_lies_around_what_is_looked_at(first: int, last: int, total: int, start: int) -> None:
    assert window_start(first, last, total) == start
    assert start + WINDOW > min(last, total - 1)


def test_only_clips_that_ended_just_now_are_announced() -> None:
    running, done = card(ClipStatus.RUNNING), card(ClipStatus.COMPLETED, **COMPLETED)
    ended = replace(running, status="completed")
    failed = replace(running, status="failed", text="Refused.")

    assert news_of([running, done], [ended, done]) == "Kling 3.0 Pro finished: A lighthouse blinks"
    assert news_of([running], [failed]) == "Kling 3.0 Pro failed: Refused."
    assert news_of([], [ended]) == ""


@pytest.mark.spec("V3")
def test_many_clips_that_end_at_once_are_one_sentence() -> None:
    running = [replace(card(ClipStatus.RUNNING), id=f"clip-{number}") for number in range(5)]
    ended = [replace(each, status="completed") for each in running[:4]]
    ended.append(replace(running[4], status="failed", text="Refused."))

    assert news_of(running, ended) == "5 clips ended: 4 finished, 1 failed"
