"""fal.ai's queue.

Wire facts that the code leans on: a submit has no idempotency key, so it is sent once and its lost answer
stays unknown; a request is IN_QUEUE, IN_PROGRESS or COMPLETED, and failure is COMPLETED with an error;
addresses come with the submit's answer and are followed, but the key goes to the configured host only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import structlog

from sorceress_video.catalog.registry import get_catalog
from sorceress_video.catalog.terms import InputRole, Mode
from sorceress_video.net import (
    ForbiddenAddressError,
    MalformedReplyError,
    NetError,
    NeverSentError,
    Reply,
    TooLargeError,
    UnexpectedStatusError,
    one_line,
    outbound,
    redact,
)
from sorceress_video.settings import Settings
from worker.cloud.providers.base import (
    Billing,
    CancelOutcome,
    FaultKind,
    Job,
    Phase,
    Prepared,
    ProviderFault,
    Resubmission,
    Result,
    Status,
    Ticket,
)
from worker.cloud.providers.fal_answers import (
    administrator,
    again,
    body_object,
    not_accepted,
    not_sent,
    trouble,
    unanswered,
    unusable,
)
from worker.cloud.providers.fal_errors import FalError, fault_of, read_error
from worker.cloud.providers.fal_storage import FalStorage

ATTEMPT_HEADER: Final = "X-Sorceress-Attempt"
"""Names our attempt to fal's support; fal itself does not act on it."""

_ASK_LIMIT: Final = 20.0  # seconds for a question that is free to repeat
_DOWNLOAD_LIMIT: Final = 480.0  # seconds for one clip; within the lease of a fetch
_NAMESPACES: Final = ("workflows", "comfy")
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
_PERCENT: Final = re.compile(r"(\d{1,3})(?:\.\d+)?\s?%")
_GONE: Final = frozenset({403, 404, 410})
_PASSING: Final = frozenset({401, 402, 403, 404, 408, 409, 429})
"""Statuses of a result that say nothing about the request itself."""

_log = structlog.get_logger(__name__)


