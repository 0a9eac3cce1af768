"""Processes die while somebody looks: the page says so and comes back, and no clip is lost or paid twice."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import MAKING
from tests.browser.watch import Watch
from tests.support.studio import Studio
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.browser,
    pytest.mark.faults,
    pytest.mark.timeout(240),
    pytest.mark.usefixtures("at_rest"),
]


@pytest.mark.spec("J2", "J9", "V5")
def test_the_page_comes_back_after_the_web_process_died(
    open_desk: OpenDesk, studio: Studio, watch: Watch
) -> None:
    watch.expect_outage()
    member = studio.member("kling-3.0-pro")
    desk = open_desk(member)
    desk.generate("While the page was away [[run:4]]")
    desk.expect_status(desk.cards().first, "running")
    studio.kill_web()
    expect(desk.get("connection-lost")).to_be_visible()
    expect(desk.get("connection-lost")).to_have_count(0, timeout=MAKING)
    desk.expect_status(desk.cards().first, "completed")
    desk.generate("After it came back")
    desk.expect_status(desk.card("After it came back"), "completed")
    assert len(studio.requests("While the page was away")) == 1
    assert len(studio.requests("After it came back")) == 1


@pytest.mark.spec("J2", "J9", "V5")
def test_a_running_clip_outlives_valkey_and_the_open_page_follows_it(
    open_desk: OpenDesk, studio: Studio, watch: Watch
) -> None:
    watch.expect_outage()
    member = studio.member("kling-3.0-pro")
    desk = open_desk(member)
    desk.generate("While Valkey was away [[run:4]]")
    desk.expect_status(desk.cards().first, "running")
    studio.kill_valkey()
    desk.expect_status(desk.cards().first, "completed")
    desk.generate("With the new Valkey")
    desk.expect_status(desk.card("With the new Valkey"), "completed")
    assert len(studio.requests("While Valkey was away")) == 1


@pytest.mark.spec("J2", "V5")
def test_a_tab_whose_network_drops_catches_up(open_desk: OpenDesk, studio: Studio, watch: Watch) -> None:
    watch.expect_outage()
    member = studio.member("kling-3.0-pro")
    desk = open_desk(member, path=None)
    network = Network()
    desk.page.route_web_socket("**/_event/**", network.pass_on)
    desk.open()
    desk.generate("Behind a tunnel [[run:2]]")
    desk.expect_status(desk.cards().first, re.compile("running|submitting"))
    network.drop()
    wait_for(studio.at_rest, seconds=MAKING / 1000, what="the clip to end meanwhile")
    desk.expect_status(desk.cards().first, re.compile("running|submitting"))
    network.up = True
    desk.expect_status(desk.cards().first, "completed")


class Network:
    """The way of a page's sockets to the server, which can be cut."""

    def __init__(self) -> None:
        self.up = True
        self._open: list[WebSocketRoute] = []

    def pass_on(self, socket: WebSocketRoute) -> None:
        """Handler for ``route_web_socket``."""
        if not self.up:
            socket.close(code=4000)
            return
        socket.connect_to_server()
        self._open.append(socket)

    def drop(self) -> None:
        """Cut every socket, and refuse new ones until ``up`` is set again.

        The page then tries again after 20 s: it does not hear that a socket was shut before its first word.
        """
        self.up = False
        self.cut()

    def cut(self) -> None:
        """Cut every socket; the page may open others at once."""
        sockets, self._open = self._open, []
        for socket in sockets:
            socket.close(code=4000)
