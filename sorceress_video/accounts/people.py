"""What people are called: names and e-mail addresses as they are kept."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from sorceress_video.accounts.errors import AccountError
from sorceress_video.library import accounts
from sorceress_video.library.database import get_database

LONGEST_NAME: Final = 80

# Enough to catch a slip; whether an address exists only a message to it could tell.
_EMAIL: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,189}")


def normal_email(email: str) -> str:
    """An e-mail address as it is stored: without spaces around it, lower case.

    Raises:
        AccountError: ``email_invalid``.
    """
    address = email.strip().lower()
    if not _EMAIL.fullmatch(address) or not all(map(_is_visible, address)):
        raise AccountError("email_invalid")
    return address


def normal_name(name: str) -> str:
    """A name as it is stored: composed letters, single spaces, nothing that cannot be seen.

    Marks that turn the direction of writing are dropped: they could make one name look like another's.

    Raises:
        AccountError: ``name_empty`` or ``name_long``.
    """
    if len(name) > 10 * LONGEST_NAME:
        raise AccountError("name_long")
    letters = unicodedata.normalize("NFC", name)
    seen = " ".join("".join(letter for letter in letters if _is_visible(letter) or letter.isspace()).split())
    if not seen:
        raise AccountError("name_empty")
    if len(seen) > LONGEST_NAME:
        raise AccountError("name_long")
    return seen


def rename(account_id: str, name: str) -> str:
    """Give an account another name; the name as it is kept.

    Raises:
        AccountError: it is no name.
    """
    kept = normal_name(name)
    accounts.rename(get_database(), account_id, kept)
    return kept


def _is_visible(letter: str) -> bool:
    return unicodedata.category(letter)[0] not in "CZ"
