"""Error bodies in fal's two shapes, for every type of ``errors.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_CONTEXT: Final[dict[str, Any]] = {
    "min_height": 300,
    "min_width": 300,
    "max_height": 4096,
    "max_width": 4096,
    "max_size": 10485760,
    "gt": 0,
    "ge": 1,
    "lt": 100,
    "le": 15,
    "multiple_of": 8,
    "min_length": 1,
    "max_length": 2500,
    "expected": ["16:9", "9:16"],
    "supported_extensions": [".zip"],
    "supported_formats": ["mp4", "mov"],
    "min_count": 1,
    "max_count": 10,
    "provided_count": 12,
    "min_duration": 2,
    "max_duration": 15,
    "provided_duration": 21.5,
}


@dataclass(frozen=True)
class ErrorType:
    """One of fal's documented errors."""

    type: str
    status: int
    kind: str
    ctx: tuple[str, ...]

    @property
    def charged(self) -> bool:
        """Whether the simulator books a charge for it: fal bills no 5xx, and may bill a 422."""
        return self.status == 422


def _read() -> dict[str, ErrorType]:
    rows = json.loads((Path(__file__).parent / "errors.json").read_text())
    return {
        row["type"]: ErrorType(row["type"], row["status"], row["kind"], tuple(row["ctx"])) for row in rows
    }


ERROR_TYPES: Final[Mapping[str, ErrorType]] = _read()


def model_error(kind: str, loc: list[str | int], message: str, **ctx: Any) -> dict[str, Any]:
    """One entry of a model error's ``detail`` list."""
    entry: dict[str, Any] = {
        "loc": loc,
        "msg": message,
        "type": kind,
        "url": f"https://docs.fal.ai/errors/#{kind}",
    }
    if ctx:
        entry["ctx"] = ctx
    return entry


def body_of(error: ErrorType) -> dict[str, Any]:
    """The body with which the result of a failed request is answered."""
    words = error.type.replace("_", " ")
    if error.kind == "infrastructure":
        return {"detail": f"Simulated {words}", "error_type": error.type}
    loc: list[str | int] = ["body", "image_url" if "image" in error.type else "prompt"]
    ctx = {name: _CONTEXT[name] for name in error.ctx}
    return {"detail": [model_error(error.type, loc, f"Simulated {words}", **ctx)]}
