"""What the page's address says of the gallery, as in ``/?view=favorites&q=fox&at=<clip id>``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SEARCH_CHARACTERS: Final = 200
LONGEST_ID: Final = 64
VIEWS: Final = ("all", "favorites")

_ID = re.compile(rf"[0-9a-zA-Z_-]{{1,{LONGEST_ID}}}")


@dataclass(frozen=True, slots=True)
class Address:
    """A filter and a place in it."""

    view: str = "all"
    search: str = ""
    collection: str = ""
    """Id of the collection that is open instead of a view."""
    at: str = ""
    """The first clip in view; "" at the top."""


def address_of(parameters: Mapping[str, str]) -> Address:
    """Read an address that anybody may have written: what makes no sense is left out."""
    view = parameters.get("view", "all")
    at = parameters.get("at", "")
    collection = parameters.get("collection", "")
    return Address(
        view=view if view in VIEWS else "all",
        search=parameters.get("q", "")[:SEARCH_CHARACTERS],
        collection=collection if _ID.fullmatch(collection) else "",
        at=at if _ID.fullmatch(at) else "",
    )
