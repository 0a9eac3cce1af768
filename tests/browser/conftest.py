"""Chromium over the production build of a whole workspace; see ``tests.support.studio``."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import DESKTOP, PATIENCE, Desk, Screen
from tests.browser.watch import Watch
from tests.support.chromium import open_chromium
from tests.support.studio import Member, Studio, open_studio
from tests.support.waiting import wait_for

OpenDesk = Callable[..., Desk]


@pytest.fixture(scope="package")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """The workspace of all browser tests. Each test brings a member of its own, with an empty gallery."""
    with open_studio(tmp_path_factory.mktemp("studio")) as running:
        yield running
        status = running.workspace.stop()
    assert status == 0


# Not for the whole run: Playwright's loop and the tests that are coroutines cannot share a thread.
@pytest.fixture(scope="package")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """One Chromium; every test opens contexts of its own."""
    expect.set_options(timeout=PATIENCE)
    with open_chromium(chromium_path) as browser:
        yield browser


@pytest.fixture
def watch(studio: Studio) -> Iterator[Watch]:
    """What pages and servers complain about; the test fails if it was not announced."""
    watching = Watch()
    marks = studio.marks()
    yield watching
    assert watching.unexpected() == []
    if not watching.servers_may_complain:
        assert studio.trouble_since(marks) == []


@pytest.fixture
def open_desk(studio: Studio, chromium: Browser, watch: Watch) -> Iterator[OpenDesk]:
    """Opens the workspace in a new browser: ``open_desk(member, PHONE)``; without a member, signed out."""
    contexts = []

    def open_one(
        member: Member | None = None, screen: Screen = DESKTOP, *, path: str | None = "/", **more: object
    ) -> Desk:
        context = chromium.new_context(**screen.context, **more)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        watch.follow(context)
        desk = Desk(context.new_page(), studio.url, screen)
        if member is not None:
            desk.sign_in(member)
        if path is not None:
            desk.open(path)
        return desk

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def at_rest(studio: Studio) -> Iterator[None]:
    """Ends with nothing in the making, so that the next test has the machine for itself."""
    yield
    studio.simulator.disarm()
    wait_for(studio.at_rest, seconds=60, what="every clip to rest")
