"""Words on the picture: the prompt as a lower third, and the label that says what this is."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from worker.sandbox.easing import fade
from worker.sandbox.planes import NEUTRAL, WHITE_Y, Float, Planes, UInt8, to_uint8

LABEL = "Animatic preview"
_FONT = Path(__file__).with_name("fonts") / "Inter.ttf"
_MAX_CHARACTERS = 220
_MAX_LINES = 4
_READ_CHARACTERS = 2000  # Of a prompt of any length.
_TRACKING = 0.14  # Extra space between the label's capitals, in ems.


@dataclass(frozen=True)
class Overlay:
    """White lettering with a soft shade behind it, for one corner of the frame.

    Attributes:
        top, left: place of the masks, pixels, even.
        ink, shade: coverage (h, w), 0…255.
        start, end: seconds between which it is seen, with fades of `fading` seconds inside.
    """

    top: int
    left: int
    ink: UInt8
    shade: UInt8
    start: float
    end: float
    fading: float

    def paint(self, canvas: Planes, time: float) -> None:
        """Blend into the canvas at the opacity of this moment."""
        opacity = fade(time, start=self.start, end=self.end, length=self.fading)
        if opacity < 1 / 255:
            return
        height, width = self.ink.shape
        ink = cv2.convertScaleAbs(self.ink, alpha=opacity)
        shade = cv2.convertScaleAbs(self.shade, alpha=opacity)
        window = canvas.y[self.top : self.top + height, self.left : self.left + width]
        dimmed = cv2.multiply(window, cv2.bitwise_not(shade), scale=1 / 255)
        window[...] = _over(dimmed, ink, WHITE_Y)
        small = cv2.resize(ink, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        top, left = self.top // 2, self.left // 2
        for plane in (canvas.u, canvas.v):
            half = plane[top : top + height // 2, left : left + width // 2]
            half[...] = _over(np.ascontiguousarray(half), small, NEUTRAL)


def title_card(prompt: str, width: int, height: int, seconds: float) -> Overlay:
    """The label and, below it, the prompt as a lower third.

    Characters that the font does not have (emoji, scripts it does not cover) are left out: better no letter
    than an empty box. A prompt of nothing else leaves the label alone.
    """
    size = max(11, round(0.030 * height if width >= height else 0.038 * width))
    label_font, text_font = _font(round(size * 0.52), 600), _font(size, 500)
    limit = width * (0.56 if width >= height else 0.84)
    lines = _wrap(readable(prompt), text_font, limit)
    leading = round(size * 1.36)
    gap = round(size * 1.15)
    block_height = round(size * 0.6) + (gap - round(size * 0.2) + leading * len(lines) if lines else 0)
    margin = round(0.058 * min(width, height))

    def draw(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
        _draw_label(pen, x, y, label_font, 190)
        for index, line in enumerate(lines):
            pen.text((x, y + gap + index * leading), line, font=text_font, fill=250)

    block_width = max([_label_width(label_font), *(text_font.getlength(line) for line in lines)])
    return _overlay(draw, (round(block_width), block_height), (width, height), margin, seconds, dim=0.46)


def corner_label(width: int, height: int, seconds: float) -> Overlay:
    """The label alone, small. The first and last frames stay clean: they are handed on as start frames."""
    font = _font(max(8, round(0.0155 * height if width >= height else 0.021 * width)), 600)
    margin = round(0.04 * min(width, height))

    def draw(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
        _draw_label(pen, x, y, font, 205)

    size = (_label_width(font), round(font.size))
    return _overlay(draw, size, (width, height), margin, seconds, dim=0.34)


def readable(prompt: str) -> str:
    """The prompt's beginning on one line, with the characters that the font can show; cut at a word."""
    normal = unicodedata.normalize("NFC", prompt[:_READ_CHARACTERS])
    flat = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in normal)).strip()
    shown = "".join(c for c in flat if c == " " or _has_glyph(c))
    letters = sum(c.isalpha() for c in flat)
    # A sentence of which most letters are missing would be nonsense.
    if not any(c.isalnum() for c in shown) or sum(c.isalpha() for c in shown) < letters / 2:
        return ""
    shown = re.sub(r" +", " ", shown).strip()
    if len(shown) <= _MAX_CHARACTERS:
        return shown
    return _ellipsis(shown[:_MAX_CHARACTERS].rsplit(" ", 1)[0])


def _ellipsis(text: str) -> str:
    return text.rstrip(" ,.;:–—-") + "…"


