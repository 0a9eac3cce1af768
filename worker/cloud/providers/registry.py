"""Which provider is which: one line for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sorceress_video.settings import Settings
from worker.cloud.providers.base import Provider
from worker.cloud.providers.fal import FalProvider
from worker.cloud.providers.sandbox import SandboxProvider

_PROVIDERS: Final[dict[str, Callable[[Settings], Provider]]] = {
    "fal": FalProvider,
    "sandbox": SandboxProvider,
}


class UnknownProviderError(Exception):
    """A clip names a provider that this version does not have."""


def open_provider(name: str, settings: Settings) -> Provider:
    """A provider for use in the running event loop; the caller closes it.

    Raises:
        UnknownProviderError: there is none of that name.
    """
    try:
        factory = _PROVIDERS[name]
    except KeyError:
        raise UnknownProviderError(name) from None
    return factory(settings)
