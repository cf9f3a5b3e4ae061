"""The plan of a sweep: what is run, over what and how; checked once, identified by a hash."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from forven.engine.bars.policy import policy_of
from forven.engine.bars.segments import TRAIN_PCT, split_segments, whole_segment
from forven.market.bars.bars import Bars
from forven.primitives.errors import InvalidInput
from forven.primitives.identifiers import content_hash
from forven.primitives.version import __version__
from forven.research.metrics.bars import JUDGED
from forven.research.runs.inputs import said_policy
from forven.research.sweeps.combinations import Combinations
from forven.strategies.bars.strategy import BarStrategy

CHUNK_RUNS = 1_024
SEGMENT_NAMES = ("train", "test")
OWN_COLUMNS = ("run", "warmup_bars")
"""Of the results, beside parameters and metrics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSettings:
    """What all runs of a sweep share.

    policy      settings of `engine.bars.policy.BarPolicy` that are said explicitly, by name
    train_pct   percent of the bars before the cut; None: one segment over all bars
    has_detail  metrics of bars (Sharpe, maximum drawdown) beside those of trades
    source      text of the strategy's own file; "" for a built-in one
    """

    policy: Mapping[str, Any] = field(default_factory=dict)
    train_pct: int | None = TRAIN_PCT
    has_detail: bool = True
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class SweepPlan:
    """A sweep: a strategy, its combinations, bars and settings.

    errors  InvalidInput for settings that are none, or a mode the strategy does not support
    """

    strategy: BarStrategy
    combinations: Combinations
    bars: Bars
    settings: SweepSettings = SweepSettings()

    def __post_init__(self) -> None:
        said_policy(self.strategy, self.settings.policy)
        for need in self.strategy.needs:
            self.bars.column(need)
        self._check_names()

    def _check_names(self) -> None:
        """Refuse a parameter whose column would have the name of another one."""
        labels = [f"{name}_" for name in SEGMENT_NAMES] if self.is_split else [""]
        taken = {*OWN_COLUMNS, *(label + metric for label in labels for metric in JUDGED)}
        found = sorted(taken.intersection(self.combinations.columns))
        if found:
            raise InvalidInput(
                f"{self.strategy.name}: expected parameters of other names than the columns of a "
                f"sweep's results, found {', '.join(found)}; rename it in the strategy"
            )

    @property
    def policy_given(self) -> dict[str, Any]:
        """What is said of the policy; the strategy's own mode where none is."""
        return said_policy(self.strategy, self.settings.policy)

    @property
    def name(self) -> str:
        """The strategy's name."""
        return self.strategy.name

    @property
    def subject(self) -> str:
        """What is run over, in words."""
        return f"{len(self.bars):,} bars of {self.bars.symbol} {self.bars.timeframe}"

    @property
    def left_out_text(self) -> str:
        """How many combinations were left out and why, or missing in a sample; "" for none."""
        count, relations = self.combinations.left_out, self.strategy.space.relations
        left_out = f"{count:,} left out by {', '.join(map(str, relations))}" if count else ""
        return ", ".join(filter(None, (self.combinations.asked_text, left_out)))

    @property
    def is_split(self) -> bool:
        """Whether there are a train and a test segment."""
        return self.settings.train_pct is not None

    @property
    def capital(self) -> float:
        """Opening equity of every run, account currency."""
        return float(policy_of(self.policy_given).initial_capital)

    def chunks(self) -> list[tuple[int, int]]:
        """Return the first run and the one after the last of each chunk."""
        count = len(self.combinations)
        return [(begin, min(begin + CHUNK_RUNS, count)) for begin in range(0, count, CHUNK_RUNS)]

    def segments(self, warmup: int) -> npt.NDArray[np.int64]:
        """Return the segments after the longest warm-up of all runs; errors: TooLittleHistory."""
        if self.settings.train_pct is None:
            return whole_segment(len(self.bars), warmup)
        return split_segments(len(self.bars), warmup, self.settings.train_pct)

    def document(self) -> dict[str, object]:
        """Return everything that decides the results."""
        return {
            "kind": "bars",
            "version": __version__,
            "strategy": self.strategy.name,
            "subject": self.subject,
            "strategy_source": content_hash(self.settings.source),
            **self.combinations.document(),
            "symbol": self.bars.symbol,
            "timeframe": self.bars.timeframe,
            "calendar": self.bars.calendar,
            "bars": len(self.bars),
            "data_hash": self.bars.content_hash,
            "policy": {name: str(value) for name, value in sorted(self.policy_given.items())},
            "train_pct": self.settings.train_pct,
            "has_detail": self.settings.has_detail,
            "chunk_runs": CHUNK_RUNS,
        }

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the document: sweeps of one hash have the same results."""
        return content_hash(self.document())
