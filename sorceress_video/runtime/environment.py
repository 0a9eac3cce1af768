"""Which part of the environment each process gets: no more than it needs, secrets least of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

from sorceress_video.settings import Settings

_SYSTEM_NAMES = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "XDG_RUNTIME_DIR"),
        *("VIRTUAL_ENV", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    }
)
_SYSTEM_PREFIXES = ("LC_", "SORCERESS_TEST_")


@lru_cache(maxsize=1)
def setting_names() -> frozenset[str]:
    """Names in the environment of every setting, with the ``…_FILE`` names of the secrets."""
    names = frozenset(name for field in Settings.model_fields.values() for name in _names(field))
    return names | secret_names()


@lru_cache(maxsize=1)
def secret_names() -> frozenset[str]:
    """Names in the environment of the secret settings, each with its ``…_FILE``."""
    secrets = (field for field in Settings.model_fields.values() if _is_secret(field))
    return frozenset(
        variant for field in secrets for name in _names(field) for variant in (name, f"{name}_FILE")
    )


def child_environment(
    inherited: Mapping[str, str], *, secrets: Iterable[str], extra: Mapping[str, str]
) -> dict[str, str]:
    """The environment of one child: the system's part, all open settings, and the named ``secrets`` only."""
    granted = {variant for name in secrets for variant in (name, f"{name}_FILE")}
    wanted = _SYSTEM_NAMES | (setting_names() - secret_names()) | granted
    kept = {
        name: value
        for name, value in inherited.items()
        if name in wanted or name.startswith(_SYSTEM_PREFIXES)
    }
    return kept | {"PYTHONUNBUFFERED": "1"} | dict(extra)


def _names(field: FieldInfo) -> tuple[str, ...]:
    alias = field.validation_alias
    return tuple(str(choice) for choice in alias.choices) if isinstance(alias, AliasChoices) else ()


def _is_secret(field: FieldInfo) -> bool:
    return field.annotation in (SecretStr, SecretStr | None)
