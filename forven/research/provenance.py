"""Where a backtest's numbers come from: what went in, by identity, and how to make it again."""

import json
import platform
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from forven import __version__
from forven.kernels import backend
from forven.market.dataset import Dataset
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.identifiers import bytes_hash
from forven.primitives.money import money_text
from forven.research.backtest import BacktestPlan
from forven.research.records import SessionRecord

_VERSIONED = ("numpy", backend.DISTRIBUTION, "pyarrow")
"""Their loaded modules are asked: looking them up as packages takes 70 ms."""

_UNSAVED_STRATEGY = "strategy.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a user named: the strategy's path (None: given as a document) and the fee schedule.

    fees  name or path of the fee schedule, None if a whole policy was given instead
    """

    strategy: Path | None
    fees: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a result was made from and by: enough to make it again and see that it is the same.

    data_hash       SHA-256 over the content of the days       seed   of synthetic data, else None
    journal_digest  SHA-256 over the sessions' journal digests, chosen fills, in order
    commands        command lines that make the result again; none for a policy of one's own
    """

    backend: str
    versions: dict[str, str]
    dataset: str
    data_hash: str
    data_source: str
    seed: int | None
    first_day: str
    last_day: str
    strategy: str
    strategy_hash: str
    strategy_document: dict[str, object]
    policy: dict[str, object]
    policy_hash: str
    capital: str
    journal_digest: str
    commands: tuple[str, ...]


def provenance_of(
    plan: BacktestPlan, dataset: Dataset, records: Sequence[SessionRecord], origin: Origin
) -> Provenance:
    """Return where a result came from."""
    days = [record.day for record in records]
    modules = {name: sys.modules.get(name.replace("-", "_")) for name in _VERSIONED}
    versions = {name: str(module.__version__) for name, module in modules.items() if module}
    return Provenance(
        backend=backend.DESCRIPTION,
        versions={"forven": __version__, **versions, "python": platform.python_version()},
        dataset=dataset.name,
        data_hash=dataset.content_hash_of(days),
        data_source=dataset.manifest.source,
        seed=dataset.manifest.seed,
        first_day=days[0].isoformat(),
        last_day=days[-1].isoformat(),
        strategy=plan.strategy.name,
        strategy_hash=plan.strategy.hash,
        strategy_document=plan.strategy.to_json(),
        policy=plan.policy.to_json(),
        policy_hash=plan.policy.hash,
        capital=money_text(plan.capital),
        journal_digest=bytes_hash(record.chosen.digest.encode("ascii") for record in records),
        commands=_data_commands(dataset) + _run_commands(plan, dataset, records, origin),
    )


def _data_commands(dataset: Dataset) -> tuple[str, ...]:
    """Return the command that makes a synthetic dataset, none for recorded data.

    Also none where the dataset's settings are not those that the command line can ask for.
    """
    manifest = dataset.manifest
    if manifest.seed is None:
        return ()
    try:
        settings = json.loads(manifest.source.partition(" ")[2])
        frame_seconds = settings["frame_seconds"]
        asked = SyntheticSpec(seed=manifest.seed, frame_seconds=frame_seconds).as_dict()
    except (ValueError, KeyError, TypeError):
        return ()
    if asked != settings:
        return ()
    words = ["forven", "data", "synthesize", dataset.name, "--days", str(len(manifest.days))]
    words += ["--seed", str(manifest.seed), "--from", min(manifest.days).isoformat()]
    words += ["--frame-seconds", str(frame_seconds)]
    return (shlex.join(words),)


def _run_commands(
    plan: BacktestPlan, dataset: Dataset, records: Sequence[SessionRecord], origin: Origin
) -> tuple[str, ...]:
    """Return the command that runs the backtest, none if its policy cannot be named in one."""
    if origin.fees is None:
        return ()
    strategy = str(origin.strategy or _UNSAVED_STRATEGY)
    words = ["forven", "backtest", strategy, "--data", dataset.name]
    words += ["--from", records[0].day.isoformat(), "--to", records[-1].day.isoformat()]
    words += ["--fills", plan.policy.fills.name, "--capital", money_text(plan.capital)]
    words += ["--fees", origin.fees]
    return (shlex.join(words),)
