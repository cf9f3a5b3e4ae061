"""Who takes part in a measurement: a process that answers line by line, and what it is."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import forven
from forven.research.workloads.served import SPAWNED_VARIABLE
from forven.research.workloads.sizes import BenchmarkFailed
from forven.research.workloads.taken import Taken

OURS, FLOOR, PEER = "ours", "floor", "peer"
_HERE = Path(__file__).resolve().parent
WORKER = _HERE / "worker.py"
FLOOR_SCRIPT = _HERE / "floor.py"
_OUTPUT_SHOWN = 2_000
_CLOSING_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """One that is measured.

    name         of the backend, floor or peer      kind     OURS, FLOOR or PEER
    script       that `served.py` runs              python   its interpreter
    settings     what to do, as the script takes it
    environment  variables beyond those of this process
    is_alone     its environment is its own: nothing of forven's is importable
    note         what it does and does not simulate
    rounds       how many of the contest's it takes part in; None: all
    """

    name: str
    kind: str
    script: Path
    settings: dict[str, Any]
    python: str = sys.executable
    environment: dict[str, str] = field(default_factory=dict)
    is_alone: bool = False
    note: str = ""
    rounds: int | None = None

    @property
    def process_key(self) -> tuple[str, ...]:
        """What entrants of different contests have in common that one process can serve.

        The name is part of it: within a contest each is a process of its own, since a process
        holds one workload at a time.
        """
        own = (self.name, self.python, str(self.script))
        return (*own, *map(str, sorted(self.environment.items())))


class Process:
    """The process of an entrant: started when made, ended by `close`."""

    def __init__(self, entrant: Entrant) -> None:
        self.entrant = entrant
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        command = [entrant.python, "-P", str(_HERE / "served.py"), str(entrant.script)]
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=_environment(entrant),
            text=True,
        )
        told = self._answer()
        self.seconds_loaded = float(told["seconds_loaded"])
        self.versions: dict[str, str] = told["versions"]
        self.rss_peak_bytes = 0
        self._is_fresh = True

    def open(self, settings: dict[str, Any]) -> tuple[Taken, float | None]:
        """Return the first round with these settings and, of a fresh process, its cold seconds.

        Cold are the start of the process, the loading of code and the first call; not the making
        of inputs.
        """
        told = self._ask({"settings": settings})
        first = Taken(**told["first"])
        cold = self.seconds_loaded + first.seconds if self._is_fresh else None
        self._is_fresh = False
        return first, cold

    def round(self) -> Taken:
        """Return one more round."""
        told = self._ask({"round": 1})
        return Taken(**told)

    def close(self) -> None:
        """End the process, waiting a moment for it to do so by itself."""
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                stream.close()
        try:
            self._child.wait(_CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._errors.close()

    def _ask(self, document: dict[str, Any]) -> dict[str, Any]:
        """Send a line and return its answer."""
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(document) + "\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            raise self._failed() from None
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        """Return the next line; BenchmarkFailed with what the process said if there is none."""
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise self._failed()
        told: dict[str, Any] = json.loads(line)
        self.rss_peak_bytes = int(told.pop("rss_peak_bytes"))
        return told

    def _failed(self) -> BenchmarkFailed:
        """Return the error of a process that ended."""
        code = self._child.wait()
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace")[-_OUTPUT_SHOWN:]
        return BenchmarkFailed(
            f"{self.entrant.name}: expected a process that answers, found exit {code}: {said}"
        )


def _environment(entrant: Entrant) -> dict[str, str]:
    """Return the variables of an entrant's process."""
    variables = {**os.environ, **entrant.environment, SPAWNED_VARIABLE: repr(perf_counter())}
    variables.pop("PYTHONPATH", None)
    if not entrant.is_alone:
        # Where forven was found: a checkout need not be installed to be measured.
        variables["PYTHONPATH"] = str(Path(forven.__file__).resolve().parents[1])
    return variables
