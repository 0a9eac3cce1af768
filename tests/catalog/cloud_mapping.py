"""Maps the collected facts about cloud models (``cloud-models.json``) into the catalog's schema.

It is the proof that the schema can hold them. What the facts say in prose is listed here by its exact words:
words that nobody has read raise ``KeyError``, so a new fact cannot be lost silently.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from tests.catalog.cloud_prices import map_price

FACTS = Path(__file__).with_name("cloud-models.json")

MB = 1_000_000
BASE = "base"
ROLES = {
    ("start_frame", "image"): "start_frame",
    ("end_frame", "image"): "end_frame",
    ("character", "image"): "character",
    ("motion_reference", "video"): "motion_clip",
    ("reference", "image"): "reference_image",
    ("reference", "video"): "reference_video",
    ("reference", "audio"): "reference_audio",
    ("driving_audio", "audio"): "driving_audio",
    ("continue_from", "video"): "source_video",
    ("source_video", "video"): "source_video",
    ("extend", "video"): "source_video",
}
# The facts' mode names: our mode and the variant that the suffix stands for.
MODES = {
    "t2v": ("text", BASE),
    "t2v_turbo": ("text", "turbo"),
    "t2v_fast": ("text", "fast"),
    "t2v_pro": ("text", "pro"),
    "i2v": ("image", BASE),
    "start_end": ("image", BASE),
    "i2v_flash": ("image", "flash"),
    "i2v_turbo": ("image", "turbo"),
    "i2v_fast": ("image", "fast"),
    "i2v_pro": ("image", "pro"),
    "i2v_fast_pro": ("image", "fast-pro"),
    "i2v_v1.5": ("image", "v1.5"),
    "reference": ("multimodal", BASE),
    "reference_flash": ("multimodal", "flash"),
    "motion_control": ("motion", BASE),
    "motion_control_standard": ("motion", "standard"),
    "wan_motion": ("motion", "wan-motion"),
    "extend": ("extend", BASE),
}
# One endpoint of the facts that serves every mode, and the roles that each of ours takes there.
ALL_MODES = {
    "text": (),
    "image": ("start_frame", "end_frame"),
    "multimodal": ("reference_image",),
    "extend": ("source_video",),
}
PROMPTS = {"prompt", "promptText", "instances[0].prompt"}
NAMES = {
    "generate_audio": "audio",
    "generate_audio_switch": "audio",
    "enable_audio": "audio",
    "parameters.generateAudio": "audio",
    "cfg_scale": "guidance",
    "guidance_scale": "guidance",
    "camera_fixed": "camera_lock",
    "num_frames": "frames",
    "frames_per_second": "fps",
    "ratio": "aspect_ratio",
    "model": "vendor_model",
    "parameters.aspectRatio": "aspect_ratio",
    "parameters.resolution": "resolution",
    "parameters.durationSeconds": "duration",
    "parameters.negativePrompt": "negative_prompt",
    "parameters.personGeneration": "person_generation",
    "parameters.sampleCount": "sample_count",
    "parameters.enhancePrompt": "prompt_enhancement",
    "parameters.seed": "seed",
}
SIDES = {
    ">=300": {"min_side": 300},
    "240..7680": {"min_side": 240, "max_side": 7680},
    "240..5000": {"min_side": 240, "max_side": 5000},
    "340..3850": {"min_side": 340, "max_side": 3850},
    "300(340)..3850": {"min_side": 340, "max_side": 3850},
    "~640x640 .. ~834x1112 (480p..720p area)": {"min_pixels": 640 * 640, "max_pixels": 834 * 1112},
}
FIXED = {
    "768p": {"resolution": "768p"},
    "512p": {"resolution": "512p"},
    "1080p 6 s": {"resolution": "1080p", "seconds": 6},
}
VIDEO_OR_IMAGE = ["reference_image", "reference_video"]
# Prose about an input: what it adds to the input, and to its route.
MEDIA_NOTES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "requires >=1 image or video; must be shorter than output video": (
        {"shorter_than_output": True},
        {"needs": [{"role": "reference_audio", "any_of": VIDEO_OR_IMAGE, "reason": "audio needs a picture"}]},
    ),
    "max 7 total with elements; max 4 when a video element is used": ({}, {}),
    "max 3 by Google rule": ({}, {}),
    "fps >= 16": ({}, {}),
    "max 4 when videos given": (
        {"narrower": [{"when": {"roles": ["reference_video"]}, "max_items": 4, "reason": "4 beside videos"}]},
        {},
    ),
    "<=10 s when character_orientation=image; one continuous take, head visible; "
    "output length = usable motion (>=3 s)": (
        {
            "narrower": [
                {
                    "when": {"settings": {"character_orientation": ["image"]}},
                    "max_seconds": 10,
                    "reason": "10 s when the character faces as in the image",
                }
            ]
        },
        {},
    ),
    "body visible, character >5% of area": ({}, {}),
    "field name differs from every other model": ({}, {}),
    "optional in schema": ({}, {}),
    ">=720p, 16:9 or 9:16 else cropped; 8 MB limit M": ({}, {}),
    "720p/1080p 16:9 or 9:16": ({}, {}),
    "truncated to video length; remainder silent": ({}, {}),
    "not with image_url": (
        {},
        {"conflicts": [{"roles": ["start_frame", "source_video"], "reason": "either a frame or a video"}]},
    ),
    "field name unverified (L)": ({}, {}),
    "https URL, runway:// upload URI or data URI (<=5 MB encoded); string or [{position:'first',uri}]": (
        {},
        {},
    ),
    "{bytesBase64Encoded,mimeType}": ({}, {}),
    "{image,referenceType:'asset'}": ({}, {}),
    "{uri} or encodedVideo": ({}, {}),
}
# Prose about a whole mode: what it adds to the route, and rules of the model.
CONSTRAINTS: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "sum of all reference files <= 12": ({"caps": [{"max_files": 12, "reason": "12 files"}]}, []),
    "no first/last frame in this mode": ({}, []),  # the route simply has no such input
    "audio needs >=1 image or video": ({}, []),  # said on the audio input as well
    "<=30 images": ({}, []),
    "video/audio totals <=30 s (Runway-hosted schema)": ({}, []),
    "no duration/aspect/resolution parameter: taken from the motion clip / image": ({}, []),
    "no seed": ({}, []),
    "images+videos <= 5": ({"caps": [{"roles": VIDEO_OR_IMAGE, "max_files": 5, "reason": "5 files"}]}, []),
    "prompt tags Character1.. with videos numbered first": ({}, []),
    ">10 s only at 25 fps + 1080p": (
        {},
        [
            {
                "when": {"settings": {"duration": [12, 14, 16, 18, 20]}},
                "setting": setting,
                "only": [only],
                "reason": "over 10 s only at 25 fps and 1080p",
            }
            for setting, only in (("fps", 25), ("resolution", "1080p"))
        ],
    ),
    "360p not available with end_image_url": (
        {},
        [
            {
                "when": {"roles": ["end_frame"]},
                "setting": "resolution",
                "only": ["540p", "720p", "1080p"],
                "reason": "no 360p with an end frame",
            }
        ],
    ),
}
# Prose about a parameter that is a rule between settings; other prose stays the setting's note.
PARAM_RULES: dict[tuple[str, str], dict[str, Any]] = {
    ("duration", "10 s not at 1080p"): {
        "when": {"settings": {"duration": ["10"]}},
        "setting": "resolution",
        "only": ["360p", "540p", "720p"],
        "reason": "10 s not at 1080p",
    },
    ("bgm", "only 4 s"): {
        "when": {"settings": {"bgm": [True]}},
        "setting": "duration",
        "only": [4],
        "reason": "music only at 4 s",
    },
    ("multi_shots", "only active with enable_prompt_expansion"): {
        "when": {"settings": {"multi_shots": [True]}},
        "setting": "enable_prompt_expansion",
        "only": [True],
        "reason": "shots need prompt expansion",
    },
    ("parameters.durationSeconds", "must be 8 for 1080p/4k/referenceImages/extension"): {
        "when": {"settings": {"resolution": ["1080p", "4k"]}},
        "setting": "duration",
        "only": [8],
        "reason": "1080p and 4k only at 8 s",
    },
}
PARAM_LIMITS: dict[tuple[str, str], dict[str, Any]] = {
    (
        "multi_prompt",
        "1-6 shots, mutually exclusive with prompt; total must equal/not exceed 15 s",
    ): {"max_items": 6, "max_total_seconds": 15, "seconds_item": "duration"},
    ("elements", "max 1; only with character_orientation=video; @Element1"): {"max_items": 1},
    ("voice_ids", "max 2, <<<voice_1>>> tags"): {"max_items": 2},
    ("character_ids", "max 2"): {"max_items": 2},
}


@cache
def facts() -> dict[str, Any]:
    """The collected facts."""
    loaded: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return loaded


def fact_models() -> list[dict[str, Any]]:
    """Every model of the facts."""
    models: list[dict[str, Any]] = facts()["models"]
    return models


def endpoints_of(template: str) -> list[tuple[str, str | None]]:
    """A template such as ``a/{standard|pro}/b`` as (endpoint, variant); one without variant otherwise."""
    match = re.search(r"\{([^{}]*\|[^{}]*)\}", template)
    if match is None:
        return [(template, None)]
    return [(template.replace(match[0], choice), choice) for choice in match[1].split("|")]


def map_model(fact: dict[str, Any]) -> dict[str, Any]:
    """One model of the facts as the content of a catalog file."""
    routes = [route for name, mode in fact["modes"].items() for route in _routes(name, mode)]
    routes += _sibling_routes(fact, routes)
    settings = _settings(fact, routes)
    variants = list(dict.fromkeys(route["_variant"] for route in routes))
    if len(variants) > 1:
        settings.append(
            {
                "name": "variant",
                "kind": "choice",
                "label": "Variant",
                "options": variants,
                "default": variants[0],
            }
        )
    status, _, rest = fact["status"].partition(" ")
    return {
        "id": fact["id"],
        "name": fact["name"],
        "vendor": fact["vendor"],
        "provider": fact["provider"],
        "status": {"current": "current", "legacy:": "legacy", "deprecated:": "retired"}[status],
        "status_note": rest,
        "usual_seconds": fact.get("typical_latency_s"),
        "fixed": {"resolution": fact["fixed_resolution"]} if "fixed_resolution" in fact else {},
        "settings": settings,
        "routes": [_finished(route, settings, len(variants) > 1) for route in routes],
        "rules": _rules(fact),
        "pricing": map_price(fact, variants, {setting["name"] for setting in settings}),
        "sizes": _sizes(fact),
        "notes": ([fact["note"]] if "note" in fact else [])
        + [sibling["note"] for sibling in fact.get("variants", []) if "endpoints" not in sibling],
        "sources": fact["sources"],
        "confidence": fact["confidence"][0],
    }


def _routes(name: str, mode: dict[str, Any]) -> list[dict[str, Any]]:
    if name == "all":
        pairs = [(our, BASE, roles) for our, roles in ALL_MODES.items()]
    else:
        pairs = [(*MODES[name], None)]
    return [
        {
            "mode": our,
            "endpoint": endpoint,
            "_variant": tier or variant,
            "_params": mode["params"],
            "inputs": [
                media
                for media in map(_input, mode.get("media", []))
                if roles is None or media["role"] in roles
            ],
            "fixed": FIXED[mode["fixed"]] if "fixed" in mode else None,
            "returns": list(mode["output"]),
            "notes": list(mode.get("constraints", [])),
            **_route_extras(mode),
        }
        for our, variant, roles in pairs
        for endpoint, tier in endpoints_of(mode["endpoint"])
    ]


def _route_extras(mode: dict[str, Any]) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    additions = [MEDIA_NOTES[media["note"]][1] for media in mode.get("media", []) if media.get("note")]
    additions += [CONSTRAINTS[text][0] for text in mode.get("constraints", [])]
    for addition in additions:
        for key, value in addition.items():
            extras.setdefault(key, []).extend(value)
    return extras


def _sibling_routes(fact: dict[str, Any], routes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The endpoints of a model's siblings, as variants with the settings of the same mode."""
    found = []
    for sibling in fact.get("variants", []):
        for endpoint in sibling.get("endpoints", []):
            mode = "image" if "image-to-video" in endpoint else "text"
            model = next(route for route in routes if route["mode"] == mode)
            found.append(
                model | {"endpoint": endpoint, "_variant": sibling["id"], "notes": [sibling["note"]]}
            )
    return found


