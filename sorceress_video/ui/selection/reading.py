"""What the browser says is selected, read as from anybody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.library.selection import MOST_IDS, MOST_STRETCHES, Selection

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


def selection_of(given: object, shown: GalleryFilter) -> Selection:
    """``{"stretches": [[newest, oldest]], "picked": [ids], "left_out": [ids]}`` of what the gallery shows.

    What makes no sense is left out; of too much the first is taken.
    """
    parts: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    return Selection(
        shown,
        stretches=tuple(_stretches(parts.get("stretches"))[:MOST_STRETCHES]),
        picked=_ids(parts.get("picked")),
        left_out=_ids(parts.get("left_out")),
    )


def _stretches(given: object) -> list[tuple[str, str]]:
    if not isinstance(given, list):
        return []
    pairs = [pair for pair in given if isinstance(pair, list) and len(pair) == 2]
    return [
        (newest, oldest) for newest, oldest in pairs if _is_id(newest) and (oldest == "" or _is_id(oldest))
    ]


def _ids(given: object) -> frozenset[str]:
    if not isinstance(given, list):
        return frozenset()
    return frozenset([one for one in given if _is_id(one)][:MOST_IDS])


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None
