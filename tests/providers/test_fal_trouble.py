"""No passing trouble ends a clip that may be paid for, and none gets past the adapter unnamed."""

from __future__ import annotations

import av
import pytest

from sorceress_video.catalog.terms import InputRole, Mode
from tests.providers.conftest import accepted, frame, over
from tests.providers.test_fal_clips import ASSETS
from tests.simulators.fal.faults import WIRE_FAULTS
from tests.simulators.fal.handle import FalSimulator
from worker.cloud.providers.base import UNUSABLE, Billing, FaultKind, Phase, ProviderFault, Ticket
from worker.cloud.providers.fal import FalProvider

K = FaultKind
ACCOUNT_FAULTS = {"401", "402", "403_locked"}


@pytest.mark.parametrize("kind", [kind for kind in WIRE_FAULTS if kind != "404"])
async def test_a_status_that_goes_wrong_is_asked_again_and_then_comes_right(
    provider: FalProvider, make_job, hurry, kind
):
    ticket = await accepted(provider, make_job(f"[[fault:status_{kind}*1]]"))

    hurry(kind)
    with pytest.raises(ProviderFault) as caught:
        await provider.status(ticket)

    assert caught.value.kind is (K.ACCOUNT if kind in ACCOUNT_FAULTS else K.TRANSIENT)
    assert (await provider.status(ticket)).phase is Phase.DONE


async def test_a_state_that_nobody_knows_is_asked_again(provider, make_job):
    ticket = await accepted(provider, make_job("[[fault:status_unknown*1]]"))

    with pytest.raises(ProviderFault) as caught:
        await provider.status(ticket)

    assert (caught.value.kind, caught.value.code) == (K.TRANSIENT, "unknown_status")
    assert (await provider.status(ticket)).phase is Phase.DONE


async def test_a_state_that_goes_backwards_is_told_as_it_is(provider, fal_simulator: FalSimulator, make_job):
    fal_simulator.pace(run_s=0.5)
    ticket = await accepted(provider, make_job("[[fault:status_backwards*1]]"))

    first, second = await provider.status(ticket), await provider.status(ticket)

    assert (first.phase, second.phase) == (Phase.QUEUED, Phase.RUNNING)


async def test_an_unknown_request_is_unknown_and_not_failed(provider, fal_simulator: FalSimulator, make_job):
    known = await accepted(provider, make_job())
    other = known.request_id[::-1]
    lost = Ticket(
        other,
        *(
            url.replace(known.request_id, other)
            for url in (known.status_url, known.response_url, known.cancel_url)
        ),
    )

    assert (await provider.status(lost)).phase is Phase.UNKNOWN
    assert await provider.cancel(lost) == "unknown"


async def test_an_answer_about_another_clip_is_not_taken_for_ours(provider, make_job):
    first = await accepted(provider, make_job())
    second = await accepted(provider, make_job())
    mixed = Ticket(first.request_id, second.status_url, second.response_url, second.cancel_url)

    with pytest.raises(ProviderFault) as caught:
        await provider.status(mixed)

    assert caught.value.code == "mixed_up"


@pytest.mark.parametrize("kind", [kind for kind in WIRE_FAULTS if kind != "404"])
async def test_a_result_that_goes_wrong_never_ends_the_clip(provider: FalProvider, make_job, hurry, kind):
    ticket = await accepted(provider, make_job(f"[[fault:result_{kind}*1]]"))
    await over(provider, ticket)
    hurry(kind)

    with pytest.raises(ProviderFault) as caught:
        await provider.result(ticket)

    assert caught.value.kind is K.TRANSIENT
    assert (await provider.result(ticket)).url


@pytest.mark.parametrize("name", ["result_early", "result_without_url", "result_null"])
async def test_a_result_without_an_address_is_asked_for_again(provider, make_job, name):
    ticket = await accepted(provider, make_job(f"[[fault:{name}*1]]"))
    await over(provider, ticket)

    with pytest.raises(ProviderFault) as caught:
        await provider.result(ticket)

    assert caught.value.kind is K.TRANSIENT
    assert (await provider.result(ticket)).url


@pytest.mark.parametrize("name", ["result_private_url", "result_file_url"])
async def test_an_address_that_must_not_be_called_is_not_called(provider, make_job, tmp_path, name):
    ticket = await accepted(provider, make_job(f"[[fault:{name}]]"))
    await over(provider, ticket)

    with pytest.raises(ProviderFault) as caught:
        await provider.download(await provider.result(ticket), tmp_path / "clip")

    assert (caught.value.kind, caught.value.code) == (K.REFUSED, "address_refused")
    assert list(tmp_path.iterdir()) == []


GONE = {"output_404", "output_403_locked", "output_expired"}
REFUSED = {"output_redirect_private", "output_huge_length", "output_endless", "output_huge_body"}
SPECIAL_TROUBLE = [
    "output_truncated",
    "output_wrong_length",
    "output_endless",
    "output_huge_length",
    "output_expired",
]
NO_HTTP_TROUBLE = {
    "redirect_loop",
    "garbage",
    "html",
    "empty",
    "list",
    "wrong_types",
    "nan",
    "deep",
    "invalid_utf8",
}
"""Answers that are files as far as HTTP goes; what is in them is for the inspection to find out. A redirect
to itself that happens once is none at all."""


