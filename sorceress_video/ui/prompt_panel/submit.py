"""What the prompt panel asks of the other rooms: the account's pictures, and taking a request in.

All of it blocks for a few milliseconds on the database: call it in a thread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sorceress_video.catalog import InputRole, MediaKind, Mode, SettingValue, get_catalog
from sorceress_video.generation.plan import plan
from sorceress_video.generation.requests import GenerationRequest, InputRef
from sorceress_video.jobs import admission
from sorceress_video.jobs.admission import AdmissionRefusedError
from sorceress_video.library import assets, gallery
from sorceress_video.library.database import get_database
from sorceress_video.settings import get_settings
from sorceress_video.ui.prompt_panel.compose import (
    FRAME_ROLES,
    OFFERED_MODES,
    Choices,
    StoredFrame,
    offered_model,
    request_inputs,
    request_settings,
)

_LONGEST_ID: Final = 80


def find_frame(account_id: str, role: InputRole, asset_id: str) -> StoredFrame | None:
    """One of the account's pictures for a slot; None when it is not theirs, gone, or no picture."""
    asset = assets.owned_asset(get_database(), account_id, asset_id[:_LONGEST_ID])
    if asset is None or asset.kind != MediaKind.IMAGE.value:
        return None
    ref = InputRef(
        role=role,
        asset_id=asset.id,
        kind=MediaKind.IMAGE,
        mime=asset.mime,
        bytes=asset.bytes,
        width=asset.width,
        height=asset.height,
    )
    base = f"/media/{asset.id}"
    return StoredFrame(
        ref, asset.name, f"{base}/image", f"{base}/poster" if asset.poster_key else f"{base}/image"
    )


def submit(account_id: str, choices: Choices, prompt: str, token: str) -> tuple[str, ...]:
    """Plan and admit one request; the ids of its clips, or of those that the same token made before.

    Raises:
        PlanRefused: the request cannot be made into clips.
        AdmissionRefusedError: nothing was admitted.
    """
    catalog = get_catalog()
    # What the tab holds may be old: the pictures are looked up again, by owner.
    frames = {
        role: found
        for role, kept in choices.frames.items()
        if (found := find_frame(account_id, role, kept.ref.asset_id))
    }
    if len(frames) < len(choices.frames):
        # Without its picture the clip would be another one than was asked and paid for.
        raise AdmissionRefusedError("input_gone", "A frame is no longer in your library. Add it again.")
    present = replace(choices, frames=frames)
    request = GenerationRequest(
        token=token,
        mode=choices.mode,
        prompt=prompt,
        model_ids=tuple(choices.model_ids),
        settings=request_settings(catalog, present),
        inputs=request_inputs(catalog, present),
    )
    planned = plan(request, catalog, available_providers=get_settings().available_providers)
    return admission.generate(account_id, planned, token).clip_ids


@dataclass(frozen=True)
class Restored:
    """What “Reuse” brings back of a clip. ``model_id`` is None where its model is not offered any more."""

    prompt: str
    model_name: str
    model_id: str | None
    mode: Mode
    settings: dict[str, SettingValue]
    frames: dict[str, StoredFrame]


def restore(account_id: str, clip_id: str) -> Restored | None:
    """A clip of the account as choices for the panels; None when it is not theirs or gone."""
    detail = gallery.detail(get_database(), account_id, clip_id)
    if detail is None:
        return None
    model = offered_model(get_catalog(), detail.card.model_id)
    mode = Mode(detail.card.mode)
    if mode not in OFFERED_MODES:
        model = None
    frames = {
        given.role: found
        for given in detail.inputs
        if given.role in FRAME_ROLES
        and (found := find_frame(account_id, InputRole(given.role), given.asset_id))
    }
    return Restored(
        prompt=detail.card.prompt,
        model_name=detail.card.model_name,
        model_id=model.id if model else None,
        mode=mode,
        settings=model.repaired(detail.settings) if model else {},
        frames=frames,
    )
