"""What each process is told: its environment, its addresses, its part of Redis."""

from pathlib import Path

import pytest

from sorceress_video.runtime import valkey
from sorceress_video.runtime.environment import child_environment
from sorceress_video.runtime.errors import StartupError
from sorceress_video.runtime.origins import allowed_origins
from sorceress_video.runtime.roles import ROLES, processes
from sorceress_video.settings import Settings

SECRETS = {"FAL_KEY": "fal-1", "SORCERESS_SECRET_KEY": "master-1", "RUNWAYML_API_SECRET_FILE": "/run/runway"}
AROUND = {"PATH": "/bin", "LC_ALL": "C.UTF-8", "AWS_SECRET_ACCESS_KEY": "aws-1", "SORCERESS_PORT": "3001"}


def test_only_those_who_talk_to_providers_get_their_keys() -> None:
    found = {
        spec.name: set(spec.env.values()) & {"fal-1", "master-1", "/run/runway"}
        for spec in processes(ROLES, inherited=AROUND | SECRETS, extra={}, cwd=Path("/"))
    }
    assert found["media"] == found["sandbox"] == set()
    assert found["submit-1"] == found["submit-2"] == {"fal-1", "master-1", "/run/runway"}


def test_a_child_gets_settings_but_nothing_else_that_happens_to_be_around() -> None:
    environment = child_environment(AROUND | SECRETS, secrets=("FAL_KEY",), extra={"REDIS_URL": "unix:///v"})
    assert environment["SORCERESS_PORT"] == "3001"
    assert environment["FAL_KEY"] == "fal-1"
    assert environment["REDIS_URL"] == "unix:///v"
    assert environment["LC_ALL"] == "C.UTF-8"
    assert not environment.keys() & {"AWS_SECRET_ACCESS_KEY", "SORCERESS_SECRET_KEY"}


def test_each_queue_has_workers_of_its_own() -> None:
    listening = [role.module[1:] for role in ROLES if role.module[0] == "worker.run"]
    assert all(len(queues) == 1 for queues in listening)
    assert sorted(queue for (queue,) in listening) == ["fetch", "media", "sandbox", "submit"]


@pytest.mark.parametrize(
    ("url", "neighbour"),
    [
        ("unix:///run/v.sock?db=0", "unix:///run/v.sock?db=1"),
        ("unix:///run/v.sock", "unix:///run/v.sock?db=1"),
        ("redis://localhost:6379", "redis://localhost:6379/1"),
        ("redis://:secret@cache:6379/4", "redis://:secret@cache:6379/5"),
        ("rediss://cache/0?ssl_cert_reqs=none", "rediss://cache/1?ssl_cert_reqs=none"),
    ],
)
def test_reflex_keeps_its_state_in_the_next_database(url: str, neighbour: str) -> None:
    assert valkey.neighbour_database(url) == neighbour


def test_without_a_public_address_only_this_machine_may_talk(data_dir: Path) -> None:
    origins = allowed_origins(Settings(data_dir=data_dir, port=3000))
    assert origins == ("http://127.0.0.1:3000", "http://[::1]:3000", "http://localhost:3000")


def test_behind_tls_the_public_address_may_talk(data_dir: Path) -> None:
    origins = allowed_origins(Settings(data_dir=data_dir, public_url="https://Video.example.com:8443"))
    assert "https://video.example.com:8443" in origins
    assert "https://evil.example.com" not in origins
    assert "*" not in origins


def test_the_socket_gets_a_folder_that_nobody_else_can_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    folder = valkey.socket_dir(tmp_path / "data")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert valkey.socket_dir(tmp_path / "data") == folder
    assert valkey.socket_dir(tmp_path / "other") != folder


def test_a_socket_folder_that_is_open_to_others_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    valkey.socket_dir(tmp_path / "data").chmod(0o755)
    with pytest.raises(StartupError, match="open to others"):
        valkey.socket_dir(tmp_path / "data")


def test_the_bundled_server_is_found() -> None:
    assert valkey.find_binary().is_file()
