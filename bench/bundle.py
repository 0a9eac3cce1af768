"""What a browser fetches to run the workspace: scripts and styles of ``/``, compressed as they are sent.

``make bench ONLY=bundle``. Needs Chromium. Exits with 1 if the sum is over the limit.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Request

from sorceress_video.runtime.page_build import ensure_pages
from tests.support.chromium import open_chromium
from tests.support.workspace import Workspace

LIMIT = 300_000  # bytes
_KINDS = ("script", "stylesheet")


def main() -> int:
    """Measure and print."""
    ensure_pages()
    fetched: list[Request] = []

    def note(request: Request) -> None:
        fetched.append(request)

    with (
        tempfile.TemporaryDirectory(prefix="sorceress-bench-") as folder,
        Workspace(Path(folder)) as workspace,
        open_chromium() as browser,
    ):
        workspace.wait_until_running()
        page = browser.new_page()
        page.on("requestfinished", note)
        page.goto(workspace.url)
        page.get_by_test_id("clip-card").first.wait_for()
        page.wait_for_load_state("networkidle")
        sizes = {
            request.url.removeprefix(workspace.url): request.sizes()["responseBodySize"]
            for request in fetched
            if request.resource_type in _KINDS
        }
    for path, size in sorted(sizes.items(), key=lambda item: -item[1])[:12]:
        print(f"  {size:8,} B  {path}")
    total = sum(sizes.values())
    print(f"JS + CSS of the workspace: {total:,} B in {len(sizes)} files (at most {LIMIT:,})")
    return 0 if total <= LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
