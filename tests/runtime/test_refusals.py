"""What stands in the way of a start is one clear sentence, without a traceback."""

import fcntl
import socket
from pathlib import Path

import pytest
import redis

from sorceress_video.runtime import checks
from sorceress_video.runtime.errors import StartupError
from sorceress_video.settings import Settings
from tests.support.machine import unused_port
from tests.support.workspace import Workspace


def refused(workspace: Workspace) -> str:
    """The only line that a start printed which ended with exit status 1."""
    with workspace:
        assert workspace.wait() == 1
    lines = workspace.text().splitlines()
    assert len(lines) == 1, workspace.text()
    return lines[0]


def test_a_second_copy_on_the_same_data_folder(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.data_dir.mkdir()
    with (workspace.data_dir / "lock").open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        first.write("4711")
        first.flush()
        assert refused(workspace).startswith("Another copy (process 4711) already runs on the data folder")


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert refused(Workspace(tmp_path, port=port)) == (
            f"Port {port} is in use by another program: choose another one with SORCERESS_PORT."
        )


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = refused(Workspace(tmp_path, {"SORCERESS_DATA_DIR": str(tmp_path / "file" / "data")}))
    assert "cannot be written" in line
    assert "SORCERESS_DATA_DIR" in line


def test_a_setting_that_makes_no_sense(tmp_path: Path) -> None:
    assert "SORCERESS_PORT" in refused(Workspace(tmp_path, {"SORCERESS_PORT": "eighty"}))


def test_a_host_that_is_not_ours(tmp_path: Path) -> None:
    line = refused(Workspace(tmp_path, {"SORCERESS_HOST": "192.0.2.1"}))
    assert line == "SORCERESS_HOST is 192.0.2.1, which is no address of this machine."


def test_a_disk_that_is_nearly_full(data_dir: Path) -> None:
    with pytest.raises(StartupError, match="nearly full"):
        checks.enough_disk(Settings(data_dir=data_dir), least=2**60)


def test_a_redis_that_does_not_answer() -> None:
    with pytest.raises(StartupError, match="REDIS_URL does not answer"):
        checks.usable_redis(f"redis://127.0.0.1:{unused_port()}/0")


def test_a_redis_that_would_drop_jobs(valkey: str) -> None:
    with redis.Redis.from_url(valkey) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            with pytest.raises(StartupError, match="noeviction"):
                checks.usable_redis(valkey)
        finally:
            client.config_set("maxmemory-policy", "noeviction")
    checks.usable_redis(valkey)


def test_an_open_host_without_a_public_address_is_pointed_out(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir, host="0.0.0.0", min_free_bytes=0)
    assert any("SORCERESS_PUBLIC_URL" in sentence for sentence in checks.advice(settings))
