"""The pages: which there are, at which addresses, and what loads when one opens."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.compare.state import CompareState
from sorceress_video.ui.frame.state import FrameState
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.lightbox.state import LightboxState
from sorceress_video.ui.model_panel.state import ModelPanelState
from sorceress_video.ui.model_panel.upgrade import UpgradeState
from sorceress_video.ui.pages import entry, links
from sorceress_video.ui.pages.settings import LOADS, settings
from sorceress_video.ui.pages.workspace import workspace
from sorceress_video.ui.prompt_panel.state import PromptState
from sorceress_video.ui.queue.state import QueueState
from sorceress_video.ui.recipe.state import RecipeState
from sorceress_video.ui.team.state import TeamState
from sorceress_video.ui.team.view import team

PRODUCT = "Sorceress AI Video Gen"
STYLESHEETS = ["/tokens.css", "/kit.css", "/frame.css", "/panels.css"]

OPENED_PLAIN = (GalleryState, ModelPanelState, PromptState, RecipeState, TeamState)
"""States with something to put away when a page is opened; see :mod:`sorceress_video.ui.frame.opening`."""

# Before the first paint: the theme and the folded panels that this browser remembers.
_FIRST = (
    "(function(d){try{var t=localStorage.getItem('theme')||'dark';"
    "if(t==='system')t=matchMedia('(prefers-color-scheme: light)').matches?'light':'dark';"
    "d.classList.add(t);d.style.colorScheme=t;"
    "['left','right'].forEach(function(s){if(localStorage.getItem('sorceress.fold.'+s)==='folded')"
    "d.dataset[s+'Panel']='folded'})}catch(e){}})(document.documentElement)"
)


def head() -> list[rx.Component]:
    """What stands in every page's head."""
    return [
        rx.el.script(_FIRST),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(
            rel="preload",
            href="/fonts/inter-latin.woff2",
            custom_attrs={"as": "font"},
            type="font/woff2",
            cross_origin="anonymous",
        ),
        rx.el.meta(name="color-scheme", content="dark light"),
        # To the edges of a phone's screen, with safe areas; a keyboard on the screen makes the page lower.
        rx.el.meta(
            name="viewport",
            content="width=device-width, initial-scale=1, viewport-fit=cover, "
            "interactive-widget=resizes-content",
        ),
    ]


def clips_moved(clip_ids: list[str]) -> list[rx.event.EventSpec]:
    """What an open page does when a worker, another tab or another process moved clips of its account."""
    return [GalleryState.follow(clip_ids), QueueState.follow(clip_ids)]


def add_pages(app: rx.App) -> None:
    """Give the app its pages."""
    app.add_page(
        workspace,
        route="/",
        title=PRODUCT,
        on_load=[
            FrameState.enter,
            PromptState.enter,
            ModelPanelState.enter,
            UpgradeState.enter,
            GalleryState.load,
            QueueState.load,
            LightboxState.enter,
            CompareState.enter,
        ],
    )
    app.add_page(entry.sign_in, route="/sign-in", title=f"Sign in · {PRODUCT}")
    app.add_page(entry.setup, route="/setup", title=f"Set up · {PRODUCT}")
    app.add_page(
        settings,
        route="/settings",
        title=f"Settings · {PRODUCT}",
        on_load=[FrameState.enter_account_page, *LOADS],
    )
    app.add_page(links.join, route="/join", title=f"Join · {PRODUCT}")
    app.add_page(links.new_password, route="/new-password", title=f"New password · {PRODUCT}")
    app.add_page(
        team,
        route="/team",
        title=f"Team · {PRODUCT}",
        on_load=[FrameState.enter, TeamState.enter],
    )
    app.add_page(entry.not_found, route="404", title=f"Not found · {PRODUCT}")
