"""The renderers' queue: one prediction of the Sandbox becomes one film."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, Final

import structlog

from sorceress_video.jobs.points import Point, reached
from sorceress_video.library import results, sandbox
from sorceress_video.library.database import Database, get_database
from sorceress_video.library.tables import Asset, SandboxPrediction
from sorceress_video.media.errors import MediaError
from sorceress_video.media.storage import open_storage
from sorceress_video.settings import Settings, get_settings
from worker.sandbox.renderer import render
from worker.sandbox.spec import RenderCancelled, RenderSpec

_log = structlog.get_logger(__name__)

REPORT_EVERY: Final = 0.25
"""Seconds between two looks at the row, which also tell whether the clip was cancelled."""
MOST_RUNS: Final = 5
"""A prediction that ended its renderer this often is given up."""


def render_prediction(prediction_id: str, _dispatch: int) -> None:
    """Queue ``sandbox``: render one prediction into the scratch folder."""
    with structlog.contextvars.bound_contextvars(prediction=prediction_id):
        _Rendering(prediction_id).run()


class _Rendering:
    def __init__(self, prediction_id: str) -> None:
        self.id = prediction_id
        self.dispatch = 0
        self.db: Database = get_database()
        self.settings: Settings = get_settings()
        self.lease = timedelta(seconds=self.settings.lease_seconds)
        self.lost = False
        self._reported = 0.0
        self._progress = 0.0

    def run(self) -> None:
        with self.db.write() as session:
            prediction = sandbox.take(session, self.id, self.lease)
        if prediction is None:
            return
        self.dispatch = prediction.dispatch
        reached(Point.RENDER_STARTED)
        if prediction.runs > MOST_RUNS:
            self._end("failed", error_code="render_crashed")
            return
        folder = self.settings.scratch_dir / "sandbox"
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.settings.scratch_dir, prefix="render-") as scratch:
            film = Path(scratch) / "film.mp4"
            try:
                render(
                    self._spec(prediction, Path(scratch)),
                    film,
                    progress=self._note,
                    cancelled=self._cancelled,
                )
            except RenderCancelled:
                return
            except MediaError as error:
                _log.warning("not rendered", code=error.code)
                self._end("failed", error_code=error.code)
                return
            reached(Point.RENDER_DONE)
            if prediction.spec.get("rehearsal") == "fail":
                self._end("failed", error_code="rehearsed_failure")
                return
            kept = folder / f"{self.id}.mp4"
            film.replace(kept)
        self._end("done", progress=1.0, result_path=str(kept.relative_to(self.settings.scratch_dir)))
        reached(Point.RENDER_COMMITTED)

    def _spec(self, prediction: SandboxPrediction, scratch: Path) -> RenderSpec:
        spec = prediction.spec
        files: dict[str, list[Path]] = {}
        facts: dict[str, Any] = {}
        for role, path, asset in self._inputs(spec, scratch):
            files.setdefault(role, []).append(path)
            if role == "motion_clip" and asset.fps:
                facts["motion_fps"] = min(asset.fps, 240.0)

        def first(*roles: str) -> Path | None:
            return next((files[role][0] for role in roles if role in files), None)

        return RenderSpec(
            prompt=spec["prompt"],
            width=spec["width"],
            height=spec["height"],
            seconds=spec["seconds"],
            seed=spec["seed"] if spec["seed"] is not None else int(self.id[-8:], 16),
            camera=spec["settings"]["camera"].replace("_", " "),
            start_frame=first("start_frame", "character"),
            end_frame=first("end_frame"),
            motion_clip=first("motion_clip"),
            references=tuple(files.get("reference_image", ())),
            **facts,
        )

    def _inputs(self, spec: dict[str, Any], scratch: Path) -> list[tuple[str, Path, Asset]]:
        if not spec["inputs"]:
            return []
        storage = open_storage(self.settings)
        with self.db.read() as session:
            given = results.inputs_with_files(session, spec["clip"])
        wanted = {(item["role"], item["sha256"]) for item in spec["inputs"]}
        found = []
        for link, asset in given:
            if (link.role, asset.sha256) not in wanted:
                continue
            path = storage.local_path(asset.file_key)
            if path is None:
                path = scratch / f"{link.role}-{link.position}"
                storage.fetch_to(asset.file_key, path)
            found.append((link.role, path, asset))
        return found

    def _note(self, progress: float) -> None:
        self._progress = progress

    def _cancelled(self) -> bool:
        if not self.lost and monotonic() - self._reported >= REPORT_EVERY:
            self._reported = monotonic()
            with self.db.write() as session:
                self.lost = not sandbox.report(session, self.id, self.dispatch, self._progress, self.lease)
        return self.lost

    def _end(self, status: str, **changes: Any) -> None:
        with self.db.write(durable=True) as session:
            sandbox.end(session, self.id, self.dispatch, status, **changes)
