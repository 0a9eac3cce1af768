"""The Content-Security-Policy of the pages: no scripts but our files and the very snippets of the build."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

PAGES_DIR: Final = Path(__file__).resolve().parents[2] / ".web" / "build" / "client"
"""Where the compiled pages lie."""

_FALLBACKS: Final = ("404.html", "__spa-fallback.html")
_SCRIPT: Final = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_SAFE_PATH: Final = re.compile(r"(/[A-Za-z0-9_-]+)*")

# Styles: the pages carry <style> elements and style attributes that their scripts write.
_POLICY: Final = (
    "default-src 'self'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; "
    "connect-src 'self'{sockets}; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'"
)


def page_policy(path: str, pages: Path, sockets: str) -> str:
    """The policy for the page that answers at a path.

    Reflex's pages begin with inline scripts, which differ from page to page and change with every build: each
    is allowed by its hash, so that a script that somebody smuggles into a page does not run.

    Args:
        pages: folder of the compiled pages.
        sockets: origin of our websocket, for browsers whose ``'self'`` does not cover it.
    """
    names: tuple[str, ...] = _FALLBACKS
    if _SAFE_PATH.fullmatch(path.rstrip("/")):
        plain = path.strip("/")
        names = (f"{plain}/index.html" if plain else "index.html", f"{plain}.html", *_FALLBACKS)
    files = [pages / name for name in names]
    hashes = sorted({found for file in files for found in _hashes_of(file)})
    return _POLICY.format(
        hashes="".join(f" '{found}'" for found in hashes), sockets=f" {sockets}" if sockets else ""
    )


def _hashes_of(page: Path) -> tuple[str, ...]:
    try:
        changed = page.stat().st_mtime_ns
    except OSError:
        return ()
    return _hashes_in(page, changed)


@lru_cache(maxsize=256)
def _hashes_in(page: Path, changed: int) -> tuple[str, ...]:  # noqa: ARG001  (a new build, a new entry)
    html = page.read_text(encoding="utf-8")
    return tuple(script_hash(body) for attributes, body in _SCRIPT.findall(html) if "src=" not in attributes)


def script_hash(body: str) -> str:
    """How a policy names an inline script: SHA-256 of its text, with line ends as browsers read them."""
    text = body.replace("\r\n", "\n").replace("\r", "\n")
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
