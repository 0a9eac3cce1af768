"""A catalog of many models: finding one, and what the panel costs the page then."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, expect

from sorceress_video.catalog import registry
from sorceress_video.library import preferences
from tests.browser.accessibility import too_small, violations
from tests.browser.desk import DESKTOP, PHONE, Desk, Screen
from tests.browser.watch import Watch
from tests.support.studio import Studio, open_studio

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

COPIES = 8
LOCKED = "veo-without-a-key"
MOST_ELEMENTS = 60  # of one card


def write_catalog(folder: Path) -> Path:
    """Copies of the shipped models of clouds under ids, names and vendors of their own."""
    folder.mkdir()
    for source in sorted(registry.MODELS_FOLDER.glob("*.toml")):
        text, known = source.read_text(), tomllib.loads(source.read_text())
        if known["provider"] == "sandbox":
            continue
        for number in range(1, COPIES + 1):
            copy = text
            for field, value in (
                ("id", f"{known['id']}-copy-{number}"),
                ("name", f"{known['name']} Copy {number}"),
                ("vendor", f"Vendor {number}"),
            ):
                copy = copy.replace(f'{field} = "{known[field]}"', f'{field} = "{value}"', 1)
            (folder / f"{known['id']}-copy-{number}.toml").write_text(copy)
    text = (registry.MODELS_FOLDER / "veo-3.1-fast.toml").read_text()
    for old, new in (
        ('id = "veo-3.1-fast"', f'id = "{LOCKED}"'),
        ('provider = "fal"', 'provider = "replicate"'),
    ):
        text = text.replace(old, new, 1)
    (folder / f"{LOCKED}.toml").write_text(text)
    return folder


@pytest.fixture(scope="module")
def many_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A workspace of its own, whose catalog holds copies of the shipped models."""
    folder = tmp_path_factory.mktemp("many")
    catalog = write_catalog(folder / "catalog")
    with open_studio(folder, {"SORCERESS_CATALOG_DIR": str(catalog)}) as running:
        yield running


@pytest.fixture
def contexts(chromium: Browser) -> Iterator[list[BrowserContext]]:
    """The browsers of a test; nothing may complain in them."""
    opened: list[BrowserContext] = []
    watch = Watch()
    yield _Followed(opened, watch)
    for context in opened:
        context.close()
    assert watch.unexpected() == []


class _Followed(list[BrowserContext]):
    def __init__(self, opened: list[BrowserContext], watch: Watch) -> None:
        super().__init__()
        self._opened, self._watch = opened, watch

    def append(self, context: BrowserContext) -> None:
        self._opened.append(context)
        self._watch.follow(context)


def open_desk(
    studio: Studio,
    chromium: Browser,
    contexts: list[BrowserContext],
    screen: Screen,
    *models: str,
    role: str = "member",
) -> Desk:
    context = chromium.new_context(**screen.context)
    contexts.append(context)
    desk = Desk(context.new_page(), studio.url, screen)
    desk.sign_in(studio.member(*models, role=role))
    desk.open()
    desk.show_models()
    return desk


def seen(desk: Desk) -> Locator:
    return desk.page.locator("article.model-card:visible")


@pytest.mark.spec("M7")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_models_are_found_by_words_kind_vendor_sound_and_price(
    many_models: Studio, chromium: Browser, contexts: list[BrowserContext], screen: Screen
) -> None:
    desk = open_desk(many_models, chromium, contexts, screen, "veo-3.1-fast")
    every = seen(desk).count()
    assert every > 3 * COPIES
    desk.get("model-search").fill("kling cópy")
    expect(seen(desk)).to_have_count(COPIES)
    expect(desk.get("model-hits")).to_contain_text(f"{COPIES} of {every} models")
    expect(desk.get("models-count")).to_have_text("1 selected")
    desk.press(desk.model("kling-3.0-pro-copy-3"))
    expect(desk.get("models-count")).to_have_text("2 selected")

    desk.press(desk.get("model-filters"))
    desk.get("filter-vendor").select_option("Vendor 3")
    expect(seen(desk)).to_have_count(1)
    desk.get("model-search").press("Escape")
    expect(seen(desk)).to_have_count(3)
    desk.get("filter-vendor").select_option("")
    desk.get("filter-price").select_option("0")
    expect(desk.model("animatic")).to_be_visible()
    expect(desk.model("veo-3.1-fast")).not_to_be_visible()
    desk.press(desk.get("filter-audio"))
    expect(desk.get("no-models")).to_be_visible()
    expect(seen(desk)).to_have_count(0)
    desk.press(desk.get("filters-clear"))
    expect(seen(desk)).to_have_count(every)
    desk.get("filter-kind").select_option("Motion")
    expect(desk.model("kling-3.0-pro")).to_be_visible()
    expect(desk.model("veo-3.1-fast")).not_to_be_visible()
    assert desk.overflow() == 0


