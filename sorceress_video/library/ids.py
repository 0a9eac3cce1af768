"""Identifiers that sort by the moment they were made."""

from __future__ import annotations

import secrets
import time


def new_id() -> str:
    """32 hexadecimal digits: 48 bits of Unix milliseconds, then 80 random bits.

    The order is that of RFC 9562's version 7; without its fixed version bits, since nobody parses these.
    """
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"
