"""What the prompt panel asks of the other rooms: the account's files, and taking a request in.

All of it blocks for a few milliseconds on the database: call it in a thread. :func:`fitted` decodes and
encodes, which takes seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from sorceress_video.catalog import InputRole, MediaKind, Mode, SettingValue, get_catalog
from sorceress_video.generation.plan import plan
from sorceress_video.generation.requests import GenerationRequest, InputRef
from sorceress_video.http.storage import storage
from sorceress_video.jobs import admission, motion
from sorceress_video.jobs.admission import AdmissionRefusedError
from sorceress_video.library import assets, gallery
from sorceress_video.library.database import get_database
from sorceress_video.library.tables import Asset
from sorceress_video.ui.frame.providers import ready_providers
from sorceress_video.ui.prompt_panel.compose import (
    Choices,
    offered_model,
    request_inputs,
    request_settings,
    selected_models,
)
from sorceress_video.ui.prompt_panel.confirm import check_agreed
from sorceress_video.ui.prompt_panel.inputs import KINDS, PANEL_ROLES, StoredInput, unprepared

_LONGEST_ID: Final = 80


def find_input(account_id: str, role: InputRole, asset_id: str) -> StoredInput | None:
    """One of the account's files for a place; None when it is not theirs, gone, or of another kind."""
    kind = KINDS.get(role)
    asset = assets.owned_asset(get_database(), account_id, asset_id[:_LONGEST_ID])
    if asset is None or kind is None or asset.kind != kind.value:
        return None
    return _stored(role, asset)


def find_film(account_id: str, role: InputRole, clip_id: str) -> StoredInput | None:
    """The video of one of the account's clips for a place."""
    film = assets.film_of(get_database(), account_id, clip_id[:_LONGEST_ID])
    return find_input(account_id, role, film.asset_id) if film else None


def fitted(account_id: str, stored: StoredInput, least: float) -> StoredInput:
    """A motion clip with a version of at least so many seconds, or with the reason why there is none."""
    try:
        asset = motion.lengthened(account_id, stored.ref.asset_id, least, storage())
    except motion.MotionRefusedError as refused:
        return replace(stored, trouble=str(refused))
    return replace(stored, fitted=_ref(stored.ref.role, asset))


def trimmed(account_id: str, asset_id: str, start: float, seconds: float) -> StoredInput:
    """A part of a motion clip as a file of its own.

    Raises:
        MotionRefusedError: it is gone, or cannot be cut.
    """
    asset = motion.trimmed(account_id, asset_id[:_LONGEST_ID], start, seconds, storage())
    return _stored(InputRole.MOTION_CLIP, asset)


def submit(account_id: str, choices: Choices, prompt: str, token: str, *, agreed: str) -> tuple[str, ...]:
    """Plan and admit one request; the ids of its clips, or of those that the same token made before.

    Args:
        agreed: the sum that the person confirmed, as :func:`estimate.sum_of` writes it; empty for none.

    Raises:
        ConfirmationNeeded: the person is to be asked first.
        PlanRefused: the request cannot be made into clips.
        AdmissionRefusedError: nothing was admitted.
    """
    catalog = get_catalog()
    present = replace(choices, inputs=_looked_up(account_id, choices))
    models = selected_models(catalog, present.model_ids)
    if words := unprepared(models, present.mode, present.inputs):
        raise AdmissionRefusedError("unprepared", words)
    request = GenerationRequest(
        token=token,
        mode=choices.mode,
        prompt=prompt,
        model_ids=tuple(choices.model_ids),
        settings=request_settings(catalog, present),
        inputs=request_inputs(catalog, present),
    )
    planned = plan(request, catalog, available_providers=ready_providers())
    check_agreed(account_id, planned, token, agreed)
    return admission.generate(account_id, planned, token).clip_ids


def _looked_up(account_id: str, choices: Choices) -> dict[InputRole, list[StoredInput]]:
    """The inputs of the mode as the library has them now, by owner; what the tab holds may be old.

    Raises:
        AdmissionRefusedError: one is gone. Without it the clip would be another one than was paid for.
    """
    found: dict[InputRole, list[StoredInput]] = {}
    for role in PANEL_ROLES[choices.mode]:
        for kept in choices.inputs.get(role, ()):
            stored = find_input(account_id, role, kept.ref.asset_id)
            longer = kept.fitted and find_input(account_id, role, kept.fitted.asset_id)
            if stored is None or (kept.fitted and longer is None):
                raise AdmissionRefusedError("input_gone", f"The {role.label.lower()} {_GONE}")
            fit = longer.ref if longer else None
            found.setdefault(role, []).append(replace(stored, fitted=fit, trouble=kept.trouble))
    return found


_GONE: Final = "is no longer in your library. Add it again."


@dataclass(frozen=True)
class Restored:
    """What “Reuse” brings back of a clip. ``model_id`` is None where its model is not offered any more.

    ``gone`` are the labels of inputs whose files are no longer there.
    """

    prompt: str
    model_name: str
    model_id: str | None
    mode: Mode
    settings: dict[str, SettingValue]
    inputs: Mapping[InputRole, list[StoredInput]]
    gone: tuple[str, ...]


def restore(account_id: str, clip_id: str) -> Restored | None:
    """A clip of the account as choices for the panels; None when it is not theirs or gone."""
    detail = gallery.detail(get_database(), account_id, clip_id)
    if detail is None:
        return None
    model = offered_model(get_catalog(), detail.card.model_id)
    mode = Mode(detail.card.mode)
    if mode not in PANEL_ROLES:
        model = None
    inputs: dict[InputRole, list[StoredInput]] = {}
    gone: list[str] = []
    for given in detail.inputs:
        role = InputRole(given.role)
        found = find_input(account_id, role, given.asset_id) if role in KINDS else None
        if found is None:
            gone.append(role.label)
        else:
            inputs.setdefault(role, []).append(found)
    if mode is Mode.MOTION and InputRole.MOTION_CLIP not in inputs:
        gone.append(InputRole.MOTION_CLIP.label)
    return Restored(
        prompt=detail.card.prompt,
        model_name=detail.card.model_name,
        model_id=model.id if model else None,
        mode=mode,
        settings=model.repaired(detail.settings) if model else {},
        inputs=inputs,
        gone=tuple(dict.fromkeys(gone)),
    )


def _stored(role: InputRole, asset: Asset) -> StoredInput:
    base = f"/media/{asset.id}"
    own = f"{base}/{asset.kind}"
    plain = own if asset.kind == MediaKind.IMAGE else ""
    return StoredInput(_ref(role, asset), asset.name, own, f"{base}/poster" if asset.poster_key else plain)


def _ref(role: InputRole, asset: Asset) -> InputRef:
    return InputRef(
        role=role,
        asset_id=asset.id,
        kind=MediaKind(asset.kind),
        mime=asset.mime,
        bytes=asset.bytes,
        width=asset.width,
        height=asset.height,
        seconds=asset.seconds,
    )
