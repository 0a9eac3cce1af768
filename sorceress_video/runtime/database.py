"""Brings the database to this version's tables before anything uses it."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from sorceress_video.library import migrate
from sorceress_video.runtime.errors import StartupError
from sorceress_video.settings import Settings


def upgrade(settings: Settings) -> None:
    """Migrate.

    Raises:
        StartupError: the database does not answer, is from a newer version, or is damaged.
    """
    try:
        migrate.upgrade(settings)
    except migrate.MigrationRefusedError as error:
        raise StartupError(str(error)) from error
    except SQLAlchemyError as error:
        where = "of DATABASE_URL" if settings.database_url else f"in {settings.data_dir}"
        raise StartupError(f"The database {where} cannot be opened ({type(error).__name__}).") from error