def _input(media: dict[str, Any]) -> dict[str, Any]:
    low, high = media.get("aspect_ratio_range", (None, None))
    shortest, longest = media.get("duration_s", (None, None))
    least, most = media.get("total_duration_s", (None, None))
    own, _ = MEDIA_NOTES[media["note"]] if media.get("note") else ({}, {})
    return {
        "role": ROLES[media["role"], media["kind"]],
        "field": media["field"],
        "kind": media["kind"],
        "array": media["array"],
        "required": media["required"],
        "min_items": media["min_items"],
        "max_items": media["max_items"],
        "formats": media.get("formats", []),
        "max_bytes": media["max_mb"] * MB if "max_mb" in media else None,
        "total_bytes": media["max_total_mb"] * MB if "max_total_mb" in media else None,
        "min_aspect": low,
        "max_aspect": high,
        "min_seconds": shortest,
        "max_seconds": longest,
        "min_total_seconds": least,
        "max_total_seconds": most,
        "label": media.get("prompt_tag", ""),
        "note": media.get("note", ""),
        **(SIDES[media["side_px"]] if "side_px" in media else {}),
        **own,
    }


def product_name(field: str) -> str:
    """The product's word for a wire field."""
    return NAMES.get(field, field)


def _kind(param: dict[str, Any]) -> str:
    if "enum" in param:
        return "choice"
    if product_name(param["name"]) == "seed":
        return "seed"
    return {
        "boolean": "switch",
        "integer": "integer",
        "string|integer": "integer",
        "number": "slider",
        "string": "text",
        "array": "list",
    }[param["type"]]


