"""Who a page event comes from."""

from __future__ import annotations

import reflex as rx

from sorceress_video.http.identity import Member, signed_in_async


async def member_of(state: rx.State) -> Member | None:
    """The member behind the connection's cookie; never anything that the browser claims."""
    return await signed_in_async(state.router.headers.cookie)
