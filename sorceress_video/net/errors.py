"""What can go wrong on the way out, told apart by the one question that money depends on: was it sent?

Every error is either a :class:`NeverSentError` (no byte of the request left, so it is safe to send it again)
or an :class:`UnansweredError` (it may have been acted upon, and no usable answer came).
"""

from __future__ import annotations

from collections.abc import Mapping


class NetError(Exception):
    """A call that did not end with a usable answer. The text holds no secret and no query string."""


class NeverSentError(NetError):
    """Provably nothing of the request was delivered: refused connection, no name, no route, no free slot."""


class ForbiddenAddressError(NeverSentError):
    """The address is not one that we call: scheme, port, or a host inside a private network."""


class UnansweredError(NetError):
    """The request began to be sent, and no whole answer came back."""


class DeadlineError(UnansweredError):
    """Time ran out after the request began to be sent."""


class TruncatedError(UnansweredError):
    """The answer broke off: the connection closed before the promised length, or in mid-chunk."""


class TooLargeError(UnansweredError):
    """The answer is larger than the caller allowed."""


class MalformedReplyError(UnansweredError):
    """The answer is not what was asked for: no HTTP, compressed unasked, no JSON, or the wrong JSON."""


class UnexpectedStatusError(UnansweredError):
    """A download was answered with another status than 200.

    Args:
        status: the HTTP status.
        headers: the answer's headers, names in lower case.
    """

    def __init__(self, message: str, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers
