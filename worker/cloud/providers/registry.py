"""Which provider is which: one line for each. A provider is imported when a clip first asks for it."""

from __future__ import annotations

from collections.abc import Callable
from pkgutil import resolve_name
from typing import Final, cast

from sorceress_video.settings import Settings
from worker.cloud.providers.base import Provider

_PROVIDERS: Final = {
    "fal": "worker.cloud.providers.fal:FalProvider",
    "sandbox": "worker.cloud.providers.sandbox:SandboxProvider",
}


class UnknownProviderError(Exception):
    """A clip names a provider that this version does not have."""


def open_provider(name: str, settings: Settings) -> Provider:
    """A provider for use in the running event loop; the caller closes it.

    Raises:
        UnknownProviderError: there is none of that name.
    """
    try:
        factory = cast("Callable[[Settings], Provider]", resolve_name(_PROVIDERS[name]))
    except KeyError:
        raise UnknownProviderError(name) from None
    return factory(settings)
