"""The way of a clip through fal, when all goes well."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from sorceress_video.catalog.terms import InputRole, Mode
from tests.providers.conftest import accepted, fal_settings, frame, over
from tests.simulators.fal.handle import FalSimulator
from worker.cloud.providers.base import FaultKind, Phase, ProviderFault
from worker.cloud.providers.fal import FalProvider

ASSETS = Path(__file__).parent.parent / "assets"
REAL_MODELS = ["seedance-2.0", "kling-3.0-pro", "veo-3.1-fast"]


async def test_a_clip_is_made_fetched_and_charged_once(
    provider, fal_simulator: FalSimulator, make_job, tmp_path
):
    fal_simulator.pace(queue_s=0.15, run_s=0.3)
    job = make_job(resolution="480p", duration="4")
    ticket = await accepted(provider, job)
    seen = []
    while (status := await provider.status(ticket)).phase is not Phase.DONE:
        seen.append(status)

    result = await provider.result(ticket)
    await provider.download(result, tmp_path / "clip.mp4")

    assert [phase for phase in (Phase.QUEUED, Phase.RUNNING) if phase in {s.phase for s in seen}] == [
        Phase.QUEUED,
        Phase.RUNNING,
    ]
    assert seen[0].queue_position is not None
    running = [status for status in seen if status.phase is Phase.RUNNING]
    assert running[-1].message.startswith("Step ")
    assert running[-1].progress > 0.5
    assert isinstance(result.seed, int)
    with av.open(str(tmp_path / "clip.mp4")) as container:
        assert container.duration / 1_000_000 == pytest.approx(4, abs=0.1)
    assert fal_simulator.ledger()["charges"] == {job.key: 1}


@pytest.mark.parametrize("model_id", REAL_MODELS)
@pytest.mark.parametrize("roles", [(), ("start_frame",), ("start_frame", "end_frame")])
async def test_every_shipped_model_is_understood_by_fal_in_every_use_of_frames(
    provider, fal_simulator: FalSimulator, make_job, model_id, roles
):
    files = {"start_frame": ASSETS / "start-frame.jpg", "end_frame": ASSETS / "end-frame.jpg"}
    inputs = tuple(frame(role, files[role]) for role in roles)
    mode = Mode.IMAGE if roles else Mode.TEXT

    ticket = await accepted(provider, make_job(model_id=model_id, mode=mode, inputs=inputs))

    row = fal_simulator.request(ticket.request_id)
    assert row["ignored"] == []
    uploads = [value for value in row["body"].values() if isinstance(value, str) and "/uploads/" in value]
    assert len(uploads) == len(roles)
    assert (await over(provider, ticket)).phase is Phase.DONE


async def test_files_go_to_the_signed_address_without_the_key_and_under_a_name_of_ours(
    provider, fal_simulator: FalSimulator, make_job
):
    job = make_job(mode=Mode.IMAGE, inputs=(frame(InputRole.START_FRAME, ASSETS / "start-frame.jpg"),))

    prepared = await provider.prepare(job)

    url = prepared.body["image_url"]
    assert "start-frame" not in url
    file_id = url.rsplit("/", 2)[1]
    stored = fal_simulator.data / "uploads" / file_id
    assert stored.read_bytes() == (ASSETS / "start-frame.jpg").read_bytes()
    meta = stored.with_suffix(".json").read_text()
    assert '"authorization": ""' in meta
    assert '"content_type": "image/jpeg"' in meta


async def test_a_picture_in_two_roles_travels_once(provider, make_job):
    same = ASSETS / "start-frame.jpg"
    inputs = (frame(InputRole.START_FRAME, same), frame(InputRole.END_FRAME, same))

    prepared = await provider.prepare(make_job(mode=Mode.IMAGE, inputs=inputs))

    assert prepared.body["image_url"] == prepared.body["end_image_url"]


async def test_addresses_that_fal_returns_are_followed(provider, fal_simulator: FalSimulator, make_job):
    fal_simulator.configure(response_suffix="/response")

    ticket = await accepted(provider, make_job())

    assert ticket.response_url.endswith("/response")
    assert (await provider.result(ticket)).url


async def test_addresses_on_a_foreign_host_never_get_the_key(provider, fal_simulator: FalSimulator, make_job):
    ticket = await accepted(provider, make_job("[[fault:submit_foreign_urls]]"))

    for url in (ticket.status_url, ticket.response_url, ticket.cancel_url):
        assert url.startswith(f"{fal_simulator.url}/bytedance/seedance-2.0/requests/{ticket.request_id}")
    assert (await over(provider, ticket)).phase is Phase.DONE


async def test_a_ticket_of_another_configured_host_is_asked_at_todays(provider, fal_simulator, make_job):
    fresh = await accepted(provider, make_job())
    moved = type(fresh)(
        fresh.request_id,
        *(
            url.replace(fal_simulator.url, "https://queue.example.com")
            for url in (fresh.status_url, fresh.response_url, fresh.cancel_url)
        ),
    )

    assert (await over(provider, moved)).phase is Phase.DONE


async def test_without_a_key_nothing_is_sent_and_an_administrator_is_asked(fal_simulator, make_job):
    adapter = FalProvider(fal_settings(fal_simulator, fal_key=None))

    with pytest.raises(ProviderFault) as caught:
        await adapter.prepare(make_job())

    await adapter.aclose()
    assert caught.value.kind is FaultKind.ACCOUNT


async def test_the_key_stands_in_no_log_and_no_error(fal_simulator, make_job, caplog, capsys):
    caplog.set_level("DEBUG")
    adapter = FalProvider(fal_settings(fal_simulator, fal_key="stranger-id:stranger-secret"))

    with pytest.raises(ProviderFault) as caught:
        await adapter.submit(make_job(), await adapter.prepare(make_job()))

    await adapter.aclose()
    printed = "".join(capsys.readouterr())
    assert caught.value.kind is FaultKind.ACCOUNT
    assert "stranger-secret" not in f"{caplog.text}{printed}{caught.value!r}"
