"""Requests and charges, kept in a file that outlives the simulator.

A request's state is computed from the clock when somebody asks, so that a thousand running requests cost
nothing. Times are wall-clock seconds: a restarted simulator goes on where it was.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from tests.simulators.fal.errors import ERROR_TYPES, ErrorType
from tests.simulators.fal.faults import Bound

State = Literal["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]
_STEPS: Final = 10
_FIRST_POSITION: Final = 4


@dataclass
class Request:
    """One accepted request."""

    id: str
    endpoint: str
    body: dict[str, Any]
    key: str
    accepted_at: float
    queue_s: float
    run_s: float
    faults: dict[str, int | None] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    start_timeout: float | None = None
    cancelled_at: float | None = None

    def __post_init__(self) -> None:
        self.bound = Bound(dict(self.faults))

    @property
    def prompt(self) -> str:
        """The prompt, or nothing."""
        return str(self.body.get("prompt") or "")

    @property
    def started_at(self) -> float:
        """When work begins, unless it is cancelled before."""
        return self.accepted_at + self.queue_s

    @property
    def timed_out(self) -> bool:
        """Whether the client's own start timeout strikes before work begins."""
        return self.start_timeout is not None and self.queue_s > self.start_timeout

    @property
    def ended_at(self) -> float:
        """When the request is over, one way or the other."""
        end = self.started_at + self.run_s
        if self.timed_out and self.start_timeout is not None:
            end = self.accepted_at + self.start_timeout
        return min(end, self.cancelled_at) if self.cancelled_at is not None else end

    def state(self, now: float) -> State:
        """Where the request stands."""
        if now >= self.ended_at:
            return "COMPLETED"
        return "IN_PROGRESS" if now >= self.started_at else "IN_QUEUE"

    def position(self, now: float) -> int:
        """Requests ahead of this one; counts down to 0."""
        left = max(0.0, self.started_at - now)
        return int(_FIRST_POSITION * left / self.queue_s) if self.queue_s else 0

    def error(self) -> ErrorType | None:
        """What the request fails with; None if a clip comes out."""
        if self.cancelled_at is not None:
            return ERROR_TYPES["client_cancelled"]
        if self.timed_out:
            return ERROR_TYPES["request_timeout"]
        name = self.bound.error()
        if name == "value_error.missing":
            return ErrorType(name, 422, "model", ())
        return ERROR_TYPES[name] if name else None

    def charged(self, now: float) -> bool:
        """Whether the request costs money: work began, and it did not fail by the provider's fault."""
        if now < self.started_at or (self.cancelled_at is not None and self.cancelled_at < self.started_at):
            return False
        error = self.error()
        return error is None or self.cancelled_at is not None or error.charged

    def logs(self, now: float) -> list[dict[str, Any]]:
        """The runner's log lines so far."""
        if now < self.started_at:
            return []
        done = (min(now, self.ended_at) - self.started_at) / self.run_s if self.run_s else 1.0
        return [
            {
                "timestamp": datetime.fromtimestamp(self.started_at + self.run_s * step / _STEPS, UTC)
                .replace(tzinfo=None)
                .isoformat(timespec="microseconds"),
                "message": f"Step {step}/{_STEPS} ({step * 100 // _STEPS}%)",
                "level": "INFO",
                "source": "USER",
                "labels": {},
            }
            for step in range(int(done * _STEPS) + 1)
        ]


class Journal:
    """Everything that was accepted, refused and cancelled, one JSON line each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.requests: dict[str, Request] = {}
        self.refused: Counter[str] = Counter()
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                self._apply(json.loads(line))
        self._file = path.open("a", encoding="utf-8")

    def accept(self, request: Request) -> None:
        """Book an accepted request before anything is answered."""
        fields = {
            name: value for name, value in vars(request).items() if name not in ("bound", "cancelled_at")
        }
        self._write({"event": "accepted", **fields})

    def refuse(self, key: str) -> None:
        """Book a submit that was not accepted."""
        self._write({"event": "refused", "key": key})

    def cancel(self, request: Request, at: float) -> None:
        """Book a cancellation that took effect."""
        self._write({"event": "cancelled", "id": request.id, "at": at})

    def clear(self) -> None:
        """Forget everything."""
        self._file.truncate(0)
        self.requests.clear()
        self.refused.clear()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def ledger(self, now: float) -> dict[str, Any]:
        """What was asked for and what it costs, request by request and added up by key and by prompt."""
        rows = [
            {
                "request_id": request.id,
                "endpoint": request.endpoint,
                "key": request.key,
                "prompt": request.prompt,
                "body": request.body,
                "ignored": request.ignored,
                "state": request.state(now),
                "error": error.type if (error := request.error()) else None,
                "cancelled": request.cancelled_at is not None,
                "charged": request.charged(now),
            }
            for request in self.requests.values()
        ]
        return {
            "requests": rows,
            "accepted": Counter(row["key"] for row in rows),
            "charges": Counter(row["key"] for row in rows if row["charged"]),
            "accepted_by_prompt": Counter(row["prompt"] for row in rows),
            "charges_by_prompt": Counter(row["prompt"] for row in rows if row["charged"]),
            "refused": self.refused,
            "total_accepted": len(rows),
            "total_charged": sum(bool(row["charged"]) for row in rows),
        }

    def _write(self, event: dict[str, Any]) -> None:
        self._file.write(json.dumps(event) + "\n")
        self._file.flush()
        self._apply(event)

    def _apply(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "accepted":
            request = Request(**{name: value for name, value in event.items() if name != "event"})
            self.requests[request.id] = request
        elif event["event"] == "cancelled":
            self.requests[event["id"]].cancelled_at = event["at"]
        else:
            self.refused[event["key"]] += 1
