"""What the engine asks of a provider of generated video, and the answers that it understands.

The split between :meth:`Provider.prepare` and :meth:`Provider.submit` is the money line: preparing (uploading
frames, building the body) costs nothing and may be repeated; submitting may be paid for and is called exactly
once for each attempt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Literal, Protocol

from sorceress_video.catalog.terms import InputRole

Resubmission = Literal["idempotent", "none"]
"""What may follow a submit whose answer never came: the same call again, or nothing but a question to the
person."""


@dataclass(frozen=True, slots=True)
class JobInput:
    """One file that goes along with a clip, already on local disk."""

    role: InputRole
    path: Path
    mime: str
    bytes: int
    sha256: str
    name: str
    width: int | None = None  # pixels
    height: int | None = None  # pixels
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt at one clip, as the provider needs it."""

    clip_id: str
    attempt: int
    model_id: str
    model_name: str
    endpoint: str
    mode: str
    prompt: str
    settings: Mapping[str, Any]
    inputs: tuple[JobInput, ...] = ()
    expected_seconds: float | None = None

    @property
    def key(self) -> str:
        """The same for every call about this attempt; unique among all attempts."""
        return f"{self.clip_id}-{self.attempt}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that one submit sends."""

    endpoint: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ticket:
    """How an accepted attempt is found again. Stored with the attempt before anything else happens."""

    request_id: str
    status_url: str | None = None
    response_url: str | None = None
    cancel_url: str | None = None
    model_name: str = "the model"
    """What sentences call the model; not part of what is stored."""


class Phase(StrEnum):
    """Where an accepted attempt stands at its provider."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """The provider does not know the request."""


class Billing(StrEnum):
    """Whether an attempt was charged, as far as the provider lets us know."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


UNUSABLE: Final = "result_unusable"
"""Code of a delivered file that is no usable video; another download may bring a better one, a few times."""


class FaultKind(StrEnum):
    """What an unhappy answer means for the clip. The table of each adapter maps its errors to these."""

    NOT_SENT = "not_sent"
    """Provably never reached the provider: safe to send again."""
    BUSY = "busy"
    """The provider has no capacity and did not accept: wait and send again."""
    TRANSIENT = "transient"
    """A free question (status, result, cancel, upload) failed: ask again."""
    REFUSED = "refused"
    """The provider will not make this clip: content or input. A retry of the same cannot help."""
    BROKEN = "broken"
    """The provider tried and failed. A retry may help."""
    ACCOUNT = "account"
    """Key, balance or permission: an administrator has to act."""
    UNANSWERED = "unanswered"
    """The call may have been accepted; the answer never arrived or made no sense."""


class ProviderFault(Exception):  # noqa: N818 - a fault of the provider, carried to where the clip is moved
    """An unhappy answer, already classified.

    Args:
        kind: what it means for the clip.
        code: short machine name, stable (``content_policy_violation``).
        sentence: what a person reads on the card; names the model or provider.
        billing: whether the attempt was charged.
        retry_after: seconds that the provider asked us to wait, if it did.
    """

    def __init__(
        self,
        kind: FaultKind,
        code: str,
        sentence: str,
        *,
        billing: Billing = Billing.NO,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{kind}: {code}: {sentence}")
        self.kind = kind
        self.code = code
        self.sentence = sentence
        self.billing = billing
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Status:
    """One look at an accepted attempt."""

    phase: Phase
    queue_position: int | None = None
    """Clips ahead of this one; 0 is next."""
    progress: float | None = None
    """0…1 where the provider says it."""
    message: str | None = None
    """The provider's own last word about what it does, one line."""
    fault: ProviderFault | None = None
    """Set when ``phase`` is FAILED and the status itself says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """Where the finished clip lies."""

    url: str
    seed: int | None = None
    cost_micro_usd: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers for the download; none unless the provider's own host needs them."""


CancelOutcome = Literal["cancelled", "asked", "already_done", "unknown"]
"""``asked``: the provider took note, watch on. ``unknown``: it does not know the request."""


class Provider(Protocol):
    """One provider of generated video. Instances belong to one event loop and are closed by their owner."""

    name: str
    resubmission: Resubmission

    async def prepare(self, job: Job) -> Prepared:
        """Upload inputs and build the body. Free to repeat.

        Raises:
            ProviderFault: TRANSIENT, REFUSED or ACCOUNT.
        """
        ...

    async def submit(self, job: Job, prepared: Prepared) -> Ticket:
        """Send the attempt once. Never retries by itself.

        Raises:
            ProviderFault: any kind but TRANSIENT.
        """
        ...

    async def status(self, ticket: Ticket) -> Status:
        """Ask where the attempt stands. Raises ProviderFault TRANSIENT or ACCOUNT."""
        ...

    async def result(self, ticket: Ticket) -> Result:
        """Ask where the finished clip lies.

        Raises:
            ProviderFault: TRANSIENT to ask again; BUSY when it ended for want of capacity; anything else ends
                the attempt.
        """
        ...

    async def cancel(self, ticket: Ticket) -> CancelOutcome:
        """Ask the provider to stop. Raises ProviderFault TRANSIENT or ACCOUNT."""
        ...

    async def download(self, result: Result, to: Path) -> None:
        """Fetch the finished clip into ``to``.

        Raises:
            ProviderFault: TRANSIENT to try the same address again, UNANSWERED when the address is no longer
                good and a fresh one must be asked for, REFUSED when it must not be fetched.
        """
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...
