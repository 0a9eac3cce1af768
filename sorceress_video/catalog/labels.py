"""Labels in a prompt: the product's own (``@Image1``), and how each model writes them.

A person writes every model's prompt with the same labels; the words that a provider expects
(``[Image1]``, ``<<<image_1>>>``) stand in the catalog as ``label`` of the input and are put in when the body
is built.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from sorceress_video.catalog.schema import Route
from sorceress_video.catalog.terms import InputRole

STEMS: Final = {
    InputRole.REFERENCE_IMAGE: "Image",
    InputRole.REFERENCE_VIDEO: "Video",
    InputRole.REFERENCE_AUDIO: "Audio",
}
_ROLES: Final = {stem: role for role, stem in STEMS.items()}
_LABEL: Final = re.compile(rf"@({'|'.join(_ROLES)})([0-9]{{1,4}})(?![0-9])")


def label_of(role: InputRole, number: int) -> str:
    """The label of the ``number``-th file of a role, from 1: ``@Image1``."""
    return f"@{STEMS[role]}{number}"


def labels_in(prompt: str) -> Iterator[tuple[InputRole, int, str]]:
    """Every label of a prompt in its order: role, number, and the label as it is written."""
    for match in _LABEL.finditer(prompt):
        yield _ROLES[match[1]], int(match[2]), match[0]


def labelled_roles(route: Route) -> frozenset[InputRole]:
    """The roles whose files a prompt can name in this route."""
    return frozenset(spec.role for spec in route.inputs if "{n}" in spec.label and spec.role in STEMS)


def in_words_of(route: Route, prompt: str) -> str:
    """The prompt with its labels as the route's provider writes them; elsewhere they are plain text."""
    patterns = {spec.role: spec.label for spec in route.inputs if spec.role in labelled_roles(route)}

    def written(role: InputRole, number: int, label: str) -> str:
        pattern = patterns.get(role)
        return label if pattern is None else pattern.replace("{n}", str(number))

    return _replaced(prompt, written)


def renumbered(prompt: str, role: InputRole, places: Mapping[int, int | None]) -> str:
    """The prompt after the files of a role changed their places.

    Args:
        prompt: the text.
        role: whose labels.
        places: by old number the new one; None where the file is gone, whose label then goes, too.
    """

    def moved(of: InputRole, number: int, label: str) -> str:
        if of is not role or number not in places:
            return label
        return label_of(role, places[number] or number)

    for number, place in places.items():
        if place is None:
            # One space beside a label goes with it; all other spaces are the person's own.
            label = rf"{re.escape(label_of(role, number))}(?![0-9])"
            prompt = re.sub(rf"(?m)^{label}[ \t]?|[ \t]?{label}", "", prompt)
    return _replaced(prompt, moved)


def _replaced(prompt: str, change: Callable[[InputRole, int, str], str]) -> str:
    return _LABEL.sub(lambda match: change(_ROLES[match[1]], int(match[2]), match[0]), prompt)
