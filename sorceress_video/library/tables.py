"""The tables. Money is in integer micro-dollars (1 USD = 1,000,000), times are aware UTC, ids are text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    event,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Mapper
from sqlmodel import Field, SQLModel

from sorceress_video.library.ids import new_id
from sorceress_video.library.search_line import PLACES, line_of, number_at

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

metadata: Final = SQLModel.metadata


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


class Account(SQLModel, table=True):
    """A member of the team."""

    __tablename__ = "account"

    id: str = Field(default_factory=new_id, primary_key=True)
    email: str = Field(unique=True, max_length=254)
    """Lower case; what a person signs in with."""
    name: str = Field(default="", max_length=80)
    password_hash: str
    role: str = Field(default="member", max_length=16)
    """``owner``, ``admin`` or ``member``."""
    plan: str = Field(default="free", max_length=16)
    """``free`` or ``pro``."""
    budget_micro_usd: int | None = Field(default=None, sa_type=BigInteger)
    """What the member may spend in a calendar month (UTC); None is no limit."""
    confirm_above_micro_usd: int | None = Field(default=None, sa_type=BigInteger)
    """Above this sum one click must be confirmed; an admin's choice, None leaves it to the member."""
    disabled_at: datetime | None = None
    seen_at: datetime | None = None
    """When they last used the workspace, to about ten minutes."""
    created_at: datetime = Field(default_factory=utc_now)


class SignInSession(SQLModel, table=True):
    """One signed-in browser. Only the hash of its cookie is kept."""

    __tablename__ = "sign_in_session"

    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(
        sa_column=Column(ForeignKey("account.id", ondelete="CASCADE"), index=True, nullable=False)
    )
    token_hash: str = Field(unique=True, max_length=64)
    """SHA-256 of the cookie's value, hexadecimal."""
    user_agent: str = Field(default="", max_length=256)
    address: str = Field(default="", max_length=64)
    created_at: datetime = Field(default_factory=utc_now)
    seen_at: datetime = Field(default_factory=utc_now)
    expires_at: datetime


class SetupToken(SQLModel, table=True):
    """The one-time token that makes the owner account. At most one row."""

    __tablename__ = "setup_token"

    id: int = Field(default=1, primary_key=True)
    token_hash: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=utc_now)


class SignInFailure(SQLModel, table=True):
    """Failed sign-ins by key (account or address), for limits that outlive Redis."""

    __tablename__ = "sign_in_failure"

    key: str = Field(primary_key=True, max_length=80)
    count: int = 0
    blocked_until: datetime | None = None
    seen_at: datetime = Field(default_factory=utc_now)


class Preference(SQLModel, table=True):
    """One remembered choice of an account."""

    __tablename__ = "preference"

    account_id: str = Field(sa_column=Column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True))
    name: str = Field(primary_key=True, max_length=64)
    value: Any = Field(sa_column=Column(JSON, nullable=False))
    updated_at: datetime = Field(default_factory=utc_now)


class StoredFile(SQLModel, table=True):
    """One object in storage. Every object has a row, every row an object."""

    __tablename__ = "stored_file"

    key: str = Field(primary_key=True, max_length=120)
    bytes: int = Field(sa_type=BigInteger)
    mime: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=utc_now)


