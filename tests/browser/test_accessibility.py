"""axe-core finds nothing on any page, dialog, sheet or menu, in both themes, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest
from playwright.sync_api import expect

from sorceress_video.library import collections, ledger, preferences
from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.library.selection import Selection
from tests.browser.accessibility import too_small, violations
from tests.browser.conftest import OpenDesk
from tests.browser.desk import DESKTOP, PHONE, Desk, Screen
from tests.browser.views import VIEWS, View, Who
from tests.browser.watch import Watch
from tests.support.studio import Member, Studio

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def people(studio: Studio) -> Iterator[dict[Who, Member | None]]:
    """Everybody that a view is for; see ``Who``."""
    member = studio.member("animatic", "kling-3.0-pro", "seedance-2.0")
    shelved = studio.shelve(member, ["A harbour at dawn", "Embers over a drowned city"])
    studio.leave(member, "failed", "Refused", error_text="The model refused the prompt.", billed="no")
    studio.leave(member, "cancelled", "Stopped")
    studio.leave(member, "ambiguous", "Nobody knows")
    preferences.save(studio.db, member.account_id, ledger.ASK_ABOVE, 200_000)
    with studio.db.write() as session:
        beasts = collections.make(session, member.account_id, "Beasts of the north")
        collections.add(
            session, member.account_id, beasts, Selection(GalleryFilter(), picked=frozenset(shelved))
        )
    running = studio.leave(member, "running", "On its way", progress=0.4, phase="Step 4/10")
    yield {
        "visitor": None,
        "member": member,
        "newcomer": studio.member(),
        "director": studio.member("animatic-references"),
        "free": studio.member(plan="free"),
        "owner": studio.member(role="owner"),
    }
    studio.change(running, status="cancelled")


@pytest.mark.spec("V3")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
@pytest.mark.parametrize("who", get_args(Who))
def test_no_view_breaks_a_rule_of_accessibility(
    open_desk: OpenDesk, people: dict[Who, Member | None], watch: Watch, who: Who, screen: Screen
) -> None:
    watch.expect("status of 404")
    watch.expect("status of 403")
    desk = open_desk(people[who], screen, path=None, reduced_motion="reduce")
    found: list[str] = []
    for view in VIEWS:
        if who in view.who and screen.name in view.screens:
            _go(desk, view)
            found += [f"{view.name}: {line}" for line in violations(desk.page)]
            if screen.touch:
                found += [f"{view.name}: {line}" for line in too_small(desk.page)]
    assert not found, "\n".join(found)


def _go(desk: Desk, view: View) -> None:
    desk.page.goto(desk.url + view.path)
    if view.path == "/":
        desk.wait_until_filled()
    else:
        expect(desk.page.locator("main")).to_be_visible()
    view.open(desk)
