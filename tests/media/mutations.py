"""Runs the child's own code on damaged files, one fork for each: what a fresh process would do, without its
start. Prints how often each verdict fell, as JSON.

Usage: python -m tests.media.mutations TASK GOOD_FILE COUNT FOLDER
"""

from __future__ import annotations

import collections
import importlib
import json
import os
import random
import sys
from dataclasses import asdict
from pathlib import Path

from sorceress_video.media import decoder
from sorceress_video.media.sandbox import Bounds

ARGUMENTS = {
    "accept_video": {
        "demuxers": "mov,mp4,m4a,3gp,3g2,mj2",
        "min_side": 1,
        "min_seconds": 0,
        "max_seconds": 600,
        "max_fps": 240,
        "thumbnail_side": 512,
    },
    "accept_image": {"min_side": 1, "max_pixels": 40_000_000, "thumbnail_side": 512},
}


def damaged(whole: bytes, seed: int) -> bytes:
    """The file with a few bytes changed, a stretch removed, or its end cut off."""
    chance = random.Random(seed)
    content = bytearray(whole)
    for _ in range(chance.choice((1, 5, 50))):
        content[chance.randrange(len(content))] = chance.randrange(256)
    if seed % 5 == 0:
        start = chance.randrange(len(content))
        del content[start : start + chance.randrange(1, 200)]
    return bytes(content[: chance.randrange(1, len(content))] if seed % 7 == 0 else content)


def judge(task: str, folder: Path) -> None:
    """The child: sets its limits, runs the task, writes its verdict. Does not return."""
    os.chdir(folder)
    decoder.set_limits(asdict(Bounds()))
    found = decoder.answer(task, ARGUMENTS[task])
    (folder / "verdict").write_text(found["error"]["code"] if "error" in found else "accepted")
    os._exit(0)


def main() -> None:
    """See the module."""
    for module in set(decoder.TASKS.values()):
        importlib.import_module(module)
    task, whole, count, place = sys.argv[1], Path(sys.argv[2]).read_bytes(), int(sys.argv[3]), sys.argv[4]
    verdicts: collections.Counter[str] = collections.Counter()
    for seed in range(count):
        folder = Path(place) / str(seed)
        folder.mkdir()
        (folder / "input").write_bytes(damaged(whole, seed))
        child = os.fork()
        if child == 0:
            judge(task, folder)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        verdicts["died" if status else (folder / "verdict").read_text()] += 1
    sys.stdout.write(json.dumps(verdicts))


if __name__ == "__main__":
    main()
