"""The simulator's proof: fal's own Python client is driven against it, unchanged but for its addresses."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import fal_client
import fal_client.client
import httpx
import pytest
from PIL import Image

from tests.simulators.fal.errors import ERROR_TYPES
from tests.simulators.fal.handle import FalSimulator
from tests.simulators.fal.server import DEFAULT_KEY

SEEDANCE = "bytedance/seedance-2.0/text-to-video"
VEO_FRAMES = "fal-ai/veo3.1/fast/first-last-frame-to-video"
KLING = "fal-ai/kling-video/v3/pro/text-to-video"
SMALL: dict[str, Any] = {
    "prompt": "a paper boat",
    "resolution": "480p",
    "duration": "4",
    "aspect_ratio": "16:9",
}


@pytest.fixture
def client(fal_simulator: FalSimulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[fal_client.SyncClient]:
    """The vendor's client, whose fixed ``https`` addresses point to the simulator."""
    monkeypatch.setattr(fal_client.client, "QUEUE_URL_FORMAT", f"{fal_simulator.url}/")
    monkeypatch.setattr(fal_client.client, "REST_URL", fal_simulator.url)
    monkeypatch.setattr(fal_client.client, "CDN_URL", fal_simulator.url)
    opened: list[httpx.Client] = []
    open_cdn_client = fal_client.SyncClient._get_cdn_client

    def remembered(vendor: fal_client.SyncClient) -> httpx.Client:
        opened.append(open_cdn_client(vendor))
        return opened[-1]

    monkeypatch.setattr(fal_client.SyncClient, "_get_cdn_client", remembered)
    fal_simulator.pace(queue_s=0.05, run_s=0.1)
    vendor = fal_client.SyncClient(key=DEFAULT_KEY)
    yield vendor
    for http in (vendor._client, *opened):  # the vendor's client leaves the latter open
        http.close()


def failure(client: fal_client.SyncClient, prompt: str) -> fal_client.FalClientHTTPError:
    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        client.subscribe(SEEDANCE, {**SMALL, "prompt": prompt})
    return caught.value


def test_a_request_goes_through_queue_and_work_to_a_clip_that_plays(client, fal_simulator, tmp_path):
    fal_simulator.pace(queue_s=0.2, run_s=0.5)
    seen: list[fal_client.Status] = []

    result = client.subscribe(SEEDANCE, SMALL, with_logs=True, on_queue_update=seen.append, interval=0.05)

    kinds = [type(status) for status in seen]
    assert kinds[0] is fal_client.Queued
    assert fal_client.InProgress in kinds
    assert kinds[-1] is fal_client.Completed
    positions = [status.position for status in seen if isinstance(status, fal_client.Queued)]
    assert positions == sorted(positions, reverse=True)
    assert [line["message"] for line in seen[-1].logs][-1] == "Step 10/10 (100%)"
    assert isinstance(result["seed"], int)
    assert_clip(result["video"]["url"], tmp_path, width=854, height=480, seconds=4.0, audio=True)


def assert_clip(url: str, folder: Path, *, width: int, height: int, seconds: float, audio: bool) -> bytes:
    response = httpx.get(url)
    assert response.status_code == 200
    assert response.headers["content-type"] == "video/mp4"
    path = folder / "clip.mp4"
    path.write_bytes(response.content)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", width, height)
        frames = sum(1 for _ in container.decode(stream))
        assert frames == pytest.approx(seconds * 24, abs=1)
        assert bool(container.streams.audio) is audio
    return response.content


def test_submit_answers_with_addresses_of_the_app_alone(client, fal_simulator):
    handle = client.submit(KLING, {"prompt": "a lighthouse", "duration": "3"})

    own = f"{fal_simulator.url}/fal-ai/kling-video/requests/{handle.request_id}"
    assert handle.response_url == own
    assert handle.status_url == f"{own}/status"
    assert handle.cancel_url == f"{own}/cancel"
    below = f"{fal_simulator.url}/{KLING}/requests/{handle.request_id}/status"
    assert httpx.get(below, headers={"authorization": f"Key {DEFAULT_KEY}"}).status_code == 405


def test_status_and_result_are_found_by_endpoint_and_id(client, fal_simulator):
    fal_simulator.pace(queue_s=0, run_s=30)
    handle = client.submit(SEEDANCE, SMALL)

    assert isinstance(client.status(SEEDANCE, handle.request_id), fal_client.InProgress)
    early = httpx.get(handle.response_url, headers={"authorization": f"Key {DEFAULT_KEY}"})
    assert (early.status_code, early.json()) == (400, {"detail": "Request is still in progress"})


