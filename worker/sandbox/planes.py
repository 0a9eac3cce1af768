"""Frames as the encoder wants them: BT.709 limited-range Y, U and V, chroma at half size."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

UInt8 = NDArray[np.uint8]
Float = NDArray[Any]  # float32; what OpenCV's stubs return is not more exact.

# ITU-R BT.709-6 item 3.2 and 3.4, for RGB in 0…255 to limited range.
_KR, _KB = 0.2126, 0.0722
_KG = 1.0 - _KR - _KB
_TO_YUV = np.array(
    [
        [_KR * 219 / 255, _KG * 219 / 255, _KB * 219 / 255, 16],
        [-_KR / (2 * (1 - _KB)) * 224 / 255, -_KG / (2 * (1 - _KB)) * 224 / 255, 0.5 * 224 / 255, 128],
        [0.5 * 224 / 255, -_KG / (2 * (1 - _KR)) * 224 / 255, -_KB / (2 * (1 - _KR)) * 224 / 255, 128],
    ],
    np.float32,
)
BLACK_Y, WHITE_Y, NEUTRAL = 16, 235, 128


class Planes(NamedTuple):
    """One picture: y (H, W), u and v (H/2, W/2), uint8."""

    y: UInt8
    u: UInt8
    v: UInt8


def to_uint8(values: Float) -> UInt8:
    """Round to the nearest code and saturate."""
    positive = cv2.max(values, 0)  # type: ignore[call-overload]  # The stubs know no scalars.
    return np.asarray(cv2.convertScaleAbs(positive), np.uint8)


def yuv_values(rgb: UInt8 | Float) -> Float:
    """RGB of shape (H, W, 3) in 0…255 as unrounded Y, U, V of the same shape."""
    return np.asarray(cv2.transform(rgb.astype(np.float32), _TO_YUV), np.float32)


def yuv_codes(rgb: UInt8) -> tuple[UInt8, UInt8, UInt8]:
    """Y, U and V of an 8-bit picture, all three at its own size; faster than `yuv_values`."""
    return tuple(np.asarray(plane, np.uint8) for plane in cv2.split(cv2.transform(rgb, _TO_YUV)))  # type: ignore[return-value]


def rgb_from_planes(planes: Planes) -> UInt8:
    """The reverse of `planes_from_rgb`, for stills: (H, W, 3) uint8."""
    height, width = planes.y.shape
    chroma = [cv2.resize(p, (width, height), interpolation=cv2.INTER_LINEAR) for p in (planes.u, planes.v)]
    yuv = np.dstack([planes.y, *chroma]).astype(np.float32) - np.array([16, 128, 128], np.float32)
    inverse = np.linalg.inv(_TO_YUV[:, :3]).astype(np.float32)
    return to_uint8(np.asarray(cv2.transform(yuv, inverse), np.float32))


def mix(a: Planes, b: Planes, weight: float) -> Planes:
    """`a` at weight 0, `b` at weight 1."""
    if weight <= 0.0:
        return a
    if weight >= 1.0:
        return b
    blend = [cv2.addWeighted(p, 1.0 - weight, q, weight, 0.0) for p, q in zip(a, b, strict=True)]
    return Planes(*(np.asarray(plane, np.uint8) for plane in blend))
