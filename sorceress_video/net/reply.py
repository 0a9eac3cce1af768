"""What comes back from a call."""

from __future__ import annotations

import json as json_codec
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from sorceress_video.net.errors import MalformedReplyError


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer.

    Args:
        status: the HTTP status, whatever it is.
        headers: names in lower case; repeated ones joined with commas.
        body: at most as many bytes as the caller allowed.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            MalformedReplyError: it is none, or holds NaN or infinities.
        """
        try:
            return json_codec.loads(self.body, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise MalformedReplyError(f"The answer (status {self.status}) is not JSON.") from error

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            MalformedReplyError: it is anything else.
        """
        value = self.json()
        if not isinstance(value, dict):
            raise MalformedReplyError(f"The answer (status {self.status}) is not a JSON object.")
        return value


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that was fetched as a whole and is on the disk."""

    path: Path
    bytes: int
    sha256: str
    content_type: str


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
