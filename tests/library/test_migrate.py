"""Migrations: from nothing, again, refused, backed up, in step with the tables."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from alembic import command
from sorceress_video.library import gallery
from sorceress_video.library.database import Database
from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.library.migrate import MigrationRefusedError, upgrade
from sorceress_video.library.tables import is_compared, metadata
from sorceress_video.settings import Settings
from tests.library import clips as way
from tests.library.conftest import add_account

ROOT = Path(__file__).parents[2]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "alembic"))
    config.set_main_option("path_separator", "os")
    return config


def _downgrade(settings: Settings, revision: str) -> None:
    """Back to an older version's tables, rows kept."""
    engine = create_engine(settings.effective_database_url)  # Without foreign keys, as migrations run.
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    return Settings(data_dir=tmp_path, database_url=url)


def test_an_empty_database_gets_all_tables_and_a_second_start_changes_nothing(settings: Settings) -> None:
    assert upgrade(settings) == upgrade(settings)
    db = Database(settings.effective_database_url)
    member = add_account(db, "mara@example.com")
    way.complete(db, member)
    db.close()


def test_the_migrations_lead_to_exactly_the_tables(settings: Settings) -> None:
    upgrade(settings)
    db = Database(settings.effective_database_url)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": is_compared}
        )
        assert compare_metadata(context, metadata) == []
    db.close()


def test_a_database_of_a_newer_version_is_refused_in_one_sentence(settings: Settings) -> None:
    upgrade(settings)
    db = Database(settings.effective_database_url)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    db.close()
    with pytest.raises(MigrationRefusedError) as refused:
        upgrade(settings)
    assert "newer version" in str(refused.value)
    assert "9999" in str(refused.value)


def test_starts_at_one_moment_migrate_once(settings: Settings) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: upgrade(settings), range(4)))) == 1


def test_there_is_one_newest_revision() -> None:
    assert len(ScriptDirectory.from_config(_config()).get_heads()) == 1


def test_a_copy_is_kept_before_an_upgrade(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    upgrade(settings)
    db = Database(settings.effective_database_url)
    member = add_account(db, "mara@example.com")
    clip_id = way.complete(db, member)
    db.close()
    scripts = ScriptDirectory.from_config(_config())
    before = scripts.get_revision("head").down_revision
    if before is None:
        assert not (tmp_path / "backups").exists(), "nothing to upgrade, nothing to keep"
        return
    _downgrade(settings, str(before))
    upgrade(settings)
    copy = Database(f"sqlite:///{tmp_path / 'backups' / f'workspace-{before}.db'}")
    assert way.load(copy, clip_id).status == "completed"
    copy.close()


@pytest.mark.spec("G1")
def test_clips_of_an_older_version_are_found_by_their_words_after_an_upgrade(settings: Settings) -> None:
    upgrade(settings)
    db = Database(settings.effective_database_url)
    member = add_account(db, "mara@example.com")
    clip_id = way.complete(db, member, prompt="Glühwürmchen over the harbour")
    db.close()
    _downgrade(settings, "0001")
    upgrade(settings)
    db = Database(settings.effective_database_url)
    for search in ("gluhwurm", "model:kling", "harbour -fox"):
        page = gallery.page(db, member, GalleryFilter(search=search), 0, 5)
        assert [card.id for card in page.cards] == [clip_id]
    db.close()
