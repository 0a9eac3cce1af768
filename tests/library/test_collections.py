"""Collections: whose they are, what is in them, what they look like, and what the team may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session

from sorceress_video.library import clips, collections, gallery, upkeep
from sorceress_video.library.assets import readable_file
from sorceress_video.library.collections import CollectionRefusedError
from sorceress_video.library.database import Database
from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.library.selection import Selection
from sorceress_video.library.tables import utc_now
from tests.library import clips as way

pytestmark = pytest.mark.spec("G10")


def made(db: Database, account_id: str, *clip_ids: str, name: str = "Castle", shared: bool = False) -> str:
    """A collection with clips in it; its id."""
    with db.write() as session:
        collection_id = collections.make(session, account_id, name)
        collections.add(session, account_id, collection_id, picked(*clip_ids))
        collections.share(session, account_id, collection_id, shared=shared)
    return collection_id


def picked(*clip_ids: str) -> Selection:
    return Selection(GalleryFilter(), picked=frozenset(clip_ids))


def shown(db: Database, account_id: str, collection_id: str, search: str = "") -> list[str]:
    page = gallery.page(db, account_id, GalleryFilter(search=search, collection_id=collection_id), 0, 50)
    return [card.id for card in page.cards]


def card(db: Database, account_id: str, collection_id: str) -> collections.CollectionCard:
    with db.read() as session:
        found = collections.find(session, account_id, collection_id)
    assert found is not None
    return found


def remove(session: Session, account_id: str, clip_id: str) -> None:
    assert clips.remove(session, account_id, clip_id)


def test_a_collection_shows_its_clips_newest_first_and_search_works_within(db: Database, member: str) -> None:
    wolf = way.complete(db, member, "a", prompt="A wolf")
    way.complete(db, member, "b", prompt="A wolf elsewhere")
    fox = way.complete(db, member, "c", prompt="A fox")
    collection_id = made(db, member, wolf, fox)

    assert shown(db, member, collection_id) == [fox, wolf]
    assert shown(db, member, collection_id, "WOLF") == [wolf]
    assert gallery.position(db, member, GalleryFilter(collection_id=collection_id), wolf) == 1


def test_what_is_put_in_twice_is_in_it_once(db: Database, member: str) -> None:
    clip_id = way.complete(db, member)
    collection_id = made(db, member, clip_id)
    with db.write() as session:
        assert collections.add(session, member, collection_id, picked(clip_id)) == 0
    assert shown(db, member, collection_id) == [clip_id]


def test_only_finished_clips_go_in(db: Database, member: str) -> None:
    collection_id = made(db, member, way.run(db, member))
    assert shown(db, member, collection_id) == []


def test_a_deleted_clip_leaves_its_collections_and_undo_brings_it_back(db: Database, member: str) -> None:
    clip_id = way.complete(db, member)
    collection_id = made(db, member, clip_id)
    with db.write() as session:
        remove(session, member, clip_id)
    assert (shown(db, member, collection_id), card(db, member, collection_id).count) == ([], 0)
    with db.write() as session:
        clips.restore(session, member, clip_id)
    assert (shown(db, member, collection_id), card(db, member, collection_id).count) == ([clip_id], 1)


def test_deleting_a_collection_keeps_its_clips_and_can_be_undone(db: Database, member: str) -> None:
    clip_id = way.complete(db, member)
    collection_id = made(db, member, clip_id)
    with db.write() as session:
        assert collections.remove(session, member, collection_id)
        assert collections.listed(session, member) == []
    assert gallery.page(db, member, GalleryFilter(), 0, 9).total == 1
    assert shown(db, member, collection_id) == []
    with db.write() as session:
        assert collections.restore(session, member, collection_id)
    assert shown(db, member, collection_id) == [clip_id]


def test_the_upkeep_takes_removed_collections_and_leaves_clips(db: Database, member: str) -> None:
    clip_id = way.complete(db, member)
    kept, gone = made(db, member, clip_id), made(db, member, clip_id)
    with db.write() as session:
        collections.remove(session, member, gone)
        assert upkeep.purge_collections(session, utc_now() + timedelta(seconds=1)) == 1
        assert not collections.restore(session, member, gone)
    assert shown(db, member, kept) == [clip_id]


def test_a_purged_clip_leaves_its_collections_for_good(db: Database, member: str) -> None:
    clip_id = way.complete(db, member)
    collection_id = made(db, member, clip_id)
    with db.write() as session:
        collections.use_as_cover(session, member, collection_id, clip_id)
        remove(session, member, clip_id)
    with db.write() as session:
        assert upkeep.purge_removed(session, utc_now() + timedelta(seconds=1)) == 1
    assert card(db, member, collection_id).cover_url is None


def test_the_cover_is_the_newest_clip_until_one_is_chosen(db: Database, member: str) -> None:
    first, second = way.complete(db, member, "a"), way.complete(db, member, "b")
    collection_id = made(db, member, first, second)
    posters = {one.id: one.poster_url for one in gallery.cards(db, member, [first, second])}
    assert card(db, member, collection_id).cover_url == posters[second]
    with db.write() as session:
        assert collections.use_as_cover(session, member, collection_id, first)
    assert card(db, member, collection_id).cover_url == posters[first]
    with db.write() as session:
        collections.take_out(session, member, collection_id, picked(first))
    assert card(db, member, collection_id).cover_url == posters[second], (
        "the chosen one is not in it any more"
    )


def test_a_clip_that_is_not_in_it_is_no_cover(db: Database, member: str) -> None:
    collection_id, outside = made(db, member), way.complete(db, member)
    with db.write() as session:
        assert not collections.use_as_cover(session, member, collection_id, outside)


def test_taking_out_leaves_the_clip_in_the_gallery(db: Database, member: str) -> None:
    kept, gone = way.complete(db, member, "a"), way.complete(db, member, "b")
    collection_id = made(db, member, kept, gone)
    with db.write() as session:
        out = collections.take_out(session, member, collection_id, picked(gone))
        assert out == [gone]
        assert collections.holding(session, member, kept) == [collection_id]
        assert collections.holding(session, member, gone) == []
    assert shown(db, member, collection_id) == [kept]
    assert gallery.page(db, member, GalleryFilter(), 0, 9).total == 2


@pytest.mark.parametrize("name", ["", "  \n "])
def test_a_collection_needs_a_name(db: Database, member: str, name: str) -> None:
    with db.write() as session, pytest.raises(CollectionRefusedError, match="needs a name"):
        collections.make(session, member, name)


def test_names_are_one_line_and_have_a_limit(db: Database, member: str) -> None:
    collection_id = made(db, member, name="Act  one\n" + "x" * 200)
    assert card(db, member, collection_id).name.startswith("Act one x")
    assert len(card(db, member, collection_id).name) == collections.LONGEST_NAME


def test_there_is_a_limit_of_collections(db: Database, member: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collections, "MOST_COLLECTIONS", 1)
    made(db, member)
    with db.write() as session, pytest.raises(CollectionRefusedError, match="limit"):
        collections.make(session, member, "One more")


@pytest.mark.spec("A6", "G11")
def test_nobody_else_sees_or_changes_a_collection_that_is_not_shared(
    db: Database, member: str, other: str
) -> None:
    mine, his = way.complete(db, member, "a"), way.complete(db, other, "b")
    collection_id = made(db, member, mine)
    with db.write() as session:
        assert collections.listed(session, other) == []
        assert collections.find(session, other, collection_id) is None
        assert not collections.rename(session, other, collection_id, "Mine now")
        assert not collections.remove(session, other, collection_id)
        assert not collections.restore(session, other, collection_id)
        assert not collections.share(session, other, collection_id, shared=True)
        assert not collections.use_as_cover(session, other, collection_id, mine)
        assert collections.add(session, other, collection_id, picked(his)) is None
        assert not collections.take_out(session, other, collection_id, picked(mine))
    assert shown(db, other, collection_id) == []
    assert gallery.detail(db, other, mine) is None
    assert card(db, member, collection_id).count == 1


@pytest.mark.spec("G11")
def test_a_shared_collection_is_there_to_be_looked_at(db: Database, member: str, other: str) -> None:
    inside, outside = way.complete(db, member, "a"), way.complete(db, member, "b")
    with db.write() as session:
        clips.set_favorite(session, member, inside, favorite=True)
    collection_id = made(db, member, inside, shared=True)
    listed = card(db, other, collection_id)
    assert (listed.mine, listed.shared, listed.owner, listed.count) == (False, True, "mara", 1)
    assert shown(db, other, collection_id) == [inside]

    detail = gallery.detail(db, other, inside)
    assert detail is not None
    assert (detail.own, detail.card.prompt) == (False, "A lone rider crosses the ridge")
    assert (detail.card.cost_micro_usd, detail.card.estimate_micro_usd, detail.card.billed) == (None,) * 3
    assert (detail.inputs, detail.card.favorite) == ((), False)
    assert gallery.detail(db, other, outside) is None
    assert gallery.page(db, other, GalleryFilter(), 0, 9).total == 0, "their own gallery stays theirs"

    with db.write() as session:
        assert not collections.rename(session, other, collection_id, "Mine now")
        assert not collections.share(session, other, collection_id, shared=False)
        assert not clips.remove(session, other, inside)
        assert not clips.set_favorite(session, other, inside, favorite=False)


@pytest.mark.spec("G11", "A6")
def test_a_search_in_a_shared_collection_finds_what_is_in_it_and_nothing_else(
    db: Database, member: str, other: str
) -> None:
    wolf = way.complete(db, member, "a", prompt="A wolf at night")
    way.complete(db, member, "b", prompt="A wolf that is not shared")
    mine = way.complete(db, other, "c", prompt="A wolf of the looker's own")
    shared = made(db, member, wolf, shared=True)
    hidden = made(db, member, wolf, name="Not shared")
    for search in ("wolf", "wolf -day", "model:kling wolf", "is:completed wolf", ""):
        assert shown(db, other, shared, search) == [wolf], search
        assert shown(db, other, hidden, search) == [], search
    assert shown(db, other, shared, "own") == []
    assert shown(db, other, "", "wolf") == [mine]


@pytest.mark.spec("G11")
def test_a_clip_is_not_put_into_a_collection_of_somebody_else(db: Database, member: str, other: str) -> None:
    his = way.complete(db, other)
    collection_id = made(db, member, his, shared=True)
    assert shown(db, member, collection_id) == []
    assert gallery.detail(db, member, his) is None


@pytest.mark.spec("G11")
@pytest.mark.parametrize("end", ["unshared", "collection removed", "clip removed", "taken out"])
def test_looking_ends_at_once(db: Database, member: str, other: str, end: str) -> None:
    clip_id = way.complete(db, member)
    collection_id = made(db, member, clip_id, shared=True)
    video_id = (gallery.detail(db, member, clip_id).card.video_url or "").split("/")[2]  # type: ignore[union-attr]
    assert readable_file(db, other, video_id, "video") is not None
    with db.write() as session:
        if end == "unshared":
            collections.share(session, member, collection_id, shared=False)
        elif end == "collection removed":
            collections.remove(session, member, collection_id)
        elif end == "clip removed":
            clips.remove(session, member, clip_id)
        else:
            picked = Selection(GalleryFilter(), picked=frozenset({clip_id}))
            collections.take_out(session, member, collection_id, picked)
    assert readable_file(db, other, video_id, "video") is None
    assert readable_file(db, other, video_id, "poster") is None
    assert gallery.detail(db, other, clip_id) is None
    assert shown(db, other, collection_id) == []
