"""What the bounded child promises whoever calls it: an answer or a typed error, in time, and no traces."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PIL import Image

from sorceress_video.media.errors import MediaError, SandboxFailed, StorageFull
from sorceress_video.media.sandbox import Bounds, run_task
from tests.media import files
from tests.support.waiting import wait_for

MIB = 1024 * 1024


@pytest.fixture
def photo(folder: Path) -> Path:
    path = folder / "photo"
    path.write_bytes(files.picture("PNG"))
    return path


@pytest.fixture
def slow_photo(folder: Path) -> Path:
    """An image that takes some seconds of work: noise, which nothing compresses."""
    path = folder / "photo"
    with Image.effect_noise((3200, 2400), 90) as noise:
        Image.merge("RGBA", (noise, noise, noise, noise)).save(path, "PNG", compress_level=0)
    return path


def run(photo: Path, bounds: Bounds | None = None) -> dict[str, object]:
    outputs = {name: photo.with_name(name) for name in ("clean", "thumbnail")}
    arguments = {"min_side": 1, "max_pixels": 40_000_000, "thumbnail_side": 512}
    return run_task("accept_image", photo, outputs, arguments, bounds=bounds)


@pytest.fixture(autouse=True)
def others() -> Iterator[None]:
    """The servers that other tests of this run keep are none of this module's children."""
    _others.update(psutil.Process().children(recursive=True))
    yield
    _others.clear()


_others: set[psutil.Process] = set()


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if child not in _others]


def at_work() -> list[psutil.Process]:
    """Children that are decoders by now: stopped before its ``exec``, one would hold up whoever starts it."""
    return [child for child in children() if "-I" in child.cmdline()]


def names(photo: Path) -> list[str]:
    return sorted(path.name for path in photo.parent.iterdir())


def test_the_answer_and_the_files_come_back(photo: Path) -> None:
    assert run(photo)["width"] == 200
    assert names(photo) == ["clean", "photo", "thumbnail"]


@pytest.mark.parametrize(
    ("bounds", "code"),
    [
        (Bounds(memory=100 * MIB), "decoder_memory"),
        (Bounds(wall_seconds=0), "decoder_timeout"),
        (Bounds(cpu_seconds=1), "decoder_timeout"),
    ],
)
def test_a_broken_bound_is_a_typed_error_and_leaves_nothing(
    slow_photo: Path, bounds: Bounds, code: str
) -> None:
    with pytest.raises(SandboxFailed) as caught:
        run(slow_photo, bounds)
    assert caught.value.code == code
    assert children() == []
    assert names(slow_photo) == ["photo"]


def test_a_file_that_grows_beyond_its_bound_counts_as_a_full_disk(slow_photo: Path) -> None:
    with pytest.raises(StorageFull):
        run(slow_photo, Bounds(file_size=MIB))
    assert names(slow_photo) == ["photo"]


def test_a_decoder_that_hangs_is_killed_in_time(slow_photo: Path) -> None:
    caught: list[MediaError] = []

    def work() -> None:
        try:
            run(slow_photo, Bounds(wall_seconds=2))
        except MediaError as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    started = time.monotonic()
    thread.start()
    child = wait_for(at_work)[0]
    os.kill(child.pid, signal.SIGSTOP)
    thread.join(timeout=20)
    assert [error.code for error in caught] == ["decoder_timeout"]
    assert time.monotonic() - started < 10
    assert not child.is_running()
    assert names(slow_photo) == ["photo"]


def test_the_child_sees_no_secret_of_its_parent(slow_photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_KEY", "very-secret")
    thread = threading.Thread(target=run, args=(slow_photo,))
    thread.start()
    child = wait_for(at_work)[0]
    wait_for(lambda: "accept_image" in "".join(child.cmdline()), what="the child's own command line")
    environment = child.environ()
    thread.join(timeout=20)
    assert environment == {}


def test_only_a_regular_file_is_opened(photo: Path) -> None:
    os.mkfifo(photo.with_name("pipe"))
    with pytest.raises(FileNotFoundError):
        run(photo.with_name("pipe"))
    photo.with_name("link").symlink_to(photo)
    with pytest.raises(FileNotFoundError):
        run(photo.with_name("link"))


def test_an_unknown_task_is_a_crash_of_the_child_only(photo: Path) -> None:
    with pytest.raises(SandboxFailed) as caught:
        run_task("remove_everything", photo, {}, {})
    assert caught.value.code == "decoder_crashed"
