"""Which pages may talk to this deployment from a browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from sorceress_video.settings import Settings


def allowed_origins(settings: Settings) -> tuple[str, ...]:
    """Every exact ``Origin`` that a page of this deployment can have: its own addresses and nothing else.

    Behind TLS the page's port is the proxy's (the public address's own, or the default one); without TLS
    it is the port that the workspace listens on.
    """
    public = urlsplit(settings.base_url)
    origins = {f"{public.scheme}://{public.netloc}".lower()}
    for host in settings.trusted_hosts:
        origins.add(f"http://{host}:{settings.port}")
        if public.scheme == "https":
            origins.add(f"https://{host}")
    return tuple(sorted(origins))
