"""Fixtures of the room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.http.workspace import Workspace, workspace

__all__ = ["workspace"]


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, workspace: Workspace) -> Iterator[Workspace]:
    """The same empty workspace on each database."""
    if request.param == "postgres":
        workspace.configure(DATABASE_URL=request.getfixturevalue("postgres_url"))
        workspace.make_tables()
    yield workspace
    workspace.db.close()