def _setting(param: dict[str, Any]) -> dict[str, Any]:
    is_text = param["type"] == "string" and "enum" not in param
    setting = {
        "name": product_name(param["name"]),
        "field": param["name"],
        "kind": _kind(param),
        "label": param["name"],
        "required": param["required"],
        "default": param.get("default"),
        "options": param.get("enum", []),
        "min": param.get("min"),
        "max": None if is_text else param.get("max"),
        "max_chars": param.get("max") if is_text else None,
        "step": param.get("step"),
        "items": _items(param),
        "note": param.get("note", ""),
        "shown": param.get("ui") is not None or "enum" in param,
        "max_items": None,
    }
    return setting | PARAM_LIMITS.get((param["name"], param.get("note", "")), {})


def _items(param: dict[str, Any]) -> list[dict[str, Any]]:
    items = param.get("items")
    if param["type"] != "array":
        return []
    if not isinstance(items, dict):
        return [{"kind": "text"}]
    return [_item(name, words) for name, words in items.items()]


def _item(name: str, words: str) -> dict[str, Any]:
    if words == "string (required)":
        return {"name": name, "kind": "text", "required": True}
    if words == "string '1'..'15' default '5'":
        options = [str(second) for second in range(1, 16)]
        return {"name": name, "kind": "choice", "options": options, "default": "5"}
    many = re.fullmatch(r"uri\[\d\.\.(\d)\]\?", words)
    if many:
        return {"name": name, "kind": "files", "max_items": int(many[1])}
    assert words.startswith("uri?"), words
    return {"name": name, "kind": "file", "note": words}


