"""Lighthouse on the built pages: signed out and signed in, as a desktop and as a phone.

``make bench ONLY=lighthouse``. Needs Chromium, and fetches Lighthouse from npm the first time. Exits with 1
if a score is below its limit.
"""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import sync_playwright

from tests.support.chromium import find_chromium
from tests.support.machine import unused_port
from tests.support.studio import PASSWORD, Member, Studio, open_studio

_FOLDER: Final = Path(__file__).parent / "npm"
_PROGRAM: Final = _FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
_BIN: Final = Path(sysconfig.get_path("scripts"))
_LIMIT: Final = 180.0  # seconds for one report
_CLIPS: Final = 60

CATEGORIES: Final = ("performance", "accessibility", "best-practices")
LIMITS: Final = {"desktop": (90, 100, 100), "phone": (75, 100, 100)}
PAGES: Final = (("/", False), ("/", True), ("/sign-in", False), ("/settings", True))


def main() -> int:
    """Measure and print."""
    _install()
    kept = True
    with tempfile.TemporaryDirectory(prefix="sorceress-bench-") as name, open_studio(Path(name)) as studio:
        member = studio.member("animatic", "kling-3.0-pro")
        studio.shelve(member, [f"A harbour at dawn, take {number}" for number in range(_CLIPS)])
        for path, signed_in in PAGES:
            for screen, limits in LIMITS.items():
                report = _report(studio, member if signed_in else None, path, screen)
                scores = [round(100 * report["categories"][name]["score"]) for name in CATEGORIES]
                who = "signed in" if signed_in else "signed out"
                figures = ", ".join(
                    f"{name} {score} (at least {limit})"
                    for name, score, limit in zip(CATEGORIES, scores, limits, strict=True)
                )
                print(f"{path} {who}, {screen}: {figures}; {_moments(report)}")
                for line in _complaints(report):
                    print(f"    {line}")
                kept &= all(score >= limit for score, limit in zip(scores, limits, strict=True))
    print(f"load {os.getloadavg()[0]:.1f}")
    return 0 if kept else 1


def _install() -> None:
    if not _PROGRAM.is_file():
        subprocess.run([_BIN / "npm", "ci", "--silent", "--prefix", _FOLDER], env=_environment(), check=True)


def _environment() -> dict[str, str]:
    return os.environ | {
        "PATH": os.pathsep.join([str(_BIN), os.environ.get("PATH", os.defpath)]),
        "PUPPETEER_SKIP_DOWNLOAD": "1",
    }


def _report(studio: Studio, member: Member | None, path: str, screen: str) -> dict[str, Any]:
    """One run in a browser of its own, which holds the member's cookie."""
    with (
        tempfile.TemporaryDirectory(prefix="sorceress-bench-") as profile,
        _chromium(profile, studio, member) as port,
    ):
        file = Path(profile, "report.json")
        command = [
            str(_BIN / "node"),
            str(_PROGRAM),
            studio.url + path,
            "--quiet",
            f"--port={port}",
            "--disable-storage-reset",
            "--output=json",
            f"--output-path={file}",
            f"--only-categories={','.join(CATEGORIES)}",
            *(["--preset=desktop"] if screen == "desktop" else []),
        ]
        subprocess.run(command, env=_environment(), check=True, timeout=_LIMIT)
        report = json.loads(file.read_text(encoding="utf-8"))
    assert report["finalDisplayedUrl"].removeprefix(studio.url) in (path, f"{path}/"), "another page came"
    return dict(report)


@contextmanager
def _chromium(profile: str, studio: Studio, member: Member | None) -> Iterator[int]:
    port = unused_port()
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=find_chromium(),
            args=["--no-sandbox", "--disable-dev-shm-usage", f"--remote-debugging-port={port}"],
        )
        if member is not None:
            answer = context.request.post(
                f"{studio.url}/auth/sign-in",
                form={"email": member.email, "password": PASSWORD},
                headers={"Accept": "application/json", "Origin": studio.url},
            )
            assert answer.ok, answer.text()
        yield port
        context.close()


def _moments(report: dict[str, Any]) -> str:
    audits = report["audits"]
    shown = {
        "first paint": "first-contentful-paint",
        "largest": "largest-contentful-paint",
        "blocked": "total-blocking-time",
        "shift": "cumulative-layout-shift",
    }
    return ", ".join(f"{words} {audits[audit]['displayValue']}" for words, audit in shown.items())


def _complaints(report: dict[str, Any]) -> list[str]:
    """What kept Accessibility and Best Practices below 100."""
    return [
        f"{audit['id']}: {audit['title']}"
        for category in CATEGORIES[1:]
        for audit in (report["audits"][ref["id"]] for ref in report["categories"][category]["auditRefs"])
        if audit["score"] not in (None, 1)
    ]


if __name__ == "__main__":
    raise SystemExit(main())
