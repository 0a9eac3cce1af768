"""A frame of a video as a picture: the one that is on screen at the moment, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from sorceress_video.media.derive import Moment, TakenFrame, take_frame
from sorceress_video.media.errors import MediaUnreadable
from tests.media import files
from tests.media.conftest import Named


def taken(video: Path, folder: Path, at: Moment) -> tuple[TakenFrame, int]:
    """The frame's facts and the brightness of its left half."""
    picture, thumbnail = folder / "frame.png", folder / "frame.webp"
    found = take_frame(video, at, picture=picture, thumbnail=thumbnail)
    with Image.open(thumbnail) as small:
        assert small.format == "WEBP"
        assert max(small.size) <= 512
    with Image.open(picture) as image:
        assert (image.format, image.size) == ("PNG", (found.width, found.height))
        return found, int(image.convert("L").getpixel((40, 90)))  # type: ignore[arg-type]


@pytest.mark.spec("X3")
@pytest.mark.parametrize("fps", [12, 24, 30])
@pytest.mark.parametrize("index", [0, 1, 17, 46, 47])
def test_the_frame_is_the_one_on_screen(folder: Path, fps: int, index: int) -> None:
    video = files.write_clip(folder / "clip.mp4", fps=fps, frames=48)
    browsers_word = int(index / fps * 1e6) / 1e6  # Cut to microseconds, below the frame's true time.
    for moment in (browsers_word, (index + 0.5) / fps, (index + 0.9) / fps):
        found, brightness = taken(video, folder, moment)
        assert abs(brightness - files.level(index)) < 5
        assert found.seconds == pytest.approx(index / fps, abs=0.001)


def test_the_frame_of_one_long_group_of_frames_is_exact(folder: Path) -> None:
    video = files.write_other(folder / "one.mp4", format_name="mp4", codec="libx264", frames=100)
    found, brightness = taken(video, folder, 61.5 / 24)
    assert found.seconds == pytest.approx(61 / 24, abs=0.001)
    assert abs(brightness - files.level(61)) < 5


@pytest.mark.parametrize(("at", "index"), [("first", 0), ("last", 47), (86_400.0, 47)])
def test_both_ends_are_found_and_beyond_the_end_is_the_last_frame(
    clip: Path, folder: Path, at: Moment, index: int
) -> None:
    found, brightness = taken(clip, folder, at)
    assert abs(brightness - files.level(index)) < 5
    assert found == TakenFrame(320, 180, pytest.approx(index / 24, abs=0.001))


def test_a_frame_of_a_turned_video_is_upright(clip: Path, named: Named, folder: Path) -> None:
    video = files.turn(named("phone.mp4", clip.read_bytes()), 90)
    found, _ = taken(video, folder, 0.5)
    assert (found.width, found.height) == (180, 320)


def test_a_damaged_video_gives_no_frame_and_leaves_nothing(named: Named, folder: Path) -> None:
    video = named("broken.mp4", b"\x00\x00\x00\x08ftyp" + b"\x01" * 400)
    with pytest.raises(MediaUnreadable):
        take_frame(video, 1.0, picture=folder / "frame.png", thumbnail=folder / "frame.webp")
    assert [path.name for path in folder.iterdir()] == ["broken.mp4"]
