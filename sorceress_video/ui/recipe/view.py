"""The offer on the page."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui import kit
from sorceress_video.ui.lightbox.models import Fact
from sorceress_video.ui.recipe.client import FilmDrop
from sorceress_video.ui.recipe.state import RecipeState

_OFFER = RecipeState.offer


def recipe_offer() -> rx.Component:
    """Stands once on the workspace: hears dropped films and offers what they say."""
    return rx.fragment(FilmDrop.create(on_recipe=RecipeState.read), _dialog())


def _dialog() -> rx.Component:
    return kit.dialog(
        rx.el.p(
            rx.cond(_OFFER.prompt != "", _OFFER.prompt, "No prompt"),
            data_testid="recipe-prompt",
            class_name="text-md text-text-1 whitespace-pre-wrap break-words max-h-48 overflow-y-auto "
            "kit-scroll",
        ),
        rx.el.dl(
            _row("Model", _OFFER.model),
            rx.foreach(_OFFER.settings, _setting),
            data_testid="recipe-settings",
            class_name="mt-4 flex flex-col gap-2 text-base",
        ),
        rx.cond(
            ~_OFFER.offered,
            kit.note(
                "This model is not offered here, so the prompt alone can be used.",
                class_name="mt-4",
                data_testid="recipe-note",
            ),
        ),
        title="Make more like this film?",
        subtitle="The file says how it was made.",
        foot=rx.fragment(
            kit.button(
                "Prompt only",
                variant="secondary",
                on_click=RecipeState.take_prompt,
                data_testid="recipe-prompt-only",
            ),
            rx.cond(
                _OFFER.offered,
                kit.button(
                    "Reuse prompt and settings",
                    variant="primary",
                    on_click=RecipeState.take,
                    data_testid="recipe-take",
                ),
            ),
        ),
        id="recipe-offer",
        open=_OFFER.open,
        on_dismiss=RecipeState.decline,
        data_testid="recipe-offer",
    )


def _setting(fact: rx.Var[Fact]) -> rx.Component:
    return _row(fact.name, fact.value)


def _row(name: str | rx.Var[str], value: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(name, class_name="w-[104px] shrink-0 text-text-3"),
        rx.el.dd(value, class_name="min-w-0 figure text-text-1 break-words"),
        class_name="flex",
    )
