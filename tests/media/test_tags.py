"""Tags of a downloaded clip: standard fields for players, a recipe for the workspace, frames untouched."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from sorceress_video.media.containers import is_faststart
from sorceress_video.media.errors import MediaUnreadable
from sorceress_video.media.reader import read_frames
from sorceress_video.media.tags import RECIPE_TAG, ClipTags, read_recipe, write_tagged
from tests.media.conftest import Named

PROMPT = "Embers drift over a drowned city ☔\nthe camera rises"


def tags(**changes: Any) -> ClipTags:
    facts: dict[str, Any] = {
        "prompt": PROMPT,
        "model_id": "kling-3.0-pro",
        "model_name": "Kling 3.0 Pro",
        "mode": "text",
        "settings": {"duration": "5", "audio": True},
        "settings_line": "1080p · 5 s",
        "seed": 42,
        "made_at": datetime(2026, 11, 25, 2, 3, 4, tzinfo=UTC),
    }
    return ClipTags(**facts | changes)


def read(path: Path) -> dict[str, str]:
    with av.open(str(path)) as container:
        return dict(container.metadata)


def test_players_find_title_description_comment_and_the_workspace_its_recipe(
    clip: Path, folder: Path
) -> None:
    write_tagged(clip, folder / "copy.mp4", tags())

    found = read(folder / "copy.mp4")
    assert found["title"] == "Embers drift over a drowned city ☔ the camera rises"
    assert found["description"] == PROMPT
    assert found["artist"] == "Kling 3.0 Pro"
    assert found["comment"] == "Kling 3.0 Pro · 1080p · 5 s · seed 42"
    recipe = read_recipe(found[RECIPE_TAG])
    assert recipe is not None
    assert (recipe.prompt, recipe.model.id, recipe.mode, recipe.seed) == (PROMPT, "kling-3.0-pro", "text", 42)
    assert recipe.settings == {"duration": "5", "audio": True}


def test_no_frame_and_no_sound_is_touched_and_it_plays_while_it_loads(clip: Path, folder: Path) -> None:
    write_tagged(clip, folder / "copy.mp4", tags())

    assert is_faststart(folder / "copy.mp4")
    for ours, theirs in zip(read_frames(folder / "copy.mp4"), read_frames(clip), strict=True):
        assert np.array_equal(ours, theirs)
    with av.open(str(folder / "copy.mp4")) as copy, av.open(str(clip)) as source:
        sounds = [
            [bytes(packet) for packet in each.demux(each.streams.audio[0]) if packet.size]
            for each in (copy, source)
        ]
    assert sounds[0] == sounds[1]


@pytest.mark.parametrize(
    "prompt",
    ["", "a\x00b\x1b", "\ud800 half a character", "\u202e turned", '"}\n{', "☔🎬" * 10_000, '"' * 20_000],
    ids=["none", "controls", "surrogate", "turned", "json", "long", "quotes"],
)
def test_any_prompt_can_be_written_and_read_again(clip: Path, folder: Path, prompt: str) -> None:
    write_tagged(clip, folder / "copy.mp4", tags(prompt=prompt))

    recipe = read_recipe(read(folder / "copy.mp4")[RECIPE_TAG])
    assert recipe is not None
    assert recipe.prompt == prompt.replace("\x00", "").replace("\x1b", "").replace("\ud800", "?")


def test_a_damaged_video_gets_no_copy(named: Named, folder: Path) -> None:
    broken = named("broken.mp4", b"\x00\x00\x00\x08ftyp" + b"\x01" * 400)
    with pytest.raises(MediaUnreadable):
        write_tagged(broken, folder / "copy.mp4", tags())
    assert not (folder / "copy.mp4").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"version": 2},
        {"prompt": 5},
        {"prompt": "x" * 20_001},
        {"model": "kling"},
        {"model": {"id": "x" * 81, "name": ""}},
        {"settings": []},
        {"settings": {"x" * 41: 1}},
        {"settings": {str(number): 1 for number in range(65)}},
        {"seed": 2**63},
        {"seed": True},
        {"seed": "1"},
        {"mode": None},
    ],
)
def test_what_is_no_recipe_is_not_taken_for_one(change: dict[str, Any]) -> None:
    assert read_recipe(tags().recipe()) is not None
    assert read_recipe(json.dumps(json.loads(tags().recipe()) | change)) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 60_000, "{" + " " * 70_000 + "}", "\x00"])
def test_nonsense_is_no_recipe(text: str) -> None:
    assert read_recipe(text) is None
