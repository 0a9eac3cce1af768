"""The network address that a request came from."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Scope

from sorceress_video.settings import Settings


def client_address(scope: Scope, settings: Settings) -> str:
    """The client's address, as the outermost proxy of ours saw it.

    ``X-Forwarded-For`` is believed only as far as proxies of the deployment wrote it: everything to the left
    of the last `trusted_proxy_hops` entries is whatever the client liked to send.
    """
    client = scope.get("client")
    direct = str(client[0]) if client else "unknown"
    hops = settings.trusted_proxy_hops
    if not hops:
        return direct
    forwarded = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
    entries = [entry.strip() for entry in forwarded.split(",") if entry.strip()]
    return entries[-hops][:64] if len(entries) >= hops else direct
