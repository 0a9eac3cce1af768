"""What the page shows of collections."""

from __future__ import annotations

from dataclasses import dataclass

from sorceress_video.library.collections import CollectionCard


@dataclass(frozen=True)
class CollectionTile:
    """One collection: a picture, a name, a number. ``id`` is "" where there is none."""

    id: str = ""
    name: str = ""
    mine: bool = True
    shared: bool = False
    owner: str = ""
    """Whose it is, where somebody else shares it."""
    count: int = 0
    cover: str = ""


def tile_of(card: CollectionCard) -> CollectionTile:
    """The tile of a collection."""
    return CollectionTile(
        id=card.id,
        name=card.name,
        mine=card.mine,
        shared=card.shared,
        owner="" if card.mine else card.owner,
        count=card.count,
        cover=card.cover_url or "",
    )
