"""Selecting many clips: the bar at the bottom of the gallery."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.selection.client import SelectionBar
from sorceress_video.ui.selection.state import SelectionState


def selection_bar() -> rx.Component:
    """Stands once in the gallery; there while clips are selected."""
    opened = GalleryState.opened
    return SelectionBar.create(
        cards=GalleryState.cards,
        list=GalleryState.view + " " + opened.id + " " + GalleryState.search,
        favorites=(GalleryState.view == "favorites") & (opened.id == ""),
        collection=opened.name,
        everything=SelectionState.everything,
        answer=SelectionState.counted,
        archive=SelectionState.archive,
        on_count=SelectionState.count,
        on_all=SelectionState.all,
        on_download=SelectionState.download,
        on_favorite=SelectionState.favorite,
        on_take_out=SelectionState.take_out,
        on_remove=SelectionState.remove,
    )
