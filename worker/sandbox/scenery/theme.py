"""From words to a place: which land, which light, which weather a prompt asks for."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from worker.sandbox.scenery.noise import Rng
from worker.sandbox.spec import Grade

Land = Literal["mountains", "hills", "forest", "dunes", "ocean", "lake", "city", "space", "light"]
Body = Literal["sun", "moon", "none"]
Weather = Literal["snow", "rain", "embers", "dust", "fireflies", "fog"]
Colour = tuple[float, float, float]
_Name = TypeVar("_Name", bound=str)

_READ_CHARACTERS = 4000


@dataclass(frozen=True)
class Palette:
    """Colours of one light, RGB 0…255.

    Attributes:
        zenith, middle, horizon: the sky from the top down.
        glow: light around the sun or moon, and the disc itself.
        far, near: land in the distance and at the camera's feet.
    """

    zenith: Colour
    middle: Colour
    horizon: Colour
    glow: Colour
    far: Colour
    near: Colour
    dark: bool = False


@dataclass(frozen=True)
class Theme:
    """What to draw.

    Attributes:
        stars: share of the sky's stars that can be seen, 0…1.
        clouds: cover of the sky, 0…1.
        haze: how much the air between the ridges is lit, 0…1.
        accent: colour of small lights (windows, embers, glints).
    """

    land: Land
    palette: Palette
    body: Body
    weather: frozenset[Weather]
    stars: float
    clouds: float
    haze: float
    accent: Colour


def _rgb(text: str) -> Colour:
    return (float(int(text[0:2], 16)), float(int(text[2:4], 16)), float(int(text[4:6], 16)))


def _palette(colours: str, *, dark: bool = False) -> Palette:
    zenith, middle, horizon, glow, far, near = (_rgb(part) for part in colours.split())
    return Palette(zenith, middle, horizon, glow, far, near, dark=dark)


PALETTES: dict[str, Palette] = {
    "dusk": _palette("1d1238 64305f ec7d5c ffd0a0 7d4568 0c0714"),
    "dawn": _palette("54769f b3b0c4 f9cda8 fff2d6 a796ae 1b2236"),
    "golden": _palette("b07f45 e6b876 fff0c4 fffbe8 cba26c 33220f"),
    "ember": _palette("1a0711 661220 ee5a3c ffc090 6d1a2a 0b0305", dark=True),
    "forest": _palette("0f302b 2f6f5c a9d8b6 effde6 4d8a75 05100e"),
    "violet": _palette("0d0822 2c185a 8a61c8 e4d2ff 4a3190 070411", dark=True),
    "midnight": _palette("050b18 0d2344 2f639a dcebff 1f456e 03070d", dark=True),
    "alpine": _palette("3a5c9c 8aa4d0 e4ebf7 ffffff a6b6d6 28324e"),
    "sage": _palette("7aa0a7 b3ccc6 eef3e4 ffffff a5b7ab 25332d"),
    "storm": _palette("16191f 30353e 747a83 cdd3db 3d434d 07080a"),
    "ocean": _palette("0d2f4e 2f7896 b4e0da f6ffec 3c7c91 04121c"),
    "neon": _palette("0a0622 3d1163 f2509f ffc4ea 46207a 06030f", dark=True),
    "autumn": _palette("5f3a3a b8694a f6c582 fff0cc a5623f 1a0c08"),
    "rose": _palette("6b5a88 cf95b0 fde0d4 fff6ee b08aa8 231a30"),
    "polar": _palette("041420 0b3a48 3fae9a c9ffe6 1c5560 020a0e", dark=True),
    "noon": _palette("2f6fb5 7fb2df dcecf5 ffffff 86a9bf 16302c"),
}

_LIGHT_WORDS: tuple[tuple[str, str], ...] = (
    ("ember", r"\bfire\b|flames?|burn|ember|lava|volcan|inferno|hell|blood|crimson|dragon"),
    ("neon", r"neon|cyber|synthwave|vaporwave|hologra|arcade"),
    ("polar", r"aurora|northern lights|polar night|bioluminesc"),
    ("violet", r"magic|sorcer|witch|wizard|mystic|purple|violet|amethyst|dream|galaxy|nebula|cosmic|arcane"),
    ("midnight", r"night|midnight|moon|star(s|ry|light)|space|planet|astronaut|dark\b"),
    ("dusk", r"dusk|sunset|twilight|evening|last light|blue hour|silhouette"),
    ("dawn", r"dawn|sunrise|morning|daybreak|first light"),
    (
        "storm",
        r"storm|thunder|rain|overcast|noir|grey|gray|bleak|gloom|ash\b|ruin|monochrome|black and white",
    ),
    ("noon", r"\bday(light|time)?\b|\bnoon\b|sunny|blue sky|clear sky"),
    ("alpine", r"snow|winter|glacier|\bice\b|icy|frozen|frost|arctic|blizzard|alpine"),
    ("golden", r"golden|desert|dunes?|sand|savanna|wheat|honey|sahara|summer|western|canyon"),
    ("autumn", r"autumn|fall leaves|maple|rust|copper|harvest|vintage|cozy|coffee|kitchen"),
    ("rose", r"cherry|blossom|rose|pink|pastel|spring|petal|wedding|romantic|ballet|soft light"),
    ("forest", r"forest|jungle|woods|trees?\b|moss|emerald|green|fern|swamp|garden|dinosaur"),
    ("ocean", r"ocean|\bsea\b|underwater|wave|surf|beach|coast|whale|harbou?r|sail|river|lake|water"),
    ("sage", r"mist|fog|meadow|field|valley|hill|highland|cloud"),
)
_GRADE_PALETTES: dict[Grade, str] = {
    "dusk": "dusk", "dawn": "dawn", "day": "noon", "night": "midnight", "storm": "storm", "neon": "neon",
}  # fmt: skip
_LAND_WORDS: tuple[tuple[Land, str], ...] = (
    ("space", r"outer space|planet|galaxy|nebula|cosmos|cosmic|space station|astronaut|(space|star)ship"),
    ("city", r"\bcity|skyline|street|urban|town\b|downtown|skyscraper|rooftop|tokyo|cyberpunk|metropolis"),
    ("dunes", r"desert|dunes?|sahara|arrakis"),
    ("ocean", r"ocean|\bsea\b|seaside|waves?\b|surf|beach|coast|whale|harbou?r|sail|\bship\b|island|cliffs?"),
    ("lake", r"lake|river|fjord|reflection|lagoon|pond|drowned|flood|waterfall"),
    ("forest", r"forest|jungle|woods|woodland|\bpines?\b|\btrees?\b|swamp|taiga|deer|wolf|fern"),
    ("mountains", r"mountain|ridge|peak|alps|canyon|cliff|volcan|summit|dragon|rider|castle|glacier"),
    ("hills", r"hills?\b|meadow|field|valley|prairie|savanna|farm|grass|vineyard|highland|horse|plain"),
    ("light", r"abstract|portrait|face\b|close[- ]up|macro|studio|product|logo|liquid|ink\b|smoke|particles"
              r"|dancer|kitchen|room\b|interior|coffee|perfume|cat\b|dog\b|woman|man\b|girl|boy\b|robot|glass"),
)  # fmt: skip
_WEATHER_WORDS: tuple[tuple[Weather, str], ...] = (
    ("snow", r"snow|blizzard|winter"),
    ("rain", r"\brain|downpour|drizzl|thunderstorm|monsoon"),
    ("embers", r"ember|\bfire\b|flame|burn|lava|volcan|spark|inferno"),
    ("dust", r"dust|sand|pollen|desert|sunbeam|golden hour"),
    ("fireflies", r"firefl|fairy|magic|lantern|sorcer|wisp|bioluminesc"),
    ("fog", r"fog|mist|haze|smoke|steam"),
)


def seeded(prompt: str, seed: int) -> Rng:
    """The source of every random choice of a clip: the same prompt and seed give the same one."""
    digest = hashlib.sha256(f"{seed}\n{prompt}".encode("utf-8", "surrogatepass")).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def read_theme(prompt: str, grade: Grade, rng: Rng) -> Theme:
    """Choose a theme; words decide first, the seed decides what they leave open."""
    text = prompt[:_READ_CHARACTERS].lower()
    light = _GRADE_PALETTES.get(grade) or _first(_LIGHT_WORDS, text)
    land = _first(_LAND_WORDS, text)
    drawn_light = str(
        rng.choice(["dusk", "forest", "violet", "alpine", "golden", "rose", "ocean", "dawn", "autumn"])
    )
    drawn_land: Land = ("mountains", "hills", "lake", "ocean", "light")[int(rng.integers(0, 5))]
    land = land or drawn_land
    if light is None and land == "space":
        light = "violet"
    palette = PALETTES[light or drawn_light]
    weather = frozenset(kind for kind, pattern in _WEATHER_WORDS if re.search(pattern, text))
    clear = palette.dark and "rain" not in weather and "snow" not in weather
    night = re.search(r"night|moon|star", text) is not None
    return Theme(
        land=land,
        palette=palette,
        body=_body(text, palette, weather),
        weather=weather,
        stars=1.0 if clear or land == "space" else (0.6 if night else 0.0),
        clouds=float(np.clip(rng.uniform(0.15, 0.6) + (0.3 if "rain" in weather else 0.0), 0, 1)),
        haze=float(rng.uniform(0.55, 0.8)) + (0.2 if "fog" in weather else 0.0),
        accent=(255.0, 190.0, 110.0) if "embers" in weather or not palette.dark else palette.glow,
    )


def _first(table: tuple[tuple[_Name, str], ...], text: str) -> _Name | None:
    return next((name for name, pattern in table if re.search(pattern, text)), None)


def _body(text: str, palette: Palette, weather: frozenset[Weather]) -> Body:
    if re.search(r"moon|night|midnight", text):
        return "moon"
    if palette is PALETTES["storm"] or "rain" in weather or palette is PALETTES["polar"]:
        return "none"
    return "moon" if palette.dark and palette is not PALETTES["ember"] else "sun"
