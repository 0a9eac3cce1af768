"""The table of moves, walked."""

from __future__ import annotations

import itertools

import pytest

from sorceress_video.generation.lifecycle import (
    ACTIVE,
    DISPATCHED,
    MOVES,
    TERMINAL,
    WATCHED,
    ClipStatus,
    IllegalMoveError,
    Move,
    destination,
    sources,
)


@pytest.mark.parametrize(("status", "move"), list(itertools.product(ClipStatus, Move)))
def test_a_move_happens_only_if_the_table_has_it(status: ClipStatus, move: Move) -> None:
    if move in MOVES[status]:
        assert destination(status, move) is MOVES[status][move]
        assert status in sources(move)
    else:
        with pytest.raises(IllegalMoveError):
            destination(status, move)
        assert status not in sources(move)


def test_every_state_has_a_row_and_every_state_can_be_reached() -> None:
    assert set(MOVES) == set(ClipStatus)
    reached = {ClipStatus.QUEUED} | {to for moves in MOVES.values() for to in moves.values()}
    assert reached == set(ClipStatus)


def test_every_clip_can_end() -> None:
    ending = set(TERMINAL)
    while True:
        more = {s for s, moves in MOVES.items() if set(moves.values()) & ending} | ending
        if more == ending:
            break
        ending = more
    assert ending == set(ClipStatus)


def test_only_a_person_leaves_an_ended_clip() -> None:
    for status in TERMINAL:
        assert set(MOVES[status]) <= {Move.RETRY}


def test_nothing_undoes_a_completed_clip() -> None:
    assert MOVES[ClipStatus.COMPLETED] == {}


@pytest.mark.spec("J9")
def test_a_late_success_cannot_leave_cancelled() -> None:
    for move in (Move.ACCEPT, Move.FIND, Move.FINISH, Move.STORE):
        with pytest.raises(IllegalMoveError):
            destination(ClipStatus.CANCELLED, move)


@pytest.mark.spec("J9")
def test_a_doubtful_attempt_is_never_sent_again_by_itself() -> None:
    back = {move for move, to in MOVES[ClipStatus.AMBIGUOUS].items() if to in DISPATCHED}
    assert back == {Move.RETURN, Move.RETRY}, "only a look-up that says no, or a person"


def test_the_groups_of_states_do_not_overlap_where_they_must_not() -> None:
    assert not ACTIVE & TERMINAL
    assert DISPATCHED <= ACTIVE
    assert WATCHED <= ACTIVE
    assert not DISPATCHED & WATCHED
    assert ClipStatus.AMBIGUOUS not in ACTIVE | TERMINAL
