"""Labels in a prompt (``@Image1``) and the files that they name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sorceress_video.catalog import Route, labelled_roles, labels_in
from sorceress_video.generation.requests import InputRef


def labels_without_file(prompt: str, route: Route, inputs: Sequence[InputRef]) -> tuple[str, ...]:
    """The labels of a prompt that name no given file, in order of appearance and each once.

    Only labels that the route knows count; elsewhere ``@Image1`` is plain text.
    """
    counts = Counter(item.role for item in inputs)
    roles = labelled_roles(route)
    lost = [
        label
        for role, number, label in labels_in(prompt)
        if role in roles and not 1 <= number <= counts[role]
    ]
    return tuple(dict.fromkeys(lost))
