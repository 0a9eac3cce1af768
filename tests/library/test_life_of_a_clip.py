"""A clip's life as a state machine: whatever happens in whatever order, the promises hold.

The rules play a provider that charges, a worker that crashes at any point, answers that come late or twice,
and a person who clicks. The invariants are the product's promise.
"""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlmodel import select

from sorceress_video.generation.lifecycle import ClipStatus, Move
from sorceress_video.library import clips, leases, moves
from sorceress_video.library.database import Database
from sorceress_video.library.tables import Attempt, Clip, LedgerEntry, metadata, utc_now
from tests.library import clips as way
from tests.library.conftest import add_account

PRICE = 500_000


class LifeOfAClip(RuleBasedStateMachine):
    """One clip, one provider without idempotency."""

    @initialize()
    def admit(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.db = Database(f"sqlite:///{Path(self.folder.name) / 'life.db'}")
        metadata.create_all(self.db.engine)
        self.member = add_account(self.db, "mara@example.com")
        self.clip_id = way.admit_one(self.db, self.member)
        self.charged: dict[int, bool] = {}  # attempt → did the provider take it and charge
        self.in_flight: list[int] = []  # attempts whose answer may still arrive
        self.clicks_that_may_pay = 1
        self.was_completed = False

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.db.close()
            self.folder.cleanup()

    def row(self) -> Clip:
        return way.load(self.db, self.clip_id)

    def at(self, *statuses: ClipStatus) -> bool:
        return self.row().status in {status.value for status in statuses}

    # --- the worker and the provider

    @precondition(lambda self: self.at(ClipStatus.QUEUED, ClipStatus.WAITING))
    @rule()
    def a_worker_sends(self) -> None:
        number = way.begin(self.db, self.clip_id)
        assert number not in self.charged
        self.charged[number] = True  # Taken and billed; the answer is on its way.
        self.in_flight.append(number)

    @precondition(lambda self: self.at(ClipStatus.QUEUED, ClipStatus.WAITING))
    @rule()
    def a_worker_sends_and_there_is_no_room(self) -> None:
        number = way.begin(self.db, self.clip_id)
        self.charged[number] = False
        way.give_back(self.db, self.clip_id)

    @precondition(lambda self: self.at(ClipStatus.QUEUED, ClipStatus.WAITING))
    @rule()
    def a_worker_sends_and_is_refused(self) -> None:
        number = way.begin(self.db, self.clip_id)
        self.charged[number] = False
        way.fail(self.db, self.clip_id)

    @precondition(lambda self: bool(self.in_flight))
    @rule()
    def an_answer_arrives(self) -> None:
        number = self.in_flight.pop()
        way.accept(self.db, self.clip_id, number, f"req-{number}")

    @precondition(lambda self: bool(self.in_flight))
    @rule()
    def an_answer_arrives_twice(self) -> None:
        number = self.in_flight.pop()
        way.accept(self.db, self.clip_id, number, f"req-{number}")
        way.accept(self.db, self.clip_id, number, f"req-{number}")

    @precondition(lambda self: self.at(ClipStatus.SUBMITTING))
    @rule()
    def the_worker_dies_before_the_answer(self) -> None:
        with self.db.write() as session:
            clip = session.get(Clip, self.clip_id)
            assert clip is not None
            clip.lease_until = utc_now() - timedelta(seconds=1)
            session.add(clip)
        with self.db.read() as session:
            stale = leases.stale_submits(session, 5)
        assert [clip.id for clip in stale] == [self.clip_id]
        way.doubt(self.db, self.clip_id)

    @rule()
    def the_provider_says_done(self) -> None:
        way.finish(self.db, self.clip_id)

    @precondition(lambda self: self.at(ClipStatus.RUNNING, ClipStatus.CANCELLING))
    @rule()
    def the_provider_fails_and_does_not_charge(self) -> None:
        self.charged[self.row().attempt] = False
        way.fail(self.db, self.clip_id)

    @precondition(lambda self: self.at(ClipStatus.RUNNING, ClipStatus.CANCELLING))
    @rule()
    def the_provider_confirms_the_cancel(self) -> None:
        with self.db.write() as session:
            clip = session.get(Clip, self.clip_id)
            assert clip is not None
            moves.end(session, clip, Move.CONFIRM_CANCEL, billed="maybe")

    @rule()
    def a_download_ends(self) -> None:
        before = self.row().status
        done = way.store(self.db, self.clip_id)
        assert (done is not None) == (before == "fetching")
        self.was_completed = self.was_completed or done is not None

    # --- the person

    @rule()
    def the_person_cancels(self) -> None:
        with self.db.write() as session:
            clips.cancel(session, self.member, self.clip_id)

    @rule()
    def the_person_retries(self) -> None:
        with self.db.write() as session:
            if clips.retry(session, self.member, self.clip_id) is not None:
                self.clicks_that_may_pay += 1

    @rule()
    def the_person_gives_up(self) -> None:
        with self.db.write() as session:
            clips.dismiss(session, self.member, self.clip_id)

    @precondition(lambda self: self.at(ClipStatus.SUBMITTING, ClipStatus.AMBIGUOUS, ClipStatus.RUNNING))
    @rule()
    def the_queue_runs_the_submit_again(self) -> None:
        sendable = (ClipStatus.QUEUED, ClipStatus.WAITING)
        with self.db.write() as session:
            assert leases.take(session, self.clip_id, sendable, "again", timedelta(seconds=1)) is None

    # --- the promises

    @invariant()
    def never_paid_twice_for_one_click(self) -> None:
        if hasattr(self, "charged"):
            assert sum(self.charged.values()) <= self.clicks_that_may_pay

    @invariant()
    def completed_stays_completed(self) -> None:
        if getattr(self, "was_completed", False):
            assert self.row().status == "completed"
            assert self.row().video_id is not None

    @invariant()
    def the_ledger_covers_what_the_provider_charged(self) -> None:
        if not hasattr(self, "db"):
            return
        with self.db.read() as session:
            lines = session.exec(select(LedgerEntry)).all()
            attempts = session.exec(select(Attempt)).all()
        for number in {line.attempt for line in lines}:
            own = [line for line in lines if line.attempt == number]
            assert sum(line.micro_usd for line in own) in (0, PRICE)
            assert len({line.kind for line in own}) == len(own), "each line once"
        assert {attempt.number for attempt in attempts} == set(self.charged)
        ended = self.row().status in ("completed", "failed", "cancelled")
        if ended:
            open_reserves = [
                line
                for line in lines
                if line.kind == "reserve"
                and not any(o.kind == "release" and o.attempt == line.attempt for o in lines)
            ]
            assert open_reserves == [], "nothing stays reserved for a clip that has ended"


LifeOfAClip.TestCase.settings = hypothesis_settings(
    max_examples=40, stateful_step_count=25, deadline=None, derandomize=True
)
TestLifeOfAClip = LifeOfAClip.TestCase
