"""How long a person waits: fresh clone → page answers, then the second start → page answers.

``make bench ONLY=startup``. Clones the committed state into a folder for temporary files, runs ``make run``
there and asks for the page. The first figure supposes that pip's and npm's caches hold the packages, as they
do after one run; with ``--limits`` the exit code says whether both figures keep what is promised.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from sorceress_video.runtime.environment import setting_names
from sorceress_video.runtime.page_build import ROOT
from tests.support.machine import unused_port

FIRST_LIMIT = 120.0  # seconds
SECOND_LIMIT = 8.0  # seconds
_PATIENCE = 600.0  # seconds


def page_answers_after(clone: Path, port: int) -> float:
    """Seconds from ``make run`` to the first whole page; stops the workspace again."""
    environment = {name: value for name, value in os.environ.items() if name not in setting_names()}
    began = time.monotonic()
    workspace = subprocess.Popen(
        ["make", "--silent", "run", f"PYTHON={sys.executable}"],
        cwd=clone,
        env=environment | {"SORCERESS_PORT": str(port)},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not _has_page(f"http://localhost:{port}/"):
            if workspace.poll() is not None:
                raise SystemExit(f"make run ended with status {workspace.returncode}.")
            if time.monotonic() - began > _PATIENCE:
                raise SystemExit(f"No page after {_PATIENCE:.0f} s.")
            time.sleep(0.05)
        return time.monotonic() - began
    finally:
        workspace.send_signal(signal.SIGTERM)
        workspace.wait(timeout=20)


def _has_page(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200 and b"</html>" in answer.read()
    except (urllib.error.URLError, OSError):
        return False


def main() -> int:
    """Measure and print. Returns 1 with ``--limits`` if a figure is over its limit."""
    with tempfile.TemporaryDirectory(prefix="sorceress-bench-") as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", "--local", ROOT, clone], check=True)
        port = unused_port()
        first = page_answers_after(clone, port)
        second = page_answers_after(clone, port)
    load = os.getloadavg()[0]
    print(f"fresh clone → page: {first:6.1f} s (at most {FIRST_LIMIT:.0f})")
    print(f"second start → page: {second:5.1f} s (at most {SECOND_LIMIT:.0f}), load {load:.1f}")
    kept = first <= FIRST_LIMIT and second <= SECOND_LIMIT
    return 0 if kept or "--limits" not in sys.argv else 1


if __name__ == "__main__":
    raise SystemExit(main())
