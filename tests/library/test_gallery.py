"""Windows of the gallery."""

from __future__ import annotations

import pytest

from sorceress_video.library import clips, gallery, preferences
from sorceress_video.library.database import Database
from sorceress_video.library.gallery import GalleryFilter
from tests.library import clips as way

ALL = GalleryFilter()


def make(db: Database, member: str, count: int, **changes: object) -> list[str]:
    """Ids, newest first."""
    return [way.admit_one(db, member, f"click-{n}-{changes}", **changes) for n in range(count)][::-1]


@pytest.mark.spec("G1")
def test_a_window_is_newest_first_and_knows_the_whole(db: Database, member: str) -> None:
    ids = make(db, member, 7)
    page = gallery.page(db, member, ALL, 2, 3)
    assert (page.total, page.start) == (7, 2)
    assert [card.id for card in page.cards] == ids[2:5]


def test_a_window_past_the_end_is_moved_back(db: Database, member: str) -> None:
    ids = make(db, member, 3)
    page = gallery.page(db, member, ALL, 50, 10)
    assert page.start == 2
    assert [card.id for card in page.cards] == ids[2:]


@pytest.mark.spec("A6")
def test_the_gallery_of_one_member_has_nothing_of_another(db: Database, member: str, other: str) -> None:
    mine = make(db, member, 1)[0]
    assert gallery.page(db, other, ALL, 0, 10).total == 0
    assert gallery.cards(db, other, [mine]) == []
    assert gallery.detail(db, other, mine) is None
    assert gallery.position(db, other, ALL, mine) is None


@pytest.mark.spec("G1")
@pytest.mark.parametrize("words", ["EMBERS", "drowned", "50%_off"])
def test_search_finds_part_of_a_prompt_in_any_case(db: Database, member: str, words: str) -> None:
    make(db, member, 2)
    wanted = way.admit_one(db, member, "x", prompt="Embers over a drowned city, 50%_off")
    page = gallery.page(db, member, GalleryFilter(search=words), 0, 10)
    assert [card.id for card in page.cards] == [wanted]


def test_wildcards_of_the_database_are_no_wildcards_of_a_search(db: Database, member: str) -> None:
    make(db, member, 2)
    for wildcards in ("l%e", "l_ne", "*der"):
        assert gallery.page(db, member, GalleryFilter(search=wildcards), 0, 10).total == 0


def test_favourites_hold_what_was_marked(db: Database, member: str) -> None:
    ids = make(db, member, 3)
    with db.write() as session:
        clips.set_favorite(session, member, ids[1], favorite=True)
    page = gallery.page(db, member, GalleryFilter(view="favorites"), 0, 10)
    assert [card.id for card in page.cards] == [ids[1]]


@pytest.mark.spec("G5")
def test_a_removed_clip_is_gone_and_comes_back_in_its_place(db: Database, member: str) -> None:
    ids = make(db, member, 3)
    with db.write() as session:
        assert clips.remove(session, member, ids[1])
    assert [card.id for card in gallery.page(db, member, ALL, 0, 10).cards] == [ids[0], ids[2]]
    with db.write() as session:
        assert clips.restore(session, member, ids[1])
    assert [card.id for card in gallery.page(db, member, ALL, 0, 10).cards] == ids


def test_neighbours_are_completed_clips_only(db: Database, member: str) -> None:
    oldest = way.complete(db, member, "a")
    way.admit_one(db, member, "b")
    middle = way.complete(db, member, "c")
    way.admit_one(db, member, "d")
    newest = way.complete(db, member, "e")
    around = gallery.neighbours(db, member, ALL, middle)
    assert [card.id for card in around.clips] == [newest, middle, oldest]
    assert (around.index, around.total) == (1, 3)
    assert [card.id for card in gallery.neighbours(db, member, ALL, oldest, reach=1).clips] == [
        middle,
        oldest,
    ]


def test_position_counts_what_is_newer(db: Database, member: str) -> None:
    ids = make(db, member, 4)
    assert [gallery.position(db, member, ALL, clip_id) for clip_id in ids] == [0, 1, 2, 3]


def test_a_completed_card_has_the_addresses_of_its_files(db: Database, member: str) -> None:
    clip_id = way.complete(db, member)
    card = gallery.cards(db, member, [clip_id])[0]
    assert card.video_url is not None
    assert card.video_url.endswith("/video")
    assert card.poster_url is not None
    assert card.preview_url is None, "it is made later"
    assert (card.width, card.height) == (1920, 1080)


def test_a_preference_is_remembered_and_replaced(db: Database, member: str, other: str) -> None:
    preferences.save(db, member, "columns", 3)
    preferences.save(db, member, "columns", 4)
    preferences.save(db, member, "models", ["a", "b"])
    assert preferences.load(db, member) == {"columns": 4, "models": ["a", "b"]}
    assert preferences.load(db, other) == {}
