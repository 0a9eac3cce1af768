"""A clip costs what its vendor says, in whole micro-dollars, and what nobody published is not free."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorceress_video.catalog import (
    InputRole,
    Mode,
    ModelSpec,
    Price,
    format_micro_usd,
    load_catalog,
    total,
)
from sorceress_video.catalog.registry import MODELS_FOLDER
from tests.catalog.measured import Measured, video

CATALOG = load_catalog(MODELS_FOLDER)
SEEDANCE, KLING, VEO = (CATALOG.get(i) for i in ("seedance-2.0", "kling-3.0-pro", "veo-3.1-fast"))
NOTHING: frozenset[InputRole] = frozenset()
CHARACTER_AND_CLIP = frozenset({InputRole.CHARACTER, InputRole.MOTION_CLIP})


def per_second(resolution: str) -> float:
    cost = SEEDANCE.price(Mode.TEXT, NOTHING, {"resolution": resolution, "duration": "10"}).micro_usd
    assert cost is not None
    return cost / 10_000_000


@pytest.mark.parametrize(("resolution", "printed"), [("480p", 0.1348), ("720p", 0.3034), ("1080p", 0.682)])
def test_seedance_tokens_come_close_to_the_printed_price_of_a_second(resolution: str, printed: float) -> None:
    assert per_second(resolution) == pytest.approx(printed, rel=0.05)


def test_seedance_at_720p_costs_what_the_reference_page_says() -> None:
    assert per_second("720p") == pytest.approx(0.3024, abs=1e-9)
    with_video = SEEDANCE.price(
        Mode.MULTIMODAL,
        frozenset({InputRole.REFERENCE_VIDEO}),
        {"duration": "8"},
        [video(InputRole.REFERENCE_VIDEO, 2.0)],
    )
    assert with_video.micro_usd == pytest.approx(10 * 181_440)


@pytest.mark.parametrize(
    ("model", "mode", "settings", "micro_usd"),
    [
        (SEEDANCE, Mode.TEXT, {}, 2_419_200),
        (SEEDANCE, Mode.TEXT, {"audio": False}, 2_419_200),
        (KLING, Mode.TEXT, {"audio": False}, 560_000),  # the measured bill
        (KLING, Mode.TEXT, {}, 840_000),
        (KLING, Mode.TEXT, {"duration": "15"}, 2_520_000),
        (VEO, Mode.TEXT, {}, 1_200_000),
        (VEO, Mode.TEXT, {"audio": False, "duration": "4s"}, 400_000),
        (VEO, Mode.TEXT, {"resolution": "1080p"}, 1_200_000),
    ],
)
def test_known_prices(model: ModelSpec, mode: Mode, settings: dict[str, object], micro_usd: int) -> None:
    assert model.price(mode, NOTHING, settings) == Price(micro_usd)  # type: ignore[arg-type]


def test_a_price_that_nobody_published_is_unknown_and_says_so() -> None:
    price = VEO.price(Mode.TEXT, NOTHING, {"resolution": "4k"})
    assert price.micro_usd is None
    assert not price.pending
    assert price.text == "price unknown"
    assert "4K" in price.note


def test_a_length_that_the_model_chooses_is_priced_by_the_longest() -> None:
    price = SEEDANCE.price(Mode.TEXT, NOTHING, {"duration": "auto"})
    assert price.up_to
    assert price.micro_usd == 15 * 302_400
    assert price.text == "up to $4.54"


def test_a_shape_that_the_model_chooses_is_priced_by_the_largest() -> None:
    free_shape = SEEDANCE.price(Mode.TEXT, NOTHING, {"aspect_ratio": "auto"})
    assert free_shape.up_to
    for shape in ("21:9", "16:9", "4:3", "1:1", "3:4", "9:16"):
        fixed = SEEDANCE.price(Mode.TEXT, NOTHING, {"aspect_ratio": shape})
        assert not fixed.up_to
        assert (fixed.micro_usd or 0) <= (free_shape.micro_usd or 0)


def test_motion_match_is_billed_by_the_motion_clip_and_open_without_one() -> None:
    before = KLING.price(Mode.MOTION, frozenset(), {})
    assert (before.micro_usd, before.pending, before.text) == (None, True, "by length")
    assert "$0.168" in before.note
    clip = video(InputRole.MOTION_CLIP, 12.5)
    assert KLING.price(Mode.MOTION, CHARACTER_AND_CLIP, {}, [clip]).micro_usd == 2_100_000


def test_a_motion_clip_that_will_be_lengthened_is_billed_at_the_minimum() -> None:
    clip = video(InputRole.MOTION_CLIP, 1.2)
    assert KLING.price(Mode.MOTION, CHARACTER_AND_CLIP, {}, [clip]).micro_usd == 3 * 168_000


def test_shots_are_billed_by_their_lengths_together() -> None:
    shots = [{"prompt": "a", "duration": "4"}, {"prompt": "b", "duration": "6"}]
    settings = {"multi_prompt": shots, "duration": "5", "audio": False}
    assert KLING.price(Mode.TEXT, NOTHING, settings).micro_usd == 1_120_000


@given(
    st.integers(4, 14), st.sampled_from(["480p", "720p", "1080p"]), st.sampled_from(["16:9", "21:9", "1:1"])
)
def test_a_longer_clip_never_costs_less(seconds: int, resolution: str, shape: str) -> None:
    def cost(length: int) -> int:
        settings = {"duration": str(length), "resolution": resolution, "aspect_ratio": shape}
        return SEEDANCE.price(Mode.TEXT, NOTHING, settings).micro_usd or 0

    assert 0 < cost(seconds) < cost(seconds + 1)


@given(st.floats(0.5, 30), st.floats(0.5, 30))
def test_a_longer_motion_clip_never_costs_less(one: float, other: float) -> None:
    def cost(seconds: float) -> int:
        clip = video(InputRole.MOTION_CLIP, seconds)
        return KLING.price(Mode.MOTION, CHARACTER_AND_CLIP, {}, [clip]).micro_usd or 0

    assert (cost(one) <= cost(other)) or one > other
    assert cost(one) >= 3 * 168_000


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**9)), max_size=8))
def test_a_sum_with_an_unknown_part_is_unknown_and_else_exact(parts: list[int | None]) -> None:
    result = total([Price(part) for part in parts])
    assert result.micro_usd == (None if None in parts else sum(part or 0 for part in parts))


def test_a_sum_is_an_upper_bound_when_a_part_is() -> None:
    assert total([Price(1_000_000), Price(2_000_000, up_to=True)]) == Price(3_000_000, up_to=True)


@pytest.mark.parametrize(
    ("micro_usd", "text"),
    [
        (0, "free"),
        (40, "< $0.0001"),
        (4_200, "$0.0042"),
        (35_000, "$0.035"),
        (168_000, "$0.168"),
        (560_000, "$0.56"),
        (999_999, "$1.00"),
        (2_427_200, "$2.43"),
        (10_000_000, "$10.00"),
        (12_345_678_901, "$12\u202f345.68"),
        (-500_000, "-$0.50"),
    ],
)
def test_money_always_has_its_currency(micro_usd: int, text: str) -> None:
    assert format_micro_usd(micro_usd) == text


@given(st.integers(100, 10**12))
def test_shown_money_is_within_half_a_unit_of_its_last_place(micro_usd: int) -> None:
    shown = format_micro_usd(micro_usd).replace("\u202f", "").removeprefix("$")
    error = abs(Decimal(shown) - Decimal(micro_usd) / 1_000_000)
    assert error <= Decimal("0.00005") * (1 if micro_usd < 100_000 else 10 if micro_usd < 1_000_000 else 100)


def test_the_price_of_an_image_follows_the_start_frame_only_where_it_is_billed() -> None:
    frame = [Measured(InputRole.START_FRAME)]
    assert VEO.price(Mode.IMAGE, frozenset({InputRole.START_FRAME}), {}, frame).micro_usd == 1_200_000
