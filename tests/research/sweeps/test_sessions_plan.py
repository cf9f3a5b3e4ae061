"""The plan of a sweep over sessions: what compiles, how it is cut, and by what it is known."""

import numpy as np
import pytest

from forven.primitives.errors import EmptyRange, InvalidInput, InvalidStrategy
from forven.research.sweeps import sessions_plan
from forven.research.sweeps.sessions_services import SessionsRequest
from tests.research.conftest import SPREAD

pytestmark = pytest.mark.usefixtures("data_home")
GRID = ("legs.0.strike.value=0.10:0.30:0.05", "exit.profit_target_pct=25,50,101")


def plan_of(*grid, **options):
    return SessionsRequest(strategy=SPREAD, data="coarse", grid=grid or GRID, **options).plan()


def test_what_the_compiler_refuses_is_counted_and_the_first_reason_said() -> None:
    plan = plan_of()
    assert len(plan.combinations) == 10 and plan.combinations.left_out == 5
    assert plan.left_out_text.startswith("5 refused, the first because of legs.0.strike.value=0.1")
    assert "expected a number from 0.01 to 100" in plan.left_out_text
    assert 101.0 not in plan.combinations.columns["exit.profit_target_pct"]
    assert plan_of("quantity=1,2").left_out_text == ""


def test_a_grid_that_never_compiles_is_refused_with_the_reason() -> None:
    with pytest.raises(InvalidStrategy, match=r"none among 2.*from 0\.01 to 100"):
        plan_of("exit.profit_target_pct=101,102")


def test_days_are_cut_by_percent() -> None:
    assert plan_of().segments().tolist() == [[0, 8], [8, 12]]
    assert plan_of(train_pct=None).segments().tolist() == [[0, 12]]
    with pytest.raises(EmptyRange, match="--train-pct 100"):
        plan_of(train_pct=95)


def test_very_many_combinations_are_refused_before_they_are_compiled(monkeypatch) -> None:
    with pytest.raises(InvalidInput, match="10,000,000"):
        plan_of("legs.0.strike.value=0.01:0.99:0.000001", "exit.profit_target_pct=1:100:0.01")
    monkeypatch.setattr(sessions_plan, "COMBINATIONS_MAX", 9)
    with pytest.raises(InvalidInput, match=r"at most 9 combinations.*--sobol"):
        plan_of()


def test_the_hash_knows_what_decides_the_results() -> None:
    known = {
        plan_of().hash,
        plan_of(fills="live").hash,
        plan_of(capital="50000").hash,
        plan_of(train_pct=60).hash,
        plan_of("quantity=1,2").hash,
        plan_of(random=5).hash,
        plan_of(first_day=plan_of().days[1]).hash,
    }
    assert len(known) == 7 and plan_of().hash in known


def test_chunks_cover_every_run_once(monkeypatch) -> None:
    monkeypatch.setattr(sessions_plan, "CHUNK_RUNS", 4)
    chunks = plan_of().chunks()
    assert np.concatenate([np.arange(*chunk) for chunk in chunks]).tolist() == list(range(10))
