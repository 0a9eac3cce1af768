"""Real files, made by the tests themselves with PyAV and Pillow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.media.files import write_clip

Named = Callable[[str, bytes], Path]


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of 320×180 at 24 frames a second with sound, index in front; not to be changed."""
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An empty folder that must hold no temporary file when the test ends."""
    place = tmp_path / "work"
    place.mkdir()
    yield place
    assert leftovers(place) == []


@pytest.fixture
def named(folder: Path) -> Named:
    """Writes bytes into the folder under a name."""

    def write(name: str, content: bytes) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return write


def leftovers(place: Path) -> list[str]:
    """Temporary files and folders of the room that are still there."""
    return sorted(
        str(path.relative_to(place))
        for path in place.rglob("*")
        if path.name.startswith(".") and path.name != ".incoming"
    )
