"""The random scenarios are worth comparing: in a sample every branch of the page is taken.

What happened is what the oracle says of itself, and what its trades, counts and sums show.
"""

from collections import Counter

import numpy as np
import pytest

from forven.kernels import bars_schema as schema
from tests.reference.bars.comparison import Outcome, oracle_outcome
from tests.reference.bars.scenarios import LENGTHS, Scenario, scenario_of
from tests.reference.bars.signals import NAMES, steps_of

SAMPLE = range(800)
"""The scenarios that `test_kernels.py` holds the kernels to."""

REASONS = {
    code: name.removeprefix("REASON_").lower()
    for name, code in vars(schema).items()
    if name.startswith("REASON_")
}

ENTRIES = """
entered 1 | entered -1 | entered where one was just closed | entered beside another
size cut by another | both entered | both entered, scaled
not entered, exit bit | not entered, ruined
"""
EXITS = """
stop, fixed alone | stop, trailing alone | stop, trailing tighter | stop, trailing looser
stop, trailing at the fixed | stop, gap | liquidation at the open | liquidation inside the bar
"""
SIZES = """
sizing 0 whole | sizing 1 whole | sizing 1 within | sizing 2 whole | sizing 2 within
sizing 2 below a millionth | sizing 3 whole | sizing 3 within | sizing 3 below a millionth
sizing 4 whole | sizing 4 within | sizing 4 none
"""
MARKS = "value below zero | trough below zero, value above"
SHOWN = """
open at end | open at end on its entry bar | shadow | shadow stopped | stopped on its entry bar
ruined | ruined and then held | breakeven | funding incomplete | funding paid | funding received
win 1 | win -1 | loss 1 | loss -1 | hedged | drawdown above 1
fallback stop | fallback beside an unknown atr | atr stop | percent stop tighter than atr
kelly over fewer trades than it looks back | kelly over more
"""


def named(text: str) -> list[str]:
    return [name.strip() for line in text.strip().split("\n") for name in line.split("|")]


@pytest.fixture(scope="module")
def counts() -> Counter[str]:
    """Count what happens in the sample."""
    found: Counter[str] = Counter()
    for seed in SAMPLE:
        scenario = scenario_of(seed)
        outcome = oracle_outcome(scenario, found)
        count_program(scenario, found)
        count_trades(scenario, outcome, found)
        count_tallies(outcome, found)
    for name in sorted(found):
        print(f"{found[name]:8d} {name}")
    return found


def count_program(scenario: Scenario, found: Counter[str]) -> None:
    found[f"bars {scenario.count}"] += 1
    found[f"segments {len(scenario.segments)}"] += 1
    for step in steps_of(scenario.program):
        name = NAMES[step.code]
        found[name] += 1
        is_comparison = step.code <= schema.CODE_CROSS
        lagged = step.left_lag or step.right_lag if is_comparison else 0
        found[f"{name} lagged"] += int(bool(lagged))
        found[f"{name} of a constant"] += int(is_comparison and min(step.left, step.right) < 0)
        found[f"{name} in place"] += int(not is_comparison and step.out == step.left)
        found[f"{name} over words"] += int(not is_comparison and 64 <= step.right < scenario.count)
    for row in scenario.plans.tolist():
        found[f"mode {row[schema.PLAN_MODE]}"] += 1
        found[f"detail {row[schema.PLAN_DETAIL]}"] += 1
        leverage = row[schema.PLAN_LEVERAGE_PPM]
        found["leverage below 1"] += int(leverage < schema.UNIT_PPM)
        found["leverage above 1"] += int(leverage > schema.UNIT_PPM)
        found["leverage 1"] += int(leverage == schema.UNIT_PPM)


def count_trades(scenario: Scenario, outcome: Outcome, found: Counter[str]) -> None:
    spans: list[tuple[int, ...]] = []
    for row, numbers in zip(outcome.trades.tolist(), outcome.trade_values.tolist()):
        run, segment, sign, entered, left = row[:5]
        is_shadow = row[schema.TRADE_SIZE_PPM] == 0
        reason = REASONS[row[schema.TRADE_REASON]]
        side = "shadow" if is_shadow else str(sign)
        found[f"exit {side} {reason}"] += 1
        found["open at end"] += row[schema.TRADE_OPEN_AT_END]
        is_same_bar = entered == left
        found["open at end on its entry bar"] += int(row[schema.TRADE_OPEN_AT_END] and is_same_bar)
        found["stopped on its entry bar"] += int(reason == "stop_loss" and is_same_bar)
        found["shadow"] += int(is_shadow)
        found["shadow stopped"] += int(is_shadow and reason == "stop_loss")
        funding = numbers[schema.TRADE_FUNDING]
        found["funding paid"] += int(funding < 0.0)
        found["funding received"] += int(funding > 0.0)
        count_stop(scenario, row, found)
        if not is_shadow:
            spans.append((run, segment, sign, entered, left))
    found["hedged"] += sum(
        one[:2] == other[:2] and one[2] == 1 and other[2] == -1 and is_overlap(one, other)
        for one in spans
        for other in spans
    )


