"""Every setting of a deployment: typed, read from the environment, checked once at start."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)


class SettingsError(Exception):
    """The environment holds a value that the workspace cannot run with. The text names it."""


class KeyName(NamedTuple):
    """How a provider's key is called: as a field of :class:`Settings`, and in the environment."""

    field: str
    variable: str


PROVIDER_KEYS: Final = {
    "fal": KeyName("fal_key", "FAL_KEY"),
    "replicate": KeyName("replicate_api_token", "REPLICATE_API_TOKEN"),
    "runway": KeyName("runway_api_secret", "RUNWAYML_API_SECRET"),
}
"""The providers that need a key."""


def _named(name: str) -> Any:
    return AliasChoices(name)


class _SecretFiles(EnvSettingsSource):
    """Reads ``NAME_FILE`` where ``NAME`` itself is absent, so that secrets can be mounted as files."""

    def __call__(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field in self.settings_cls.model_fields.values():
            if field.annotation not in (SecretStr, SecretStr | None):
                continue
            for name in _names(field):
                path = self.env_vars.get(f"{name}_FILE")
                if path:
                    try:
                        found[name] = Path(path).read_text(encoding="utf-8").strip()
                    except OSError as error:
                        raise SettingsError(f"{name}_FILE cannot be read: {error.strerror}.") from error
        return found


def _names(field: Any) -> list[str]:
    alias = field.validation_alias
    return [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else []


class Settings(BaseSettings):
    """One deployment's settings. Names in the environment are the aliases below."""

    model_config = SettingsConfigDict(
        extra="ignore", case_sensitive=True, populate_by_name=True, frozen=True, env_ignore_empty=True
    )

    # --- where it runs and keeps its things
    data_dir: Path = Field(Path("data"), validation_alias=_named("SORCERESS_DATA_DIR"))
    host: str = Field("127.0.0.1", validation_alias=_named("SORCERESS_HOST"))
    port: int = Field(3000, ge=1, le=65535, validation_alias=_named("SORCERESS_PORT"))
    public_url: str | None = Field(None, validation_alias=_named("SORCERESS_PUBLIC_URL"))
    trusted_proxy_hops: int = Field(0, ge=0, le=8, validation_alias=_named("SORCERESS_TRUSTED_PROXY_HOPS"))
    database_url: str | None = Field(None, validation_alias=_named("DATABASE_URL"))
    redis_url: str | None = Field(None, validation_alias=_named("REDIS_URL"))
    storage_url: str | None = Field(None, validation_alias=_named("SORCERESS_STORAGE_URL"))
    catalog_dir: Path | None = Field(None, validation_alias=_named("SORCERESS_CATALOG_DIR"))
    models_dir: Path | None = Field(None, validation_alias=_named("SORCERESS_MODELS_DIR"))

    # --- secrets
    secret_key: SecretStr | None = Field(None, validation_alias=_named("SORCERESS_SECRET_KEY"))
    fal_key: SecretStr | None = Field(None, validation_alias=_named("FAL_KEY"))
    replicate_api_token: SecretStr | None = Field(None, validation_alias=_named("REPLICATE_API_TOKEN"))
    runway_api_secret: SecretStr | None = Field(None, validation_alias=_named("RUNWAYML_API_SECRET"))
    hf_token: SecretStr | None = Field(None, validation_alias=_named("HF_TOKEN"))

    # --- providers' hosts
    hf_endpoint: str = Field("https://huggingface.co", validation_alias=_named("HF_ENDPOINT"))
    fal_queue_url: str = Field("https://queue.fal.run", validation_alias=_named("SORCERESS_FAL_QUEUE_URL"))
    fal_rest_url: str = Field("https://rest.fal.ai", validation_alias=_named("SORCERESS_FAL_REST_URL"))
    fal_api_url: str = Field("https://api.fal.ai/v1", validation_alias=_named("SORCERESS_FAL_API_URL"))
    replicate_url: str = Field(
        "https://api.replicate.com/v1", validation_alias=_named("SORCERESS_REPLICATE_URL")
    )
    runway_url: str = Field("https://api.dev.runwayml.com", validation_alias=_named("SORCERESS_RUNWAY_URL"))
    allow_private_providers: bool = Field(
        default=False, validation_alias=_named("SORCERESS_ALLOW_PRIVATE_PROVIDERS")
    )

    # --- policy
    open_registration: bool = Field(default=False, validation_alias=_named("SORCERESS_OPEN_REGISTRATION"))
    poll_interval: float = Field(
        2.0, ge=0.2, le=60, validation_alias=_named("SORCERESS_POLL_INTERVAL")
    )  # seconds
    submit_deadline: float = Field(
        60.0, ge=1, validation_alias=_named("SORCERESS_SUBMIT_DEADLINE")
    )  # seconds
    lease_seconds: float = Field(
        15.0, ge=1, le=300, validation_alias=_named("SORCERESS_LEASE_SECONDS")
    )  # how long a silent process keeps a clip
    capacity_limit: float = Field(
        6 * 3600.0, ge=10, validation_alias=_named("SORCERESS_CAPACITY_LIMIT")
    )  # seconds
    generation_limit: float = Field(
        2 * 3600.0, ge=10, validation_alias=_named("SORCERESS_GENERATION_LIMIT")
    )  # seconds
    max_upload_bytes: int = Field(
        200 * 1024 * 1024, ge=1024, validation_alias=_named("SORCERESS_MAX_UPLOAD_BYTES")
    )
    max_result_bytes: int = Field(2 * 1024**3, ge=1024, validation_alias=_named("SORCERESS_MAX_RESULT_BYTES"))
    min_free_bytes: int = Field(2 * 1024**3, ge=0, validation_alias=_named("SORCERESS_MIN_FREE_BYTES"))
    max_active_clips: int = Field(500, ge=1, validation_alias=_named("SORCERESS_MAX_ACTIVE_CLIPS"))
    undo_seconds: float = Field(10.0, ge=1, le=3600, validation_alias=_named("SORCERESS_UNDO_SECONDS"))
    motion_clip_days: float = Field(
        30.0, gt=0, le=36_500, validation_alias=_named("SORCERESS_MOTION_CLIP_DAYS")
    )
    log_format: Literal["json", "console"] = Field("console", validation_alias=_named("SORCERESS_LOG_FORMAT"))
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", validation_alias=_named("SORCERESS_LOG_LEVEL")
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), validation_alias=_named("SORCERESS_ALLOWED_HOSTS")
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order: what the caller passes, the environment, then ``…_FILE``."""
        return init_settings, env_settings, _SecretFiles(settings_cls, case_sensitive=True)

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().lower() for part in value.split(",") if part.strip())
        return value

    @field_validator("public_url")
    @classmethod
    def _absolute_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be an address such as https://video.example.com")
        return value.rstrip("/")

    @field_validator(
        "fal_queue_url", "fal_rest_url", "fal_api_url", "replicate_url", "runway_url", "hf_endpoint"
    )
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @model_validator(mode="after")
    def _absolute_data_dir(self) -> Settings:
        object.__setattr__(self, "data_dir", self.data_dir.expanduser().resolve())
        return self

    # --- derived
    @property
    def available_providers(self) -> frozenset[str]:
        """Names of the providers that can be used now: a key is there, or none is needed."""
        return frozenset({"sandbox"} | {name for name in PROVIDER_KEYS if self.key_of(name) is not None})

    def key_of(self, provider: str) -> SecretStr | None:
        """The key of a provider of :data:`PROVIDER_KEYS`, if there is one."""
        key: SecretStr | None = getattr(self, PROVIDER_KEYS[provider].field)
        return key

    @property
    def secret_file(self) -> Path:
        """Where the master secret lies that the workspace makes for itself when none is set."""
        return self.data_dir / "secret.key"

    @property
    def media_dir(self) -> Path:
        """Folder of content-addressed media when no storage URL is set."""
        return self.data_dir / "media"

    @property
    def scratch_dir(self) -> Path:
        """Folder for files in the making; on the same disk as the media, so that a rename is atomic."""
        return self.data_dir / "scratch"

    @property
    def effective_database_url(self) -> str:
        """SQLAlchemy URL of the database; SQLite in the data folder by default."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir / 'workspace.db'}"
        for prefix in ("postgres://", "postgresql://"):
            if self.database_url.startswith(prefix):
                return "postgresql+psycopg://" + self.database_url[len(prefix) :]
        return self.database_url

    @property
    def base_url(self) -> str:
        """The address that a browser uses."""
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def secure_cookies(self) -> bool:
        """Whether the workspace is reached over TLS."""
        return self.base_url.startswith("https://")

    @property
    def trusted_hosts(self) -> frozenset[str]:
        """Host names (without port, lower case) that requests may name."""
        own = {"localhost", "127.0.0.1", "[::1]", (urlsplit(self.base_url).hostname or "").lower()}
        return frozenset(own | set(self.allowed_hosts))


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The process's settings, read once.

    Raises:
        SettingsError: one sentence for each value that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"{_place(item)}: {item['msg'].removeprefix('Value error, ')}." for item in error.errors()]
        raise SettingsError(" ".join(lines)) from None


def _place(item: Any) -> str:
    return str(item["loc"][0]) if item["loc"] else "settings"
