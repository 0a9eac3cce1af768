"""Which providers can be used now."""

from __future__ import annotations

import asyncio

from sorceress_video.library.database import get_database
from sorceress_video.library.provider_keys import in_force
from sorceress_video.settings import get_settings


def ready_providers() -> frozenset[str]:
    """Names of the providers that need no key, or have one. Reads the database."""
    return in_force(get_database(), get_settings()).available_providers


async def ready_providers_async() -> frozenset[str]:
    """The same, without ever blocking the event loop."""
    return await asyncio.to_thread(ready_providers)
