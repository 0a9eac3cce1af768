"""What the writer promises of every video that the workspace makes itself."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from sorceress_video.media.containers import is_faststart
from sorceress_video.media.encode import AudioTrack, H264Writer
from sorceress_video.media.errors import StorageFull
from sorceress_video.media.reader import read_frames
from tests.media.disks import full_after_a_mebibyte
from tests.media.files import SIZE, frame_of, level


def test_a_written_video_is_what_browsers_play_at_once(clip: Path) -> None:
    with av.open(str(clip)) as container:
        video = container.streams.video[0]
        context = video.codec_context
        assert (context.name, context.pix_fmt, video.frames) == ("h264", "yuv420p", 48)
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (
            1,
            1,
            1,
            1,
        )
        assert container.duration == pytest.approx(2_000_000, abs=50_000)
        keys = [index for index, frame in enumerate(container.decode(video)) if frame.key_frame]
    assert is_faststart(clip)
    assert keys == [0, 24]


def test_every_frame_comes_back_in_order_with_its_colours(clip: Path) -> None:
    frames = list(read_frames(clip))
    assert len(frames) == 48
    for index, frame in enumerate(frames):
        assert abs(int(frame[90, 40, 0]) - level(index)) <= 4
        assert np.abs(frame[90, 280].astype(int) - (200, 20, 20)).max() <= 6


def test_planes_are_written_as_they_are(folder: Path) -> None:
    path = folder / "planes.mp4"
    luma = np.full((180, 322), 120, np.uint8)  # A width that no alignment divides.
    chroma = np.full((90, 161), 128, np.uint8)
    with H264Writer(path, 322, 180, 24) as writer:
        writer.write_yuv420p((luma, chroma, chroma))
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        assert np.abs(frame.to_ndarray()[:180, :322].astype(int) - 120).max() <= 1


@pytest.mark.parametrize("size", [(321, 180), (320, 181), (0, 180)])
def test_a_size_that_h264_cannot_hold_is_refused_before_anything_is_written(
    folder: Path, size: tuple[int, int]
) -> None:
    with pytest.raises(ValueError, match="even width and height"):
        H264Writer(folder / "odd.mp4", *size, 24)
    assert list(folder.iterdir()) == []


def test_a_frame_of_another_shape_is_refused_and_leaves_no_file(folder: Path) -> None:
    with pytest.raises(ValueError, match="320×180"), H264Writer(folder / "bad.mp4", *SIZE, 24) as writer:
        writer.write_rgb(np.zeros((180, 300, 3), np.uint8))
    assert list(folder.iterdir()) == []


def test_a_video_appears_only_when_it_is_complete(folder: Path) -> None:
    path = folder / "clip.mp4"
    path.write_bytes(b"the one before")
    writer = H264Writer(path, *SIZE, 24)
    writer.write_rgb(frame_of(0))
    assert path.read_bytes() == b"the one before"
    writer.discard()
    assert path.read_bytes() == b"the one before"


def test_a_video_without_frames_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="at least one frame"), H264Writer(folder / "none.mp4", *SIZE, 24):
        pass
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("seconds", [0.0, 0.5, 3.0])
def test_sound_is_as_long_as_the_picture(folder: Path, seconds: float) -> None:
    path = folder / "sound.mp4"
    samples = np.full((int(48_000 * seconds), 1), 0.25, np.float32)
    with H264Writer(path, *SIZE, Fraction(24), audio=AudioTrack(samples)) as writer:
        for index in range(24):
            writer.write_rgb(frame_of(index))
    with av.open(str(path)) as container:
        sound = container.streams.audio[0]
        assert sound.codec_context.name == "aac"
        assert float(sound.duration * sound.time_base) == pytest.approx(1.0, abs=0.03)


def test_frame_rates_that_are_no_whole_numbers_are_kept(folder: Path) -> None:
    path = folder / "ntsc.mp4"
    with H264Writer(path, *SIZE, Fraction(30_000, 1001)) as writer:
        for index in range(30):
            writer.write_rgb(frame_of(index))
    with av.open(str(path)) as container:
        assert container.streams.video[0].average_rate == Fraction(30_000, 1001)


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "small"
    noise = np.random.default_rng(0).integers(0, 255, (360, 640, 3), dtype=np.uint8)

    def render() -> None:
        with H264Writer(place / "x.mp4", 640, 360, 24, crf=4) as writer:
            for shift in range(48):
                writer.write_rgb(np.roll(noise, shift * 7, axis=1))

    with full_after_a_mebibyte(place):
        with pytest.raises(StorageFull):
            render()
        assert list(place.iterdir()) == []
