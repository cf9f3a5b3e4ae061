"""What a session is frozen with: its plan from its opening on."""

import numpy as np
import pytest

from forven.bots.errors import RegisterFailed
from forven.bots.opening import cut_entries, frozen_plan, policy_of
from forven.engine.reprice import RepricePolicy
from forven.engine.risk import RiskPolicy
from forven.engine.session import run_day
from forven.kernels import schema
from forven.strategies.structured import parse_strategy
from tests.bots.conftest import CASH, CONDOR
from tests.bots.houses import bot_row

MINUTE = 60 * 10**9


def entries(plan: np.ndarray) -> list[tuple[int, int]]:
    flat = plan[schema.PLAN_ENTRIES :].reshape(schema.MAX_ENTRIES, schema.ENTRY_WIDTH)
    return [tuple(each) for each in flat[: plan[schema.PLAN_ENTRY_COUNT]].tolist()]


def test_times_before_the_opening_are_dropped_and_windows_are_cut(coarse_day):
    bounds, none = coarse_day.bounds, schema.MISSING
    document = {**CONDOR, "entry": {"times": ["09:45", "10:30", "11:00"], "max_entries": 3}}
    times = [bounds.open_ns + minutes * MINUTE for minutes in (15, 60, 90)]
    policy = policy_of(bot_row("x"))
    for opened_ns, left in ((0, times), (times[1], times[1:]), (times[1] + 1, times[2:])):
        plan = frozen_plan(parse_strategy(document), policy, bounds, CASH, opened_ns)
        assert entries(plan) == [(each, none) for each in left]
        assert plan[schema.PLAN_MAX_ENTRIES] == 3
    plan = frozen_plan(parse_strategy(document), policy, bounds, CASH, times[2] + 1)
    assert (entries(plan), plan[schema.PLAN_MAX_ENTRIES]) == ([], 0)
    plan[schema.PLAN_ENTRY_COUNT], plan[schema.PLAN_MAX_ENTRIES] = 2, 5
    plan[schema.PLAN_ENTRIES : schema.PLAN_ENTRIES + 4] = [100, 200, 150, 400]
    cut_entries(plan, 200)
    assert (entries(plan), plan[schema.PLAN_MAX_ENTRIES]) == ([(200, 400)], 5)


def test_nothing_happens_before_the_opening_when_the_whole_day_is_run(coarse_day):
    opened_ns = coarse_day.bounds.open_ns + 70 * MINUTE
    plan = frozen_plan(
        parse_strategy(CONDOR), policy_of(bot_row("x")), coarse_day.bounds, CASH, opened_ns
    )
    rows = run_day(coarse_day, plan[None], [CASH])[0].rows
    assert rows[0, schema.JOURNAL_TS] >= opened_ns


def test_a_policy_is_the_bots_own():
    risk = RiskPolicy(max_daily_loss_pct="0.0100", max_open_orders=7)
    reprice = RepricePolicy()
    policy = policy_of(bot_row("x", risk=risk.to_json(), reprice=reprice.to_json()))
    assert (policy.risk, policy.reprice) == (risk, reprice)
    assert policy.fills.to_json()["name"] == "live"


@pytest.mark.parametrize("cash", [0, -1])
def test_an_account_without_cash_opens_nothing(coarse_day, cash):
    with pytest.raises(RegisterFailed, match="cash_balance: expected more than 0"):
        frozen_plan(parse_strategy(CONDOR), policy_of(bot_row("x")), coarse_day.bounds, cash, 0)
