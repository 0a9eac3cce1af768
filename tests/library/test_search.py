"""The language of the search box, and that both databases find the same by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from sorceress_video.library import clips, gallery
from sorceress_video.library.database import Database
from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.library.ids import new_id
from sorceress_video.library.listing import listing
from sorceress_video.library.search import IS_VALUES, MODES, MOST_TERMS, OPERATORS, Query, finds, parse
from sorceress_video.library.tables import Clip, ClipSearch
from sorceress_video.library.words import LONGEST_WORD, words_of
from tests.library import clips as way

NOW = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)


# --- reading


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", Query()),
        ("Fox SNOW", Query(words=("fox", "snow"))),
        ("fox fox", Query(words=("fox",))),
        ('"drifting embers"', Query(words=("drifting", "embers"), phrases=(" drifting embers ",))),
        ('"embers', Query(words=("embers",))),
        ("fox -snow", Query(words=("fox",), without=(("snow",),))),
        ('-"deep snow"', Query(without=(("deep", "snow"),))),
        ("model:kling", Query(models=(("kling",),))),
        ('MODEL:"Kling 3.0 Pro"', Query(models=(("kling", "3", "0", "pro"),))),
        ("model:veo model:kling", Query(models=(("veo",), ("kling",)))),
        ("-model:veo", Query(not_models=(("veo",),))),
        ("is:favorite", Query(favorite=True)),
        ("is:favourite", Query(favorite=True)),
        ("-is:favorite", Query(favorite=False)),
        ("is:failed -is:running", Query(states=frozenset({"failed"}), not_states=frozenset({"running"}))),
        ("mode:image -mode:motion", Query(modes=frozenset({"image"}), not_modes=frozenset({"motion"}))),
        ("before:2026", Query(before=datetime(2026, 1, 1, tzinfo=UTC))),
        ("before:2026-3", Query(before=datetime(2026, 3, 1, tzinfo=UTC))),
        ("after:2026-11-02", Query(after=datetime(2026, 11, 2, tzinfo=UTC))),
        ("after:7d", Query(after=NOW - timedelta(days=7))),
        ("before:12h", Query(before=NOW - timedelta(hours=12))),
        ("after:today", Query(after=datetime(2026, 11, 25, tzinfo=UTC))),
        ("-after:2w", Query(before=NOW - timedelta(days=14))),
        ("after:2d after:1d", Query(after=NOW - timedelta(days=1))),
        ("is: model: before:", Query()),
        ("is:fav mode:mul", Query()),
        ("don't", Query(words=("don", "t"))),
        ("16:9", Query(words=("16", "9"))),
        ("-", Query()),
    ],
)
@pytest.mark.spec("G1")
def test_a_search_is_read_as_it_was_meant(text: str, read: Query) -> None:
    assert parse(text, NOW) == read


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("colour:blue", "“colour:” is not an operator here"),
        ("is:blue", "“is:blue” is not known"),
        ("mode:dance", "“mode:dance” is not known"),
        ("before:soon", "“before:” takes a day"),
        ("after:2026-13", "“after:” takes a day"),
        ("after:99999999d", "“after:” takes a day"),
        ("%%%", "no letters"),
    ],
)
@pytest.mark.spec("G9")
def test_what_makes_no_sense_gets_a_hint_and_never_an_error(text: str, hint: str) -> None:
    query = parse(text, NOW)
    assert hint in query.hint
    assert (query.states, query.before, query.after) == (frozenset(), None, None)


def test_an_unknown_operator_is_searched_as_words() -> None:
    assert parse("colour:blue", NOW).words == ("colour", "blue")


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize(
    "value", ["", '"', "x" * 190, "é", "🦊", "-1d", "0d", "\x00", "2026-02-30", "::", "'"]
)
def test_every_operator_takes_every_value(name: str, value: str) -> None:
    for text in (f"{name}:{value}", f"-{name}:{value}", f'{name}:"{value}'):
        assert isinstance(parse(text, NOW), Query)


@pytest.mark.parametrize(("name", "values"), [("is", IS_VALUES), ("mode", MODES)])
def test_every_value_of_an_operator_is_known(name: str, values: tuple[str, ...]) -> None:
    for value in values:
        query = parse(f"{name}:{value}", NOW)
        assert query.hint == ""
        assert query != Query()


def test_a_search_has_a_limit_of_terms() -> None:
    assert len(parse("a b " * 100 + "c", NOW).words) <= MOST_TERMS
    assert len(parse(" ".join(f"w{n}" for n in range(99)), NOW).words) == MOST_TERMS


# --- words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Glühwürmchen, ÉCLAIR & Straße", ["gluhwurmchen", "eclair", "strasse"]),
        ("雪山の夜 at 8K", ["雪山", "山の", "の夜", "夜", "at", "8k"]),
        ("🦊 in ❄️ 👍🏽", ["🦊", "in", "❄", "👍"]),
        ("שָׁלוֹם עולם", ["שלום", "עולם"]),
        ("مَرْحَبًا", ["مرحبا"]),
        ("हिन्दी", ["हिन्दी"]),
        ("ｆｕｌｌ ﬁlm", ["full", "film"]),
        ("§a§m%_*\"'", ["a", "m"]),
        ("x" * 500, ["x" * LONGEST_WORD]),
        ("\x00\ud800", []),
    ],
)
def test_text_of_every_script_is_cut_into_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


# --- finding, on both databases

PROMPTS = {
    "german": "Ein Glühwürmchen über der Straße nach Köln",
    "emoji": "A 🦊 jumps into ❄️ powder",
    "hebrew": "שלום עולם, a market at night",
    "arabic": "مرحبا بالعالم under palms",
    "chinese": "雪山の夜、静かな湖",
    "thai": "แมวดำบนหลังคา",
    "quotes": 'The sign says "don\'t look back" in 100% neon_red',
    "english": "Embers drift over a drowned city, embers fall",
    "swapped": "The city drowned and embers over it",
}


@pytest.mark.spec("G1")
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("glühwürm", {"german"}),
        ("GLUHWURMCHEN", {"german"}),
        ("strasse", {"german"}),
        ("köln ein", {"german"}),
        ("🦊", {"emoji"}),
        ("❄", {"emoji"}),
        ("שלום", {"hebrew"}),
        ("שָׁלוֹם", {"hebrew"}),
        ("مرحبا", {"arabic"}),
        ("雪山", {"chinese"}),
        ("山の夜", {"chinese"}),
        ("湖", {"chinese"}),
        ("夜雪", set()),
        ("ดำบน", {"thai"}),
        ("don't", {"quotes"}),
        ("100%", {"quotes"}),
        ("neon_red", {"quotes"}),
        ("neon%red", {"quotes"}),
        ("emb", {"english", "swapped"}),
        ("mbers", set()),
        ('"drowned city"', {"english"}),
        ('"embers over"', {"swapped"}),
        ('"雪山の"', {"chinese"}),
        ("embers -drift", {"swapped"}),
        ('embers -"drift fall"', {"swapped"}),
        ("-embers -mode:text", set()),
        ("embers OR fox", set()),
        ("NEAR(embers drowned)", set()),
        ("embers AND", {"swapped"}),
        ('embers" OR 1=1 --', set()),
        ("embers' & !drift:*", {"english"}),
        ("words:embers", set()),
        ("^embers", {"english", "swapped"}),
        ("embers*", {"english", "swapped"}),
        ("emb\\ers", set()),
        ("§a§m§o", set()),
    ],
)
def test_both_databases_find_the_same(db: Database, member: str, search: str, found: set[str]) -> None:
    ids = {way.admit_one(db, member, name, prompt=prompt): name for name, prompt in PROMPTS.items()}
    page = gallery.page(db, member, GalleryFilter(search=search), 0, 50)
    assert {ids[card.id] for card in page.cards} == found
    assert page.total == len(found)
    if "mode:" not in search:
        assert {name for name, prompt in PROMPTS.items() if finds(parse(search), prompt)} == found


HOSTILE = [
    "x" * 200,
    '"' * 200,
    "-" * 200,
    "(" * 100 + ")" * 100,
    "is:" * 60,
    "a:b:c:d " * 20,
    "🦊" * 100,
    "\\'\";--\x00\x1a",
    "{words}: NOT AND OR",
    ":* & | ! <-> <2>",
    "\u202e\u200f\u2066 right to left",
    "a\ud83dbc",
]


@pytest.mark.parametrize("search", HOSTILE)
def test_no_search_breaks_a_database(db: Database, member: str, search: str) -> None:
    way.admit_one(db, member)
    for text in (search, f"-{search}", f"model:{search}", f'"{search}"', f"is:{search}"):
        shown = GalleryFilter(search=text)
        assert gallery.page(db, member, shown, 0, 5).total in {0, 1}
        assert gallery.newer_than(db, member, shown, search) in {0, 1}


@pytest.mark.spec("G1")
def test_operators_narrow_what_words_find(db: Database, member: str) -> None:
    made = {
        "old": way.complete(
            db, member, "old", prompt="A fox", model_name="Veo 3.1 Fast", model_id="veo-3.1-fast"
        ),
        "done": way.complete(db, member, "done", prompt="A fox runs"),
        "image": way.admit_one(db, member, "image", prompt="A fox sleeps", mode="image"),
        "failed": way.run(db, member, "failed", prompt="A fox burns"),
        "wolf": way.complete(db, member, "wolf", prompt="A wolf"),
    }
    way.fail(db, made["failed"])
    with db.write() as session:
        clips.set_favorite(session, member, made["done"], favorite=True)
    names = {clip_id: name for name, clip_id in made.items()}

    def found(search: str, view: str = "all") -> set[str]:
        shown = GalleryFilter(view="favorites" if view == "favorites" else "all", search=search)
        return {names[card.id] for card in gallery.page(db, member, shown, 0, 50).cards}

    assert found("fox is:failed") == {"failed"}
    assert found("is:failed") == {"failed"}
    assert found("fox is:running") == {"image"}
    assert found("fox is:completed") == found("is:completed -wolf") == {"old", "done"}
    assert found("fox -is:completed") == {"image", "failed"}
    assert found("is:failed is:running") == {"failed", "image"}
    assert found("is:favorite") == found("fox is:favorite") == found("fox", "favorites") == {"done"}
    assert found("fox -is:favorite") == {"old", "image", "failed"}
    assert found("model:veo") == found('model:"Veo 3.1 Fast"') == found("model:veo-3.1-fast") == {"old"}
    assert found("model:veo model:kling") == set(made)
    assert found("fox -model:kling") == {"old"}
    assert found("mode:image") == {"image"}
    assert found("-mode:image is:favorite") == {"done"}
    assert found("fox after:1h") == found("fox before:2100") == {"old", "done", "image", "failed"}
    assert found("fox before:1h") == found("after:2100") == set()


def dated(db: Database, member: str, moment: datetime) -> str:
    """A clip of that moment with the prompt “A dated fox”, and one of now; the first one's id."""
    clip_id = f"{int(moment.timestamp() * 1000):012x}{new_id()[12:]}"
    facts = way.load(db, way.admit_one(db, member, clip_id)).model_dump()
    with db.write() as session:
        session.add(Clip(**{**facts, "id": clip_id, "prompt": "A dated fox"}))
    return clip_id


