"""The states of a clip and the legal moves between them: one table, read by one function.

Nobody moves a clip but through :func:`destination`; the library then writes the move by compare-and-set, so
that of two processes that want to move the same clip only one succeeds.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class ClipStatus(StrEnum):
    """Where a clip stands in its life."""

    QUEUED = "queued"
    """Admitted; nothing was sent."""
    WAITING = "waiting"
    """The provider had no capacity and did not accept; it will be asked again."""
    SUBMITTING = "submitting"
    """An attempt is written; the call to the provider is on its way."""
    AMBIGUOUS = "ambiguous"
    """The call may have been accepted; nobody knows. Only a person or a look-up moves it on."""
    RUNNING = "running"
    """Accepted by the provider."""
    CANCELLING = "cancelling"
    """The person cancelled; the provider has not confirmed."""
    FETCHING = "fetching"
    """Made; the file is being brought home."""
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Move(StrEnum):
    """What can happen to a clip."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    ACCEPT_CANCELLED = "accept_cancelled"
    """Accepted, but the person had cancelled meanwhile."""
    RETURN = "return"
    """Provably not sent, or provably not known to the provider: back into the queue."""
    BUSY = "busy"
    DOUBT = "doubt"
    """The answer to a submit never came."""
    FIND = "find"
    """A look-up found the doubtful attempt at the provider."""
    FINISH = "finish"
    """The provider says that the clip is made."""
    REWATCH = "rewatch"
    """The result's address went stale: ask the provider again."""
    STORE = "store"
    FAIL = "fail"
    CANCEL = "cancel"
    """The person cancels."""
    CONFIRM_CANCEL = "confirm_cancel"
    RETRY = "retry"
    """The person asks for another attempt."""


ACTIVE: Final = frozenset(
    {
        ClipStatus.QUEUED,
        ClipStatus.WAITING,
        ClipStatus.SUBMITTING,
        ClipStatus.RUNNING,
        ClipStatus.CANCELLING,
        ClipStatus.FETCHING,
    }
)
"""Something will still happen by itself."""

TERMINAL: Final = frozenset({ClipStatus.COMPLETED, ClipStatus.FAILED, ClipStatus.CANCELLED})
"""Nothing happens any more unless the person asks."""

DISPATCHED: Final = frozenset({ClipStatus.QUEUED, ClipStatus.WAITING, ClipStatus.FETCHING})
"""States whose next step is work for a queue."""

WATCHED: Final = frozenset({ClipStatus.RUNNING, ClipStatus.CANCELLING})
"""States whose next step is a question to the provider."""

_S, _M = ClipStatus, Move

MOVES: Final[dict[ClipStatus, dict[Move, ClipStatus]]] = {
    _S.QUEUED: {_M.SUBMIT: _S.SUBMITTING, _M.CANCEL: _S.CANCELLED, _M.FAIL: _S.FAILED},
    _S.WAITING: {_M.SUBMIT: _S.SUBMITTING, _M.CANCEL: _S.CANCELLED, _M.FAIL: _S.FAILED},
    _S.SUBMITTING: {
        _M.ACCEPT: _S.RUNNING,
        _M.ACCEPT_CANCELLED: _S.CANCELLING,
        _M.RETURN: _S.QUEUED,
        _M.BUSY: _S.WAITING,
        _M.DOUBT: _S.AMBIGUOUS,
        _M.FAIL: _S.FAILED,
        _M.CONFIRM_CANCEL: _S.CANCELLED,
    },
    _S.AMBIGUOUS: {
        _M.FIND: _S.RUNNING,
        _M.RETURN: _S.QUEUED,
        _M.RETRY: _S.QUEUED,
        _M.FAIL: _S.FAILED,
        _M.CANCEL: _S.CANCELLED,
    },
    _S.RUNNING: {
        _M.FINISH: _S.FETCHING,
        _M.BUSY: _S.WAITING,
        _M.FAIL: _S.FAILED,
        _M.CANCEL: _S.CANCELLING,
        _M.CONFIRM_CANCEL: _S.CANCELLED,
    },
    _S.CANCELLING: {
        _M.CONFIRM_CANCEL: _S.CANCELLED,
        _M.FINISH: _S.FETCHING,
        _M.FAIL: _S.CANCELLED,
    },
    _S.FETCHING: {
        _M.STORE: _S.COMPLETED,
        _M.REWATCH: _S.RUNNING,
        _M.BUSY: _S.WAITING,
        _M.FAIL: _S.FAILED,
        _M.CANCEL: _S.CANCELLED,
    },
    _S.COMPLETED: {},
    _S.FAILED: {_M.RETRY: _S.QUEUED},
    _S.CANCELLED: {_M.RETRY: _S.QUEUED},
}
"""Every legal move. What is not here does not happen."""


class IllegalMoveError(Exception):
    """The clip is not in a state from which this can happen."""

    def __init__(self, status: ClipStatus, move: Move) -> None:
        super().__init__(f"a clip that is {status} cannot {move}")
        self.status = status
        self.move = move


def destination(status: ClipStatus, move: Move) -> ClipStatus:
    """The state that ``move`` leads to from ``status``.

    Raises:
        IllegalMoveError: the table has no such move.
    """
    try:
        return MOVES[status][move]
    except KeyError:
        raise IllegalMoveError(status, move) from None


def sources(move: Move) -> frozenset[ClipStatus]:
    """All states from which ``move`` is legal."""
    return frozenset(status for status, moves in MOVES.items() if move in moves)
