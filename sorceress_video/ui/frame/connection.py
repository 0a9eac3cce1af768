"""Whether the page is still connected, said in words."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

_SCRIPT = rx.asset("connection.jsx", shared=True)


class _Connection(rx.Component):
    """See ``connection.jsx``."""

    library = _SCRIPT.importable_path
    tag = "Connection"

    lost: rx.Var[bool]
    heard: rx.Var[int]
    on_ask: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[valid-type, type-arg]


def connection(*, heard: rx.Var[int], on_ask: Any) -> rx.Component:
    """A strip over what follows while the connection is lost, and for a moment when it is back.

    Args:
        heard: grows with every answer of the server to ``on_ask``, and whenever the page is loaded.
        on_ask: reads again what is shown; asked when the network is back.
    """
    return _Connection.create(lost=has_connection_errors, heard=heard, on_ask=on_ask)
