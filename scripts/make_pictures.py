"""Takes the README's pictures from a running workspace, with Chromium.

    python scripts/make_pictures.py
    PASSWORD=… python scripts/make_pictures.py --url http://localhost:3000 --email you@example.com

Without ``--url`` it starts a workspace with a folder of its own, lets the Sandbox make real clips there, and
brings some cards into the states that a person meets: in the making, waiting, failed. With ``--url`` the
workspace is taken as it is. The pictures go to ``docs/images/``, each below 400 KB.
"""

from __future__ import annotations

import argparse
import io
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.waiting import wait_for  # noqa: E402
from tests.support.workspace import Workspace  # noqa: E402

IMAGES: Final = ROOT / "docs" / "images"
FRAMES: Final = ROOT / "tests" / "assets"
MAX_BYTES: Final = 400_000
COLOURS: Final = (256, 192, 128, 96, 64)
"""Palettes to try, until a picture is small enough."""

DESKTOP: Final = ViewportSize(width=1440, height=900)
PHONE: Final = ViewportSize(width=390, height=844)
PATIENCE: Final = 240.0  # seconds for the Sandbox on a busy machine
START: Final = 600.0  # seconds, when the pages must be built first

_EMAIL: Final = "owner@example.com"
_PRICED: Final = ("animatic", "kling-3.0-pro", "veo-3.1-fast")
_FAVORITES: Final = frozenset({5, 8})
_ON_STAGE: Final = 4
"""Number, among the finished clips on the page, of the one under the pointer and in the lightbox."""
_DRAFT: Final = "The rider stops at the crest, the horse shakes its mane, wind in the grass. Slow push in."


@dataclass(frozen=True)
class Shot:
    """One clip to be made by Animatic."""

    prompt: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    start_frame: str | None = None
    """File name below ``tests/assets``."""


FINISHED: Final = (
    Shot("Golden hour over endless desert dunes, dust hangs in the light", {"camera_move": "rise"}),
    Shot("Abstract silk and light, deep violet, slow drift"),
    Shot("Mist lifts from the river valley at dawn, reeds in the foreground"),
    Shot("The pass between the peaks, first light, upright", {"aspect_ratio": "9:16"}, "portrait.jpg"),
    Shot("Neon city in the rain, the skyline mirrored in the harbour", {"camera_move": "pan_left"}),
    Shot("First snow falls over alpine peaks, pale winter morning", {"camera_move": "orbit"}),
    Shot("Storm over the sea, heavy clouds, distant lightning"),
    Shot("Moonlit lake between mountains at night, the water barely moves"),
    Shot("Aurora above a frozen lake, stars, total silence", {"camera_move": "rise"}),
    Shot("Mist drifts through an emerald pine forest", {"camera_move": "pan_right"}),
    Shot("Violet dusk over the mountains, a pale sun in the haze", {"camera_move": "pan_left"}),
    Shot(
        "The valley at dusk, last light on the peaks, slow push in",
        {"camera_move": "push_in"},
        "start-frame.jpg",
    ),
)
"""The last one is the newest."""

REFUSED: Final = Shot("A crowd cheers as the balloon rises", {"rehearsal": "refuse"})
WAITING: Final = Shot("Lanterns float up into the night above the river", {"rehearsal": "wait_for_capacity"})
LONG: Final = Shot(
    "A lone rider crosses the ridge at dusk, slow dolly in, last light on the peaks",
    {"resolution": "1080p", "duration": 10, "camera_move": "push_in"},
    "start-frame.jpg",
)


@dataclass(frozen=True)
class Place:
    """A workspace that pictures are taken of."""

    url: str
    email: str
    password: str
    own: Workspace | None = None
    """Set where it was started here and may be filled."""


@contextmanager
def own_workspace(folder: Path) -> Iterator[Place]:
    """A workspace in ``folder`` with an owner. A key that is none opens fal's cards; nothing goes there."""
    password = secrets.token_urlsafe(16)
    settings = {"FAL_KEY": "for-the-pictures-only", "SORCERESS_MIN_FREE_BYTES": "0"}
    with Workspace(folder, settings) as running:
        running.wait_until_running(START)
        _share_settings(running)
        from sorceress_video.accounts.setup import create_owner  # noqa: PLC0415 - Where settings are shared.

        create_owner(_EMAIL, password)
        yield Place(running.url, _EMAIL, password, own=running)


