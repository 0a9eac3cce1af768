"""Keys of providers that admins entered.

They lie sealed in the database, under a master secret that does not: ``SORCERESS_SECRET_KEY``, or a file in
the data folder that the workspace makes for itself. What the environment names comes first, so that whoever
runs the server has the last word.
"""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr
from sqlmodel import Session, col, select

from sorceress_video.library.database import Database
from sorceress_video.library.tables import Account, ProviderKey
from sorceress_video.settings import PROVIDER_KEYS, Settings

_SHOWN: Final = 4  # characters at its end
_SHOWN_OF: Final = 20  # from how many characters on

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KeptKey:
    """What may be told of a key that was entered.

    Attributes:
        ending: its last characters.
        set_by: name or e-mail; empty where they are gone.
        opens: whether it can be read here; not so after the master secret changed.
    """

    provider: str
    ending: str
    set_by: str
    set_at: datetime
    opens: bool


class KeyRing:
    """The deployment's settings, with the keys that were entered where the environment names none."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._settings = settings
        self._read: tuple[str, ...] = ()
        self._keyed = settings

    def settings(self) -> Settings:
        """As they are now; the same object for as long as no key changes. Reads the database."""
        entered = [key for key, _ in _rows(self._db) if counts(self._settings, key.provider)]
        read = tuple(key.sealed for key in entered)
        if read != self._read:
            keys = {PROVIDER_KEYS[key.provider].field: _opened(key, self._settings) for key in entered}
            self._keyed = self._settings.model_copy(update=keys)
            self._read = read
        return self._keyed


def in_force(db: Database, settings: Settings) -> Settings:
    """The settings with the keys that were entered; see :class:`KeyRing`."""
    return KeyRing(db, settings).settings()


def kept(db: Database, settings: Settings) -> list[KeptKey]:
    """What was entered, without the keys themselves."""
    return [
        KeptKey(key.provider, key.ending, by, key.set_at, _opened(key, settings) is not None)
        for key, by in _rows(db)
    ]


def put(session: Session, settings: Settings, provider: str, key: str, set_by: str) -> None:
    """Seal a key and write it, in the place of the one before.

    Raises:
        OSError, ValueError: the master secret cannot be read or made.
    """
    sealed = Fernet(_sealing_key(_made_secret(settings), provider)).encrypt(key.encode()).decode()
    ending = key[-_SHOWN:] if len(key) >= _SHOWN_OF else ""
    session.merge(ProviderKey(provider=provider, sealed=sealed, ending=ending, set_by=set_by))


def forget(session: Session, provider: str) -> None:
    """Delete a key."""
    found = session.get(ProviderKey, provider)
    if found is not None:
        session.delete(found)


def counts(settings: Settings, provider: str) -> bool:
    """Whether an entered key of this provider is used: it needs one, and the environment names none."""
    return provider in PROVIDER_KEYS and settings.key_of(provider) is None


def _rows(db: Database) -> list[tuple[ProviderKey, str]]:
    """Every key, with the name of who set it, or their e-mail; empty where they are gone."""
    with db.read() as session:
        query = (
            select(ProviderKey, Account)
            .outerjoin(Account, col(Account.id) == col(ProviderKey.set_by))
            .order_by(col(ProviderKey.provider))
        )
        found = session.exec(query).all()
    return [(key, (account.name or account.email) if account else "") for key, account in found]


def _opened(key: ProviderKey, settings: Settings) -> SecretStr | None:
    try:
        secret = _secret(settings)
        if secret is not None:
            sealing = Fernet(_sealing_key(secret, key.provider))
            return SecretStr(sealing.decrypt(key.sealed.encode()).decode())
    except (InvalidToken, OSError, ValueError) as error:
        _log.warning("a provider's key cannot be read", provider=key.provider, error=type(error).__name__)
    return None


def _sealing_key(secret: str, provider: str) -> bytes:
    """Another one for each provider, so that a row does not open in the place of another."""
    derived = HKDF(SHA256(), length=32, salt=None, info=f"provider key: {provider}".encode())
    return base64.urlsafe_b64encode(derived.derive(secret.encode()))


def _secret(settings: Settings) -> str | None:
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    try:
        return settings.secret_file.read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def _made_secret(settings: Settings) -> str:
    found = _secret(settings)
    if found is not None:
        return found
    _write_once(settings.secret_file, secrets.token_urlsafe(32))
    made = _secret(settings)  # Of whoever was first.
    if made is None:
        raise OSError("the master secret was not written")
    return made


def _write_once(path: Path, text: str) -> None:
    """A file for its owner alone that appears whole, unless it is there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(partial, path)
        except FileExistsError:
            return
    finally:
        partial.unlink(missing_ok=True)
