"""Maps the prices of the collected facts into the catalog's rates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

BASE = "base"
RESOLUTIONS = ("360p", "480p", "540p", "580p", "720p", "1080p", "1440p", "2160p", "4k", "512P", "768P")
AUDIO = {"audio_on": True, "audio_off": False, "audio": True, "no_audio": False}
LABELS = {"audio_voice"}  # a price that nothing in the request chooses: kept as a printed figure
MODE_WORDS = {"t2v": "text", "i2v": "image"}


def map_price(fact: dict[str, Any], variants: list[str], settings: set[str]) -> dict[str, Any]:
    """The pricing of one model; a rate by a setting that the model lacks is only a printed figure."""
    price = fact["price"]
    rates = [*_special(price, variants), *_by_kind(price, variants)]
    usable = [rate for rate in rates if set(rate.get("when", {}).get("settings", {})) <= settings]
    printed = [{"label": str(rate["when"]), "usd": rate["usd"]} for rate in rates if rate not in usable]
    return {
        "rates": usable,
        "additions": _additions(price),
        "quotes": [*_quotes(price), *printed],
        "notes": _prose(price),
        "confidence": fact["confidence"][0],
    }


def numbers_in(value: object) -> Iterator[float]:
    """Every number of a nested value, words left out."""
    if isinstance(value, dict):
        for part in value.values():
            yield from numbers_in(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


def _prose(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for key, part in value.items() if key != "kind" for text in _prose(part)]
    return [value] if isinstance(value, str) else []


def _leaves(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], float]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, (*path, key))
    elif isinstance(value, int | float):
        yield path, float(value)


def condition(path: tuple[str, ...], variants: list[str]) -> dict[str, Any]:
    """The condition that the keys of a price table stand for (``pro_t2v``, ``720p_1080p``, ``audio_on``)."""
    words = [word for key in path for word in ([key] if key in AUDIO else key.split("_"))]
    settings: dict[str, list[Any]] = {}
    modes: list[str] = []
    for word in words:
        if word in RESOLUTIONS:
            settings.setdefault("resolution", []).append(word)
        elif word in AUDIO:
            settings["audio"] = [AUDIO[word]]
        elif word in MODE_WORDS:
            modes.append(MODE_WORDS[word])
        elif word.rstrip("s").isdigit():
            settings["duration"] = [word]
        else:
            settings["variant"] = [word if word in variants else BASE]
    if len(variants) == 1:
        settings.pop("variant", None)
    if "variant" in settings and settings["variant"] != [BASE] and _fixes_resolution(settings["variant"][0]):
        settings.pop("resolution", None)
    return {"settings": settings, "modes": modes}


def _fixes_resolution(variant: str) -> bool:
    return variant in ("standard", "pro")


def _by_kind(price: dict[str, Any], variants: list[str]) -> list[dict[str, Any]]:  # noqa: PLR0911 - a table
    kind = price["kind"]
    if kind == "tokens":
        return _token_rates(price)
    if kind in ("per_second", "credits"):
        return [
            {"kind": "per_second", "usd": usd, "when": condition(path, variants)}
            for path, usd in _leaves(price.get("usd_per_second", {}))
            if path[-1] not in LABELS
        ]
    if kind == "base_plus_second":
        assert price["formula"] == "0.35 for 5 s + 0.07 per extra second"
        return [{"kind": kind, "base_usd": 0.35, "base_seconds": 5, "usd": 0.07}]
    if kind == "per_video" and "usd" in price:
        return [
            {"kind": "flat", "usd": usd, "when": condition(_hailuo(path), variants)}
            for path, usd in _leaves(price["usd"])
        ]
    if "usd_5s" in price:
        return list(_pixverse(price, variants))
    if "base_5s_540p" in price:
        return list(_ray_2(price))
    if "i2v_pro" in price:
        return _vidu_q2(price)
    return _wan_2_2(price)


def _hailuo(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key.replace("fast_standard", "fast").replace("fast_pro", "fast-pro") for key in path)


def _token_rates(price: dict[str, Any]) -> list[dict[str, Any]]:
    rates: list[dict[str, Any]] = []
    if "usd_per_1k_tokens" in price:
        rates.append({"kind": "per_1k_tokens", "usd": price["usd_per_1k_tokens"]})
        if "video_input_multiplier" in price:
            with_video = {
                "multiplier": price["video_input_multiplier"],
                "basis": "input_and_output",
                "when": {"roles": ["reference_video"]},
            }
            rates.insert(0, rates[0] | with_video)
        return rates
    million = price["usd_per_1m_tokens"]
    for path, usd in _leaves(million):
        rates.append({"kind": "per_1k_tokens", "usd": round(usd / 1000, 6), "when": condition(path, [BASE])})
    return rates


def _ray_2(price: dict[str, Any]) -> Iterator[dict[str, Any]]:
    assert price["formula"] == "0.50 * (2 if 720p, 4 if 1080p) * (2 if 9s)"
    for resolution, size in (("540p", 1), ("720p", 2), ("1080p", 4)):
        for duration, length in (("5s", 1), ("9s", 2)):
            when = {"settings": {"resolution": [resolution], "duration": [duration]}}
            yield {"kind": "flat", "usd": price["base_5s_540p"], "multiplier": size * length, "when": when}


def _pixverse(price: dict[str, Any], variants: list[str]) -> Iterator[dict[str, Any]]:
    factors = {"5": 1.0}
    if "8s" in price:
        assert (price["8s"], price["10s"]) == ("x2", "x2.2 (not 1080p)")
        factors |= {"8": 2.0, "10": 2.2}
    for path, usd in _leaves(price["usd_5s"]):
        for duration, factor in factors.items():
            yield {
                "kind": "flat",
                "usd": usd,
                "multiplier": factor,
                "when": condition((*path, duration), variants),
            }


def _vidu_q2(price: dict[str, Any]) -> list[dict[str, Any]]:
    assert price["i2v_pro"] == "720p 0.10+0.05/s; 1080p 0.30+0.10/s"
    assert price["i2v_turbo"] == "720p 0.05/s; 1080p 0.20+0.05/s"
    assert price["t2v"] == "360p 0.10, 520p 0.20, 720p 0.30 per video; 1080p 0.20+0.10/s"

    def rate(mode: str, resolution: str, base: float, each: float, variant: str = BASE) -> dict[str, Any]:
        settings = {"resolution": [resolution], "variant": [variant]}
        kind = "base_plus_second" if each else "flat"
        figures = {"base_usd": base, "usd": each} if each else {"usd": base}
        return {"kind": kind, "when": {"modes": [mode], "settings": settings}, **figures}

    return [
        rate("image", "720p", 0.10, 0.05),
        rate("image", "1080p", 0.30, 0.10),
        rate("image", "720p", 0.0, 0.05, "turbo"),
        rate("image", "1080p", 0.20, 0.05, "turbo"),
        rate("text", "360p", 0.10, 0),
        rate("text", "520p", 0.20, 0),
        rate("text", "720p", 0.30, 0),
        rate("text", "1080p", 0.20, 0.10),
    ]


def _wan_2_2(price: dict[str, Any]) -> list[dict[str, Any]]:
    rates = []
    for resolution, usd in price["t2v_i2v_usd_per_video_second_at_16fps"].items():
        when = {"settings": {"resolution": [resolution], "variant": [BASE]}}
        rates.append({"kind": "per_second", "usd": usd, "when": when, "note": "seconds at 16 fps"})
    for resolution, usd in price["turbo_usd_per_video"].items():
        when = {"settings": {"resolution": [resolution], "variant": ["turbo"]}}
        rates.append({"kind": "flat", "usd": usd, "when": when})
    usd = price["wan_motion_usd_per_second"]["720p"]
    when = {"settings": {"variant": ["wan-motion"]}}
    rates.append({"kind": "per_second", "basis": "motion", "usd": usd, "when": when})
    return rates


def _special(price: dict[str, Any], variants: list[str]) -> list[dict[str, Any]]:
    """Rates beside the main table; they are narrower, so they come first."""
    rates: list[dict[str, Any]] = []
    for path, usd in _leaves(price.get("motion_control_usd_per_second", {})):
        when = condition(path, variants) | {"modes": ["motion"]}
        rates.append({"kind": "per_second", "basis": "motion", "usd": usd, "when": when})
    if "reference_usd_per_second" in price:
        assert price["reference_seconds"] == "input+output"
        when = {"modes": ["multimodal"]}
        usd = price["reference_usd_per_second"]
        rates.append({"kind": "per_second", "basis": "input_and_output", "usd": usd, "when": when})
    for resolution, usd in price.get("video_input_usd_per_second", {}).items():
        assert price["video_input_rule"] == "input+output seconds, floor 2x output"
        when = {"roles": ["reference_video"], "settings": {"resolution": [resolution]}}
        rates.append(
            {
                "kind": "per_second",
                "basis": "input_and_output",
                "floor_output_factor": 2,
                "usd": usd,
                "when": when,
            }
        )
    return rates


def _additions(price: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    both = {"audio": [True], "generate_multi_clip_switch": [True]}
    if "audio_add" in price:
        audio, clips, together = (
            price["audio_add"],
            price["multi_clip_add"],
            price["multi_clip_with_audio_add"],
        )
        assert abs(audio + clips - together) < 1e-9
        found += [
            {"kind": "flat", "usd": audio, "when": {"settings": {"audio": both["audio"]}}},
            {"kind": "flat", "usd": clips, "when": {"settings": {"generate_multi_clip_switch": [True]}}},
        ]
    for variant, usd in price.get("per_input_image", {}).items():
        when = {"settings": {"variant": [variant if variant == "v1.5" else BASE]}}
        found.append({"kind": "per_input", "usd": usd, "when": when})
    if "wan_motion_note" in price:
        assert price["wan_motion_note"] == "24 fps seconds; +0.08 when enhance_identity"
        found.append({"kind": "flat", "usd": 0.08, "when": {"settings": {"enhance_identity": [True]}}})
    return found


def _quotes(price: dict[str, Any]) -> Iterator[dict[str, Any]]:
    printed = [
        "native_4k",
        "native_luma_5s",
        "google_list_usd_per_second",
        "usd_per_credit",
        "reference_720p",
    ]
    if price["kind"] == "tokens":
        printed.append("usd_per_second")
    for key in printed:
        for path, usd in _leaves(price.get(key, {})):
            yield {"label": " ".join((key, *path)), "usd": usd}
    for path, usd in _leaves(price.get("usd_per_second", {})):
        if path and path[-1] in LABELS:
            yield {"label": " ".join(path), "usd": usd}
    if "multi_clip_with_audio_add" in price:
        yield {"label": "multi clip with audio", "usd": price["multi_clip_with_audio_add"], "per": "video"}
    if isinstance(price.get("usd_per_1m_tokens"), int | float | dict):
        for path, usd in _leaves(price["usd_per_1m_tokens"]):
            yield {"label": " ".join(("per million tokens", *path)), "usd": usd, "per": "1k_tokens"}
