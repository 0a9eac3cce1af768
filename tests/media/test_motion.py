"""Motion clips made long enough, or short enough: real H.264, measured again afterwards."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from sorceress_video.media.encode import AudioTrack, H264Writer
from sorceress_video.media.errors import MediaError
from sorceress_video.media.motion import cut, lengthen

FPS, WIDTH, HEIGHT = 24, 160, 90
pytestmark = pytest.mark.spec("P6")


def film(path: Path, places: list[float], *, sound: bool = False) -> Path:
    """A bright bar that stands at each of these places (0…1 of the width), one a frame."""
    audio = AudioTrack(np.zeros((len(places) * 2000, 2), np.float32)) if sound else None
    with H264Writer(path, WIDTH, HEIGHT, FPS, crf=12, audio=audio) as writer:
        for place in places:
            frame = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
            left = int(place * (WIDTH - 20))
            frame[:, left : left + 20] = 230
            writer.write_rgb(frame)
    return path


def bars(path: Path) -> list[int]:
    """Where the bar stands in each frame, in pixels."""
    with av.open(str(path)) as container:
        return [
            int((frame.to_ndarray(format="gray")[HEIGHT // 2] > 140).argmax())
            for frame in container.decode(video=0)
        ]


def made(tmp_path: Path, places: list[float], least: float) -> tuple[str, list[int]]:
    out, thumbnail = tmp_path / "out.mp4", tmp_path / "out.webp"
    result = lengthen(film(tmp_path / "in.mp4", places), least, out=out, thumbnail=thumbnail)
    assert result.seconds >= least
    assert (result.width, result.height) == (WIDTH, HEIGHT)
    assert thumbnail.read_bytes()[8:12] == b"WEBP"
    found = bars(out)
    assert len(found) / result.fps == pytest.approx(result.seconds, abs=0.05)
    return result.way, found


def test_a_motion_that_comes_back_is_played_again(tmp_path: Path) -> None:
    circle = [(1 + np.sin(2 * np.pi * step / 36)) / 2 for step in range(36)]
    way, found = made(tmp_path, circle, 3.0)
    assert way == "loop"
    assert max(abs(one - other) for one, other in zip(found[1:], found, strict=False)) < 20


def test_a_motion_that_goes_somewhere_turns_round_instead_of_jumping(tmp_path: Path) -> None:
    eased = [float(step * step * (3 - 2 * step)) for step in np.linspace(0, 1, 36)]
    way, found = made(tmp_path, eased, 3.0)
    assert way == "back and forth"
    assert max(abs(one - other) for one, other in zip(found[1:], found, strict=False)) < 20


def test_a_little_too_short_is_played_a_little_slower(tmp_path: Path) -> None:
    way, found = made(tmp_path, [step / 70 for step in range(70)], 3.0)
    assert way == "slower"
    assert len(found) == 70, "every frame is still there, and none twice"


def test_one_frame_is_enough(tmp_path: Path) -> None:
    way, found = made(tmp_path, [0.5], 1.0)
    assert way == "loop"
    assert len(found) >= FPS


def test_a_part_is_cut_out_with_its_sound(tmp_path: Path) -> None:
    source = film(tmp_path / "in.mp4", [step / 144 for step in range(144)], sound=True)
    out, thumbnail = tmp_path / "out.mp4", tmp_path / "out.webp"
    result = cut(source, 2.0, 3.0, out=out, thumbnail=thumbnail)
    assert result.seconds == pytest.approx(3.0, abs=1 / FPS)
    assert result.seconds <= 3.0
    assert result.has_audio
    first = bars(out)[0]
    assert first == pytest.approx(48 / 144 * (WIDTH - 20), abs=3)


def test_a_part_behind_the_end_is_refused(tmp_path: Path) -> None:
    source = film(tmp_path / "in.mp4", [0.1] * 24)
    with pytest.raises(MediaError):
        cut(source, 5.0, 3.0, out=tmp_path / "out.mp4", thumbnail=tmp_path / "out.webp")
    assert not (tmp_path / "out.mp4").exists()
