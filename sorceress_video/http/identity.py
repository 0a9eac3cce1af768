"""Who is asking: the member behind a request's cookie. The one authenticator of routes and page events."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Final

from sorceress_video.accounts.sessions import find_session, hash_token
from sorceress_video.http.cookies import session_token
from sorceress_video.settings import get_settings

CACHE_SECONDS: Final = 3.0
_CACHE_SIZE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Member:
    """A signed-in member, as the database had them at most three seconds ago."""

    account_id: str
    email: str
    name: str
    role: str
    """``owner``, ``admin`` or ``member``."""
    plan: str
    """``free`` or ``pro``."""
    session_id: str

    @property
    def is_admin(self) -> bool:
        """Whether they run the team: owner or admin."""
        return self.role in ("owner", "admin")


class _Cache:
    """Members by the hash of their token, each for `CACHE_SECONDS`. Who is not signed in is not kept."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[float, Member]] = {}
        self._generation = 0

    @property
    def generation(self) -> int:
        """Grows with every `clear`."""
        return self._generation

    def get(self, key: str) -> Member | None:
        entry = self._entries.get(key)
        if entry is None or entry[0] < time.monotonic():
            return None
        return entry[1]

    def put(self, key: str, member: Member, generation: int) -> None:
        """Keep a member, unless the cache was cleared since they were looked up."""
        if generation != self._generation:
            return
        if len(self._entries) >= _CACHE_SIZE:
            self._entries.clear()
        self._entries[key] = (time.monotonic() + CACHE_SECONDS, member)

    def clear(self) -> None:
        self._generation += 1
        self._entries.clear()


_cache = _Cache()


def signed_in(cookie_header: str | None) -> Member | None:
    """The member whose session the ``Cookie`` header carries; nothing if it carries none that is good.

    Reads the database where the cache does not know: call it in a thread, or use `signed_in_async`.
    """
    token = session_token(cookie_header, get_settings())
    if token is None:
        return None
    key = hash_token(token)
    return _cache.get(key) or _look_up(token, key)


async def signed_in_async(cookie_header: str | None) -> Member | None:
    """The same as `signed_in`, without ever blocking the event loop."""
    token = session_token(cookie_header, get_settings())
    if token is None:
        return None
    key = hash_token(token)
    return _cache.get(key) or await asyncio.to_thread(_look_up, token, key)


def forget_members() -> None:
    """Ask the database again for everybody: something about sessions or accounts has changed."""
    _cache.clear()


def _look_up(token: str, key: str) -> Member | None:
    generation = _cache.generation
    found = find_session(token)
    if found is None:
        return None
    session_id, account = found
    member = Member(
        account_id=account.id,
        email=account.email,
        name=account.name,
        role=account.role,
        plan=account.plan,
        session_id=session_id,
    )
    _cache.put(key, member, generation)
    return member
