"""Many clips at once: what belongs to a selection, and what is done with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sorceress_video.library import clips, gallery, selection
from sorceress_video.library.database import Database
from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.library.selection import Selection
from sorceress_video.library.tables import utc_now
from tests.library import clips as way

pytestmark = pytest.mark.spec("G6")

ALL = GalleryFilter()


def make(db: Database, member: str, count: int, **changes: object) -> list[str]:
    """Ids of completed clips, newest first."""
    return [way.complete(db, member, f"click-{n}-{changes}", **changes) for n in range(count)][::-1]


def held(db: Database, member: str, chosen: Selection) -> list[str]:
    with db.read() as session:
        found = list(selection.ids(session, member, chosen, 1000))
        assert selection.count(session, member, chosen) == len(found)
    return found


def test_a_stretch_holds_everything_between_two_clips(db: Database, member: str) -> None:
    ids = make(db, member, 6)
    assert held(db, member, Selection(ALL, ((ids[1], ids[4]),))) == ids[1:5]
    assert held(db, member, Selection(ALL, ((ids[2], ""),))) == ids[2:]


def test_some_are_left_out_and_others_picked_beside_it(db: Database, member: str) -> None:
    ids = make(db, member, 6)
    chosen = Selection(
        ALL,
        ((ids[0], ids[1]), (ids[1], ids[3])),
        picked=frozenset({ids[5]}),
        left_out=frozenset({ids[2]}),
    )
    assert held(db, member, chosen) == [ids[0], ids[1], ids[3], ids[5]]


def test_nothing_is_selected_where_nothing_was_picked(db: Database, member: str) -> None:
    make(db, member, 2)
    assert held(db, member, Selection(ALL)) == []
    assert held(db, member, Selection(ALL, left_out=frozenset({"x"}))) == []


def test_only_completed_clips_of_the_filter_and_of_the_account_are_selected(
    db: Database, member: str, other: str
) -> None:
    wolf = way.complete(db, member, "a", prompt="A wolf")
    fox = way.complete(db, member, "b", prompt="A fox")
    running, his = way.run(db, member, "c"), way.complete(db, other, "d")
    everything = Selection(ALL, (("~", ""),), picked=frozenset({running, his}))
    assert held(db, member, everything) == [fox, wolf]
    assert held(db, member, Selection(GalleryFilter(search="wolf"), (("~", ""),))) == [wolf]


def test_all_is_what_is_there_now_and_not_what_comes_after(db: Database, member: str) -> None:
    running = way.run(db, member, "early")
    ids = make(db, member, 3)
    with db.read() as session:
        whole = selection.whole(session, member, ALL)
    assert (whole.count, whole.newest, whole.unfinished) == (3, ids[0], (running,))
    chosen = Selection(ALL, ((whole.newest, ""),), left_out=frozenset(whole.unfinished))
    way.finish(db, running)
    way.store(db, running)
    make(db, member, 1, prompt="later")
    assert held(db, member, chosen) == ids


@pytest.mark.spec("G5")
def test_one_undo_brings_all_of_them_back_and_nothing_else(db: Database, member: str, other: str) -> None:
    ids = make(db, member, 4)
    with db.write() as session:
        clips.remove(session, member, ids[3])
    with db.write() as session:
        moment, gone = selection.remove(session, member, Selection(ALL, ((ids[0], ids[1]),)))
    assert gone == 2
    assert gallery.page(db, member, ALL, 0, 9).total == 1
    with db.write() as session:
        assert selection.restore(session, other, moment) == 0
        assert selection.restore(session, member, moment + timedelta(microseconds=1)) == 0
        assert selection.restore(session, member, moment) == 2
    assert [card.id for card in gallery.page(db, member, ALL, 0, 9).cards] == ids[:3]


def test_marking_says_which_ones_were_not_marked_before(db: Database, member: str) -> None:
    ids = make(db, member, 3)
    with db.write() as session:
        clips.set_favorite(session, member, ids[1], favorite=True)
        changed = selection.mark(session, member, Selection(ALL, ((ids[0], ids[1]),)), favorite=True)
    assert changed == [ids[0]]
    assert gallery.page(db, member, GalleryFilter("favorites"), 0, 9).total == 2


def test_what_was_removed_already_is_not_removed_again(db: Database, member: str) -> None:
    ids = make(db, member, 1)
    with db.write() as session:
        selection.remove(session, member, Selection(ALL, picked=frozenset(ids)))
        moment, gone = selection.remove(session, member, Selection(ALL, picked=frozenset(ids)))
    assert gone == 0
    assert moment <= utc_now()
