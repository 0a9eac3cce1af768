"""Reflex's configuration. Everything that a deployment may change comes from the workspace's settings."""

from __future__ import annotations

import reflex as rx

from sorceress_video.runtime.origins import allowed_origins
from sorceress_video.runtime.same_origin import BUILT_ORIGIN, SameOriginPlugin
from sorceress_video.runtime.valkey import neighbour_database
from sorceress_video.settings import get_settings

_settings = get_settings()

config = rx.Config(
    app_name="sorceress_video",
    # One port serves pages, sockets and media. The build is the same for every address: see SameOriginPlugin.
    api_url=BUILT_ORIGIN,
    deploy_url=_settings.base_url,
    frontend_port=_settings.port,
    backend_port=_settings.port,
    cors_allowed_origins=allowed_origins(_settings),
    trusted_proxy_hops=_settings.trusted_proxy_hops,
    redis_url=neighbour_database(_settings.redis_url) if _settings.redis_url else None,
    redis_token_expiration=12 * 3600,  # seconds that an idle tab's state is kept
    default_color_mode="dark",
    show_built_with_reflex=False,
    telemetry_enabled=False,
    plugins=[rx.plugins.TailwindV4Plugin(), SameOriginPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
