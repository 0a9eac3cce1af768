"""A recogniser of speech that hears what a test says."""

from __future__ import annotations

from playwright.sync_api import Page

RECOGNISER = """
window.SpeechRecognition = undefined;
window.webkitSpeechRecognition = class {
  constructor() { window.ears = this; window.starts = 0; }
  start() { window.starts += 1; }
  stop() { setTimeout(() => this.onend?.()); }
  abort() { this.onend?.(); }
  say(words, isFinal) {
    const result = Object.assign([{ transcript: words, confidence: 1 }], { isFinal });
    this.onresult({ resultIndex: 0, results: [result] });
  }
};
"""


def hear(page: Page, words: str, *, final: bool = True) -> None:
    """Let the recogniser of the page hear something."""
    page.evaluate("([words, final]) => window.ears.say(words, final)", [words, final])