def test_dates_are_those_of_the_making(db: Database, member: str) -> None:
    october = dated(db, member, datetime(2026, 10, 31, 23, 59, tzinfo=UTC))
    november = dated(db, member, datetime(2026, 11, 1, tzinfo=UTC))
    for words in ("", "dated "):
        for search, clip_id in (
            (f"{words}before:2026-11", october),
            (f"{words}after:2026-11-01 before:2026-11-02", november),
        ):
            page = gallery.page(db, member, GalleryFilter(search=search), 0, 50)
            assert [card.id for card in page.cards] == [clip_id]


@pytest.mark.spec("G1")
@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("after:2026-10-25", Query(after=datetime(2026, 10, 24, 22, tzinfo=UTC))),
        ("after:2026-10-26", Query(after=datetime(2026, 10, 25, 23, tzinfo=UTC))),  # The clocks went back.
        ("after:today", Query(after=datetime(2026, 11, 24, 23, tzinfo=UTC))),
        ("before:2026-7", Query(before=datetime(2026, 6, 30, 22, tzinfo=UTC))),
    ],
)
def test_days_are_those_of_the_persons_time_zone(text: str, read: Query) -> None:
    assert parse(text, NOW.astimezone(ZoneInfo("Europe/Vienna"))) == read


def test_a_clip_of_this_morning_is_found_by_its_own_day(db: Database, member: str) -> None:
    clip_id = dated(db, member, datetime(2026, 11, 1, 1, tzinfo=UTC))  # Still October in New York.
    days = {"America/New_York": "after:2026-10-31 before:2026-11-01", "UTC": "after:2026-11-01"}
    for zone, day in days.items():
        for words in ("", "dated "):
            shown = GalleryFilter(search=f"{words}{day} before:2026-11-02", zone=zone)
            assert [card.id for card in gallery.page(db, member, shown, 0, 50).cards] == [clip_id]


