"""`python -m benchmarks.bars.once SETTINGS`: one sweep and nothing else, for its memory."""

import json
import sys

from benchmarks.bars.sweeping import Sweep


def main(settings: str) -> None:
    """Run the sweep of some settings, JSON, once; write what it gave, JSON."""
    sys.stdout.write(json.dumps(Sweep(json.loads(settings)).round().as_dict()))


if __name__ == "__main__":
    main(sys.argv[1])
