"""A stand-in for fal's queue: real HTTP, real H.264, faults on demand, and a ledger of what was charged.

Run by itself with ``python -m tests.simulators.fal --port 8900 --data DIR``. One port answers for all of
fal's hosts: the queue and storage at ``/``, the platform API at ``/v1``.

==================  ====================================================================================
what                where
==================  ====================================================================================
requests            ``journal.py``: the state of a request is a function of the clock, so 1,000 are free
wire protocol       ``queue_api.py`` (submit, status, stream, result, cancel) and ``storage.py`` (files)
validation          ``schema.py`` over ``endpoints.json``
faults              ``faults.py`` (names), ``wire.py`` (misbehaviour on the socket), ``errors.py`` (bodies)
clips               ``render.py``
controls            ``control.py``: ``/_sim/ledger``, ``/_sim/faults``, ``/_sim/settings``, ``/_sim/reset``
==================  ====================================================================================

A prompt steers its own request: ``[[fault:status_500*2]]`` (twice, then well again), ``[[queue:3]]`` and
``[[run:10]]`` (seconds).
"""
