"""Makes one synthetic day in a process of its own: `python -m ... SEED SECONDS INDEX BOUNDS PATH`.

A live host steps its bots meanwhile: making a day takes a second of a core, and numba.
"""

import json
import sys
from pathlib import Path

from forven.market.bounds import SessionBounds
from forven.market.feeds.day_files import write_ticks
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.errors import ForvenError


def make(arguments: list[str]) -> None:
    """Write the day that the arguments tell."""
    seed, frame_seconds, index, bounds, path = arguments
    spec = SyntheticSpec(seed=int(seed), frame_seconds=int(frame_seconds))
    session = SessionBounds.from_dict(json.loads(bounds))
    write_ticks(Path(path), synthetic_day(spec, int(index), session))


if __name__ == "__main__":
    try:
        make(sys.argv[1:])
    except ForvenError as error:
        sys.exit(str(error))