def is_overlap(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return max(one[3], other[3]) < min(one[4], other[4])


def count_stop(scenario: Scenario, row: list[int], found: Counter[str]) -> None:
    """Say which fixed stop a stopped trade had; each from the plan and the ATR alone."""
    if row[schema.TRADE_REASON] != schema.REASON_STOP_LOSS:
        return
    plan = scenario.plans[row[schema.TRADE_RUN]].tolist()
    sizing, has_percent = plan[schema.PLAN_SIZING], plan[schema.PLAN_STOP_PPM] > 0
    if sizing not in (schema.SIZING_FRACTION, schema.SIZING_ATR):
        return
    distance = 0
    if sizing == schema.SIZING_ATR:
        atr = int(scenario.bars[plan[schema.PLAN_ATR_ROW], row[schema.TRADE_ENTRY_BAR] - 1])
        distance = (atr * plan[schema.PLAN_ATR_STOP_MILLI] + 500) // 1_000 if atr > 0 else 0
    if distance < 1:
        found["fallback stop"] += int(not has_percent)
        found["fallback beside an unknown atr"] += int(
            not has_percent and sizing == schema.SIZING_ATR
        )
        return
    entry, left = row[schema.TRADE_ENTRY_PRICE], row[schema.TRADE_EXIT_PRICE]
    is_nearer = abs(entry - left) < distance
    found["percent stop tighter than atr"] += int(has_percent and is_nearer)
    found["atr stop"] += int(abs(entry - left) == distance)


def count_tallies(outcome: Outcome, found: Counter[str]) -> None:
    for row, sums in zip(
        outcome.counts.reshape(-1, schema.COUNT_WIDTH),
        outcome.sums.reshape(-1, schema.SUM_WIDTH),
    ):
        found["ruined"] += int(row[schema.COUNT_RUINED])
        found["drawdown above 1"] += int(sums[schema.SUM_CLOSED_DRAWDOWN] > 1.0)
        for sign, side in ((1, 0), (-1, schema.SIDE_COUNTS)):
            found[f"win {sign}"] += int(row[side + schema.COUNT_WINS])
            found[f"loss {sign}"] += int(row[side + schema.COUNT_LOSSES])
            found["breakeven"] += int(row[side + schema.COUNT_BREAKEVEN])
            found["funding incomplete"] += int(row[side + schema.COUNT_FUNDING_INCOMPLETE])


@pytest.mark.parametrize("text", [ENTRIES, EXITS, SIZES, MARKS, SHOWN])
def test_every_branch_of_the_page_is_taken(counts, text):
    assert [name for name in named(text) if counts[name] < 3] == []


def test_every_reason_ends_trades_of_each_side_and_shadows(counts):
    wanted = [f"exit {side} {name}" for side in ("1", "-1") for name in REASONS.values()]
    wanted += [f"exit shadow {name}" for name in REASONS.values()]
    assert [name for name in wanted if counts[name] < 10] == []
    assert len(REASONS) == 6


def test_every_instruction_is_used_in_every_way(counts):
    comparisons = [NAMES[code] for code in range(schema.CODE_CROSS + 1)]
    wanted = [*NAMES.values()]
    wanted += [f"{name} {way}" for name in comparisons for way in ("lagged", "of a constant")]
    wanted += [f"{name} in place" for name in ("AND", "OR", "NOT", "LAG", "ALL", "ANY")]
    wanted += [f"{name} over words" for name in ("LAG", "ALL", "ANY")]
    assert [name for name in wanted if counts[name] < 10] == []
    assert len(NAMES) == 11


def test_every_length_mode_detail_and_leverage_occurs(counts):
    wanted = [f"bars {count}" for count in LENGTHS]
    wanted += [f"segments {count}" for count in (1, 2, 3)]
    wanted += ["detail 0", "detail 1", "mode 1", "mode 2", "mode 3"]
    wanted += ["leverage below 1", "leverage 1", "leverage above 1"]
    assert [name for name in wanted if counts[name] < 10] == []
    assert {1, 63, 64, 65, 127, 128, 129} <= set(LENGTHS)


def test_the_bars_keep_their_promises_and_reach_their_edges():
    scenarios = [scenario_of(seed) for seed in range(300)]
    least, most, gaps, ties = schema.PRICE_MAX, 0, 0, 0
    for scenario in scenarios:
        opened, high, low, closed = scenario.bars[: schema.BAR_ATR_FIRST]
        assert np.all((low >= 1) & (high <= schema.PRICE_MAX))
        assert np.all((low <= opened) & (opened <= high) & (low <= closed) & (closed <= high))
        least, most = min(least, low.min()), max(most, high.max())
        gaps += np.count_nonzero(opened[1:] != closed[:-1])
        ties += np.count_nonzero((high == low) & (opened == closed))
    assert (least, most) == (1, schema.PRICE_MAX)
    assert gaps > 1_000
    assert ties > 1_000
    assert any(np.isnan(scenario.columns).any() for scenario in scenarios)
    assert any(np.isinf(scenario.columns).any() for scenario in scenarios)
    assert any((scenario.bars[schema.BAR_ATR_FIRST :] < 0).any() for scenario in scenarios)
    missing = [scenario.funding[schema.FUNDING_MISSING, -1] for scenario in scenarios]
    assert 0.0 in missing
    assert max(missing) >= 64


def test_money_stays_finite():
    for seed in range(300):
        outcome = oracle_outcome(scenario_of(seed))
        assert np.all(np.isfinite(outcome.sums[:, :, : schema.SUM_BAR_RETURNS]))
        assert np.all(np.isfinite(outcome.trade_values))


def test_a_seed_is_the_whole_address_of_a_scenario():
    for seed in (3, 99, 12_345):
        one, other = scenario_of(seed), scenario_of(seed)
        for name, array in vars(one).items():
            assert np.array_equal(array, getattr(other, name), equal_nan=array.dtype == float), name
            assert array.flags.c_contiguous, name
