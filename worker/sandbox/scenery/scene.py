"""Puts a landscape together and films it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from worker.sandbox.camera import Camera, Pose
from worker.sandbox.planes import Planes
from worker.sandbox.scenery.land import LightSource, Ridge, build_ridges
from worker.sandbox.scenery.layers import CHROMA, Placement, Stage, blank, finished, first_hidden_row, paint
from worker.sandbox.scenery.noise import Rng
from worker.sandbox.scenery.sky import Sky
from worker.sandbox.scenery.theme import Land, Theme
from worker.sandbox.scenery.water import Water
from worker.sandbox.scenery.weather import build_weather

# Kind, row (share of the height), depth, nearness of colour. Before the shore | beyond it.
_Plan = tuple[tuple[str, float, float, float], ...]
_BEHIND: dict[Land, _Plan] = {
    "mountains": (("mountains", 0.48, 0.10, 0.05), ("mountains", 0.56, 0.20, 0.26),
                  ("mountains", 0.645, 0.45, 0.52), ("mountains", 0.755, 0.70, 0.78),
                  ("mountains", 0.88, 1.0, 1.0)),
    "hills": (("mountains", 0.52, 0.08, 0.05), ("hills", 0.60, 0.20, 0.25), ("hills", 0.69, 0.42, 0.48),
              ("hills", 0.79, 0.68, 0.74), ("hills", 0.91, 1.0, 1.0)),
    "forest": (("mountains", 0.47, 0.08, 0.04), ("forest", 0.60, 0.20, 0.24), ("forest", 0.70, 0.45, 0.48),
               ("forest", 0.82, 0.70, 0.74), ("forest", 0.99, 1.0, 1.0)),
    "dunes": (("dunes", 0.56, 0.12, 0.08), ("dunes", 0.65, 0.30, 0.32), ("dunes", 0.75, 0.52, 0.55),
              ("dunes", 0.87, 0.80, 0.82), ("dunes", 0.99, 1.0, 1.0)),
    "lake": (("mountains", 0.45, 0.08, 0.05), ("mountains", 0.52, 0.18, 0.28), ("forest", 0.595, 0.34, 0.46)),
    "ocean": (("mountains", 0.585, 0.05, 0.16),),
    "city": (("city", 0.57, 0.10, 0.10), ("city", 0.60, 0.20, 0.38), ("city", 0.635, 0.34, 0.72)),
    "space": (("mountains", 0.86, 0.5, 0.75), ("mountains", 0.97, 1.0, 1.0)),
    "light": (),
}  # fmt: skip
_BEFORE: dict[Land, _Plan] = {
    "lake": (("forest", 1.02, 1.0, 1.0),),
    "ocean": (("hills", 1.01, 1.0, 1.0),),
}
_PAINTERS = 2  # Threads that paint ridges, beside the one that paints the sky.
_SHORE_DEPTH = 0.34  # That of the last ridge beyond the water.
_SHORE: dict[Land, float] = {"lake": 0.62, "ocean": 0.595, "city": 0.66}


class Landscape:
    """A landscape of a theme, seen by a camera."""

    def __init__(self, theme: Theme, width: int, height: int, camera: Camera, rng: Rng) -> None:
        stage = Stage.around(width, height)
        self._stage, self._camera = stage, camera
        self._rest = camera.at(0.5, 0.0)
        light = _place_light(theme, stage, rng)
        lift = float(rng.uniform(-0.035, 0.03))
        self._shore = _SHORE.get(theme.land)
        horizon = stage.margin_y + stage.height * ((0.50 if theme.land == "city" else 0.60) + lift)
        plans = (_plan(_BEHIND[theme.land], lift), _plan(_BEFORE.get(theme.land, ()), 0.0))
        with ThreadPoolExecutor(_PAINTERS) as painters:
            ridges = [
                build_ridges(painters, plan, theme=theme, light=light, stage=stage, rng=rng) for plan in plans
            ]
            self._sky = Sky(theme, light, horizon, stage, rng)
            self._water: Water | None = None
            if self._shore is not None:
                self._shore += lift
                rough = {"lake": 0.35, "city": 0.55}.get(theme.land, 1.0)
                self._water = Water(
                    theme, CHROMA * (stage.height * 6 // 10 // CHROMA), stage, rng, rough=rough
                )
            self._weather = build_weather(theme, stage, rng)
            self._behind, self._before = (list(layers) for layers in ridges)

    def frame(self, time: float) -> Planes:
        """The landscape `time` seconds after the start."""
        pose = self._pose(time)
        stage = self._stage
        canvas = blank(stage)
        shore = self._shore_row(pose)
        hidden = first_hidden_row(self._behind, stage, pose) if self._behind else stage.height
        self._sky.paint(canvas, pose, time, hidden if self._water is None else min(hidden, shore))
        paint(canvas, self._behind, stage, pose, shore)
        if self._water is not None:
            bottom = first_hidden_row(self._before, stage, pose) if self._before else stage.height
            self._water.paint(canvas, shore, bottom, time)
            paint(canvas, self._before, stage, pose, stage.height)
        canvas = finished(canvas)
        for weather in self._weather:
            weather.paint(canvas, time)
        return canvas

    def _pose(self, time: float) -> Pose:
        """The move, centred on the middle of the painted area, which has room on both sides."""
        pose = self._camera.pose(time)
        rest = self._rest
        return Pose(x=pose.x - rest.x, y=pose.y - rest.y, push=pose.push, turn=pose.turn - rest.turn)

    def _shore_row(self, pose: Pose) -> int:
        if self._shore is None:
            return self._stage.height
        stage = self._stage
        row = Placement.of(stage, pose, _SHORE_DEPTH).row(stage.margin_y + self._shore * stage.height)
        return int(np.clip(2 * round(row / 2), 8, stage.height))


def _plan(plan: _Plan, lift: float) -> list[Ridge]:
    return [Ridge(kind, base + lift, depth, tone) for kind, base, depth, tone in plan]


def _place_light(theme: Theme, stage: Stage, rng: Rng) -> LightSource:
    side = rng.choice([-1, 1])
    x = stage.margin_x + stage.width * (0.5 + side * rng.uniform(0.06, 0.27))
    low = theme.body == "sun"
    share = rng.uniform(0.37, 0.49) if low else rng.uniform(0.16, 0.30)
    radius = stage.unit * (rng.uniform(0.055, 0.085) if low else rng.uniform(0.032, 0.048))
    return LightSource(float(x), float(stage.margin_y + stage.height * share), float(radius))
