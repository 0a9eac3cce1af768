"""Fixtures of the room."""

from tests.http.workspace import workspace

__all__ = ["workspace"]
