import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import redis

from sorceress_video.runtime import valkey as bundled
from sorceress_video.runtime.child import RestartPolicy
from tests.support.waiting import wait_for
from tests.support.workspace import Workspace

pytestmark = pytest.mark.faults
SUPERVISE = ("-m", "tests.runtime.toys", "supervise")


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A supervisor that survives the tests of this module; who ends it takes one of its own."""
    with running(tmp_path_factory.mktemp("toys"), "page worker") as workspace:
        yield workspace


@contextmanager
def running(folder: Path, toys: str, **settings: str) -> Iterator[Workspace]:
    with Workspace(folder, {"TOYS": toys} | settings, command=SUPERVISE) as workspace:
        workspace.wait_until_running()
        yield workspace


def pid_of(workspace: Workspace, name: str) -> int:
    file = workspace.data_dir / "pids" / name
    wait_for(file.exists, what=f"{name} to run")
    return int(file.read_text())


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def valkey_pid(workspace: Workspace) -> int:
    own = psutil.Process(workspace.pid).children()
    return next(process.pid for process in own if "valkey-server" in process.name())


def test_the_first_start_prints_the_address_and_the_link_that_makes_the_owner(toys: Workspace) -> None:
    assert toys.setup_link.startswith(f"{toys.url}/setup?token=")


def test_a_child_that_dies_is_started_again(toys: Workspace) -> None:
    before = pid_of(toys, "worker")
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: pid_of(toys, "worker") != before, what="another worker")
    assert alive(pid_of(toys, "worker"))
    assert "worker ended (by SIGKILL) and is started again in" in toys.text()


def test_the_job_of_a_killed_worker_does_not_go_on_without_it(toys: Workspace) -> None:
    job = pid_of(toys, "job")
    os.kill(pid_of(toys, "worker"), signal.SIGKILL)
    wait_for(lambda: not alive(job), what="the job to end")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path, "page worker") as toys:
        everybody = {pid_of(toys, "page"), pid_of(toys, "worker"), pid_of(toys, "job"), valkey_pid(toys)}
        assert toys.stop(number) == 0
        assert [pid for pid in everybody if alive(pid)] == []


def test_a_child_that_ignores_sigterm_is_killed_within_ten_seconds(tmp_path: Path) -> None:
    with running(tmp_path, "page stubborn") as toys:
        stubborn = pid_of(toys, "stubborn")
        began = time.monotonic()
        assert toys.stop() == 0
        assert time.monotonic() - began < 10
        assert not alive(stubborn)
        assert "Still busy, so killed: stubborn." in toys.text()


def test_valkey_keeps_its_data_over_kill_9(toys: Workspace) -> None:
    url = bundled.plan(toys.data_dir).url
    with redis.Redis.from_url(url) as client:
        client.set("queued", "a job")
    before = valkey_pid(toys)
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: bundled.answers(url) and valkey_pid(toys) != before, what="another Valkey")
    with redis.Redis.from_url(url) as client:
        assert client.get("queued") == b"a job"


def test_a_second_ctrl_c_does_not_wait_for_the_stubborn(tmp_path: Path) -> None:
    with running(tmp_path, "page stubborn") as toys:
        stubborn = pid_of(toys, "stubborn")

        def pressed_again() -> bool:
            os.kill(toys.pid, signal.SIGINT)
            return not alive(stubborn)

        began = time.monotonic()
        wait_for(pressed_again, seconds=5, what="the stubborn one to be killed")
        assert time.monotonic() - began < 5
        assert toys.wait() == 0


def test_nothing_outlives_a_killed_supervisor_but_the_data(tmp_path: Path) -> None:
    url = bundled.plan(tmp_path / "data").url
    with running(tmp_path, "page stubborn") as first:
        everybody = {pid_of(first, "page"), pid_of(first, "stubborn"), valkey_pid(first)}
        with redis.Redis.from_url(url) as client:
            client.set("queued", "a job")
        first.stop(signal.SIGKILL)
        wait_for(lambda: not [pid for pid in everybody if alive(pid)], what="all children to end")
    with running(tmp_path, "page"), redis.Redis.from_url(url) as client:
        assert client.get("queued") == b"a job"


def test_a_server_that_the_settings_name_is_used_instead_of_our_own(tmp_path: Path, valkey: str) -> None:
    with running(tmp_path, "page", REDIS_URL=valkey) as toys:
        assert [child.pid for child in psutil.Process(toys.pid).children()] == [pid_of(toys, "page")]
        assert not (toys.data_dir / "valkey").exists()


def test_logs_keep_all_lines_and_the_terminal_shows_warnings(toys: Workspace) -> None:
    log = toys.data_dir / "logs" / "worker.log"
    wait_for(lambda: log.exists() and "calling with" in log.read_text(), what="the worker's lines")
    assert "hello from the worker" in log.read_text()
    assert "abc123def456ghi789" not in log.read_text()
    assert "worker: hello from the worker clip_id=clip-7" in toys.text()
    assert "calling with" not in toys.text()


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / "workspace.db") as connection:
        connection.execute("create table alembic_version (version_num varchar(32) not null)")
        connection.execute("insert into alembic_version values ('from-the-future')")
    connection.close()
    with Workspace(tmp_path, {"TOYS": "page"}, command=SUPERVISE) as toys:
        assert toys.wait() == 1
        assert "from a newer version" in toys.text()


@pytest.mark.parametrize(
    ("previous", "ran_for", "expected"),
    [(None, 0, 0.2), (0.2, 0, 0.4), (0.4, 1, 0.8), (3.2, 1, 5.0), (5.0, 29, 5.0), (5.0, 30, 0.2)],
)
def test_the_pause_before_a_restart_grows_and_starts_again_after_health(
    previous: float | None, ran_for: float, expected: float
) -> None:
    assert RestartPolicy().next_pause(previous, ran_for) == pytest.approx(expected)
