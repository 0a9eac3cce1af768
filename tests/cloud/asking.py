"""Short ways to ask for clips as the page does: a request, a plan, an admission."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from sorceress_video.catalog import InputRole, MediaKind, Mode, get_catalog
from sorceress_video.generation.plan import plan
from sorceress_video.generation.requests import GenerationRequest, InputRef
from sorceress_video.jobs import admission
from sorceress_video.library import results
from sorceress_video.library.provider_keys import in_force
from sorceress_video.library.results import KeptFile
from sorceress_video.library.tables import Asset
from sorceress_video.media.storage import open_storage
from sorceress_video.settings import get_settings
from tests.support.deployment import Deployment


def ask(
    deployment: Deployment,
    *models: str,
    prompt: str = "A lone rider crosses the ridge at dusk",
    token: str | None = None,
    mode: Mode = Mode.TEXT,
    inputs: tuple[InputRef, ...] = (),
    settings: dict[str, dict[str, Any]] | None = None,
) -> tuple[str, ...]:
    """Admit clips of some models; their ids. A click of its own, unless the token is given."""
    token = token or secrets.token_hex(8)
    request = GenerationRequest(
        token=token,
        mode=mode,
        prompt=prompt,
        model_ids=models,
        settings=settings or {},
        inputs=inputs,
    )
    ready = in_force(deployment.db, get_settings()).available_providers
    planned = plan(request, get_catalog(), available_providers=ready)
    return admission.generate(deployment.account_id, planned, token).clip_ids


_MIMES = {MediaKind.IMAGE: "image/jpeg", MediaKind.VIDEO: "video/mp4"}


def frame(
    deployment: Deployment,
    path: Path,
    role: InputRole = InputRole.START_FRAME,
    kind: MediaKind = MediaKind.IMAGE,
    *,
    seconds: float | None = None,
) -> InputRef:
    """A picture or a film in the library of the deployment's account, as an input."""
    mime = _MIMES[kind]
    stored = open_storage(get_settings()).store_file(path, mime)
    with deployment.db.write() as session:
        results.keep_file(session, KeptFile(stored.key, stored.sha256, stored.bytes, mime))
        asset = Asset(
            account_id=deployment.account_id,
            origin="upload",
            kind=kind.value,
            name=path.name,
            mime=mime,
            sha256=stored.sha256,
            bytes=stored.bytes,
            file_key=stored.key,
            width=1280,
            height=720,
            seconds=seconds,
        )
        session.add(asset)
    return InputRef(
        role=role,
        asset_id=asset.id,
        kind=kind,
        mime=mime,
        bytes=stored.bytes,
        width=1280,
        height=720,
        seconds=seconds,
    )
