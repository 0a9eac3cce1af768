"""The README's table of settings is the settings, neither more nor less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

from sorceress_video.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
NOTHING = "–"
READ_BY_PROPERTIES = {"allowed_hosts"}
"""Fields that other rooms read through a property of the settings only."""


class Row(NamedTuple):
    """One line of the table."""

    default: str
    meaning: str


def section(heading: str) -> str:
    """The README's text below one heading, up to the next of the same level."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def table_rows() -> Iterator[tuple[str, Row]]:
    for line in section("Settings").splitlines():
        found = re.fullmatch(r"\| `([A-Z_]+)` \| (?:`([^`]+)`|(–)) \| (.+) \|", line)
        if found is not None:
            yield found[1], Row(found[2] or found[3], found[4])


def aliases() -> dict[str, FieldInfo]:
    named: dict[str, FieldInfo] = {}
    for field in Settings.model_fields.values():
        assert isinstance(field.validation_alias, AliasChoices)
        named |= {str(choice): field for choice in field.validation_alias.choices}
    return named


def shown(default: object) -> str:
    """A default as the table writes it: what one would put into the environment."""
    match default:
        case None | ():
            return NOTHING
        case bool():
            return str(default).lower()
        case float():
            return f"{default:g}"
        case _:
            return str(default)


def test_every_setting_has_one_row_and_every_row_is_a_setting() -> None:
    names = [name for name, _ in table_rows()]

    assert sorted(names) == sorted(set(names)), "a setting stands there twice"
    assert set(names) == set(aliases())


@pytest.mark.parametrize("name", aliases())
def test_the_row_tells_the_default(name: str) -> None:
    assert dict(table_rows())[name].default == shown(aliases()[name].default)


@pytest.mark.parametrize("name", aliases())
def test_a_row_says_whether_the_setting_is_a_secret(name: str) -> None:
    secret = aliases()[name].annotation in (SecretStr, SecretStr | None)

    assert dict(table_rows())[name].meaning.startswith("Secret.") is secret


@pytest.mark.parametrize("name", aliases())
def test_only_a_reserved_setting_is_read_by_nobody(name: str) -> None:
    """What the table promises to do something is read somewhere; what it calls reserved is not."""
    field = next(key for key, value in Settings.model_fields.items() if value is aliases()[name])
    is_read = re.search(rf"settings(\(\))?\.{field}\b", reading_code()) is not None

    assert (is_read or field in READ_BY_PROPERTIES) is ("Reserved" not in dict(table_rows())[name].meaning)


@lru_cache(maxsize=1)
def reading_code() -> str:
    files = [
        ROOT / "rxconfig.py",
        *(ROOT / "sorceress_video").rglob("*.py"),
        *(ROOT / "worker").rglob("*.py"),
    ]
    own = ROOT / "sorceress_video" / "settings.py"
    return "\n".join(path.read_text(encoding="utf-8") for path in files if path != own)


def links() -> Iterator[tuple[Path, str]]:
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
    for page in pages:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://", "#")):
                yield page, target


def test_no_link_of_the_docs_leads_nowhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page, target in links()
        if not (page.parent / target.partition("#")[0]).exists()
    ]

    assert broken == []
