"""What a long history costs the server: windows, jumps and searches of the gallery.

``make bench ONLY=library``; ``python -m bench.library --database postgresql`` for the other database. Reads a
library of ``--clips`` (100,000) the way the page does; exits with 1 if a median is over its limit, or of all
searches together the 95th percentile.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from bench.long_history import MODELS, fill
from sorceress_video.library import gallery
from sorceress_video.library.database import Database
from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.library.tables import Account, metadata
from sorceress_video.ui.gallery.window import UsualTimes, read_window
from tests.support.postgres import open_database, open_server

SEARCH: Final = "search "
LIMIT: Final = 0.200  # seconds, the 95th percentile
REPEATS: Final = 5
SEARCHES: Final = (
    "embers",
    "e",
    "dr",
    "ridge at dusk",
    "lighthouse",
    '"drift over"',
    "number 4711",
    "nothing has this",
    "-fox",
    "fox -snow",
    "雪山",
    "model:kling",
    "model:kling embers",
    "mode:image",
    "mode:text",
    "-mode:image",
    "is:favorite -fox",
    "is:failed",
    "is:completed embers",
    "is:running",
    "is:favorite",
    "is:favorite embers",
    "before:7d",
    "after:30d embers",
)


def timed(work: Callable[[], object]) -> list[float]:
    """Seconds that some work takes, each time."""
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return times


@contextmanager
def opened(kind: str) -> Iterator[Database]:
    """An empty database of a kind with all tables."""
    with ExitStack() as stack:
        if kind == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="sorceress-bench-"))
            url = f"sqlite:///{Path(folder) / 'library.db'}"
        else:
            url = stack.enter_context(open_database(stack.enter_context(open_server())))
        db = Database(url)
        stack.callback(db.close)
        metadata.create_all(db.engine)
        yield db


def figures(db: Database, account_id: str, clips: int) -> dict[str, list[float]]:
    """Seconds of everything, by what it is."""
    usual = UsualTimes(db)

    def window(search: str = "", start: int = 0, at: str = "") -> object:
        return read_window(db, account_id, GalleryFilter(search=search), usual, start=start, at=at)

    middle = gallery.page(db, account_id, GalleryFilter(), clips // 2, 1).cards[0].id
    read = {
        "window at the top": timed(window),
        "window in the middle": timed(lambda: window(start=clips // 2)),
        "window at the end": timed(lambda: window(start=clips)),
        "window at a clip": timed(lambda: window(at=middle)),
        "end of a search": timed(lambda: window("embers", start=clips)),
        "neighbours": timed(lambda: gallery.neighbours(db, account_id, GalleryFilter(), middle)),
        "neighbours in a search": timed(
            lambda: gallery.neighbours(db, account_id, GalleryFilter(search="embers"), middle)
        ),
        "usual time of a model": timed(lambda: gallery.usual_seconds(db, MODELS[0][0])),
    }
    return read | {f"{SEARCH}{text}": timed(lambda text=text: window(text)) for text in SEARCHES}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--clips", type=int, default=100_000)
    chosen = parser.parse_args()
    with opened(chosen.database) as db:
        account = Account(email="bench@example.com", password_hash="-")
        with db.write() as session:
            session.add(account)
        fill(db, account.id, chosen.clips)
        read = figures(db, account.id, chosen.clips)
    print(f"{chosen.clips:,} clips, {chosen.database}{'':20}median ms   slowest ms   limit ms")
    for name, times in read.items():
        print(f"{name:44}{median(times) * 1000:>12.1f} {max(times) * 1000:>12.1f} {LIMIT * 1000:>10.0f}")
    searches = [each for name, times in read.items() if name.startswith(SEARCH) for each in times]
    others = [median(times) for name, times in read.items() if not name.startswith(SEARCH)]
    p95 = quantiles(searches, n=20)[-1]
    kept = p95 <= LIMIT and max(others) <= LIMIT
    print(f"{'95th percentile of the searches':44}{p95 * 1000:>12.1f}{'':13}{LIMIT * 1000:>11.0f}")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