def _settings(fact: dict[str, Any], routes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for route in routes:
        for param in route["_params"]:
            if param["name"] not in PROMPTS:
                setting = _setting(param)
                found.setdefault(setting["name"], setting)
    return list(found.values())


def _finished(route: dict[str, Any], settings: list[dict[str, Any]], has_variants: bool) -> dict[str, Any]:
    by_name = {setting["name"]: setting for setting in settings}
    own = [_setting(param) for param in route["_params"] if param["name"] not in PROMPTS]
    overrides = {}
    for setting in own:
        base = by_name[setting["name"]]
        different = {
            key: value
            for key, value in setting.items()
            if value != base[key] and key not in ("label", "shown")
        }
        if different:
            overrides[setting["name"]] = different
    prompt = next((param for param in route["_params"] if param["name"] in PROMPTS), None)
    finished = {key: value for key, value in route.items() if not key.startswith("_")}
    return finished | {
        "settings": [setting["name"] for setting in own] + (["variant"] if has_variants else []),
        "overrides": overrides,
        "variant": {"variant": [route["_variant"]]} if has_variants else {},
        "prompt": prompt
        and {
            "field": prompt["name"],
            "required": prompt["required"],
            "max_chars": prompt.get("max"),
            "note": prompt.get("note", ""),
            "replaced_by": "multi_prompt" if "XOR multi_prompt" in prompt.get("note", "") else None,
        },
    }


def _rules(fact: dict[str, Any]) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = []
    for mode in fact["modes"].values():
        found = [PARAM_RULES.get((param["name"], param.get("note", ""))) for param in mode["params"]]
        found += [rule for text in mode.get("constraints", []) for rule in CONSTRAINTS[text][1]]
        rules += [rule for rule in found if rule is not None and rule not in rules]
    return rules


def _sizes(fact: dict[str, Any]) -> dict[str, Any]:
    if fact["price"]["kind"] != "tokens":
        return {}
    tables: dict[str, Any] = facts()["pixel_tables"]["seedance_2"]
    return {resolution: sizes for resolution, sizes in tables.items() if not resolution.startswith("_")}