def test_two_requests_of_one_shape_give_different_files(client, tmp_path):
    first, second = (client.subscribe(SEEDANCE, SMALL)["video"]["url"] for _ in range(2))

    assert httpx.get(first).content != httpx.get(second).content


@pytest.mark.parametrize(
    ("settings", "width", "height"),
    [({"aspect_ratio": "9:16"}, 480, 854), ({"aspect_ratio": "1:1", "resolution": "720p"}, 720, 720)],
)
def test_the_clip_has_the_asked_shape(client, tmp_path, settings, width, height):
    result = client.subscribe(SEEDANCE, {**SMALL, "generate_audio": False, **settings})

    assert_clip(result["video"]["url"], tmp_path, width=width, height=height, seconds=4.0, audio=False)


@pytest.mark.parametrize("repository", ["fal_v3", "fal"])
def test_an_uploaded_frame_comes_back_and_shapes_the_clip(client, tmp_path, repository):
    picture = io.BytesIO()
    Image.new("RGB", (300, 520), "navy").save(picture, "PNG")
    path = tmp_path / "first frame.png"
    path.write_bytes(picture.getvalue())

    url = client.upload_file(path, repository=repository, fallback_repository=[])

    served = httpx.get(url)
    assert (served.content, served.headers["content-type"]) == (picture.getvalue(), "image/png")
    result = client.subscribe(
        VEO_FRAMES,
        {"prompt": "a tide", "first_frame_url": url, "last_frame_url": url, "duration": "4s"},
    )
    assert_clip(result["video"]["url"], tmp_path, width=720, height=1280, seconds=4.0, audio=True)


def test_an_image_that_was_never_uploaded_fails_as_fal_says_it(client, fal_simulator):
    gone = f"{fal_simulator.url}/uploads/{'0' * 32}/a.png"

    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        client.subscribe(VEO_FRAMES, {"prompt": "a tide", "first_frame_url": gone, "last_frame_url": gone})

    assert caught.value.response.json()["detail"][0]["type"] == "file_download_error"


def test_a_queued_request_is_cancelled_before_it_costs_anything(client, fal_simulator):
    fal_simulator.pace(queue_s=30)
    handle = client.submit(SEEDANCE, SMALL)

    handle.cancel()

    status = handle.status()
    assert isinstance(status, fal_client.Completed)
    assert status.error_type == "client_cancelled"
    assert not fal_simulator.request(handle.request_id)["charged"]
    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        handle.cancel()
    assert (caught.value.status_code, caught.value.response.json()) == (400, {"status": "ALREADY_COMPLETED"})


def test_a_running_request_is_cancelled_and_billed_all_the_same(client, fal_simulator):
    fal_simulator.pace(queue_s=0, run_s=30)
    handle = client.submit(SEEDANCE, SMALL)

    handle.cancel()

    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        handle.get()
    assert caught.value.status_code == 499
    assert fal_simulator.request(handle.request_id)["charged"]


def test_an_unknown_request_is_not_found(client):
    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        client.status(SEEDANCE, "3b241101-e2bb-4255-8caf-4136c566a962")

    assert caught.value.status_code == 404


def test_a_wrong_key_is_turned_away(client):
    stranger = fal_client.SyncClient(key="someone:else")

    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        stranger.submit(SEEDANCE, SMALL)

    stranger._client.close()
    assert caught.value.status_code == 401


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"duration": 4}, "string_type"),
        ({"duration": "99"}, "literal_error"),
        ({"seed": "7"}, "integer_type"),
        ({"generate_audio": "yes"}, "boolean_type"),
        ({"prompt": None}, "missing"),
    ],
)
def test_a_body_against_the_models_parameters_is_refused(client, fal_simulator, wrong, kind):
    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        client.submit(SEEDANCE, {**SMALL, **wrong})

    assert caught.value.status_code == 422
    assert caught.value.response.json()["detail"][0]["type"] == kind
    assert fal_simulator.ledger()["total_accepted"] == 0


def test_a_wrong_subpath_is_accepted_and_found_out_by_the_result(client):
    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        client.subscribe("bytedance/seedance-2.0/text-to-vidoe", SMALL)

    assert caught.value.status_code == 404
    assert caught.value.message == "Path /text-to-vidoe not found"


