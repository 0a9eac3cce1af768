"""Which provider is which: one line for each. A provider is imported when it is first asked for."""

from __future__ import annotations

from pkgutil import resolve_name
from typing import Final, Protocol, cast

from sorceress_video.settings import Settings
from worker.cloud.providers.base import Provider, Resubmission

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
    return _class(name)(settings)


async def open_all(settings: Settings) -> None:
    """Open and close every provider: what comes after finds modules and certificates read."""
    for name in _PROVIDERS:
        await open_provider(name, settings).aclose()


def resubmission_of(name: str) -> Resubmission:
    """What may follow an unanswered submit to a provider.

    Raises:
        UnknownProviderError: there is none of that name.
    """
    return _class(name).resubmission


class _ProviderClass(Protocol):
    resubmission: Resubmission

    def __call__(self, settings: Settings, /) -> Provider: ...


def _class(name: str) -> _ProviderClass:
    try:
        return cast("_ProviderClass", resolve_name(_PROVIDERS[name]))
    except KeyError:
        raise UnknownProviderError(name) from None