def _share_settings(running: Workspace) -> None:
    """Make this process one of the workspace's, so that it can admit clips by the product's own function."""
    from sorceress_video.runtime import valkey  # noqa: PLC0415

    os.environ["SORCERESS_DATA_DIR"] = str(running.data_dir)
    os.environ["SORCERESS_MIN_FREE_BYTES"] = "0"
    os.environ["REDIS_URL"] = valkey.plan(running.data_dir.resolve()).url


class Filling:
    """Puts clips into a workspace of our own, as the page would."""

    def __init__(self, page: Page, place: Place) -> None:
        from sorceress_video.library import accounts  # noqa: PLC0415
        from sorceress_video.library.database import get_database  # noqa: PLC0415

        account = accounts.account_by_email(get_database(), place.email)
        if account is None:
            raise SystemExit("The workspace has no owner.")
        self._account_id = account.id
        self._page = page
        self._place = place

    def ask(self, shot: Shot) -> str:
        """Admit one clip; its id."""
        from sorceress_video.catalog import Mode, get_catalog  # noqa: PLC0415
        from sorceress_video.generation.plan import plan  # noqa: PLC0415
        from sorceress_video.generation.requests import GenerationRequest  # noqa: PLC0415
        from sorceress_video.jobs import admission  # noqa: PLC0415

        inputs = (self._upload(shot.start_frame),) if shot.start_frame else ()
        request = GenerationRequest(
            token=secrets.token_hex(8),
            mode=Mode.IMAGE if inputs else Mode.TEXT,
            prompt=shot.prompt,
            model_ids=("animatic",),
            settings={"animatic": {"seed": len(shot.prompt), **shot.settings}},
            inputs=inputs,
        )
        planned = plan(request, get_catalog(), available_providers={"sandbox"})
        return admission.generate(self._account_id, planned, request.token).clip_ids[0]

    def _upload(self, name: str) -> Any:
        from sorceress_video.catalog import InputRole, MediaKind  # noqa: PLC0415
        from sorceress_video.generation.requests import InputRef  # noqa: PLC0415

        answer = self._page.request.post(
            f"{self._place.url}/api/uploads?purpose=start_frame",
            data=(FRAMES / name).read_bytes(),
            headers={"X-File-Name": name, "Origin": self._place.url},
        )
        if not answer.ok:
            raise SystemExit(f"{name} was not taken: {answer.text()}")
        kept = answer.json()
        facts = {key: kept[key] for key in ("mime", "bytes", "width", "height")}
        return InputRef(role=InputRole.START_FRAME, asset_id=kept["id"], kind=MediaKind.IMAGE, **facts)

    def favor(self, clip_id: str) -> None:
        """Mark a clip."""
        from sorceress_video.jobs import actions  # noqa: PLC0415

        actions.favorite(self._account_id, clip_id, favorite=True)


def sign_in(context: BrowserContext, place: Place) -> Page:
    """A signed-in page with the gallery on it."""
    page = context.new_page()
    page.goto(f"{place.url}/sign-in")
    page.get_by_test_id("email").fill(place.email)
    page.get_by_test_id("password").fill(place.password)
    page.get_by_test_id("sign-in-submit").click()
    page.wait_for_url(f"{place.url}/")
    page.get_by_test_id("account").wait_for()
    return page


def cards(page: Page, status: str) -> Any:
    """Cards in one state."""
    return page.locator(f'[data-testid="clip-card"][data-status="{status}"]')


def fill(page: Page, place: Place) -> None:
    """Finished clips, then one refused, one waiting, and one in the making as the newest."""
    filling = Filling(page, place)
    for number, shot in enumerate(FINISHED, start=1):  # One by one, so that none waits for another.
        clip_id = filling.ask(shot)
        page.reload()
        wait_for(
            lambda made=number: cards(page, "completed").count() >= made, seconds=PATIENCE, what=shot.prompt
        )
        if number in _FAVORITES:
            filling.favor(clip_id)
    filling.ask(REFUSED)
    wait_for(lambda: cards(page, "failed").count() == 1, seconds=PATIENCE, what="the refusal")
    choose_models(page)
    page.get_by_test_id("mode-image").click()
    page.get_by_test_id("start-frame-file").set_input_files(FRAMES / "start-frame.jpg")
    page.get_by_test_id("start-frame-remove").wait_for()
    page.get_by_test_id("prompt").fill(_DRAFT)
    filling.ask(WAITING)
    filling.ask(LONG)
    wait_for(lambda: _percent(page) >= 10, seconds=PATIENCE, what="progress on a card")


