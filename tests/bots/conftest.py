"""A coarse synthetic day and sessions run on it, shared by the tests of bots."""

from collections.abc import Iterator
from datetime import time
from pathlib import Path

import numpy as np
import pytest

from forven.engine.commands import Leg, Order, command_rows, place
from forven.engine.fills import FillModel
from forven.engine.policy import SessionPolicy
from forven.engine.session import SessionResult, SessionRun, run_day
from forven.kernels import schema
from forven.market.bounds import SessionBounds
from forven.market.day import MarketDay
from forven.market.frames import build_day
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import SyntheticSpec
from forven.primitives.time import exchange_time
from forven.store.store import Store
from forven.strategies.compiler import compile_strategy
from forven.strategies.structured import parse_strategy
from tests.bots.houses import CASH, CONDOR, DAY

SESSION_ID = "0b7c5c2e-4a43-4d0b-8f0e-2f1f0d1a9c11"
BOT_ID = "5a5f2d6e-0c39-4f7a-9b0a-7d5f9f0c2b22"


@pytest.fixture(scope="session")
def coarse_day() -> MarketDay:
    bounds = SessionBounds(
        day=DAY,
        open_ns=exchange_time(DAY, time(9, 30)),
        close_ns=exchange_time(DAY, time(16)),
        early_close=False,
    )
    return build_day(synthetic_day(SyntheticSpec(seed=7, frame_seconds=30), 0, bounds), bounds)


@pytest.fixture(scope="session")
def condor_sessions(coarse_day) -> list[SessionResult]:
    """Condors with every preset and with several limits of loss: closed, flattened, settled."""
    rows = []
    for preset in ("live", "backtest", "natural"):
        for loss in (None, "0.0050"):
            policy = SessionPolicy(fills=FillModel.preset(preset))
            row = policy.plan_row(CASH)
            if loss:
                row[schema.PLAN_HALT_LOSS] = 100_000_000
            compile_strategy(parse_strategy(CONDOR), coarse_day.bounds, row)
            rows.append(row)
    held = SessionPolicy(fills=FillModel.preset("natural")).plan_row(CASH)
    document = {**CONDOR, "exit": {}}
    compile_strategy(parse_strategy(document), coarse_day.bounds, held)
    rows.append(held)
    return run_day(coarse_day, np.stack(rows), [CASH] * len(rows), financials=True)


@pytest.fixture(scope="session")
def condor_run(coarse_day):
    """Return what makes a fresh run of one bot that trades condors with `live` fills."""
    plan = SessionPolicy().plan_row(CASH)
    compile_strategy(parse_strategy(CONDOR), coarse_day.bounds, plan)
    return lambda: SessionRun(coarse_day, plan[None, :], [CASH], financials=True)


@pytest.fixture
def commanded_run(coarse_day) -> SessionRun:
    """A bot that buys five calls, then three more, and sells six of them on command."""
    plan = SessionPolicy(fills=FillModel.preset("natural")).plan_row(CASH)
    away = np.abs(coarse_day.strikes - coarse_day.spot_at(20))
    call = coarse_day.symbols[int(np.argmin(away))]  # calls come first
    orders = [("buy to open", 5, 20), ("buy to open", 3, 60), ("sell to close", 6, 100)]
    commands = command_rows(
        [
            place(
                int(coarse_day.ts[frame]) + 1,
                Order(kind="market", legs=(Leg(instrument=call, quantity=count, action=action),)),
                coarse_day,
            )
            for action, count, frame in orders
        ]
    )
    plan[schema.PLAN_COMMAND_COUNT] = len(commands)
    return SessionRun(coarse_day, plan[None, :], [CASH], commands, financials=True)


@pytest.fixture(scope="session")
def ticks_folder(tmp_path_factory) -> Path:
    """Return where synthetic days are kept, made once for all tests."""
    return tmp_path_factory.mktemp("ticks")


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    """Return the store of an empty home."""
    opened = Store.open(tmp_path / "home", busy_timeout_ms=1_000)
    yield opened
    opened.close()
