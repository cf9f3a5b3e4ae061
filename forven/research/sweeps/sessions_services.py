"""A sweep over sessions as a user asks for it: names and texts in, a checked plan out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from forven.engine.bars.segments import TRAIN_PCT
from forven.engine.fees import FeeSchedule
from forven.engine.fills import FillModel
from forven.engine.policy import SessionPolicy
from forven.market.catalog import Catalog
from forven.primitives.errors import InvalidInput
from forven.primitives.money import micros_of
from forven.research.backtest import BacktestPlan
from forven.research.sweeps.axes import read_axes
from forven.research.sweeps.combinations import combinations_of
from forven.research.sweeps.sessions_places import Places
from forven.research.sweeps.sessions_plan import SessionsPlan, compiled_alone
from forven.strategies.bars.parameters import ParameterSpace
from forven.strategies.structured import parse_strategy

CAPITAL = "100000"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsRequest:
    """What is asked for.

    strategy   path of a strategy document, or the document itself
    data       name of a dataset of sessions in the catalog
    grid       texts as `legs.0.strike.value=0.10:0.30:0.05`, paths into the canonical document
    random, sobol   size of a sample of the grid instead of all
    fills, fees, capital   as of a backtest over sessions
    first_day, last_day    both included     train_pct  percent of the days; None: no cut
    """

    strategy: str | Path | dict[str, object]
    data: str
    grid: Sequence[str] = ()
    random: int | None = None
    sobol: int | None = None
    seed: int = 0
    fills: str = "backtest"
    fees: str = "default"
    capital: str | int | Decimal = CAPITAL
    first_day: date | None = None
    last_day: date | None = None
    train_pct: int | None = TRAIN_PCT

    def plan(self) -> SessionsPlan:
        """Return the checked plan; errors: those of strategies, grids, datasets and policies."""
        named = Path(self.strategy) if isinstance(self.strategy, str) else self.strategy
        parsed = parse_strategy(named)
        document = parsed.to_json()
        policy = SessionPolicy(
            fills=FillModel.preset(self.fills), fees=FeeSchedule.named(str(self.fees))
        )
        capital = micros_of(self.capital, "capital")
        BacktestPlan(strategy=parsed, policy=policy, capital=capital)  # its bounds are ours
        axes = read_axes(self.grid, Places(document))
        if not axes:
            raise InvalidInput(
                "grid: expected at least one PATH=VALUES, as in exit.profit_target_pct=25,50, "
                "found none"
            )
        samples = (self.random, self.sobol)
        drawn = combinations_of(axes, ParameterSpace((), ()), samples, self.seed)
        combinations, refused = compiled_alone(document, drawn)
        dataset = Catalog().open(self.data)
        plan = SessionsPlan(
            strategy=document,
            combinations=combinations,
            dataset=dataset,
            days=tuple(dataset.days(self.first_day, self.last_day)),
            policy=policy,
            capital=capital,
            train_pct=self.train_pct,
            refused=refused,
        )
        plan.segments()
        return plan
