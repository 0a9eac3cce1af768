"""Whether the page is still connected, said in words."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

_SCRIPT = rx.asset("connection.jsx", shared=True)


class _Connection(rx.Component):
    """See ``connection.jsx``."""

    library = _SCRIPT.importable_path
    tag = "Connection"

    lost: rx.Var[bool]


def connection() -> rx.Component:
    """A strip over what follows while the connection is lost, and for a moment when it is back."""
    return _Connection.create(lost=has_connection_errors)
