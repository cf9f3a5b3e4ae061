"""Runs one command and writes its seconds, exit code and peak memory as JSON into a file.

A process of its own and small, with the standard library alone: a child's peak memory counts the
memory of the process that started it, so a large one would measure itself.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024


def main(report: str, *command: str) -> None:
    """Run `command` and write {seconds, code, rss_bytes} to the file `report`."""
    start = time.perf_counter()
    code = subprocess.run(command, check=False).returncode
    seconds = time.perf_counter() - start
    rss = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _MAXRSS_BYTES
    Path(report).write_text(json.dumps({"seconds": seconds, "code": code, "rss_bytes": rss}))


if __name__ == "__main__":
    main(*sys.argv[1:])
