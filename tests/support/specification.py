"""Prints which lines of the specification have a test, and which have none.

``python -m tests.support.specification``
"""

from __future__ import annotations

import contextlib
import io
import re
from collections import defaultdict

import pytest

LINES = {"A": 6, "M": 12, "P": 12, "J": 9, "G": 11, "X": 5, "L": 6, "H": 4, "V": 5, "S": 9, "R": 7, "W": 5}
"""How many lines each section of the specification has."""


class _Collector:
    """Notes the ``spec("…")`` marks of every test that pytest finds."""

    def __init__(self) -> None:
        self.tests: dict[str, list[str]] = defaultdict(list)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            for mark in item.iter_markers("spec"):
                for identifier in mark.args:
                    self.tests[identifier].append(item.nodeid.partition("[")[0])


def _in_reading_order(identifier: str) -> tuple[str, int]:
    match = re.fullmatch(r"([A-Z]+)(\d+)", identifier)
    return (match[1], int(match[2])) if match else (identifier, 0)


def _all_lines() -> list[str]:
    return [f"{section}{number}" for section, count in LINES.items() for number in range(1, count + 1)]


def main() -> int:
    """List each id with its tests; the exit code is pytest's."""
    collector = _Collector()
    noise = io.StringIO()
    with contextlib.redirect_stdout(noise):
        status = pytest.main(["--collect-only", "-q"], plugins=[collector])
    if status != pytest.ExitCode.OK:
        print(noise.getvalue())
        return int(status)
    for identifier in sorted(collector.tests, key=_in_reading_order):
        names = list(dict.fromkeys(collector.tests[identifier]))
        print(f"{identifier:<5} {names[0]}")
        for name in names[1:]:
            print(f"{'':<5} {name}")
    lacking = [name for name in _all_lines() if name not in collector.tests]
    print(f"{len(collector.tests)} lines of the specification have a test. Without one: {' '.join(lacking)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
