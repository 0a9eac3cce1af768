"""What the watcher finds by itself, where no provider put it into words. Each clip may have been charged."""

from __future__ import annotations

from sorceress_video.library.leases import Watched
from worker.cloud.providers.base import Billing, FaultKind, ProviderFault


def no_reason(row: Watched) -> ProviderFault:
    """The provider's state is failed, and nothing says why."""
    return ProviderFault(
        FaultKind.BROKEN,
        "failed",
        f"{row.model_name}'s provider says that it failed, without a reason. It may have been charged.",
        billing=Billing.MAYBE,
    )


def too_long(row: Watched) -> ProviderFault:
    """The clip is not finished within the workspace's limit."""
    return ProviderFault(
        FaultKind.BROKEN,
        "too_long",
        f"{row.model_name} did not finish within this workspace's limit. It may have been charged.",
        billing=Billing.MAYBE,
    )


def lost(row: Watched) -> ProviderFault:
    """The provider has forgotten the request."""
    return ProviderFault(
        FaultKind.BROKEN,
        "lost",
        f"{row.model_name}'s provider no longer knows this clip. It may have been charged.",
        billing=Billing.MAYBE,
    )


def out_of_reach(row: Watched, fault: ProviderFault) -> ProviderFault:
    """The provider could not be asked for so long that waiting on makes no sense."""
    return ProviderFault(
        FaultKind.BROKEN,
        "out_of_reach",
        f"{row.model_name}'s provider could not be asked for a day. It may have been charged. "
        f"{fault.sentence}",
        billing=Billing.MAYBE,
    )


def own_error(row: Watched) -> ProviderFault:
    """Something in this workspace broke while the clip was asked about."""
    return ProviderFault(
        FaultKind.TRANSIENT,
        "own_error",
        f"The workspace ran into an error of its own while it asked about {row.model_name}.",
        billing=Billing.MAYBE,
    )


def no_provider(name: str) -> ProviderFault:
    """A clip of another version's provider."""
    return ProviderFault(
        FaultKind.ACCOUNT,
        "no_provider",
        f"This version of the workspace does not know the provider “{name}”.",
        billing=Billing.MAYBE,
    )
