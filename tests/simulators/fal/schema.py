"""Judges a submitted body as fal's models do, from the parameters of ``endpoints.json``.

The prices in that file are figures for tests, not a price list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.simulators.fal.errors import model_error

ENDPOINTS: Final[Mapping[str, Mapping[str, Any]]] = json.loads(
    (Path(__file__).parent / "endpoints.json").read_text()
)
APPS: Final = frozenset("/".join(endpoint.split("/")[:2]) for endpoint in ENDPOINTS)
_NAMESPACES: Final = ("workflows", "comfy")


def app_path(endpoint: str) -> str:
    """The part of an endpoint id that request addresses keep: two segments, three in a namespace."""
    parts = endpoint.split("/")
    return "/".join(parts[: 3 if parts[0] in _NAMESPACES else 2])


def problems(endpoint: str, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every reason why the endpoint would answer 422 to the body; empty if it would take it."""
    spec = ENDPOINTS[endpoint]
    return [
        *(p for name, rule in spec["params"].items() for p in _param_problems(name, rule, body)),
        *(p for name, rule in spec["media"].items() for p in _media_problems(name, rule, body)),
    ]


def unknown_fields(endpoint: str, body: Mapping[str, Any]) -> list[str]:
    """Fields that the model would silently ignore; the ledger shows them, for they are our mistakes."""
    spec = ENDPOINTS[endpoint]
    return sorted(set(body) - set(spec["params"]) - set(spec["media"]))


def _missing(name: str) -> dict[str, Any]:
    return model_error("missing", ["body", name], "Field required")


def _param_problems(name: str, rule: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if body.get(name) is None:
        if rule.get("required"):
            yield _missing(name)
        return
    value = body[name]
    if not _has_type(value, rule["type"]):
        kind = f"{rule['type'].split('|')[0]}_type"
        yield model_error(kind, ["body", name], f"Input should be a valid {rule['type']}")
        return
    allowed = rule.get("enum")
    if allowed and value not in allowed:
        expected = " or ".join(repr(choice) for choice in allowed)
        yield model_error("literal_error", ["body", name], f"Input should be {expected}", expected=expected)
    size = len(value) if isinstance(value, str | list) else value
    if isinstance(size, bool):
        return
    long = isinstance(value, str | list)
    if rule.get("max") is not None and size > rule["max"]:
        if long:
            yield model_error("sequence_too_long", ["body", name], "Too long", max_length=rule["max"])
        else:
            yield model_error("less_than_equal", ["body", name], "Too large", le=rule["max"])
    if rule.get("min") is not None and not long and size < rule["min"]:
        yield model_error("greater_than_equal", ["body", name], "Too small", ge=rule["min"])


def _media_problems(name: str, rule: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if body.get(name) is None:
        if rule.get("required"):
            yield _missing(name)
        return
    value = body[name]
    if not rule.get("array"):
        if not _is_address(value):
            yield model_error("url_parsing", ["body", name], "Input should be a valid URL")
        return
    if not isinstance(value, list):
        yield model_error("list_type", ["body", name], "Input should be a valid list")
        return
    if len(value) > rule.get("max_items", len(value)):
        limit = rule["max_items"]
        yield model_error("sequence_too_long", ["body", name], "Too many", max_length=limit)
    if len(value) < rule.get("min_items", 0):
        limit = rule["min_items"]
        yield model_error("sequence_too_short", ["body", name], "Too few", min_length=limit)
    for index, item in enumerate(value):
        if not _is_address(item):
            yield model_error("url_parsing", ["body", name, index], "Input should be a valid URL")


def _is_address(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://", "data:"))


def _has_type(value: object, wanted: str) -> bool:
    python: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "boolean": (bool,),
        "integer": (int,),
        "number": (int, float),
        "array": (list,),
    }
    return any(
        isinstance(value, python[kind]) and (kind == "boolean" or not isinstance(value, bool))
        for kind in wanted.split("|")
    )
