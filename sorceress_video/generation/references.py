"""Labels in a prompt (``@Image1``) and the files that they name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from sorceress_video.catalog import Route
from sorceress_video.generation.requests import InputRef


def labels_without_file(prompt: str, route: Route, inputs: Sequence[InputRef]) -> tuple[str, ...]:
    """The labels of a prompt that name no given file, in order of appearance and each once.

    Only labels that the route knows count; elsewhere ``@Image1`` is plain text.
    """
    counts = Counter(item.role for item in inputs)
    lost: dict[str, int] = {}
    for spec in route.inputs:
        if "{n}" not in spec.label:
            continue
        before, after = (re.escape(part) for part in spec.label.split("{n}", 1))
        for match in re.finditer(rf"{before}([0-9]{{1,9}}){after}(?![0-9])", prompt):
            if not 1 <= int(match[1]) <= counts[spec.role]:
                lost.setdefault(match[0], match.start())
    return tuple(sorted(lost, key=lost.__getitem__))
