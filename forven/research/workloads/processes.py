"""The real command `forven` in processes of its own, with their seconds and peak memory."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import forven
from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.columns import columns_of
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.identifiers import canonical_json
from forven.research.workloads.sizes import SEED, BenchmarkFailed
from forven.strategies.examples import examples_folder

STRATEGY = "put_credit_spread.json"
_FORVEN = "from forven.cli import main; main()"
_OUTPUT_SHOWN = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command that ended well: its seconds from start to end, peak bytes and standard output."""

    seconds: float
    rss_bytes: int
    output: str


def run_python(*arguments: str, home: Path, kernels: Path | None = None) -> Ran:
    """Run this Python with some arguments; BenchmarkFailed if it ends in an error.

    home     data root of what runs
    kernels  folder of compiled kernels; None: the one this process uses
    """
    environment = {**os.environ, "FORVEN_HOME": str(home)}
    environment["PYTHONPATH"] = str(Path(forven.__file__).resolve().parents[1])
    if kernels is not None:
        environment["NUMBA_CACHE_DIR"] = str(kernels)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        launcher = str(Path(__file__).with_name("launcher.py"))
        ran = subprocess.run(
            [sys.executable, "-P", launcher, str(report), sys.executable, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        found = json.loads(report.read_text()) if report.exists() else {"code": ran.returncode}
    if found["code"] != 0:
        raise BenchmarkFailed(
            f"python {' '.join(arguments)}: expected exit code 0, found {found['code']}: "
            f"{ran.stderr[-_OUTPUT_SHOWN:]}"
        )
    return Ran(seconds=found["seconds"], rss_bytes=found["rss_bytes"], output=ran.stdout)


def run_forven(*arguments: str, home: Path, kernels: Path | None = None) -> Ran:
    """Run `forven ARGUMENTS` as its console script does; BenchmarkFailed if it ends in an error."""
    return run_python("-c", _FORVEN, *arguments, home=home, kernels=kernels)


def backtest(
    strategy: str, dataset: str, home: Path, kernels: Path | None = None
) -> tuple[Ran, str]:
    """Run `forven backtest` over a dataset; return what ran and the digest of its journals."""
    words = ("backtest", strategy, "--data", dataset, "--json")
    ran = run_forven(*words, home=home, kernels=kernels)
    return ran, json.loads(ran.output)["provenance"]["journal_digest"]


def standard_strategy() -> str:
    """Return the path of the strategy that the pipeline and the start run."""
    return str(examples_folder() / STRATEGY)


def synthetic_dataset(days: int, frame_seconds: int, home: Path) -> str:
    """Return the name of a synthetic dataset under a data root, made if it is not there.

    One that is there is used again if its settings and its first day are what would be made now.
    """
    name = f"bench-{days}-days-{frame_seconds}-s"
    spec = SyntheticSpec(seed=SEED, frame_seconds=frame_seconds)
    sessions = synthetic_sessions(trading_calendar(home), FIRST_SYNTHETIC_DAY, days)
    catalog = Catalog(home)
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
    synthesize(catalog, name, spec, sessions, lambda _: None, replace=True)
    return name