@pytest.mark.parametrize("error", ERROR_TYPES.values(), ids=lambda error: error.type)
def test_every_documented_error_reaches_the_client_with_its_type(client, fal_simulator, error):
    fal_simulator.pace(queue_s=0, run_s=0)

    caught = failure(client, f"[[fault:error:{error.type}]]")

    assert caught.status_code == error.status
    body = caught.response.json()
    if error.kind == "model":
        entry = body["detail"][0]
        assert (entry["type"], set(entry.get("ctx", {}))) == (error.type, set(error.ctx))
    else:
        assert caught.error_type == error.type
        assert isinstance(body["detail"], str)
    assert fal_simulator.ledger()["total_charged"] == (1 if error.status == 422 else 0)


def test_the_vendors_client_waits_out_a_rate_limit_and_is_charged_once(client, fal_simulator):
    fal_simulator.arm("submit_429", times=2)

    client.subscribe(SEEDANCE, SMALL)

    ledger = fal_simulator.ledger()
    assert ledger["refused"] == {SMALL["prompt"]: 2}
    assert ledger["charges_by_prompt"] == {SMALL["prompt"]: 1}


def test_a_lost_answer_makes_the_retrying_client_pay_twice(client, fal_simulator):
    """Why the adapter never retries a submit: this is what the vendor's own client does."""
    fal_simulator.arm("submit_reset", times=1)

    client.subscribe(SEEDANCE, SMALL)

    assert fal_simulator.ledger()["charges_by_prompt"] == {SMALL["prompt"]: 2}


def test_the_proxys_own_error_is_told_apart_from_fals(client, fal_simulator):
    fal_simulator.arm("submit_503_nginx", times=1)
    client.submit(SEEDANCE, SMALL)  # retried, for it lacks x-fal-request-id

    fal_simulator.arm("submit_504_user", times=1)
    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        client.submit(SEEDANCE, SMALL)  # not retried, for the limit was the client's own
    assert caught.value.response_headers["x-fal-request-timeout-type"] == "user"


def test_a_start_timeout_ends_a_request_that_waits_too_long(client, fal_simulator):
    fal_simulator.pace(queue_s=30)
    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        client.subscribe(SEEDANCE, SMALL, start_timeout=1.1)

    assert (caught.value.status_code, caught.value.error_type) == (504, "request_timeout")


def test_the_stream_brings_each_change_and_ends(client, fal_simulator):
    fal_simulator.pace(queue_s=2, run_s=0.5)
    handle = client.submit(SEEDANCE, SMALL)
    headers = {"authorization": f"Key {DEFAULT_KEY}"}

    with httpx.stream("GET", f"{handle.status_url}/stream?logs=1", headers=headers) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in response.iter_lines() if line]

    assert lines[0] == ": ping"
    assert '"IN_QUEUE"' in lines[1]
    assert '"COMPLETED"' in lines[-1]
    logged = "".join(lines)
    assert logged.count("Step 5/10") == 1


def test_prices_are_told_to_a_known_key_only(fal_simulator):
    address = f"{fal_simulator.url}/v1/models/pricing"
    params = {"endpoint_id": [SEEDANCE, KLING]}

    known = httpx.get(address, params=params, headers={"authorization": f"Key {DEFAULT_KEY}"})
    unknown = httpx.get(address, params=params, headers={"authorization": "Key a:b"})

    assert [price["endpoint_id"] for price in known.json()["prices"]] == [SEEDANCE, KLING]
    assert unknown.status_code == 401


def test_requests_and_charges_survive_a_restart_of_the_simulator(tmp_path):
    headers = {"authorization": f"Key {DEFAULT_KEY}", "x-sorceress-attempt": "clip-1"}
    with FalSimulator(tmp_path) as before:
        before.pace(queue_s=0, run_s=0)
        sent = httpx.post(f"{before.url}/{SEEDANCE}", json=SMALL, headers=headers).json()
        charges = before.ledger()["charges"]

    with FalSimulator(tmp_path) as after:
        status = httpx.get(
            f"{after.url}/bytedance/seedance-2.0/requests/{sent['request_id']}/status", headers=headers
        )
        assert after.ledger()["charges"] == charges == {"clip-1": 1}
    assert (status.status_code, status.json()["status"]) == (200, "COMPLETED")


def test_a_thousand_running_requests_are_cheap(fal_simulator):
    fal_simulator.pace(queue_s=0, run_s=300)
    headers = {"authorization": f"Key {DEFAULT_KEY}"}
    with httpx.Client(headers=headers) as http:
        addresses = [
            http.post(f"{fal_simulator.url}/{SEEDANCE}", json=SMALL).json()["status_url"] for _ in range(1000)
        ]
        start = time.process_time()
        statuses = {http.get(address).json()["status"] for address in addresses}
        spent = time.process_time() - start

    assert statuses == {"IN_PROGRESS"}
    assert spent < 5.0  # seconds of this process for client and simulator together
