"""The whole workspace as `make run` starts it: the real page, watcher and workers."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import psutil
import pytest
import redis
from websockets.sync.client import connect

from sorceress_video.runtime import valkey as bundled
from sorceress_video.runtime.page_build import ROOT
from sorceress_video.runtime.roles import ROLES
from tests.support.waiting import wait_for
from tests.support.workspace import Workspace

pytestmark = pytest.mark.faults
PAGES_MAY_TAKE = 400  # seconds, when they must be built first on a busy machine


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace(tmp_path_factory.mktemp("workspace")) as running:
        running.wait_until_running(PAGES_MAY_TAKE)
        yield running


def parts(workspace: Workspace) -> dict[str, str]:
    try:
        with urllib.request.urlopen(f"{workspace.url}/readyz", timeout=5) as answer:
            return dict(json.load(answer)["parts"])
    except urllib.error.HTTPError as error:
        return dict(json.load(error)["parts"])


def run_owner(workspace: Workspace, email: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sorceress_video", "owner", "--email", email],
        cwd=ROOT,
        env=workspace.environment | {"PASSWORD": "a long enough phrase"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.timeout(PAGES_MAY_TAKE + 60)
def test_all_parts_are_ready(workspace: Workspace) -> None:
    wait_for(lambda: set(parts(workspace).values()) == {"ok"}, seconds=60, what="all parts")


def test_the_page_is_served_compiled_and_compressed(workspace: Workspace) -> None:
    asked = urllib.request.Request(f"{workspace.url}/", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=5) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["content-type"].startswith("text/html")


def test_every_role_runs(workspace: Workspace) -> None:
    def running() -> set[str]:
        commands = (child.cmdline() for child in psutil.Process(workspace.pid).children())
        return {" ".join(command[2:]) for command in commands if command[1:2] == ["-m"]}

    wanted = {" ".join(role.module) for role in ROLES}
    wait_for(lambda: running() >= wanted, seconds=30, what="every role")


def test_pages_and_queues_do_not_share_a_database(workspace: Workspace) -> None:
    url = bundled.plan(workspace.data_dir).url
    with redis.Redis.from_url(url) as queues:
        wait_for(lambda: queues.keys("rq:worker:*"), seconds=30, what="the workers to sign in")
        assert not [key for key in queues.scan_iter() if not key.startswith(b"rq:")]


def test_another_site_cannot_open_the_socket(workspace: Workspace) -> None:
    address = f"ws://localhost:{workspace.port}/_event/?token=t&EIO=4&transport=websocket"
    with pytest.raises(Exception, match="HTTP 403"):
        connect(address, origin="https://evil.example.com", proxy=None)


def test_the_owner_is_made_from_the_command_line_once(workspace: Workspace) -> None:
    assert run_owner(workspace, "owner@example.com").returncode == 0
    again = run_owner(workspace, "second@example.com")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == "This workspace already has an owner. Sign in instead.\n"
    assert "/setup?token=" in workspace.text()


def test_an_open_tab_does_not_hold_up_the_stop(workspace: Workspace) -> None:
    address = f"ws://localhost:{workspace.port}/_event/?token=t&EIO=4&transport=websocket"
    everybody = psutil.Process(workspace.pid).children(recursive=True)
    with connect(address, origin=f"http://localhost:{workspace.port}", proxy=None) as tab:
        assert tab.recv(timeout=10)
        began = time.monotonic()
        assert workspace.stop() == 0
        assert time.monotonic() - began < 10
    assert [process for process in everybody if process.is_running()] == []
