"""What the storage promises: keys of one shape, whole files or none, and the same answers from any store."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from sorceress_video.media.errors import StorageError, StorageFull
from sorceress_video.media.storage import (
    LocalStorage,
    Storage,
    content_key,
    copy_file,
    open_storage,
)
from sorceress_video.media.storage.objects import ObjectStorage
from sorceress_video.settings import Settings
from tests.media.conftest import leftovers
from tests.media.disks import full_after_a_mebibyte

SHA = hashlib.sha256(b"content").hexdigest()
KEY = content_key(SHA)
BAD_KEYS = [
    "",
    "../secret",
    f"ab/cd/../{SHA}",
    f"/{KEY}",
    f"00/00/{SHA}",
    KEY.upper(),
    f"{KEY}/",
    f"{KEY}\n",
    f"{KEY}\x00",
    f"{KEY}.",
    f"{KEY}./x",
    f"{KEY}..webp",
    f"{KEY}.a.b.c.d",
    KEY.replace("/", "\\"),
    KEY.replace("/", "%2f"),
    "C:evil",
    ".incoming/x",
]


@pytest.fixture(params=["folder", "object store"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    if request.param == "folder":
        root = tmp_path / "media"
        yield LocalStorage(root)
        assert leftovers(root) == []
    else:
        yield ObjectStorage(MemoryStore())


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"content")
    return path


def test_a_stored_file_is_found_by_the_hash_of_its_content(storage: Storage, source: Path) -> None:
    stored = storage.store_file(source, "video/mp4")
    assert (stored.sha256, stored.bytes, stored.key) == (SHA, 7, f"{SHA[:2]}/{SHA[2:4]}/{SHA}")
    found = storage.stat(stored.key)
    assert found is not None
    assert found.size == 7
    assert b"".join(storage.open_range(stored.key, 0, 7)) == b"content"


def test_storing_the_same_content_twice_keeps_one_file(storage: Storage, source: Path) -> None:
    assert storage.store_file(source, "video/mp4") == storage.store_file(source, "video/mp4")
    assert [stored.key for stored in storage.list()] == [KEY]


@pytest.mark.parametrize(("start", "end"), [(0, 0), (0, 1), (2, 5), (6, 7), (7, 7)])
def test_a_range_is_exactly_the_bytes_asked_for(storage: Storage, source: Path, start: int, end: int) -> None:
    storage.put_file(source, KEY, "video/mp4")
    assert b"".join(storage.open_range(KEY, start, end)) == b"content"[start:end]


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 2), (0, 8), (8, 9)])
def test_a_range_outside_the_file_is_refused(storage: Storage, source: Path, start: int, end: int) -> None:
    storage.put_file(source, KEY, "video/mp4")
    with pytest.raises(StorageError) as caught:
        storage.open_range(KEY, start, end)
    assert caught.value.code == "bad_range"


def test_a_large_file_comes_in_pieces(storage: Storage, tmp_path: Path) -> None:
    content = os.urandom(5 * 1024 * 1024 + 17)
    large = tmp_path / "large"
    large.write_bytes(content)
    key = storage.store_file(large, "video/mp4").key
    pieces = list(storage.open_range(key, 3, len(content) - 5))
    assert b"".join(pieces) == content[3:-5]
    storage.fetch_to(key, tmp_path / "fetched")
    assert (tmp_path / "fetched").read_bytes() == content


def test_what_is_not_there_is_said_plainly(storage: Storage, tmp_path: Path) -> None:
    assert storage.stat(KEY) is None
    assert storage.local_path(KEY) is None
    storage.delete(KEY)
    with pytest.raises(FileNotFoundError):
        storage.open_range(KEY, 0, 1)
    with pytest.raises(FileNotFoundError):
        storage.fetch_to(KEY, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_prefix_lists_a_file_with_what_derives_from_it(
    storage: Storage, source: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"other")
    storage.put_file(source, KEY, "video/mp4")
    storage.put_file(source, content_key(SHA, ".poster-1.webp"), "image/webp")
    elsewhere = storage.store_file(other, "video/mp4").key
    assert sorted(found.key for found in storage.list(KEY)) == [KEY, f"{KEY}.poster-1.webp"]
    assert sorted(found.key for found in storage.list(SHA[:2])) == [KEY, f"{KEY}.poster-1.webp"]
    assert sorted(found.key for found in storage.list()) == sorted([KEY, f"{KEY}.poster-1.webp", elsewhere])
    storage.delete(KEY)
    assert [found.key for found in storage.list(KEY)] == [f"{KEY}.poster-1.webp"]


@pytest.mark.parametrize("key", BAD_KEYS)
def test_no_other_shape_of_key_reaches_the_store(storage: Storage, source: Path, key: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: storage.put_file(source, key, "video/mp4"),
        lambda: storage.open_range(key, 0, 1),
        lambda: storage.stat(key),
        lambda: storage.delete(key),
        lambda: storage.fetch_to(key, source.with_name("out")),
        lambda: storage.local_path(key),
    ]
    for call in calls:
        with pytest.raises(StorageError) as caught:
            call()
        assert caught.value.code == "bad_key"


@pytest.mark.parametrize("prefix", ["..", "/", "ab/../..", "a", ".incoming", "ab/"])
def test_no_other_shape_of_prefix_is_listed(storage: Storage, prefix: str) -> None:
    with pytest.raises(StorageError):
        list(storage.list(prefix))


def test_a_link_in_the_media_folder_is_neither_read_nor_written_through(tmp_path: Path, source: Path) -> None:
    storage = LocalStorage(tmp_path / "media")
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / SHA).write_bytes(b"private")
    shelf = tmp_path / "media" / SHA[:2]
    shelf.mkdir()
    (shelf / SHA[2:4]).symlink_to(secret)
    assert storage.stat(KEY) is None
    assert list(storage.list()) == []
    storage.delete(KEY)
    with pytest.raises(FileNotFoundError):
        storage.open_range(KEY, 0, 1)
    with pytest.raises(StorageError):
        storage.put_file(source, KEY, "video/mp4")
    assert (secret / SHA).read_bytes() == b"private"


def test_a_link_in_place_of_a_file_is_not_followed(tmp_path: Path, source: Path) -> None:
    storage = LocalStorage(tmp_path / "media")
    storage.put_file(source, KEY, "video/mp4")
    path = storage.local_path(KEY)
    assert path is not None
    path.unlink()
    path.symlink_to("/etc/hostname")
    assert storage.stat(KEY) is None
    with pytest.raises(FileNotFoundError):
        storage.open_range(KEY, 0, 1)


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "small"
    large, little = tmp_path / "large", tmp_path / "little"
    large.write_bytes(os.urandom(3 * 1024 * 1024))
    little.write_bytes(b"fits")
    with full_after_a_mebibyte(place):
        storage = LocalStorage(place / "media")
        with pytest.raises(StorageFull) as caught:
            storage.store_file(large, "video/mp4")
        assert caught.value.sentence == "The storage is full. Free some space, then try again."
        with pytest.raises(StorageFull):
            copy_file(large, place / "copy")
        assert list(storage.list()) == []
        assert leftovers(place) == []
        assert sorted(path.name for path in place.iterdir()) == ["media"]
        assert storage.store_file(little, "video/mp4").bytes == 4


def test_a_forked_worker_reads_what_its_parent_stored(tmp_path: Path, source: Path) -> None:
    storage = LocalStorage(tmp_path / "media")
    storage.store_file(source, "video/mp4")
    program = (
        "import os, sys\nfrom pathlib import Path\n"
        "from sorceress_video.media.storage import LocalStorage\n"
        "storage = LocalStorage(Path(sys.argv[1]))\nkey = sys.argv[2]\n"
        "read = lambda: b''.join(storage.open_range(key, 0, 7))\nassert read() == b'content'\n"
        "child = os.fork()\n"
        "if not child: os._exit(0 if read() == b'content' else 1)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "media"), KEY], timeout=20, check=False
    )
    assert done.returncode == 0


def test_the_storage_is_chosen_by_its_url(tmp_path: Path) -> None:
    by_default = open_storage(Settings(data_dir=tmp_path / "data"))
    assert isinstance(by_default, LocalStorage)
    assert (by_default.free_bytes() or 0) > 0
    assert (tmp_path / "data" / "media").is_dir()
    folder = open_storage(Settings(data_dir=tmp_path, storage_url=(tmp_path / "else where").as_uri()))
    assert isinstance(folder, LocalStorage)
    assert (tmp_path / "else where").is_dir()
    objects = open_storage(Settings(data_dir=tmp_path, storage_url="memory:///"))
    assert isinstance(objects, ObjectStorage)
    assert objects.free_bytes() is None
    with pytest.raises(StorageError, match="SORCERESS_STORAGE_URL"):
        open_storage(Settings(data_dir=tmp_path, storage_url="gopher://nowhere"))