class FalProvider:
    """See :class:`~worker.cloud.providers.base.Provider`."""

    name = "fal"
    resubmission: Resubmission = "none"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._key = settings.fal_key.get_secret_value() if settings.fal_key else ""
        # Ends before the engine's own deadline, for here it is known whether anything was sent.
        self._submit_limit = settings.submit_deadline * 0.95
        self._net = outbound(settings)

    async def prepare(self, job: Job) -> Prepared:
        """Upload the inputs, each file once, and build the body."""
        self._need_key()
        addresses = await FalStorage(self._net, self._settings.fal_rest_url, self._key).upload(job)
        media: dict[InputRole, list[str]] = {}
        for given in job.inputs:
            media.setdefault(given.role, []).append(addresses[given.sha256])
        model = get_catalog().get(job.model_id)
        body = model.request_body(Mode(job.mode), frozenset(media), job.settings, job.prompt, media)
        return Prepared(job.endpoint, body)

    async def submit(self, job: Job, prepared: Prepared) -> Ticket:
        """One POST, whose every answer is either an acceptance, provably none, or unknown."""
        self._need_key()
        url = f"{self._settings.fal_queue_url}/{prepared.endpoint}"
        headers = {**self._authorization, ATTEMPT_HEADER: job.key}
        try:
            reply = await self._net.request(
                "POST", url, headers=headers, json=prepared.body, deadline=self._submit_limit
            )
            answer = reply.json_object() if reply.status == 200 else None
        except NeverSentError as error:
            raise not_sent(error) from error
        except NetError as error:
            raise unanswered(job.model_name, "no_answer", str(error)) from error
        if answer is None:
            raise not_accepted(job, reply, self._key)
        request_id = answer.get("request_id")
        if not isinstance(request_id, str) or not _REQUEST_ID.fullmatch(request_id):
            raise unanswered(job.model_name, "no_request_id", "the answer names no request")
        return self._ticket(prepared.endpoint, request_id, answer)

    async def status(self, ticket: Ticket) -> Status:
        """Ask for the state, with the model's log."""
        answer = await self._state(ticket)
        if answer is None:
            return Status(Phase.UNKNOWN)
        match answer.get("status"):
            case "IN_QUEUE":
                return Status(Phase.QUEUED, queue_position=_count(answer.get("queue_position")))
            case "IN_PROGRESS":
                message = _last_line(answer.get("logs"), (self._key,))
                return Status(Phase.RUNNING, progress=_progress(message), message=message)
            case "COMPLETED":
                return await self._completed(ticket, answer)
            case other:
                raise again(
                    "unknown_status", f"fal named a state that nobody knows: {one_line(str(other), 40)}."
                )

    async def result(self, ticket: Ticket) -> Result:
        """Ask for the finished clip's address; a failed request answers with its error instead."""
        reply = await self._ask("GET", self._address(ticket.response_url, ticket, ""))
        if reply.status != 200:
            raise await self._no_result(ticket, reply)
        try:
            answer = reply.json_object()
        except MalformedReplyError as error:
            raise unusable("fal's answer about the finished clip makes no sense.") from error
        video = answer.get("video")
        url = video.get("url") if isinstance(video, dict) else None
        if not isinstance(url, str) or not url:
            raise unusable("fal says that the clip is finished, but not where it lies.")
        units = one_line(reply.headers.get("x-fal-billable-units", ""), 40)
        _log.info("result", request_id=ticket.request_id, billable_units=units)
        seed = answer.get("seed")
        return Result(
            url=url,
            seed=seed if isinstance(seed, int) and not isinstance(seed, bool) else None,
            cost_micro_usd=0 if units in ("0", "0.0") else None,
        )

    async def cancel(self, ticket: Ticket) -> CancelOutcome:
        """Ask fal to stop. What runs may run on and be billed: the state tells."""
        reply = await self._ask("PUT", self._address(ticket.cancel_url, ticket, "/cancel"))
        if reply.status in (200, 202):
            return "asked"
        said = body_object(reply).get("status")
        if reply.status == 404 and said == "NOT_FOUND":
            return "unknown"
        if reply.status == 400 and said == "ALREADY_COMPLETED":
            return await self._already_over(ticket)
        raise trouble(reply)

    async def download(self, result: Result, to: Path) -> None:
        """Fetch the clip; its address is public and gets no key."""
        try:
            await self._net.download(
                result.url,
                to,
                headers=result.headers,
                deadline=_DOWNLOAD_LIMIT,
                max_bytes=self._settings.max_result_bytes,
            )
        except ForbiddenAddressError as error:
            sentence = "fal put the clip at an address that this workspace must not call. It was charged."
            raise ProviderFault(
                FaultKind.REFUSED, "address_refused", sentence, billing=Billing.YES
            ) from error
        except TooLargeError as error:
            sentence = "The finished clip is larger than this workspace accepts. It was charged."
            raise ProviderFault(FaultKind.REFUSED, "too_large", sentence, billing=Billing.YES) from error
        except MalformedReplyError as error:
            raise unusable("The finished clip came in a form that cannot be read.") from error
        except UnexpectedStatusError as error:
            if error.status not in _GONE:
                raise again("download", "The finished clip cannot be fetched right now.") from error
            raise ProviderFault(
                FaultKind.UNANSWERED,
                "address_gone",
                "The clip's address is no longer good.",
                billing=Billing.YES,
            ) from error
        except NetError as error:
            raise again("download", "The finished clip cannot be fetched right now.") from error

    async def aclose(self) -> None:
        """Close connections."""
        await self._net.aclose()

    # --- submitting

    def _ticket(self, endpoint: str, request_id: str, answer: Mapping[str, Any]) -> Ticket:
        parts = endpoint.split("/")
        app = "/".join(parts[: 3 if parts[0] in _NAMESPACES else 2])
        own = f"{self._settings.fal_queue_url}/{app}/requests/{request_id}"

        def followed(name: str, rest: str) -> str:
            url = answer.get(name)
            fits = isinstance(url, str) and request_id in url and self._is_ours(url)
            return str(url) if fits else own + rest

        return Ticket(
            request_id,
            status_url=followed("status_url", "/status"),
            response_url=followed("response_url", ""),
            cancel_url=followed("cancel_url", "/cancel"),
        )

    # --- watching

    async def _state(self, ticket: Ticket) -> dict[str, Any] | None:
        """The state's body; None where fal does not know the request."""
        url = self._address(ticket.status_url, ticket, "/status")
        reply = await self._ask("GET", f"{url}{'&' if '?' in url else '?'}{urlencode({'logs': 1})}")
        if reply.status == 404 and body_object(reply):
            return None
        if reply.status not in (200, 202):
            raise trouble(reply)
        try:
            answer = reply.json_object()
        except MalformedReplyError as error:
            raise again("malformed", "fal's answer about this clip makes no sense.") from error
        if answer.get("request_id") not in (None, ticket.request_id):
            raise again("mixed_up", "fal answered about another clip.")
        return answer

    async def _completed(self, ticket: Ticket, answer: Mapping[str, Any]) -> Status:
        """Over, well or badly. The state names the error's type at most; the result tells its details."""
        named = answer.get("error_type")
        if not named and not answer.get("error"):
            return Status(Phase.DONE)
        kind = named if isinstance(named, str) else ""
        if kind == "client_cancelled":
            return Status(Phase.CANCELLED)
        reply = await self._ask("GET", self._address(ticket.response_url, ticket, ""))
        if reply.status == 200:
            return Status(Phase.DONE)
        error = read_error(body_object(reply), kind)
        if error is None and not kind:
            raise trouble(reply)
        if error is None or (kind and not error.of_model):
            error = FalError(kind, error.message if error else "")
        if error.type == "client_cancelled":
            return Status(Phase.CANCELLED)
        return Status(Phase.FAILED, fault=self._ended(error, reply.status, ticket))

    async def _already_over(self, ticket: Ticket) -> CancelOutcome:
        """“Already completed” is also said of a request that failed, or that was cancelled before."""
        phase = (await self.status(ticket)).phase
        if phase is Phase.DONE:
            return "already_done"
        return "cancelled" if phase is Phase.CANCELLED else "asked"

    async def _no_result(self, ticket: Ticket, reply: Reply) -> ProviderFault:
        """Judge a result that is no clip: the request's own end, or a passing trouble of fal's front?

        Only the request's end may end the attempt, for the clip may be paid for. A 5xx looks the same in both
        cases; the state says which it is.
        """
        error = read_error(body_object(reply), reply.headers.get("x-fal-error-type"))
        if reply.status == 404 and body_object(reply):
            return _not_there(error)
        if reply.status == 400 and (error is None or not error.type):
            return again("not_finished", "fal is not quite finished with this clip.")
        if error is None or reply.status in _PASSING:
            return again(f"http_{reply.status}", "The clip is made, but fal does not hand it out right now.")
        if reply.status >= 500:
            status = await self.status(ticket)
            return status.fault or unusable("fal answered with an error when asked for the finished clip.")
        return self._ended(error, reply.status, ticket)

    def _ended(self, error: FalError, status: int, ticket: Ticket) -> ProviderFault:
        return fault_of(error, status, model=ticket.model_name, accepted=True, secrets=(self._key,))

    # --- the way out

    @property
    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Key {self._key}"}

    def _need_key(self) -> None:
        if not self._key:
            raise administrator("no_key", "No key for fal is set in this workspace.")

    async def _ask(self, method: str, url: str) -> Reply:
        """A call that is free to repeat."""
        if not self._key:
            raise again("no_key", "No key for fal is set in this workspace.")
        try:
            return await self._net.request(method, url, headers=self._authorization, deadline=_ASK_LIMIT)
        except NetError as error:
            raise again("unreachable", "fal cannot be reached right now.") from error

    def _address(self, url: str | None, ticket: Ticket, rest: str) -> str:
        """An address of the ticket on the host that is configured now; the key goes nowhere else."""
        if url is None:
            raise ProviderFault(
                FaultKind.BROKEN,
                "no_address",
                f"The address of request {ticket.request_id}{rest} was not kept.",
                billing=Billing.MAYBE,
            )
        if self._is_ours(url):
            return url
        return self._settings.fal_queue_url + urlsplit(url).path

    def _is_ours(self, url: str) -> bool:
        return url.startswith(f"{self._settings.fal_queue_url}/")


def _not_there(error: FalError | None) -> ProviderFault:
    """404: the runner has no such path, or fal has forgotten the request."""
    if error is not None and error.message.startswith("Path "):
        sentence = "fal does not know this model under the address that the catalog has. Not charged."
        return ProviderFault(FaultKind.REFUSED, "endpoint_not_found", sentence)
    sentence = "fal no longer knows this clip. fal may have charged for it."
    return ProviderFault(FaultKind.BROKEN, "unknown_request", sentence, billing=Billing.MAYBE)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _last_line(logs: object, secrets: tuple[str, ...]) -> str | None:
    """The model's last word, made safe for a card."""
    if not isinstance(logs, list):
        return None
    for entry in reversed(logs):
        message = entry.get("message") if isinstance(entry, dict) else None
        if isinstance(message, str) and (line := one_line(redact(message, secrets), 120)):
            return line
    return None


def _progress(message: str | None) -> float | None:
    """The share that the last log line names; models print their progress bars there."""
    found = _PERCENT.findall(message or "")
    return min(int(found[-1]), 100) / 100 if found else None
