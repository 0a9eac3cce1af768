"""The lightbox on the page: the buttons above the stage and the column beside it."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.compare.client import CompareButton
from sorceress_video.ui.kit import FOCUS, TOUCH_HEIGHT, TOUCH_SQUARE, icon, join, plain_link
from sorceress_video.ui.lightbox.client import CopyButton, FrameDeeds, Lightbox, Lineage, When
from sorceress_video.ui.lightbox.models import Fact, InputPicture
from sorceress_video.ui.lightbox.state import LightboxState
from sorceress_video.ui.prompt_panel.state import PromptState

_STORY = LightboxState.story


def lightbox() -> rx.Component:
    """Stands once on a page with clips; tiles open it by themselves."""
    return Lightbox.create(
        _above(),
        _column(),
        story_id=_STORY.id,
        fps=_STORY.fps,
        sound=_STORY.sound,
        strip=LightboxState.strip,
        linked=LightboxState.linked,
        index=LightboxState.index,
        total=LightboxState.total,
        where=LightboxState.where,
        problem=LightboxState.problem,
        on_go=LightboxState.open,
    )


def _above() -> rx.Component:
    return rx.el.div(
        rx.cond(_STORY.family.batch.length() > 1, _compare_batch()),
        rx.cond(_STORY.own, _heart()),
        rx.cond(_STORY.download != "", _download()),
        class_name="col-start-2 row-start-1 flex items-center justify-end gap-2 px-3.5 transition-opacity "
        "max-lg:fixed max-lg:top-0 max-lg:right-0 max-lg:z-30 max-lg:h-[50px] max-lg:px-2",
    )


def _download() -> rx.Component:
    return plain_link(
        icon("download", size=15),
        rx.el.span("Download", class_name="max-sm:sr-only"),
        href=_STORY.download,
        download=True,
        data_testid="lightbox-download",
        class_name=join(
            "inline-flex items-center gap-1.5 h-8 px-3 rounded-sm bg-text-1 text-bg-0 text-base "
            "font-semibold cursor-pointer transition-opacity hover:opacity-85 justify-center",
            FOCUS,
            TOUCH_SQUARE,
        ),
    )


def _compare_batch() -> rx.Component:
    return CompareButton.create(
        icon("columns-2", size=16),
        rx.el.span("Compare batch", class_name="max-sm:sr-only"),
        rx.el.span("(" + _STORY.family.batch.length().to_string() + ")", class_name="figure"),
        ids=_STORY.family.batch,
        data_testid="lightbox-compare",
        class_name=join(
            "inline-flex items-center gap-1.5 h-8 px-2.5 rounded-sm text-base font-medium text-text-2 "
            "whitespace-nowrap cursor-pointer transition-colors hover:bg-bg-3 hover:text-text-1",
            FOCUS,
            TOUCH_HEIGHT,
        ),
    )


def _heart() -> rx.Component:
    return rx.el.button(
        icon(
            "heart", size=17, class_name="group-aria-pressed/heart:fill-bad group-aria-pressed/heart:text-bad"
        ),
        type="button",
        aria_label="Favorite",
        aria_pressed=_STORY.favorite,
        on_click=LightboxState.favorite(~_STORY.favorite),
        data_testid="lightbox-favorite",
        class_name=join(
            "group/heart grid place-items-center size-8 pointer-coarse:size-11 rounded-sm text-text-2 "
            "cursor-pointer transition-colors hover:bg-bg-3 hover:text-text-1",
            FOCUS,
        ),
    )


def _column() -> rx.Component:
    return rx.el.aside(
        rx.el.div(
            rx.el.h2("Prompt", class_name="text-base font-semibold"),
            CopyButton.create(
                text=_STORY.prompt,
                class_name=join(
                    "inline-flex items-center gap-1.5 h-7 px-2 -mr-2 rounded-sm text-base text-accent "
                    "cursor-pointer transition-colors hover:bg-bg-3",
                    FOCUS,
                    TOUCH_HEIGHT,
                ),
            ),
            class_name="flex items-center justify-between",
        ),
        rx.el.p(
            rx.cond(_STORY.prompt != "", _STORY.prompt, "No prompt"),
            data_testid="lightbox-prompt",
            class_name="mt-1 text-md text-text-1 whitespace-pre-wrap break-words max-h-60 overflow-y-auto "
            "kit-scroll",
        ),
        rx.cond(_STORY.own, _deeds()),
        rx.el.dl(
            rx.foreach(_STORY.facts, _fact),
            rx.cond(_STORY.cost != "", _cost()),
            rx.cond(_STORY.made > 0, _row("Made", When.create(at=_STORY.made))),
            rx.foreach(_STORY.settings, _fact),
            data_testid="lightbox-facts",
            class_name="mt-5 flex flex-col gap-2 text-base",
        ),
        rx.cond(_STORY.inputs.length() > 0, _inputs()),
        rx.cond(
            _STORY.own,
            rx.fragment(
                FrameDeeds.create(
                    clip_id=_STORY.id,
                    on_frame=PromptState.use_frame,
                    on_continue=LightboxState.continue_with,
                    on_motion=PromptState.add_motion_from_clip,
                ),
                Lineage.create(clip_id=_STORY.id, family=_STORY.family, on_go=LightboxState.open),
            ),
        ),
        data_testid="lightbox-info",
        class_name="col-start-2 row-start-2 min-h-0 overflow-y-auto kit-scroll p-3.5 bg-bg-1 border-l "
        "border-t border-line transition-opacity max-lg:relative max-lg:z-10 max-lg:rounded-t-lg "
        "max-lg:border-l-0 max-lg:min-h-[50dvh] max-lg:pb-[calc(20px+env(safe-area-inset-bottom))]",
    )


def _deeds() -> rx.Component:
    base = join(
        "inline-flex items-center gap-1 h-8 px-2.5 rounded-sm text-base font-semibold cursor-pointer "
        "transition-colors",
        FOCUS,
        TOUCH_HEIGHT,
    )
    return rx.el.div(
        rx.el.button(
            icon("wand-sparkles", size=14),
            "Use Prompt",
            type="button",
            data_closes=True,
            on_click=LightboxState.use_prompt,
            data_testid="lightbox-use-prompt",
            class_name=join(base, "bg-accent text-on-accent hover:opacity-90"),
        ),
        rx.el.button(
            icon("refresh-cw", size=14),
            "Reroll",
            type="button",
            data_closes=True,
            on_click=LightboxState.reroll,
            data_testid="lightbox-reroll",
            class_name=join(base, "bg-bg-3 text-text-1 hover:bg-line-strong"),
        ),
        rx.el.button(
            icon("history", size=14),
            "Reuse",
            type="button",
            data_closes=True,
            data_tip="Prompt, model, settings and inputs back into the panels",
            on_click=LightboxState.reuse,
            data_testid="lightbox-reuse",
            class_name=join(base, "bg-bg-3 text-text-1 hover:bg-line-strong"),
        ),
        class_name="flex flex-wrap gap-1.5 mt-3",
    )


def _fact(fact: rx.Var[Fact]) -> rx.Component:
    return _row(fact.name, fact.value)


def _row(name: str | rx.Var[str], *value: rx.Component | rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(name, class_name="w-[92px] shrink-0 text-text-3"),
        rx.el.dd(*value, class_name="min-w-0 figure text-text-1 break-words"),
        class_name="flex",
    )


def _cost() -> rx.Component:
    tone = rx.match(
        _STORY.billed,
        ("billed", "text-ok"),
        ("may be billed", "text-gold"),
        "text-text-3",
    )
    return _row("Cost", _STORY.cost + " ", rx.el.span(_STORY.billed, class_name=tone))


def _inputs() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Inputs", class_name="text-base font-semibold"),
        rx.el.div(
            rx.foreach(_STORY.inputs, _input),
            class_name="mt-2 flex flex-wrap gap-1.5",
        ),
        class_name="mt-5",
        data_testid="lightbox-inputs",
    )


def _input(given: rx.Var[InputPicture]) -> rx.Component:
    return plain_link(
        rx.cond(
            given.poster != "",
            rx.el.img(src=given.poster, alt=given.label, loading="lazy", class_name="size-full object-cover"),
            icon("file", size=16, class_name="text-text-3"),
        ),
        href=given.url,
        target="_blank",
        rel="noopener",
        title=given.label,
        aria_label=given.label,
        class_name=join(
            "grid place-items-center w-[62px] h-9 rounded-sm overflow-hidden bg-bg-3 transition-opacity "
            "hover:opacity-85",
            FOCUS,
        ),
    )