@pytest.mark.spec("M7")
def test_finding_a_model_asks_no_server_and_a_card_stays_small(
    many_models: Studio, chromium: Browser, contexts: list[BrowserContext]
) -> None:
    desk = open_desk(many_models, chromium, contexts, DESKTOP)
    cards, elements = desk.page.evaluate(
        "() => { const cards = [...document.querySelectorAll('article.model-card')];"
        " return [cards.length, Math.max(...cards.map((card) => card.querySelectorAll('*').length))]; }"
    )
    assert cards > 3 * COPIES
    assert elements <= MOST_ELEMENTS
    sent: list[str | bytes] = []

    def note(frame: str | bytes) -> None:
        sent.append(frame)

    desk.page.on("websocket", lambda socket: socket.on("framesent", note))
    desk.reload()
    expect(desk.get("model-search")).to_be_visible()
    before = len(sent)
    desk.get("model-search").press_sequentially("veo copy 5")
    expect(seen(desk)).to_have_count(1)
    assert [frame for frame in sent[before:] if "model_panel" in str(frame)] == []


@pytest.mark.spec("M2")
def test_a_locked_card_says_which_key_is_missing_and_leads_an_admin_to_it(
    many_models: Studio, chromium: Browser, contexts: list[BrowserContext]
) -> None:
    for role, links in (("member", 0), ("admin", 1), ("owner", 1)):
        desk = open_desk(many_models, chromium, contexts, DESKTOP, role=role)
        expect(desk.get(f"model-lock-{LOCKED}")).to_contain_text(
            "Needs a Replicate key (REPLICATE_API_TOKEN)"
        )
        expect(desk.get(f"model-settings-{LOCKED}")).to_have_count(0)
        expect(desk.get(f"model-unlock-{LOCKED}")).to_have_count(links)
        desk.model(LOCKED).click(position={"x": 20, "y": 12}, force=True)
        expect(desk.model(LOCKED)).to_have_attribute("aria-pressed", "false")
    desk.get(f"model-unlock-{LOCKED}").click()
    desk.page.wait_for_url(re.compile(r"/settings/?#providers$"))
    expect(desk.get("settings-providers").get_by_role("heading")).to_be_in_viewport()


@pytest.mark.spec("M2")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_an_owner_enters_a_key_and_takes_it_away_again(
    many_models: Studio, chromium: Browser, contexts: list[BrowserContext], screen: Screen
) -> None:
    desk = open_desk(many_models, chromium, contexts, screen, role="owner")
    desk.page.goto(f"{desk.url}/settings#providers")
    row = desk.get("provider").filter(has_text="Replicate")
    row.get_by_test_id("provider-key").fill("two words")
    row.get_by_test_id("provider-key").press("Enter")
    expect(desk.get("settings-providers").get_by_test_id("form-error")).to_contain_text("This is not a key")
    row.get_by_test_id("provider-key").fill("r8_entered_in_the_browser_by_hand")
    desk.press(row.get_by_test_id("provider-key-keep"))
    expect(desk.get("form-done")).to_contain_text("The key is kept")
    expect(desk.get("form-done")).to_be_in_viewport()
    expect(row).to_contain_text("Key …hand")
    assert desk.overflow() == 0

    desk.open()
    desk.show_models()
    expect(desk.get(f"model-lock-{LOCKED}")).to_have_count(0)
    desk.press(desk.model(LOCKED))
    expect(desk.model(LOCKED)).to_have_attribute("aria-pressed", "true")

    desk.page.goto(f"{desk.url}/settings#providers")
    desk.press(row.get_by_test_id("provider-key-remove"))
    desk.page.emulate_media(reduced_motion="reduce")
    assert violations(desk.page) == []
    assert not screen.touch or too_small(desk.page) == []
    desk.press(row.get_by_test_id("provider-key-leave"))
    desk.press(row.get_by_test_id("provider-key-remove"))
    desk.press(row.get_by_test_id("provider-key-remove-now"))
    expect(row).to_contain_text("No key")
    desk.open()
    desk.show_models()
    expect(desk.get(f"model-lock-{LOCKED}")).to_be_visible()


@pytest.mark.spec("P12")
def test_choices_of_models_that_are_gone_or_nonsense_leave_a_whole_page(
    many_models: Studio, chromium: Browser, contexts: list[BrowserContext]
) -> None:
    context = chromium.new_context(**DESKTOP.context)
    contexts.append(context)
    member = many_models.member()
    for name, value in (
        ("models", ["gone-9.0", 7, None, "kling-3.0-pro"]),
        ("settings", {"kling-3.0-pro": {"duration": ["10"], "audio": "perhaps", "gone": 1}, "gone-9.0": 4}),
        ("mode", {"not": "a mode"}),
        ("columns", "wide"),
        ("panels", ["left"]),
    ):
        preferences.save(many_models.db, member.account_id, name, value)
    desk = Desk(context.new_page(), many_models.url, DESKTOP)
    desk.sign_in(member)
    desk.open()
    expect(desk.get("models-count")).to_have_text("1 selected")
    expect(desk.model("kling-3.0-pro")).to_have_attribute("aria-pressed", "true")
    expect(desk.get("mode-text")).to_have_attribute("aria-selected", "true")