def choose_models(page: Page) -> None:
    """Select the models whose prices the picture shows."""
    for model in _PRICED:
        card = page.get_by_test_id(f"model-card-{model}")
        if card.get_attribute("aria-pressed") != "true":
            card.click()
        page.locator(f'[data-testid="model-card-{model}"][aria-pressed="true"]').wait_for()


def _percent(page: Page) -> int:
    """The highest percentage that a card in the making shows."""
    shown = cards(page, "running").locator('[role="progressbar"]')
    found = [shown.nth(index).get_attribute("aria-valuenow") for index in range(shown.count())]
    return max((int(float(value)) for value in found if value), default=0)


def settle(page: Page) -> None:
    """Fonts are there and every picture in view is decoded."""
    page.evaluate("document.fonts.ready")
    wait_for(
        lambda: page.evaluate("[...document.images].every((image) => image.complete)"),
        seconds=20,
        what="the pictures on the page",
    )


def take_workspace(page: Page) -> bytes:
    """The three panels with cards in several states, the pointer on a finished one."""
    cards(page, "completed").nth(_ON_STAGE).hover()
    settle(page)
    return page.screenshot(animations="disabled")


def take_lightbox(page: Page) -> bytes:
    """A finished clip on the stage, paused in its middle."""
    cards(page, "completed").nth(_ON_STAGE).locator("[data-tile]").click()
    page.get_by_test_id("lightbox-facts").get_by_text("Model").wait_for()
    film = page.get_by_test_id("player-film")
    film.evaluate("(film) => { film.pause(); film.currentTime = film.duration * 0.55 || 0; }")
    page.mouse.move(DESKTOP["width"] / 2, DESKTOP["height"] / 2)
    settle(page)
    shot = page.screenshot(animations="disabled")
    page.keyboard.press("Escape")
    return shot


def take_phone(browser: Browser, place: Place, state: Any) -> bytes:
    """The gallery on a phone, under two columns and the dock."""
    with browser.new_context(
        viewport=PHONE,
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        color_scheme="dark",
        storage_state=state,
    ) as phone:
        page = phone.new_page()
        page.goto(place.url)
        cards(page, "completed").first.wait_for()
        page.get_by_test_id("dock-prompt").click()
        page.get_by_test_id("prompt").fill(_DRAFT)
        page.keyboard.press("Escape")
        page.get_by_test_id("prompt").wait_for(state="hidden")
        settle(page)
        return page.screenshot(animations="disabled")


def save(name: str, picture: bytes) -> None:
    """Write a PNG with as many colours as fit into the limit."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in COLOURS:
        palette = image.quantize(colours, method=Image.Quantize.MAXCOVERAGE, kmeans=1)
        packed = io.BytesIO()
        dithered = image.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
        dithered.save(packed, "PNG", optimize=True)
        if packed.tell() <= MAX_BYTES:
            (IMAGES / name).write_bytes(packed.getvalue())
            size = f"{image.width}×{image.height}, {colours} colours, {packed.tell() // 1000} KB"
            sys.stdout.write(f"{name}: {size}\n")
            return
    raise SystemExit(f"{name} does not fit into {MAX_BYTES} bytes.")


def take_all(place: Place, chromium: str) -> None:
    """Fill the workspace if it is ours, and take the pictures."""
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium) as browser:
        with browser.new_context(viewport=DESKTOP, color_scheme="dark") as desk:
            page = sign_in(desk, place)
            if place.own is not None:
                fill(page, place)
            save("workspace.png", take_workspace(page))
            save("lightbox.png", take_lightbox(page))
            state = desk.storage_state()
        save("phone.png", take_phone(browser, place, state))


def main() -> None:
    """See the module's words."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--url", help="a running workspace; without it one is started")
    parser.add_argument("--email", default=_EMAIL)
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome"))
    options = parser.parse_args()
    if options.chromium is None:
        raise SystemExit("Chromium is not installed; name one with --chromium.")
    with ExitStack() as stack:
        if options.url:
            place = Place(options.url.rstrip("/"), options.email, os.environ["PASSWORD"])
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sorceress-pictures-")))
            place = stack.enter_context(own_workspace(folder))
        take_all(place, options.chromium)


if __name__ == "__main__":
    main()
