"""The kit: every control of the product, each with its variants in one place.

Colours, sizes and durations come from ``assets/tokens.css``; what utility classes cannot say stands in
``assets/kit.css``. Every page holds :func:`page_behaviour` once.
"""

from sorceress_video.ui.kit.button import button, button_classes, icon_button, link_button
from sorceress_video.ui.kit.chip import chip, toned_chip
from sorceress_video.ui.kit.choice import segment, segmented, tab, tabs
from sorceress_video.ui.kit.classes import FOCUS, TOUCH_HEIGHT, TOUCH_SQUARE, join
from sorceress_video.ui.kit.feedback import empty_state, note, progress_ring, skeleton, toaster
from sorceress_video.ui.kit.form import INPUT, commit_input, field, select, slider, switch, text_input
from sorceress_video.ui.kit.icon import icon
from sorceress_video.ui.kit.keys import KEY_SHEET, KEYS, key_sheet
from sorceress_video.ui.kit.overlay import (
    MENU_ITEM,
    dialog,
    grab_bar,
    menu,
    menu_item,
    menu_opener,
    page_behaviour,
)
from sorceress_video.ui.kit.plain import plain_form, plain_link
from sorceress_video.ui.kit.toast import Action, on_action, say, toasts

__all__ = [
    "FOCUS",
    "INPUT",
    "KEYS",
    "KEY_SHEET",
    "MENU_ITEM",
    "TOUCH_HEIGHT",
    "TOUCH_SQUARE",
    "Action",
    "button",
    "button_classes",
    "chip",
    "commit_input",
    "dialog",
    "empty_state",
    "field",
    "grab_bar",
    "icon",
    "icon_button",
    "join",
    "key_sheet",
    "link_button",
    "menu",
    "menu_item",
    "menu_opener",
    "note",
    "on_action",
    "page_behaviour",
    "plain_form",
    "plain_link",
    "progress_ring",
    "say",
    "segment",
    "segmented",
    "select",
    "skeleton",
    "slider",
    "switch",
    "tab",
    "tabs",
    "text_input",
    "toaster",
    "toasts",
    "toned_chip",
]
