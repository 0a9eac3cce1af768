"""What a person and a log may see."""

from __future__ import annotations

import pytest

from sorceress_video.net import one_line, public_url, redact


@pytest.mark.parametrize(
    "text",
    [
        "bad header Authorization: Key kid-1:s3cr3t-value",
        "authorization=Bearer s3cr3t-value",
        "cannot load https://cdn.example.com/a.png?X-Signature=s3cr3t-value",
        "you sent s3cr3t-value",
    ],
)
def test_a_secret_is_masked_however_it_was_quoted(text: str):
    assert "s3cr3t" not in redact(text, ["s3cr3t-value"])


def test_ordinary_words_stay():
    text = "The key frame is too small: https://fal.ai/docs tells more."

    assert redact(text, ["", "a"]) == text


def test_one_line_has_no_control_characters_and_an_end():
    assert one_line("a\x00b\r\n\x1b[31mc\u202e d") == "a b [31mc d"
    assert len(one_line("x" * 10_000)) == 300


def test_an_address_is_shown_without_user_and_query():
    assert public_url("https://u:p@a.example:8443/x?k=v#f") == "https://a.example:8443/x"
    assert public_url("https://[::1") == "an unreadable address"
