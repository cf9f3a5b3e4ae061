"""Runs a workload in a process of its own: opens it and takes a round whenever a line asks for it.

`python -P served.py SCRIPT`: the script has `prepare(settings)`, which returns a function that does
one round and returns it as a document. Each line on standard input is answered by one on standard
output. It needs the standard library alone, so that it runs in any environment.
"""

import json
import os
import resource
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import IO, Any

SPAWNED_VARIABLE = "FORVEN_BENCH_SPAWNED"
"""When the parent started this process, in seconds of the clock that both share."""
_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024
_STATUS = Path("/proc/self/status")

Round = Callable[[], dict[str, Any]]


def main(script: str) -> None:
    """Serve one script until standard input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    found = runpy.run_path(script)
    loaded = perf_counter() - float(os.environ[SPAWNED_VARIABLE])
    answer(answers, {"seconds_loaded": loaded, "versions": found["versions"]()})
    work: Round | None = None
    for line in sys.stdin:
        asked = json.loads(line)
        if "settings" in asked:
            work, told = opened(found["prepare"], asked["settings"])
            answer(answers, told)
        elif work is not None:
            answer(answers, work())


def opened(prepare: Callable[[Any], Round], settings: Any) -> tuple[Round, dict[str, Any]]:
    """Return a workload that is ready and has been through its first round, and that round."""
    start = perf_counter()
    work = prepare(settings)
    prepared = perf_counter()
    first = work()
    return work, {"seconds_prepared": prepared - start, "first": first}


def answer(answers: IO[str], document: dict[str, Any]) -> None:
    """Write one line, with the most memory this process has held."""
    answers.write(json.dumps({**document, "rss_peak_bytes": peak_bytes()}) + "\n")
    answers.flush()


def peak_bytes() -> int:
    """Return the most memory this process has held since it began to run its program.

    Linux counts to `ru_maxrss` what the process that started this one held when it did.
    """
    if _STATUS.exists():
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_BYTES


if __name__ == "__main__":
    main(sys.argv[1])
