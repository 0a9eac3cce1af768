"""The command line: ``python -m sorceress_video run | build | owner``."""

from __future__ import annotations

import argparse
import getpass
import os
import sys

from sorceress_video.runtime.errors import StartupError
from sorceress_video.settings import SettingsError, get_settings


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command. Returns the exit code: 0, or 1 after one sentence on standard error."""
    parsed = _parser().parse_args(arguments)
    try:
        parsed.command(parsed)
    except (StartupError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sorceress_video", description=__doc__)
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="start the workspace and keep it running")
    run.set_defaults(command=_run)
    build = commands.add_parser("build", help="compile the pages, unless they are up to date")
    build.set_defaults(command=_build)
    owner = commands.add_parser("owner", help="make the owner's account without a browser")
    owner.add_argument("--email", default=os.environ.get("EMAIL"))
    owner.set_defaults(command=_owner)
    return parser


def _run(_: argparse.Namespace) -> None:
    from sorceress_video.runtime.output import Terminal  # noqa: PLC0415
    from sorceress_video.runtime.supervisor import run  # noqa: PLC0415

    settings = get_settings()
    run(settings, Terminal(settings.log_format))


def _build(_: argparse.Namespace) -> None:
    from sorceress_video.runtime.page_build import ensure_pages  # noqa: PLC0415

    built = ensure_pages()
    sys.stdout.write("The pages were built.\n" if built else "The pages are up to date.\n")


def _owner(parsed: argparse.Namespace) -> None:
    from sorceress_video.accounts.errors import AccountError  # noqa: PLC0415
    from sorceress_video.accounts.setup import create_owner  # noqa: PLC0415
    from sorceress_video.runtime import database  # noqa: PLC0415
    from sorceress_video.runtime.logging import configure  # noqa: PLC0415

    if not parsed.email:
        raise StartupError("Name the account: make owner EMAIL=you@example.com PASSWORD=…")
    # Never an argument: every account of the machine can read those of a running process.
    password = os.environ.get("PASSWORD") or getpass.getpass("Password for the owner's account: ")
    settings = get_settings()
    configure("owner", sys.stderr)
    database.upgrade(settings)
    try:
        create_owner(parsed.email, password)
    except AccountError as error:
        raise StartupError(str(error)) from error
    sys.stdout.write(f"The owner's account is made. Sign in at {settings.base_url}/sign-in\n")


if __name__ == "__main__":
    raise SystemExit(main())
