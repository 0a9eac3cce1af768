import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from sorceress_video.runtime.logging import configure
from sorceress_video.runtime.redaction import MASK, Redactor
from sorceress_video.settings import get_settings

KEY = "5f2c1a90-6b7d-4e0a-9d5f-0f1e2d3c4b5a:0123456789abcdef0123456789abcdef"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    monkeypatch.setenv("SORCERESS_LOG_FORMAT", "json")
    monkeypatch.setenv("FAL_KEY", KEY)
    get_settings.cache_clear()
    before = logging.getLogger().handlers[:]
    stream = io.StringIO()
    configure("worker-submit", stream)
    yield stream
    logging.getLogger().handlers[:] = before
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    get_settings.cache_clear()


def read(stream: io.StringIO) -> dict[str, object]:
    return dict(json.loads(stream.getvalue().splitlines()[-1]))


def test_a_line_names_the_process_and_the_clip(lines: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(clip_id="clip-1"):
        structlog.get_logger("engine").info("submitted", attempt=2)
    found = read(lines)
    assert found["event"] == "submitted"
    assert (found["process"], found["clip_id"], found["attempt"]) == ("worker-submit", "clip-1", 2)
    assert found["level"] == "info"


def test_libraries_that_use_the_standard_logger_speak_json_too(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning("gave up after %d tries", 3)
    assert read(lines)["event"] == "gave up after 3 tries"


def test_a_configured_key_never_reaches_the_log(lines: io.StringIO) -> None:
    structlog.get_logger().info("calling", headers={"x": f"Key {KEY}"}, seen=[KEY], body=KEY.encode())
    logging.getLogger("lib").warning("sent %s", KEY)
    assert KEY not in lines.getvalue()
    assert KEY[-12:] not in lines.getvalue()


def test_a_key_in_a_traceback_is_taken_out(lines: io.StringIO) -> None:
    try:
        int(KEY)
    except ValueError:
        structlog.get_logger().exception("failed")
    text = lines.getvalue()
    assert "ValueError: invalid literal" in text
    assert KEY not in text


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abc.def-123456789", "abc.def-123456789"),
        ("{'authorization': 'Key 0a1b2c3d:ffffffffff00'}", "0a1b2c3d:ffffffffff00"),
        ("sent with Bearer r8_9xYzAbCdEf012345", "r8_9xYzAbCdEf012345"),
        ("Cookie: session=4f3e2d1c; theme=dark", "4f3e2d1c"),
        ("GET /setup?token=Zm9vYmFyYmF6 HTTP/1.1", "Zm9vYmFyYmF6"),
        ("https://s3.test/a.mp4?X-Amz-Signature=deadbeef&X-Amz-Date=1", "deadbeef"),
        ("postgresql://video:hunter22@db.test/video", "hunter22"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, secret: str) -> None:
    cleaned = Redactor().text(text)
    assert secret not in cleaned
    assert MASK in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "key configuration is missing",
        "a token expired 12 minutes ago",
        "https://host:3000/media/abc?download=1",
    ],
)
def test_ordinary_sentences_stay_whole(text: str) -> None:
    assert Redactor().text(text) == text


def test_fields_with_a_secret_name_are_masked_whatever_they_hold() -> None:
    event = Redactor()(None, "info", {"event": "x", "password": "short", "nested": {"api_key": "abc"}})
    assert event == {"event": "x", "password": MASK, "nested": {"api_key": MASK}}
