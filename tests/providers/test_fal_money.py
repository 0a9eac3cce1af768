"""What is said about a submit is true of the ledger, whatever came back."""

from __future__ import annotations

import socket

import pytest

from tests.providers.conftest import accepted, fal_settings, over
from tests.simulators.fal.errors import ERROR_TYPES
from tests.simulators.fal.faults import SPECIAL, SUBMIT_REFUSED, WIRE_FAULTS
from tests.simulators.fal.handle import FalSimulator
from worker.cloud.providers.base import Billing, FaultKind, Phase, ProviderFault
from worker.cloud.providers.fal import FalProvider
from worker.cloud.providers.fal_errors import CHARGED, MEANINGS, FalError, fault_of

K = FaultKind
EXPECTED = {
    "400": K.REFUSED,
    "401": K.ACCOUNT,
    "402": K.ACCOUNT,
    "403_locked": K.ACCOUNT,
    "404": K.REFUSED,
    "408": K.BUSY,
    "409": K.BUSY,
    "413": K.REFUSED,
    "429": K.BUSY,
    "429_retry_after": K.BUSY,
    "503_nginx": K.BUSY,
    "503_scheduling": K.BUSY,
    "504_user": K.BUSY,
    "redirect_private": K.ACCOUNT,
    "redirect_loop": K.ACCOUNT,
}
"""Answers that say that nothing was accepted. Everything else leaves doubt."""

SUBMIT_FAULTS = [
    *(f"submit_{kind}" for kind in WIRE_FAULTS),
    *(n for n in SPECIAL if n.startswith("submit_")),
]


@pytest.mark.parametrize("name", SUBMIT_FAULTS)
async def test_a_submit_is_called_safe_to_repeat_only_if_nothing_was_accepted(
    provider: FalProvider, fal_simulator: FalSimulator, make_job, hurry, name
):
    hurry(name.removeprefix("submit_"))
    job = make_job(f"[[fault:{name}]]")
    kind = None
    try:
        await accepted(provider, job)
    except ProviderFault as fault:
        kind, billing = fault.kind, fault.billing
    ledger = fal_simulator.ledger()
    was_accepted = ledger["accepted"].get(job.key, 0)

    assert was_accepted <= 1
    if kind is None:
        assert was_accepted == 1
    elif kind is K.UNANSWERED:
        assert billing is Billing.MAYBE
    else:
        assert (was_accepted, billing) == (0, Billing.NO)
        assert kind is EXPECTED[name.removeprefix("submit_")]


def test_the_plain_refusals_of_the_simulator_are_recognised_but_for_one():
    """A 502 of the proxy may come after it passed the request on: it stays in doubt."""
    assert set(EXPECTED) == SUBMIT_REFUSED - {"502_nginx"}


async def test_a_submit_that_fal_asks_to_delay_waits_as_long_as_it_says(provider, make_job):
    with pytest.raises(ProviderFault) as caught:
        await accepted(provider, make_job("[[fault:submit_429_retry_after]]"))

    assert caught.value.retry_after == 7


async def test_a_submit_to_nobody_was_not_sent(fal_simulator, make_job):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    adapter = FalProvider(fal_settings(fal_simulator, fal_queue_url=f"http://127.0.0.1:{port}"))

    with pytest.raises(ProviderFault) as caught:
        await accepted(adapter, make_job())

    await adapter.aclose()
    assert (caught.value.kind, caught.value.billing) == (K.NOT_SENT, Billing.NO)


async def test_a_private_address_of_fal_needs_the_administrators_word(fal_simulator, make_job):
    adapter = FalProvider(fal_settings(fal_simulator, allow_private_providers=False))

    with pytest.raises(ProviderFault) as caught:
        await accepted(adapter, make_job())

    await adapter.aclose()
    assert caught.value.kind is K.ACCOUNT


async def test_values_that_a_model_does_not_take_are_refused_in_its_name(provider, make_job):
    job = make_job()
    prepared = await provider.prepare(job)

    with pytest.raises(ProviderFault) as caught:
        await provider.submit(job, type(prepared)(prepared.endpoint, {**prepared.body, "duration": "99"}))

    assert caught.value.kind is K.REFUSED
    assert caught.value.sentence.startswith("Seedance 2.0 refused “duration” (allowed: 'auto' or '4'")
    assert caught.value.sentence.endswith("Not charged.")


def test_every_documented_error_has_a_meaning():
    assert set(ERROR_TYPES) - set(MEANINGS) == set()


@pytest.mark.parametrize("error", ERROR_TYPES.values(), ids=lambda error: error.type)
async def test_a_request_that_failed_says_why_and_what_it_cost(
    provider: FalProvider, fal_simulator: FalSimulator, make_job, error
):
    ticket = await accepted(provider, make_job(f"[[fault:error:{error.type}]]"))

    status = await over(provider, ticket)

    charged = fal_simulator.request(ticket.request_id)["charged"]
    if error.type == "client_cancelled":
        assert status.phase is Phase.CANCELLED
        return
    assert status.phase is Phase.FAILED
    fault = status.fault
    assert (fault.code, fault.kind) == (error.type, MEANINGS[error.type].kind)
    assert fault.kind in (K.BUSY, K.BROKEN, K.REFUSED)
    assert fault.sentence.endswith(CHARGED[fault.billing])
    assert "{" not in fault.sentence
    assert not (charged and fault.billing is Billing.NO)
    if fault.kind is K.BUSY:
        assert not charged
    with pytest.raises(ProviderFault) as caught:
        await provider.result(ticket)
    assert (caught.value.code, caught.value.kind) == (fault.code, fault.kind)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("image_too_small", "The model refused the image: it is too small (at least 300 × 300 pixels)."),
        ("video_duration_too_long", "The video is too long for the model (21.5 s, at most 15 s)."),
        ("unsupported_video_format", "(it takes mp4, mov)"),
        ("content_policy_violation", "The model refused the prompt: its content checker flagged it."),
    ],
)
async def test_the_sentence_has_the_numbers_that_a_person_needs(provider, make_job, kind, said):
    status = await over(provider, await accepted(provider, make_job(f"[[fault:error:{kind}]]")))

    assert said in status.fault.sentence


async def test_the_older_shape_of_a_model_error_is_read_too(provider, make_job):
    status = await over(provider, await accepted(provider, make_job("[[fault:error:value_error.missing]]")))

    assert status.fault.sentence.startswith("The model misses the prompt.")


async def test_an_error_that_nobody_documented_is_told_in_the_providers_words_made_safe():
    hostile = "no <b>luck</b>\r\n{model} key sim:secret-1 https://x.example/a?sig=1 " + "x" * 1000
    fault = fault_of(
        FalError("surprise", hostile, "seed"), 422, model="Kling", accepted=True, secrets=("sim:secret-1",)
    )

    assert (fault.kind, fault.code) == (K.REFUSED, "surprise")
    assert "secret-1" not in fault.sentence
    assert "sig=1" not in fault.sentence
    assert "\n" not in fault.sentence
    assert len(fault.sentence) < 300


async def test_a_wrong_endpoint_is_told_as_such(provider, make_job):
    job = make_job()
    prepared = await provider.prepare(job)
    nowhere = type(prepared)("bytedance/seedance-2.0/text-to-vidoe", prepared.body)
    ticket = await provider.submit(job, nowhere)
    assert (await over(provider, ticket)).phase is Phase.DONE

    with pytest.raises(ProviderFault) as caught:
        await provider.result(ticket)

    assert (caught.value.kind, caught.value.code) == (K.REFUSED, "endpoint_not_found")
