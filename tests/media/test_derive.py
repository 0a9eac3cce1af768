"""What the gallery shows of a video: its poster, its light preview, its true last frame."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from sorceress_video.media.containers import is_faststart
from sorceress_video.media.derive import (
    extract_last_frame,
    make_derivatives,
    make_poster,
    make_preview,
    make_thumbnail,
)
from sorceress_video.media.errors import MediaRefused, MediaUnreadable
from sorceress_video.media.reader import load_image, read_frames
from tests.media import files
from tests.media.conftest import Named


def test_a_poster_is_small_and_shows_the_beginning(folder: Path) -> None:
    video = files.write_clip(folder / "large.mp4", size=(1280, 720), frames=12)
    make_poster(video, folder / "poster.webp")
    with Image.open(folder / "poster.webp") as poster:
        assert (poster.format, poster.size) == ("WEBP", (512, 288))
        assert abs(poster.convert("L").getpixel((40, 100)) - files.level(0)) < 12  # type: ignore[operator]


def test_a_poster_is_never_black_if_the_first_seconds_are_not(folder: Path) -> None:
    video = files.write_clip(folder / "fade.mp4", black=20)
    make_poster(video, folder / "poster.webp")
    assert load_image(folder / "poster.webp").mean() > 40


def test_a_video_that_is_black_throughout_still_has_a_poster(folder: Path) -> None:
    video = files.write_clip(folder / "night.mp4", frames=10, black=10)
    make_poster(video, folder / "poster.webp")
    assert load_image(folder / "poster.webp").shape == (180, 320, 3)


def test_a_preview_is_light_muted_and_even(folder: Path) -> None:
    video = files.write_clip(folder / "long.mp4", size=(640, 360), frames=120)
    make_preview(video, folder / "preview.mp4")
    with av.open(str(folder / "preview.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 360, 202)
        assert float(stream.average_rate or 0) == 12.0
        assert stream.frames == 48
        assert not container.streams.audio
    assert is_faststart(folder / "preview.mp4")
    assert (folder / "preview.mp4").stat().st_size < 100_000
    for place, frame in enumerate(read_frames(folder / "preview.mp4")):
        assert abs(int(frame[100, 40, 0]) - files.level(place * 2)) < 12


@pytest.mark.parametrize(
    ("fps", "frames", "rate", "count"),
    [(30, 60, 15.0, 30), (16, 32, 16.0, 32), (25, 50, 12.5, 25), (24, 1, 12.0, 1)],
)
def test_a_preview_of_a_short_video_is_the_whole_of_it(
    folder: Path, fps: int, frames: int, rate: float, count: int
) -> None:
    video = files.write_clip(folder / "short.mp4", fps=fps, frames=frames)
    make_preview(video, folder / "preview.mp4")
    with av.open(str(folder / "preview.mp4")) as container:
        stream = container.streams.video[0]
        assert (float(stream.average_rate or 0), stream.frames) == (rate, count)


@pytest.mark.parametrize("frames", [1, 23, 48, 61])
def test_the_last_frame_is_the_last_one_that_is_shown(folder: Path, frames: int) -> None:
    video = files.write_clip(folder / "clip.mp4", frames=frames)
    extract_last_frame(video, folder / "last.png")
    with Image.open(folder / "last.png") as last:
        assert (last.format, last.size) == ("PNG", files.SIZE)
        assert abs(last.convert("L").getpixel((40, 90)) - files.level(frames - 1)) < 5  # type: ignore[operator]


def test_the_last_frame_of_one_long_group_of_frames_is_found(folder: Path) -> None:
    video = files.write_other(folder / "one-group.mp4", format_name="mp4", codec="libx264", frames=100)
    extract_last_frame(video, folder / "last.png")
    expected = list(read_frames(video))[-1]
    assert np.abs(load_image(folder / "last.png").astype(int) - expected).max() <= 2


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_what_derives_from_a_turned_video_is_upright(
    clip: Path, named: Named, folder: Path, degrees: int
) -> None:
    video = files.turn(named("phone.mp4", clip.read_bytes()), degrees)
    make_derivatives(
        video,
        poster=folder / "poster.webp",
        preview=folder / "preview.mp4",
        last_frame=folder / "last.png",
    )
    upright = list(read_frames(video))
    for picture, expected in (
        (load_image(folder / "poster.webp"), upright[0]),
        (load_image(folder / "last.png"), upright[-1]),
        (next(read_frames(folder / "preview.mp4")), upright[0]),
    ):
        assert picture.shape == expected.shape
        assert np.abs(picture.astype(int) - expected).mean() < 8
    # Clockwise, the red right half comes to the bottom, the left, the top.
    height, width, _ = upright[0].shape
    row, column = {90: (-10, width // 2), 180: (height // 2, 10), 270: (10, width // 2)}[degrees]
    assert upright[0][row, column, 0] > 150
    assert upright[0][row, column, 1] < 80


def test_damage_leaves_no_half_of_the_derivatives(named: Named, folder: Path) -> None:
    video = named("broken.mp4", b"\x00\x00\x00\x08ftyp" + b"\x01" * 400)
    with pytest.raises(MediaUnreadable):
        make_derivatives(video, poster=folder / "poster.webp", preview=folder / "preview.mp4")
    assert [path.name for path in folder.iterdir()] == ["broken.mp4"]


def test_a_thumbnail_of_an_image_is_small_and_upright(named: Named, folder: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = named("photo", files.picture("JPEG", (1600, 800), exif=exif.tobytes()))
    assert make_thumbnail(photo, folder / "thumbnail.webp") == (256, 512)
    assert load_image(photo).shape == (1600, 800, 3)
    assert load_image(photo, max_side=400).shape == (400, 200, 3)
    with pytest.raises(MediaRefused):
        make_thumbnail(named("broken", b"\x89PNG\r\n\x1a\nnothing"), folder / "none.webp")
    assert not (folder / "none.webp").exists()


def test_frames_are_read_no_larger_than_asked(clip: Path) -> None:
    assert {frame.shape for frame in read_frames(clip, max_side=160)} == {(90, 160, 3)}
