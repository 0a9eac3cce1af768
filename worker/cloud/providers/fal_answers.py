"""What fal's HTTP answers mean, apart from a request's own end: accepted, ask again, or call for help."""

from __future__ import annotations

import json
from typing import Any, Final

import structlog

from sorceress_video.net import ForbiddenAddressError, MalformedReplyError, NeverSentError, Reply, one_line
from worker.cloud.providers.base import UNUSABLE, Billing, FaultKind, Job, ProviderFault
from worker.cloud.providers.fal_errors import FalError, fault_of, read_error

_LONGEST_WAIT: Final = 3600.0  # seconds that we let a provider ask for

_log = structlog.get_logger(__name__)


def not_sent(error: NeverSentError) -> ProviderFault:
    """A submit of which nothing was delivered."""
    if isinstance(error, ForbiddenAddressError):
        return administrator("address_refused", "fal's address, as it is set here, must not be called.")
    return ProviderFault(FaultKind.NOT_SENT, "unreachable", "fal cannot be reached right now. Not charged.")


def unanswered(model: str, code: str, reason: str) -> ProviderFault:
    """A submit that may have been accepted."""
    _log.warning("submit unanswered", code=code, reason=reason)
    sentence = (
        f"Nobody knows whether fal took this clip for {model}: its answer never came. It may be charged."
    )
    return ProviderFault(FaultKind.UNANSWERED, code, sentence, billing=Billing.MAYBE)


def not_accepted(job: Job, reply: Reply, key: str) -> ProviderFault:
    """Any other answer to a submit than 200.

    A 4xx and a 503 say that nothing was accepted. A 5xx of another kind may come from a proxy that had
    already passed the request on, or from fal after it was booked.
    """
    helpless = account(reply)
    if helpless is None and 300 <= reply.status < 400:
        helpless = administrator("redirected", "fal's address, as it is set here, leads elsewhere.")
    if helpless is not None:
        return helpless
    never_started = reply.status == 504 and "x-fal-request-timeout-type" in reply.headers
    if reply.status in (408, 409, 429, 503) or never_started:
        sentence = f"fal has no capacity for {job.model_name} right now. Not charged."
        return ProviderFault(FaultKind.BUSY, f"http_{reply.status}", sentence, retry_after=retry_after(reply))
    if reply.status == 404:
        sentence = f"fal does not know {job.model_name} under “{one_line(job.endpoint, 80)}”. Not charged."
        return ProviderFault(FaultKind.REFUSED, "endpoint_not_found", sentence)
    if 400 <= reply.status < 500:
        error = read_error(body_object(reply), reply.headers.get("x-fal-error-type"))
        known = error or FalError(f"http_{reply.status}")
        return fault_of(known, reply.status, model=job.model_name, accepted=False, secrets=(key,))
    return unanswered(job.model_name, f"http_{reply.status}", f"fal answered with status {reply.status}")


def account(reply: Reply) -> ProviderFault | None:
    """The fault that only an administrator can mend, if the answer names one."""
    if reply.status == 401:
        return administrator("bad_key", "fal does not accept this workspace's key.")
    if reply.status not in (402, 403):
        return None
    said = json.dumps(body_object(reply)).lower()
    if reply.status == 402 or "balance" in said or "locked" in said:
        return administrator("no_balance", "The balance at fal is used up.")
    return administrator("not_permitted", "This workspace's key may not do this at fal.")


def trouble(reply: Reply) -> ProviderFault:
    """An unhappy answer to a question that is free to repeat."""
    fault = account(reply) or again(f"http_{reply.status}", "fal does not answer properly right now.")
    fault.retry_after = retry_after(reply)
    return fault


def administrator(code: str, sentence: str) -> ProviderFault:
    """Key, balance or settings."""
    return ProviderFault(FaultKind.ACCOUNT, code, f"{sentence} An administrator has to act. Not charged.")


def again(code: str, sentence: str) -> ProviderFault:
    """A passing trouble with a free question."""
    sentence = f"{sentence} It will be asked again."
    return ProviderFault(FaultKind.TRANSIENT, code, sentence, billing=Billing.MAYBE)


def unusable(sentence: str) -> ProviderFault:
    """A finished clip that does not come out right."""
    sentence = f"{sentence} It was charged."
    return ProviderFault(FaultKind.TRANSIENT, UNUSABLE, sentence, billing=Billing.YES)


def body_object(reply: Reply) -> dict[str, Any]:
    """The body if it is a JSON object, else nothing."""
    try:
        return reply.json_object()
    except MalformedReplyError:
        return {}


def retry_after(reply: Reply) -> float | None:
    """Seconds that the answer asks us to wait."""
    value = reply.headers.get("retry-after", "")
    return min(float(value), _LONGEST_WAIT) if value.isascii() and value.isdigit() else None
