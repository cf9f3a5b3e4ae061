"""The real command `forven` in processes of its own, with their seconds and peak memory."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sizes import ROOT, SEED, BenchmarkFailed
from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.columns import columns_of
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.identifiers import canonical_json

HOME_VARIABLE = "FORVEN_BENCH_HOME"
STRATEGY = ROOT / "examples" / "put_credit_spread.json"
_FORVEN = "from forven.cli import main; main()"
_OUTPUT_SHOWN = 2_000


def bench_home() -> Path:
    """Return the data root of the benchmarks: FORVEN_BENCH_HOME, else `build/bench-home`."""
    return Path(os.environ.get(HOME_VARIABLE) or ROOT / "build" / "bench-home")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command that ended well: its seconds from start to end, peak bytes and standard output."""

    seconds: float
    rss_bytes: int
    output: str


def run_forven(*arguments: str, kernels: Path | None = None) -> Ran:
    """Run `forven ARGUMENTS` as its console script does; BenchmarkFailed if it ends in an error.

    kernels  folder of compiled kernels; None: the one this process uses
    """
    environment = {**os.environ, "FORVEN_HOME": str(bench_home())}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    if kernels is not None:
        environment["NUMBA_CACHE_DIR"] = str(kernels)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        launcher = str(Path(__file__).with_name("launcher.py"))
        ran = subprocess.run(
            [sys.executable, launcher, str(report), sys.executable, "-c", _FORVEN, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        found = json.loads(report.read_text()) if report.exists() else {"code": ran.returncode}
    if found["code"] != 0:
        raise BenchmarkFailed(
            f"forven {' '.join(arguments)}: expected exit code 0, found {found['code']}: "
            f"{ran.stderr[-_OUTPUT_SHOWN:]}"
        )
    return Ran(seconds=found["seconds"], rss_bytes=found["rss_bytes"], output=ran.stdout)


def backtest(dataset: str, kernels: Path | None = None) -> tuple[Ran, str]:
    """Run `forven backtest` over a dataset; return what ran and the digest of its journals."""
    ran = run_forven("backtest", str(STRATEGY), "--data", dataset, "--json", kernels=kernels)
    return ran, json.loads(ran.output)["provenance"]["journal_digest"]


def synthetic_dataset(days: int, frame_seconds: int) -> str:
    """Return the name of a synthetic dataset of `bench_home()`, made if it is not there.

    One that is there is used again if its settings and its first day are what would be made now.
    """
    name = f"bench-{days}-days-{frame_seconds}-s"
    spec = SyntheticSpec(seed=SEED, frame_seconds=frame_seconds)
    sessions = synthetic_sessions(trading_calendar(bench_home()), FIRST_SYNTHETIC_DAY, days)
    catalog = Catalog(bench_home())
    if catalog.exists(name):
        dataset = catalog.open(name)
        first = columns_of(synthetic_day(spec, 0, sessions[0])).content_hash(sessions[0])
        is_same = (
            dataset.manifest.source == f"synthetic {canonical_json(spec.as_dict())}"
            and dataset.days() == [session.day for session in sessions]
            and dataset.record(sessions[0].day).content_hash == first
        )
        if is_same:
            return name
    synthesize(catalog, name, spec, sessions, lambda day: None, replace=True)
    return name
