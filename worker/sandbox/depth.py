"""A plausible depth for one picture, good enough for a camera that moves a few percent.

No network: near is what lies low in the frame, is in focus, and stands out from its surroundings. The map is
cleaned along the picture's own edges, so that things move whole.
"""

from __future__ import annotations

import cv2
import numpy as np

from worker.sandbox.planes import Float, UInt8

DEPTH_LONG_SIDE = 256
_LAYERS = 4


def estimate_depth(luma: UInt8) -> Float:
    """Depth of a picture given as luma (H, W): float32 0 far … 1 near, long side `DEPTH_LONG_SIDE`."""
    height, width = luma.shape
    factor = DEPTH_LONG_SIDE / max(height, width)
    size = (max(8, round(width * factor)), max(8, round(height * factor)))
    small = cv2.resize(luma, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255.0
    cues = 0.46 * _low_in_frame(small) + 0.30 * _in_focus(small) + 0.24 * _stands_out(small)
    depth = _stretch(_guided(small, cues.astype(np.float32), radius=14, softness=2e-3))
    layered = _soft_layers(depth)
    # Near things keep a margin of their own depth: without it their outline would be smeared.
    margin = cv2.dilate(layered, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7)))
    return np.asarray(
        cv2.GaussianBlur(_guided(small, margin, radius=6, softness=1e-3), (0, 0), 4.0), np.float32
    )


def _low_in_frame(small: Float) -> Float:
    """Ground comes towards the camera from the middle of the frame down."""
    rows = np.linspace(0.0, 1.0, small.shape[0], dtype=np.float32)
    ramp = np.clip((rows - 0.22) / 0.78, 0, 1) ** 1.15
    return np.repeat(ramp[:, None], small.shape[1], axis=1).astype(np.float32)


def _in_focus(small: Float) -> Float:
    """Local detail, spread over its neighbourhood; haze, sky and bokeh have none."""
    detail = np.abs(cv2.Laplacian(cv2.GaussianBlur(small, (0, 0), 1.0), cv2.CV_32F))
    return _stretch(np.sqrt(cv2.GaussianBlur(detail, (0, 0), 9.0)))


def _stands_out(small: Float) -> Float:
    """Difference from the surroundings, favouring the middle of the frame."""
    height, width = small.shape
    surround = cv2.GaussianBlur(small, (0, 0), max(height, width) / 7)
    contrast = cv2.GaussianBlur(np.abs(small - surround), (0, 0), 6.0)
    y, x = np.mgrid[-1.0 : 1.0 : height * 1j, -1.0 : 1.0 : width * 1j].astype(np.float32)
    return np.asarray(_stretch(contrast) * np.exp(-(x * x * 1.4 + y * y * 0.9)), np.float32)


def _soft_layers(depth: Float) -> Float:
    """Gather depths around a few levels, with soft steps between them."""
    scaled = depth * (_LAYERS - 1)
    floor = np.floor(scaled)
    step = scaled - floor
    soft = step * step * (3 - 2 * step)
    return np.asarray((floor + 0.65 * soft + 0.35 * step) / (_LAYERS - 1), np.float32)


def _guided(guide: Float, values: Float, *, radius: int, softness: float) -> Float:
    """Edge-preserving smoothing after He, Sun and Tang, "Guided Image Filtering" (2010), grey guide."""
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(image: Float) -> Float:
        return np.asarray(cv2.boxFilter(image, cv2.CV_32F, window), np.float32)

    mean_guide, mean_values = mean(guide), mean(values)
    covariance = mean(guide * values) - mean_guide * mean_values
    variance = mean(guide * guide) - mean_guide * mean_guide
    slope = covariance / (variance + softness)
    return np.asarray(mean(slope) * guide + mean(mean_values - slope * mean_guide), np.float32)


def _stretch(values: Float) -> Float:
    """Map the 2nd…98th percentile to 0…1; a flat map becomes 0."""
    low, high = np.percentile(values, (2, 98))
    if high - low < 1e-6:
        return np.zeros_like(values)
    return np.asarray(np.clip((values - low) / (high - low), 0, 1), np.float32)