def _wrap(text: str, font: ImageFont.FreeTypeFont, limit: float) -> list[str]:
    """Lines of even length, none wider than `limit`, at most `_MAX_LINES`."""
    lines = _greedy(text, font, limit)
    if len(lines) > _MAX_LINES:
        kept = lines[:_MAX_LINES]
        last = kept[-1]
        while last and font.getlength(_ellipsis(last)) > limit:
            last = last[:-1]
        return [*kept[:-1], _ellipsis(last)]
    # The narrowest measure that needs no further line balances the block.
    for share in (0.6, 0.68, 0.76, 0.84, 0.92):
        narrower = _greedy(text, font, limit * share)
        if len(narrower) == len(lines):
            return narrower
    return lines


def _greedy(text: str, font: ImageFont.FreeTypeFont, limit: float) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if font.getlength(joined) <= limit:
            line = joined
            continue
        if line:
            lines.append(line)
        line = word
        while font.getlength(line) > limit and len(line) > 1:
            fits = max(1, int(len(line) * limit / font.getlength(line)))
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line] if line else lines


def _overlay(
    draw: Callable[[ImageDraw.ImageDraw, int, int], None],
    block: tuple[int, int],
    frame: tuple[int, int],
    margin: int,
    seconds: float,
    *,
    dim: float,
) -> Overlay:
    """Masks for a block of lettering in the lower left, with a shade that fades out around it."""
    width, height = frame
    x, y = margin, max(0, height - margin - block[1])
    reach = round(1.6 * margin)
    left, top = 0, max(0, y - reach) // 2 * 2
    right = min(width, (x + block[0] + 2 * reach) // 2 * 2)
    ink = Image.new("L", (right - left, height - top), 0)
    draw(ImageDraw.Draw(ink), x - left, y - top)
    letters = np.asarray(ink, np.uint8)
    area: Float = np.zeros(letters.shape, np.float32)
    area[max(0, y - top - reach // 3) :, : x - left + block[0] + reach // 3] = 1
    wide = _blur(np.pad(area, ((0, reach), (reach, 0)), mode="edge"), reach * 0.42)[: area.shape[0], reach:]
    edge = np.clip((area.shape[1] - np.arange(area.shape[1])) / max(1, reach * 0.8), 0, 1)
    lift = np.clip(np.arange(area.shape[0]) / max(1, reach * 0.8), 0, 1)
    ground = wide * (edge * edge * (3 - 2 * edge))[None] * (lift * lift * (3 - 2 * lift))[:, None]
    contour = _blur(letters.astype(np.float32) / 255, max(0.8, margin * 0.035))
    shade = np.clip(dim * ground + 0.45 * contour, 0, 0.8)
    clean = min(0.5, seconds / 8)
    return Overlay(
        top, left, letters, to_uint8((shade * 255).astype(np.float32)), clean * 0.5, seconds - clean * 0.4,
        min(0.7, seconds / 5),
    )  # fmt: skip


def _blur(values: Float, sigma: float) -> Float:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), max(0.5, sigma)), np.float32)


def _draw_label(
    pen: ImageDraw.ImageDraw, x: float, y: float, font: ImageFont.FreeTypeFont, fill: int
) -> None:
    for letter in LABEL.upper():
        pen.text((x, y), letter, font=font, fill=fill)
        x += font.getlength(letter) + font.size * _TRACKING


def _label_width(font: ImageFont.FreeTypeFont) -> int:
    return round(sum(font.getlength(letter) + font.size * _TRACKING for letter in LABEL.upper()))


def _over(below: np.ndarray, ink: np.ndarray, value: int) -> UInt8:
    kept = cv2.multiply(below, cv2.bitwise_not(ink), scale=1 / 255)
    return np.asarray(cv2.add(kept, cv2.convertScaleAbs(ink, alpha=value / 255)), np.uint8)


@functools.lru_cache(maxsize=16)
def _font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    """Inter at a size in pixels; axes are optical size and weight."""
    font = ImageFont.truetype(str(_FONT), max(6, size), layout_engine=ImageFont.Layout.BASIC)
    font.set_variation_by_axes([min(32, max(14, size)), weight])
    return font


@functools.lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    """Whether the font has a drawing of its own for the character."""
    return bytes(_font(24, 500).getmask(character)) != _missing_glyph()


@functools.lru_cache(maxsize=1)
def _missing_glyph() -> bytes:
    # U+FFFFE is no character, so that no font draws it.
    return bytes(_font(24, 500).getmask("\U000ffffe"))
