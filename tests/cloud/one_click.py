"""A click on Generate in a process of its own: ``python -m tests.cloud.one_click ACCOUNT TOKEN``."""

from __future__ import annotations

import sys

from sorceress_video.catalog import Mode, get_catalog
from sorceress_video.generation.plan import plan
from sorceress_video.generation.requests import GenerationRequest
from sorceress_video.jobs import admission
from sorceress_video.settings import get_settings

if __name__ == "__main__":
    account_id, token = sys.argv[1:]
    request = GenerationRequest(
        token=token,
        mode=Mode.TEXT,
        prompt="A lone rider",
        model_ids=("kling-3.0-pro",),
        settings={"kling-3.0-pro": {"duration": "3"}},
        inputs=(),
    )
    planned = plan(request, get_catalog(), available_providers=get_settings().available_providers)
    sys.stdout.write(" ".join(admission.generate(account_id, planned, token).clip_ids))
