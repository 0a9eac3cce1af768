"""The names of everything that can go wrong on demand, and how they are asked for."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Final

from tests.simulators.fal.errors import ERROR_TYPES

WIRE_FAULTS: Final[dict[str, str]] = {
    "garbage": "200 with bytes that are not JSON",
    "html": "200 with a web page",
    "empty": "200 with nothing",
    "list": "200 with a JSON list where an object belongs",
    "wrong_types": "200 with the right names and wrong types",
    "nan": "200 with NaN for numbers",
    "deep": "200 with 100,000 nested lists",
    "invalid_utf8": "200 with bytes that are not UTF-8",
    "huge_header": "the right answer with a header of 5 MB",
    "huge_body": "200 with a body that never ends",
    "gzip": "the right answer, compressed though nobody asked",
    "gzip_bomb": "100 MB of zeros, compressed",
    "drip": "the right answer, a byte every quarter second",
    "drip_header": "header bytes, one every quarter second",
    "hang": "no answer; the connection stays open",
    "reset": "no answer; the connection is closed",
    "half": "half of the answer, then the connection is closed",
    "redirect_private": "302 to the cloud's metadata address",
    "redirect_loop": "302 to itself",
    "400": "400 with one sentence",
    "401": "401",
    "402": "402",
    "403_locked": "403 because the balance is used up",
    "404": "404",
    "408": "408",
    "409": "409",
    "413": "413 from nginx",
    "429": "429 concurrent_requests_limit with X-Fal-needs-retry",
    "429_retry_after": "the same with Retry-After: 7",
    "500": "500 internal_error",
    "502_nginx": "502 from nginx, without x-fal-request-id",
    "503_nginx": "503 from nginx, without x-fal-request-id",
    "503_scheduling": "503 runner_scheduling_failure from fal itself",
    "504_user": "504 with X-Fal-Request-Timeout-Type: user",
    "520": "a status that nobody knows",
}

SUBMIT_REFUSED: Final = frozenset(
    {
        "400",
        "401",
        "402",
        "403_locked",
        "404",
        "408",
        "409",
        "413",
        "429",
        "429_retry_after",
        "502_nginx",
        "503_nginx",
        "503_scheduling",
        "504_user",
        "redirect_private",
        "redirect_loop",
    }
)
"""Answers to a submit that mean what they say: nothing was accepted. After any other wire fault the request
was accepted and is billed."""

SPECIAL: Final[dict[str, str]] = {
    "submit_reset_before": "the connection is closed and nothing was accepted",
    "submit_no_request_id": "accepted; the answer lacks the request id",
    "submit_foreign_urls": "accepted; the answer's addresses point to another host",
    "status_unknown": "a status that nobody knows",
    "status_backwards": "IN_QUEUE after IN_PROGRESS",
    "status_not_found": "404 with status NOT_FOUND",
    "status_no_logs": "IN_PROGRESS without the logs key",
    "result_without_url": "200 without the address of the clip",
    "result_null": "200 with null for the clip",
    "result_early": "400 although the status said COMPLETED",
    "result_private_url": "the clip's address is private",
    "result_file_url": "the clip's address is a file",
    "result_path_not_found": "what a wrong endpoint id looks like",
    "output_truncated": "half of the clip, the connection closed before the promised length",
    "output_short": "half of the clip, with an honest length",
    "output_wrong_length": "the whole clip under a length that promises more",
    "output_endless": "a body that never ends",
    "output_huge_length": "a length of 10 GB",
    "output_html": "a web page under video/mp4",
    "output_json": "a JSON error under video/mp4 with 200",
    "output_png": "a PNG under video/mp4",
    "output_redirect": "302 to the clip",
    "output_expired": "403, as from a signed address that is too old",
    "output_wrong_type": "the clip under text/plain",
    "output_chunked": "the clip without a length",
    "cancel_ignored": "202, and the request finishes all the same",
    "cancel_not_found": "404 with status NOT_FOUND",
    "upload_initiate_foreign": "the address to upload to is private",
}

STAGES: Final = ("submit", "status", "result", "output", "cancel", "upload")


def known(name: str) -> bool:
    """Whether there is such a fault."""
    if name.startswith("error:"):
        return name.removeprefix("error:") in {*ERROR_TYPES, "value_error.missing"}
    stage, _, kind = name.partition("_")
    return name in SPECIAL or (stage in STAGES and kind in WIRE_FAULTS)


@dataclass
class Armed:
    """A fault that waits for requests to strike.

    Args:
        times: how many requests it strikes; None for all.
        uses: how often it shows on each struck request; None for always.
        rate: chance for each request, 0…1.
        match: it strikes only requests whose prompt, key or endpoint contains this.
    """

    name: str
    times: int | None = None
    uses: int | None = None
    rate: float = 1.0
    match: str | None = None

    def strikes(self, text: str, chance: random.Random) -> bool:
        """Whether it hits this request; counts the hit."""
        if self.times == 0 or (self.match is not None and self.match not in text):
            return False
        if self.rate < 1.0 and chance.random() >= self.rate:
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass
class Bound:
    """Faults of one request, each with how often it may still show."""

    left: dict[str, int | None] = field(default_factory=dict)

    def use(self, name: str) -> bool:
        """Whether the fault shows now; counts it."""
        if name not in self.left or self.left[name] == 0:
            return False
        remaining = self.left[name]
        if remaining is not None:
            self.left[name] = remaining - 1
        return True

    def has(self, name: str) -> bool:
        """Whether the fault was ever bound to the request."""
        return name in self.left

    def wire(self, stage: str) -> str | None:
        """The misbehaviour on the socket that shows now at the stage, if any; counts it."""
        for name in self.left:
            kind = name.removeprefix(f"{stage}_")
            if name not in SPECIAL and kind != name and kind in WIRE_FAULTS and self.use(name):
                return kind
        return None

    def error(self) -> str | None:
        """The error type with which the request ends, if it is to fail."""
        return next((name.removeprefix("error:") for name in self.left if name.startswith("error:")), None)


@dataclass(frozen=True)
class Directives:
    """What a prompt asks for its own request."""

    faults: dict[str, int | None]
    queue_s: float | None
    run_s: float | None


_DIRECTIVE: Final = re.compile(r"\[\[(fault|queue|run):\s*([^\]]+?)\s*\]\]")


def directives(prompt: str) -> Directives:
    """Read the ``[[…]]`` of a prompt.

    Raises:
        ValueError: a fault that does not exist, or a time that is no number.
    """
    faults: dict[str, int | None] = {}
    times: dict[str, float] = {}
    for what, value in _DIRECTIVE.findall(prompt):
        if what != "fault":
            times[what] = float(value)
            continue
        name, _, uses = value.partition("*")
        if not known(name):
            raise ValueError(f"the simulator has no fault named {name}")
        faults[name] = int(uses) if uses else None
    return Directives(faults, times.get("queue"), times.get("run"))
