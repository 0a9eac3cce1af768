"""Requests and inputs for the tests of the rules."""

from __future__ import annotations

from typing import Any

from sorceress_video.catalog import InputRole, Mode, load_catalog
from sorceress_video.catalog.registry import MODELS_FOLDER
from sorceress_video.generation.plan import Plan, plan
from sorceress_video.generation.requests import GenerationRequest, InputRef

CATALOG = load_catalog(MODELS_FOLDER)
EVERY_PROVIDER = frozenset({"sandbox", "fal"})


def image(role: InputRole, asset_id: str = "picture", **changes: Any) -> InputRef:
    """A PNG of 1280×720 in a role."""
    facts: dict[str, Any] = {
        "kind": "image",
        "mime": "image/png",
        "bytes": 900_000,
        "width": 1280,
        "height": 720,
    }
    return InputRef(role=role, asset_id=asset_id, **{**facts, **changes})


def clip(asset_id: str, seconds: float = 6.0) -> InputRef:
    """An MP4 as motion clip."""
    facts: dict[str, Any] = {"kind": "video", "mime": "video/mp4", "bytes": 3_000_000}
    return InputRef(
        role=InputRole.MOTION_CLIP, asset_id=asset_id, width=1280, height=720, seconds=seconds, **facts
    )


def request(
    mode: Mode | str, *model_ids: str, prompt: str = "A fox runs.", **changes: Any
) -> GenerationRequest:
    """A request of one click."""
    return GenerationRequest(token="click-1", mode=Mode(mode), prompt=prompt, model_ids=model_ids, **changes)


def planned(asked: GenerationRequest, providers: frozenset[str] = EVERY_PROVIDER) -> Plan:
    """The plan over the shipped catalog."""
    return plan(asked, CATALOG, available_providers=providers)
