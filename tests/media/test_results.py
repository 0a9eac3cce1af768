"""What counts as a delivered clip, and what a provider's file is called when it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from sorceress_video.media.containers import is_faststart
from sorceress_video.media.errors import MediaUnreadable, ResultUnusable
from sorceress_video.media.reader import read_frames
from sorceress_video.media.results import VideoInfo, faststart_copy, inspect_result
from tests.media import files
from tests.media.conftest import Named


def unusable(path: Path, expected: float | None = None) -> ResultUnusable:
    before = set(path.parent.iterdir())
    with pytest.raises(ResultUnusable) as caught:
        inspect_result(path, expected_seconds=expected, tolerance=0.5)
    assert set(path.parent.iterdir()) == before
    return caught.value


def test_a_whole_video_is_measured(clip: Path) -> None:
    found = inspect_result(clip, expected_seconds=2, tolerance=0.1)
    assert found == VideoInfo("h264", 320, 180, pytest.approx(2.0, abs=0.05), 24.0, 48, True)


def test_a_poster_comes_with_the_inspection_if_asked(clip: Path, folder: Path) -> None:
    inspect_result(clip, expected_seconds=None, tolerance=0, poster=folder / "poster.webp")
    with Image.open(folder / "poster.webp") as poster:
        assert (poster.format, poster.size) == ("WEBP", (320, 180))


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (b"", "empty", "The provider delivered an empty file."),
        (
            b"<!doctype html><title>503 Service Unavailable</title>",
            "not_video",
            "The provider delivered a web page instead of a video.",
        ),
        (
            b'{"detail": "The link has expired"}',
            "not_video",
            "The provider delivered a JSON document instead of a video.",
        ),
        (files.picture("PNG"), "not_video", "The provider delivered a PNG image instead of a video."),
        (
            b"ffconcat version 1.0\nfile clip.mp4\n",
            "not_video",
            "The provider delivered a list of other files instead of a video.",
        ),
    ],
)
def test_what_is_no_video_is_called_by_its_name(
    named: Named, content: bytes, code: str, sentence: str
) -> None:
    error = unusable(named("result.mp4", content))
    assert (error.code, error.sentence) == (code, sentence)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.995])
def test_a_cut_download_is_not_a_success(clip: Path, named: Named, share: float) -> None:
    content = clip.read_bytes()
    error = unusable(named("result.mp4", content[: int(len(content) * share)]), 2)
    assert error.code == ("truncated" if share >= 0.9 else error.code)
    assert error.code in ("truncated", "unreadable", "no_frames")


def test_a_download_without_its_index_is_not_a_success(folder: Path) -> None:
    path = files.write_other(folder / "result.mp4", format_name="mp4", codec="libx264")
    path.write_bytes(path.read_bytes()[:-200])
    assert unusable(path).code in ("unreadable", "truncated")


def test_sound_alone_is_not_a_success(folder: Path) -> None:
    path = files.write_sound(folder / "result.mp4", format_name="mp4", codec="aac")
    error = unusable(path)
    assert (error.code, error.sentence) == ("no_video", "The delivered video has no picture, only sound.")


def test_an_index_that_announces_frames_of_which_none_exist_is_not_a_success(
    clip: Path, named: Named
) -> None:
    content = bytearray(clip.read_bytes())
    start = content.index(b"mdat") + 4
    content[start:] = bytes(len(content) - start)
    assert unusable(named("result.mp4", bytes(content))).code in ("no_frames", "unreadable", "truncated")


@pytest.mark.parametrize("expected", [1.0, 5.0])
def test_another_length_than_asked_is_not_a_success(clip: Path, expected: float) -> None:
    error = unusable(clip, expected)
    assert error.sentence == f"The delivered video is 2.0 s long; {expected:.1f} s were asked for."


@pytest.mark.parametrize("format_name", ["mp4", "mov", "matroska"])
def test_an_index_at_the_end_is_brought_to_the_front_without_encoding(folder: Path, format_name: str) -> None:
    path = files.write_other(folder / "late", format_name=format_name, codec="libx264")
    assert not is_faststart(path)
    faststart_copy(path, folder / "early.mp4")
    assert is_faststart(folder / "early.mp4")
    for before, after in zip(read_frames(path), read_frames(folder / "early.mp4"), strict=True):
        assert (before == after).all()


def test_a_video_that_starts_fast_is_copied_as_it_is(clip: Path, folder: Path) -> None:
    faststart_copy(clip, folder / "copy.mp4")
    assert (folder / "copy.mp4").read_bytes() == clip.read_bytes()


def test_a_copy_of_something_unreadable_leaves_nothing(named: Named, folder: Path) -> None:
    path = named("broken", b"\x00\x00\x00\x08ftyp" + b"\x01" * 400)
    with pytest.raises(MediaUnreadable):
        faststart_copy(path, folder / "copy.mp4")
    assert [found.name for found in folder.iterdir()] == ["broken"]