@pytest.mark.parametrize(
    "name", [*(f"output_{kind}" for kind in WIRE_FAULTS if kind not in NO_HTTP_TROUBLE), *SPECIAL_TROUBLE]
)
async def test_a_download_that_goes_wrong_leaves_nothing_and_is_judged(
    provider: FalProvider, make_job, tmp_path, hurry, name
):
    provider._settings = provider._settings.model_copy(update={"max_result_bytes": 10**7})
    ticket = await accepted(provider, make_job(f"[[fault:{name}*1]]", resolution="480p", duration="4"))
    await over(provider, ticket)
    result = await provider.result(ticket)
    to = tmp_path / "clip"

    hurry(name.removeprefix("output_"))
    with pytest.raises(ProviderFault) as caught:
        await provider.download(result, to)

    assert list(tmp_path.iterdir()) == []
    expected = K.UNANSWERED if name in GONE else K.REFUSED if name in REFUSED else K.TRANSIENT
    assert caught.value.kind is expected
    assert caught.value.billing is not Billing.NO
    await provider.download(result, to)
    with av.open(str(to)) as container:
        assert container.streams.video[0].frames == 96


async def test_a_download_that_leads_in_circles_is_given_up(provider, make_job, tmp_path):
    ticket = await accepted(provider, make_job("[[fault:output_redirect_loop]]"))
    await over(provider, ticket)

    with pytest.raises(ProviderFault) as caught:
        await provider.download(await provider.result(ticket), tmp_path / "clip")

    assert (caught.value.kind, caught.value.code) == (K.TRANSIENT, UNUSABLE)


@pytest.mark.parametrize("name", ["output_chunked", "output_redirect*1", "output_wrong_type"])
async def test_a_download_that_is_only_unusual_succeeds(provider, make_job, tmp_path, name):
    ticket = await accepted(provider, make_job(f"[[fault:{name}]]", resolution="480p", duration="4"))
    await over(provider, ticket)

    await provider.download(await provider.result(ticket), tmp_path / "clip")

    with av.open(str(tmp_path / "clip")) as container:
        assert container.streams.video[0].frames == 96


async def test_a_queued_request_is_cancelled(provider, fal_simulator: FalSimulator, make_job):
    fal_simulator.pace(queue_s=30)
    ticket = await accepted(provider, make_job())

    assert await provider.cancel(ticket) == "asked"
    assert (await provider.status(ticket)).phase is Phase.CANCELLED
    assert await provider.cancel(ticket) == "cancelled"
    assert fal_simulator.ledger()["total_charged"] == 0


async def test_a_running_request_that_ignores_the_cancel_finishes(provider, fal_simulator, make_job):
    fal_simulator.pace(queue_s=0, run_s=0.3)
    ticket = await accepted(provider, make_job("[[fault:cancel_ignored]]"))

    assert await provider.cancel(ticket) == "asked"
    assert (await over(provider, ticket)).phase is Phase.DONE
    assert await provider.cancel(ticket) == "already_done"


async def test_a_failed_request_cannot_be_cancelled_and_is_watched_on(provider, make_job):
    ticket = await accepted(provider, make_job("[[fault:error:content_policy_violation]]"))
    await over(provider, ticket)

    assert await provider.cancel(ticket) == "asked"


@pytest.mark.parametrize("kind", ["500", "503_nginx", "reset", "hang", "429_retry_after", "401", "404"])
async def test_a_cancel_that_goes_wrong_is_asked_again(provider, fal_simulator, make_job, hurry, kind):
    fal_simulator.pace(queue_s=30)
    ticket = await accepted(provider, make_job(f"[[fault:cancel_{kind}*1]]"))
    hurry(kind)

    with pytest.raises(ProviderFault) as caught:
        await provider.cancel(ticket)

    assert caught.value.kind is (K.ACCOUNT if kind in ACCOUNT_FAULTS else K.TRANSIENT)
    assert await provider.cancel(ticket) == "asked"


@pytest.mark.parametrize("kind", [*WIRE_FAULTS, "initiate_foreign"])
async def test_an_upload_that_goes_wrong_is_free_to_repeat(provider, fal_simulator, make_job, hurry, kind):
    hurry(kind)
    fal_simulator.arm(f"upload_{kind}", times=1)
    job = make_job(mode=Mode.IMAGE, inputs=(frame(InputRole.START_FRAME, ASSETS / "start-frame.jpg"),))

    with pytest.raises(ProviderFault) as caught:
        await provider.prepare(job)

    expected = {"413": K.REFUSED, **dict.fromkeys(ACCOUNT_FAULTS, K.ACCOUNT)}
    assert caught.value.kind is expected.get(kind, K.TRANSIENT)
    assert (await provider.prepare(job)).body["image_url"]
    assert fal_simulator.ledger()["total_accepted"] == 0