@pytest.mark.spec("G1")
def test_models_that_are_not_offered_any_more_are_known_by_the_members_own_clips(
    db: Database, member: str, other: str
) -> None:
    made = {member: ("Old Model", "Offered", "Old Model"), other: ("Another",)}
    for owner, names in made.items():
        for name in names:
            model_id = f"was-{name.casefold()[:3]}"
            way.admit_one(db, owner, new_id(), model_id=model_id, model_name=name)
    assert gallery.models_made_with(db, member, {"Offered"}) == ["Old Model"]
    assert set(gallery.models_made_with(db, other, ())) == {"Another"}


@pytest.mark.spec("A6")
def test_a_search_finds_nothing_of_another_member(db: Database, member: str, other: str) -> None:
    way.admit_one(db, other, prompt="A fox of somebody else")
    for search in ("fox", f"§a{other}", f"{other}", "model:kling", "-nothing"):
        assert gallery.page(db, member, GalleryFilter(search=search), 0, 50).total == 0


@pytest.mark.spec("G5")
def test_a_removed_clip_is_not_found_until_it_is_restored(db: Database, member: str) -> None:
    clip_id = way.complete(db, member, prompt="A fox")
    shown = GalleryFilter(search="fox")
    with db.write() as session:
        clips.remove(session, member, clip_id)
    assert gallery.page(db, member, shown, 0, 5).total == 0
    with db.write() as session:
        clips.restore(session, member, clip_id)
    assert gallery.page(db, member, shown, 0, 5).total == 1


