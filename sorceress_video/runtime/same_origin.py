"""Makes one build of the pages serve every address: the browser talks back to wherever it got the page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Unpack

import reflex as rx
from reflex_base.plugins.base import PostBuildContext

BUILT_ORIGIN = "http://localhost:3000"
_ADDRESS = re.compile(r"""(["'`])(http|ws)://localhost:3000(/[\w/-]*)\1""")
_PAGE_ORIGIN = {"http": "location.origin", "ws": 'location.origin.replace(/^http/,"ws")'}
_LEAST_ADDRESSES = 2  # the socket and its ping


class PageBuildError(Exception):
    """The built pages are not what this version of Reflex is known to write."""


class SameOriginPlugin(rx.plugins.Plugin):
    """Replaces the server's address, which Reflex bakes into the build, by the address of the page.

    Reflex itself replaces only the host ``localhost``, and keeps the port of the build: another
    ``SORCERESS_PORT``, or a proxy on an uncommon port, would need another build.
    """

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        """Rewrite the one small script that holds the addresses.

        Raises:
            PageBuildError: the script is not there or holds no address.
        """
        for script in context["static_dir"].glob("assets/reflex-env-*.js"):
            _rewrite(script)
            return
        raise PageBuildError("The built pages hold no script with the server's addresses.")


def _rewrite(script: Path) -> None:
    text, count = _ADDRESS.subn(
        lambda found: f'({_PAGE_ORIGIN[found[2]]}+"{found[3]}")', script.read_text(encoding="utf-8")
    )
    if count < _LEAST_ADDRESSES:
        raise PageBuildError(f"{script.name} holds {count} addresses of the server where more were expected.")
    script.write_text(text, encoding="utf-8")
