"""The only room that calls out: guarded, bounded HTTP to providers.

Why ``httpcore2`` and not ``httpx`` stands in ``docs/decisions/0001-outbound-http.md``; nothing outside this
room imports either.
"""

from sorceress_video.net.client import Outbound, outbound
from sorceress_video.net.errors import (
    DeadlineError,
    ForbiddenAddressError,
    MalformedReplyError,
    NetError,
    NeverSentError,
    TooLargeError,
    TruncatedError,
    UnansweredError,
    UnexpectedStatusError,
)
from sorceress_video.net.redaction import one_line, public_url, redact
from sorceress_video.net.reply import Downloaded, Reply

__all__ = [
    "DeadlineError",
    "Downloaded",
    "ForbiddenAddressError",
    "MalformedReplyError",
    "NetError",
    "NeverSentError",
    "Outbound",
    "Reply",
    "TooLargeError",
    "TruncatedError",
    "UnansweredError",
    "UnexpectedStatusError",
    "one_line",
    "outbound",
    "public_url",
    "redact",
]