def test_the_words_of_a_clip_go_with_it(db: Database, member: str) -> None:
    clip_id = way.complete(db, member, prompt="A fox")
    with db.write() as session:
        session.delete(session.get_one(Clip, clip_id))
    with db.read() as session:
        assert session.exec(select(ClipSearch)).all() == []
    again = way.complete(db, member, "again", prompt="A fox once more")
    page = gallery.page(db, member, GalleryFilter(search="fox"), 0, 5)
    assert [card.id for card in page.cards] == [again]


def test_a_search_is_in_the_order_of_the_gallery(db: Database, member: str) -> None:
    for n in range(12):
        way.admit_one(db, member, f"fox-{n}", prompt=f"A fox, {n}")
    everything = [card.id for card in gallery.page(db, member, GalleryFilter(), 0, 50).cards]
    shown = GalleryFilter(search="fox")
    assert [card.id for card in gallery.page(db, member, shown, 0, 50).cards] == everything
    assert [gallery.position(db, member, shown, clip_id) for clip_id in everything] == list(range(12))
    assert gallery.newest(db, member, shown) == everything[0]


def test_clips_of_one_moment_with_the_same_first_digits_are_both_found(db: Database, member: str) -> None:
    first = way.load(db, way.admit_one(db, member, prompt="A fox"))
    twin = f"{first.id[:17]}{'f' * 15}"
    with db.write() as session:
        session.add(Clip(**{**first.model_dump(), "id": twin}))
    page = gallery.page(db, member, GalleryFilter(search="fox"), 0, 5)
    assert [card.id for card in page.cards] == [twin, first.id]


@pytest.mark.spec("X1")
def test_the_lightbox_walks_through_what_was_found(db: Database, member: str) -> None:
    ids = [way.complete(db, member, f"fox-{n}", prompt=f"A fox, {n}") for n in range(4)]
    way.admit_one(db, member, "running", prompt="A fox on its way")
    way.complete(db, member, "wolf", prompt="A wolf")
    around = gallery.neighbours(db, member, GalleryFilter(search="fox"), ids[1])
    assert [card.id for card in around.clips] == ids[::-1]
    assert (around.index, around.total) == (2, 4)


def test_what_was_found_can_be_said_as_conditions_on_a_clip(db: Database, member: str) -> None:
    foxes = [way.complete(db, member, f"fox-{n}", prompt=f"A fox, {n}") for n in range(3)]
    way.complete(db, member, "wolf", prompt="A wolf")
    with db.write() as session:
        clips.remove(session, member, foxes[0])
    with db.read() as session:
        for search, found in (
            ("fox", foxes[1:]),
            ("is:completed -mode:image -wolf", foxes[1:]),
            ("is:failed", []),
        ):
            conditions = listing(session, member, parse(search)).of_clips()
            assert sorted(session.exec(select(Clip.id).where(*conditions)).all()) == found


def test_the_index_of_sqlite_is_whole_after_everything(db: Database, member: str) -> None:
    if not db.is_sqlite:
        pytest.skip("FTS5 is SQLite's.")
    ids = [way.complete(db, member, f"fox-{n}", prompt=f"A fox, {n}") for n in range(4)]
    with db.write() as session:
        session.delete(session.get_one(Clip, ids[1]))
    with db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql(
            "INSERT INTO clip_search_fts (clip_search_fts, rank) VALUES ('integrity-check', 1)"
        )
    assert gallery.page(db, member, GalleryFilter(search="fox"), 0, 5).total == 3
