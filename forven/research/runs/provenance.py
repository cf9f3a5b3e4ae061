"""Where the numbers of a run over bars come from, by identity, and how to make them again."""

import inspect
import platform
import shlex
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from forven import __version__
from forven.engine.bars.policy import BarPolicy
from forven.engine.bars.results import BarResults
from forven.kernels import backend
from forven.market.bars.bars import Bars
from forven.market.bars.catalog import BarCatalog
from forven.market.bars.columns import ENRICHMENT
from forven.market.bars.storage import BarManifest
from forven.primitives.identifiers import bytes_hash
from forven.primitives.time import rfc3339
from forven.strategies.bars.parameters import Parameters
from forven.strategies.bars.strategy import BarStrategy

_VERSIONED = ("numpy", backend.DISTRIBUTION, "pyarrow", "talib")
_SYNTHETIC = "synthetic"
_NO_CUT = 100
OPTIONS = {
    "trade_mode": "--mode",
    "sizing_mode": "--sizing",
    "fixed_size": "--fixed-size",
    "risk_per_trade": "--risk",
    "atr_stop_multiplier": "--atr-stop",
    "kelly_multiplier": "--kelly",
    "stop_loss_pct": "--stop-loss",
    "take_profit_pct": "--take-profit",
    "trailing_stop_pct": "--trailing-stop",
    "time_stop_bars": "--time-stop",
    "leverage": "--leverage",
    "fee_bps": "--fee-bps",
    "slippage_bps": "--slippage-bps",
    "initial_capital": "--capital",
}
"""The settings of a policy that the command line can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a user named.

    strategy  its name, or its file      source  text of the file, "" for a built-in one
    dataset   None: bars were handed in  given   parameters that were said, by name
    policy    what was said of it        days    first and last, None: as far as there are bars
    """

    strategy: str
    source: str
    dataset: str | None
    given: Mapping[str, Any]
    policy: Mapping[str, Any]
    days: tuple[date | None, date | None]
    train_pct: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BarProvenance:
    """What a result was made from and by: enough to make it again and see that it is the same.

    dataset      None: bars were handed in    data_hash  SHA-256 of the bars that were used
    data_source  where they came from         seed       of made-up bars
    source_hash  SHA-256 of the Python text that the strategy is in
    policy       every setting of the run, by value
    digest       SHA-256 over segments, counts, sums and trades
    commands     command lines that make the result again; none for what only Python can say
    """

    backend: str
    versions: dict[str, str]
    dataset: str | None
    data_hash: str
    data_source: str | None
    seed: int | None
    symbol: str
    timeframe: str
    calendar: str
    bars: int
    first_end: str
    last_end: str
    strategy: str
    parameters: dict[str, Any]
    source_hash: str
    policy: dict[str, object]
    policy_hash: str
    train_pct: int | None
    digest: str
    commands: tuple[str, ...]

    def as_document(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {**asdict(self), "commands": list(self.commands)}


def provenance_of(
    results: BarResults,
    policy: BarPolicy,
    ran: tuple[BarStrategy, Parameters],
    origin: Origin,
    catalog: BarCatalog,
) -> BarProvenance:
    """Return where a result came from; `ran` is the strategy and its parameters, all of them."""
    bars = results.bars
    strategy, parameters = ran
    manifest = catalog.manifest(origin.dataset) if origin.dataset is not None else None
    modules = {name: sys.modules.get(name.replace("-", "_")) for name in _VERSIONED}
    versions = {name: str(module.__version__) for name, module in modules.items() if module}
    return BarProvenance(
        backend=results.backend,
        versions={"forven": __version__, **versions, "python": platform.python_version()},
        dataset=origin.dataset,
        data_hash=bars.content_hash,
        data_source=manifest.source if manifest else None,
        seed=manifest.seed if manifest else None,
        symbol=bars.symbol,
        timeframe=bars.timeframe,
        calendar=bars.calendar,
        bars=len(bars),
        first_end=rfc3339(int(bars.ends_ns[0])),
        last_end=rfc3339(int(bars.ends_ns[-1])),
        strategy=strategy.name,
        parameters=parameters.as_document(),
        source_hash=bytes_hash([_source(strategy, origin).encode("utf-8", "surrogatepass")]),
        policy=policy.to_json(),
        policy_hash=policy.hash,
        train_pct=origin.train_pct,
        digest=results.digest,
        commands=_commands(bars, manifest, origin),
    )


def _source(strategy: BarStrategy, origin: Origin) -> str:
    """Return the Python text that a strategy is in: its own file, or its family's."""
    if origin.source:
        return origin.source
    file = inspect.getsourcefile(strategy.write)
    return Path(file).read_text("utf-8") if file else ""


def _commands(bars: Bars, manifest: BarManifest | None, origin: Origin) -> tuple[str, ...]:
    """Return the command lines that make the result again, none where one cannot say it."""
    if manifest is None or any(name not in OPTIONS for name in origin.policy):
        return ()
    return _data_commands(bars, manifest, str(origin.dataset)) + (_run_command(origin),)


def _data_commands(bars: Bars, manifest: BarManifest, name: str) -> tuple[str, ...]:
    """Return the command that makes up the bars; none for recorded ones."""
    if manifest.seed is None or manifest.source != _SYNTHETIC:
        return ()
    if manifest.columns not in ([], list(ENRICHMENT)):
        return ()
    words = ["forven", "data", "synthesize-bars", name, "--bars", str(manifest.rows)]
    words += ["--seed", str(manifest.seed), "--timeframe", bars.timeframe]
    words += ["--calendar", bars.calendar, *(["--enriched"] if manifest.columns else [])]
    return (shlex.join(words),)


def _run_command(origin: Origin) -> str:
    """Return the command that runs the backtest."""
    words = ["forven", "backtest", origin.strategy, "--data", str(origin.dataset)]
    for option, day in zip(("--from", "--to"), origin.days, strict=True):
        words += [option, day.isoformat()] if day is not None else []
    for name, value in origin.given.items():
        words += ["--set", f"{name}={value}"]
    for name, value in origin.policy.items():
        words += [OPTIONS[name], str(value)]
    cut = _NO_CUT if origin.train_pct is None else origin.train_pct
    return shlex.join([*words, "--train-pct", str(cut)])