class Asset(SQLModel, table=True):
    """A picture, film or sound that belongs to an account: uploaded, or made by a clip."""

    __tablename__ = "asset"
    __table_args__ = (Index("ix_asset_account_sha256", "account_id", "sha256"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(sa_column=Column(ForeignKey("account.id", ondelete="CASCADE"), nullable=False))
    origin: str = Field(max_length=16)
    """``upload``, ``result``, ``frame``: a picture taken out of a clip, or ``version``: made out of another
    asset."""
    kind: str = Field(max_length=16)
    """``image``, ``video`` or ``audio``."""
    name: str = Field(default="", max_length=200)
    """What the person called it; a label, never a path."""
    mime: str = Field(max_length=64)
    sha256: str = Field(max_length=64)
    bytes: int = Field(sa_type=BigInteger)
    file_key: str = Field(sa_column=Column(ForeignKey("stored_file.key"), index=True, nullable=False))
    poster_key: str | None = Field(
        default=None, sa_column=Column(ForeignKey("stored_file.key"), index=True, nullable=True)
    )
    preview_key: str | None = Field(
        default=None, sa_column=Column(ForeignKey("stored_file.key"), index=True, nullable=True)
    )
    last_frame_key: str | None = Field(
        default=None, sa_column=Column(ForeignKey("stored_file.key"), index=True, nullable=True)
    )
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    fps: float | None = None
    has_audio: bool = False
    source_clip_id: str | None = Field(default=None, max_length=32)
    """The clip that a frame was taken from. Not a foreign key: frames outlive the clip."""
    source_seconds: float | None = None
    """When in that clip the frame comes onto the screen."""
    source_asset_id: str | None = Field(default=None, max_length=32, index=True)
    """What a version was made of. Not a foreign key: versions outlive it."""
    recipe: str | None = Field(default=None, max_length=64)
    """How the version was made; the same recipe gives the same version."""
    created_at: datetime = Field(default_factory=utc_now)
    deleted_at: datetime | None = None


class Batch(SQLModel, table=True):
    """One click on Generate. Its token makes a second click, a resend or a replay give the same clips."""

    __tablename__ = "batch"
    __table_args__ = (UniqueConstraint("account_id", "token"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(sa_column=Column(ForeignKey("account.id", ondelete="CASCADE"), nullable=False))
    token: str = Field(max_length=80)
    created_at: datetime = Field(default_factory=utc_now)


class Clip(SQLModel, table=True):
    """A clip, from the click on Generate to the end."""

    __tablename__ = "clip"
    __table_args__ = (
        CheckConstraint(
            "status IN ('queued','waiting','submitting','ambiguous','running','cancelling','fetching',"
            "'completed','failed','cancelled')",
            name="status",
        ),
        # The gallery: newest first, of one account, without what was removed.
        Index("ix_clip_gallery", "account_id", "removed_at", "id"),
        Index("ix_clip_favorites", "account_id", "removed_at", "favorite", "id"),
        Index("ix_clip_states", "account_id", "removed_at", "status", "id"),
        # How long a model usually takes.
        Index("ix_clip_usual", "model_id", "status", "id"),
        # The watcher: what is due.
        Index("ix_clip_due", "status", "due_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(sa_column=Column(ForeignKey("account.id", ondelete="CASCADE"), nullable=False))
    batch_id: str = Field(
        sa_column=Column(ForeignKey("batch.id", ondelete="CASCADE"), index=True, nullable=False)
    )
    parent_id: str | None = Field(
        default=None, sa_column=Column(ForeignKey("clip.id", ondelete="SET NULL"), index=True, nullable=True)
    )
    parent_relation: str | None = Field(default=None, max_length=16)
    """``reroll``, ``continue`` (begins with the parent's last frame) or ``frame`` (uses another one)."""

    # What was asked for, frozen at admission.
    model_id: str = Field(max_length=80)
    model_name: str = Field(max_length=120)
    provider: str = Field(max_length=32)
    endpoint: str = Field(max_length=200)
    mode: str = Field(max_length=16)
    prompt: str = Field(sa_column=Column(Text, nullable=False))
    settings: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    settings_line: str = Field(default="", max_length=200)
    expected_seconds: float | None = None
    estimate_micro_usd: int | None = Field(default=None, sa_type=BigInteger)

    # Where it stands.
    status: str = Field(default="queued", max_length=16)
    version: int = 0
    """Grows by one with every move; a hint that is older than the row is ignored."""
    attempt: int = 0
    """Number of the present attempt; 0 before the first."""
    due_at: datetime = Field(default_factory=utc_now)
    lease_until: datetime | None = None
    lease_owner: str | None = Field(default=None, max_length=64)
    dispatch: int = 0
    failures: int = 0
    """Troubles in a row at the present stage; a step forward clears it."""
    waiting_since: datetime | None = None
    cancel_requested_at: datetime | None = None
    phase: str | None = Field(default=None, max_length=32)
    """What it is doing, in the words of the card."""
    queue_position: int | None = None
    progress: float | None = None
    error_code: str | None = Field(default=None, max_length=64)
    error_text: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    retry_helps: bool | None = None
    billed: str | None = Field(default=None, max_length=8)
    """``yes``, ``no`` or ``maybe`` once it is known as well as it ever will be."""
    cost_micro_usd: int | None = Field(default=None, sa_type=BigInteger)
    created_at: datetime = Field(default_factory=utc_now)
    started_at: datetime | None = None
    finished_at: datetime | None = None

    # What came of it.
    video_id: str | None = Field(
        default=None, sa_column=Column(ForeignKey("asset.id", ondelete="SET NULL"), index=True, nullable=True)
    )
    seed: int | None = Field(default=None, sa_type=BigInteger)
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    favorite: bool = False
    removed_at: datetime | None = None
    """When the person deleted it; undone until the upkeep takes the files."""


class ClipInput(SQLModel, table=True):
    """A file that went along with a clip, frozen: assets never change."""

    __tablename__ = "clip_input"

    clip_id: str = Field(sa_column=Column(ForeignKey("clip.id", ondelete="CASCADE"), primary_key=True))
    role: str = Field(primary_key=True, max_length=24)
    position: int = Field(primary_key=True)
    asset_id: str = Field(sa_column=Column(ForeignKey("asset.id"), index=True, nullable=False))


class Attempt(SQLModel, table=True):
    """One submit to a provider. Written before the call; never called twice."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_request", "provider", "request_id"),)

    clip_id: str = Field(sa_column=Column(ForeignKey("clip.id", ondelete="CASCADE"), primary_key=True))
    number: int = Field(primary_key=True)
    provider: str = Field(max_length=32)
    state: str = Field(default="submitting", max_length=16)
    """``submitting``, ``accepted``, ``returned``, ``refused``, ``ambiguous`` or ``ended``."""
    request_id: str | None = Field(default=None, max_length=200)
    status_url: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    response_url: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    cancel_url: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    started_at: datetime = Field(default_factory=utc_now)
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    error_code: str | None = Field(default=None, max_length=64)


class LedgerEntry(SQLModel, table=True):
    """One line of money. Lines are added, never changed; the key makes each of them happen once."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("clip_id", "attempt", "kind"),
        Index("ix_ledger_entry_month", "account_id", "month"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(sa_column=Column(ForeignKey("account.id", ondelete="CASCADE"), nullable=False))
    clip_id: str = Field(max_length=32)
    """Not a foreign key: money outlives the clip."""
    attempt: int
    kind: str = Field(max_length=16)
    """``reserve`` (+estimate), ``release`` (−estimate) or ``charge`` (+cost)."""
    micro_usd: int = Field(sa_type=BigInteger)
    certain: bool = True
    """False where nobody knows whether the provider charged."""
    month: str = Field(max_length=7)
    """``2026-11``, of the reserve."""
    created_at: datetime = Field(default_factory=utc_now)


class SandboxPrediction(SQLModel, table=True):
    """A request to the built-in Sandbox, as a provider would keep it."""

    __tablename__ = "sandbox_prediction"
    __table_args__ = (Index("ix_sandbox_prediction_due", "status", "lease_until"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    key: str = Field(unique=True, max_length=80)
    """The attempt's key: the same submit again gives this very row."""
    spec: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    status: str = Field(default="queued", max_length=16)
    """``queued``, ``running``, ``done``, ``failed`` or ``cancelled``."""
    progress: float = 0.0
    result_path: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    """Relative to the scratch folder."""
    error_code: str | None = Field(default=None, max_length=64)
    dispatch: int = 0
    lease_until: datetime | None = None
    runs: int = 0
    """How often a renderer took it up; a clip that kills its renderer is given up."""
    ready_at: datetime = Field(default_factory=utc_now)
    created_at: datetime = Field(default_factory=utc_now)


class ProcessBeat(SQLModel, table=True):
    """When a process of a kind was last seen at work."""

    __tablename__ = "process_beat"

    name: str = Field(primary_key=True, max_length=64)
    seen_at: datetime = Field(default_factory=utc_now)


class Collection(SQLModel, table=True):
    """Clips that a member put together under a name."""

    __tablename__ = "collection"

    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(
        sa_column=Column(ForeignKey("account.id", ondelete="CASCADE"), index=True, nullable=False)
    )
    name: str = Field(max_length=80)
    cover_id: str | None = Field(
        default=None, sa_column=Column(ForeignKey("clip.id", ondelete="SET NULL"), index=True, nullable=True)
    )
    """The clip whose picture it wears; None, or a clip that is not in it any more, for its newest one."""
    shared_at: datetime | None = None
    """Since when the team may look at it."""
    removed_at: datetime | None = None
    """When the person deleted it; undone until the upkeep takes the row. Clips stay as they are."""
    created_at: datetime = Field(default_factory=utc_now)


class CollectionClip(SQLModel, table=True):
    """A clip in a collection of the same account."""

    __tablename__ = "collection_clip"

    collection_id: str = Field(
        sa_column=Column(ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True)
    )
    clip_id: str = Field(
        sa_column=Column(ForeignKey("clip.id", ondelete="CASCADE"), primary_key=True, index=True)
    )
    added_at: datetime = Field(default_factory=utc_now)


class AccessLink(SQLModel, table=True):
    """A single-use link that an admin hands on: to join, or to set a new password. Only its hash is kept."""

    __tablename__ = "access_link"

    id: str = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=16)
    """``invitation`` or ``password``."""
    token_hash: str = Field(unique=True, max_length=64)
    """SHA-256 of the link's token, hexadecimal."""
    made_by: str = Field(
        sa_column=Column(ForeignKey("account.id", ondelete="CASCADE"), index=True, nullable=False)
    )
    account_id: str | None = Field(
        default=None,
        sa_column=Column(ForeignKey("account.id", ondelete="CASCADE"), index=True, nullable=True),
    )
    """Whose password it sets; of an invitation, who joined by it."""
    role: str = Field(default="member", max_length=16)
    plan: str = Field(default="free", max_length=16)
    email: str = Field(default="", max_length=254)
    """Whom it is for; empty where whoever has the link chooses the address."""
    created_at: datetime = Field(default_factory=utc_now)
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class PlanRequest(SQLModel, table=True):
    """A member asks for the plan ``pro``."""

    __tablename__ = "plan_request"
    __table_args__ = (
        Index(
            "uq_plan_request_open",
            "account_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(
        sa_column=Column(ForeignKey("account.id", ondelete="CASCADE"), index=True, nullable=False)
    )
    note: str = Field(default="", max_length=500)
    state: str = Field(default="open", max_length=16)
    """``open``, ``granted`` or ``declined``. A member has at most one open request."""
    answer: str = Field(default="", max_length=500)
    decided_by: str | None = Field(
        default=None,
        sa_column=Column(ForeignKey("account.id", ondelete="SET NULL"), index=True, nullable=True),
    )
    created_at: datetime = Field(default_factory=utc_now)
    decided_at: datetime | None = None


class ProviderKey(SQLModel, table=True):
    """A provider's key that an admin entered; sealed, so that a copy of the database gives none away."""

    __tablename__ = "provider_key"

    provider: str = Field(primary_key=True, max_length=32)
    sealed: str = Field(sa_column=Column(Text, nullable=False))
    """See :mod:`sorceress_video.library.provider_keys`."""
    ending: str = Field(max_length=4)
    """Its last characters, by which a person knows it; empty for short keys."""
    set_by: str | None = Field(
        default=None,
        sa_column=Column(ForeignKey("account.id", ondelete="SET NULL"), index=True, nullable=True),
    )
    set_at: datetime = Field(default_factory=utc_now)


class ClipSearch(SQLModel, table=True):
    """What a search finds of a clip, one line of words; see :mod:`sorceress_video.library.search_index`."""

    __tablename__ = "clip_search"

    number: int = Field(
        sa_column=Column(
            BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
        )
    )
    """Sorts as the clip's id does."""
    clip_id: str = Field(
        sa_column=Column(ForeignKey("clip.id", ondelete="CASCADE"), unique=True, nullable=False)
    )
    words: str = Field(sa_column=Column(Text, nullable=False))


SEARCH_DDL: Final = {
    "sqlite": (
        "CREATE VIRTUAL TABLE clip_search_fts USING fts5("
        "words, content='clip_search', content_rowid='number', tokenize='ascii', detail='none', "
        "prefix='2 3')",
        "CREATE TRIGGER clip_search_insert AFTER INSERT ON clip_search BEGIN "
        "INSERT INTO clip_search_fts (rowid, words) VALUES (new.number, new.words); END",
        "CREATE TRIGGER clip_search_delete AFTER DELETE ON clip_search BEGIN "
        "INSERT INTO clip_search_fts (clip_search_fts, rowid, words) "
        "VALUES ('delete', old.number, old.words); END",
    ),
    "postgresql": (
        "ALTER TABLE clip_search ADD COLUMN lexemes tsvector NOT NULL "
        "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(btrim(words), ' '))) STORED",
        "CREATE INDEX ix_clip_search_lexemes ON clip_search USING gin (lexemes)",
    ),
}
"""What the table needs beside itself. Lines are added and deleted, never changed."""

_NOT_OF_THE_TABLES: Final = ("clip_search_fts", "ix_clip_search_lexemes", "lexemes")


def is_compared(_object: object, name: str | None, *_: object) -> bool:
    """Whether a part of a database is described by the tables here, for Alembic's comparison."""
    return not (name or "").startswith(_NOT_OF_THE_TABLES)


@event.listens_for(metadata.tables["clip_search"], "after_create")
def _add_search(_target: object, connection: Connection, **_: object) -> None:
    for statement in SEARCH_DDL[connection.dialect.name]:
        connection.exec_driver_sql(statement)


@event.listens_for(Clip, "after_insert")
def _add_line(_mapper: Mapper[Any], connection: Connection, clip: Clip) -> None:
    lines = metadata.tables["clip_search"]
    first = number_at(clip.id)
    near = select(lines.c.number).where(lines.c.number >= first, lines.c.number < first + PLACES)
    taken = set(connection.scalars(near))
    free = next(number for number in range(first, first + PLACES + 1) if number not in taken)
    connection.execute(insert(lines).values(number=free, clip_id=clip.id, words=line_of(clip)))
