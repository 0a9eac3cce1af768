"""``python -m tests.simulators.fal --port 8900 --data DIR``"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.simulators.fal.server import DEFAULT_KEY, serve

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.simulators.fal", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of the journal, uploads and clips")
    parser.add_argument("--key", default=DEFAULT_KEY, help="the key that is accepted; * for any")
    parser.add_argument("--queue", type=float, default=0.2, help="seconds in the queue")
    parser.add_argument("--run", type=float, default=0.5, help="seconds of work")
    options = parser.parse_args()
    serve(options.port, options.data, key=options.key, queue_s=options.queue, run_s=options.run)
