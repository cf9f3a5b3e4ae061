"""Sections 5 to 7 of docs/BARS.md: profit, funding, marks, counts and sums, worked out by hand."""

from math import isnan

import pytest

from forven.kernels import bars_schema as schema
from tests.reference.bars.handmade import Example


def near(number: float) -> object:
    return pytest.approx(number, rel=1e-12, abs=1e-15)


def costly() -> Example:
    """Return one trade from 10,000 to 11,000 over bars 1 and 2, at half the equity and 2x."""
    bars = [10_000, 10_000, 10_500, 11_000, 11_000]
    example = Example(bars, rates=[0.5, 0.001, 0.002, 0.5, 0.5])
    return example.set(
        SIZING=schema.SIZING_FIXED,
        FIXED_SIZE_MICROS=500_000_000,
        LEVERAGE_PPM=2_000_000,
        COST_PPM=1_000,
    )


def test_a_long_pays_costs_and_funding_on_what_it_borrowed(told):
    example = costly()
    example.enter_long, example.exit_long = [0], [2]
    seen = told(example)
    assert seen.of_trades("GROSS") == [0.1]
    assert seen.of_trades("DRAG") == [near(0.001 * 2.1 * 2)]
    assert seen.of_trades("FUNDING") == [near(-0.006)]  # bars 1 and 2
    assert seen.of_trades("RETURN") == [near((0.2 - 0.0042 - 0.006) * 0.5)]
    assert seen.of_trades("PNL") == [near(94.9)]
    assert seen.sum("EQUITY") == near(1_094.9)
    assert seen.sum("DRAG") == near(2.1)
    assert seen.sum("FUNDING") == near(-3.0)


def test_a_short_is_paid_funding(told):
    example = costly()
    example.enter_short, example.exit_short = [0], [2]
    seen = told(example)
    assert seen.of_trades("GROSS") == [-0.1]
    assert seen.of_trades("FUNDING") == [near(0.006)]
    assert seen.of_trades("RETURN") == [near((-0.2 - 0.0042 + 0.006) * 0.5)]
    assert seen.sum("FUNDING", -1) == near(3.0)
    assert seen.sum("LOSSES", -1) == near(99.1)


def test_funding_counts_the_last_bar_only_at_the_end(told):
    example = Example([100] * 4, enter_long=[0], rates=[1e-1, 1e-2, 1e-3, 1e-4])
    assert told(example).of_trades("FUNDING") == [near(-0.0111)]
    example.exit_long = [2]
    assert told(example).of_trades("FUNDING") == [near(-0.011)]
    stopped = Example([100, 100, (100, 100, 90, 100), 100], enter_long=[0], rates=example.rates)
    assert told(stopped.set(STOP_PPM=50_000)).of_trades("FUNDING") == [near(-0.01)]


@pytest.mark.parametrize(
    ("missing", "exits", "bars"),
    [(0, [], 0), (1, [], 1), (3, [], 1), (3, [2], 0), (2, [2], 1), (1, [2], 1)],
)
def test_a_bar_without_a_rate_makes_funding_incomplete(told, missing, exits, bars):
    rates: list[float | None] = [0.0] * 4
    rates[missing] = None
    seen = told(Example([100] * 4, enter_long=[0], exit_long=exits, rates=rates))
    assert seen.of_trades("FUNDING_MISSING") == [bars]
    assert seen.count("FUNDING_INCOMPLETE") == bars


def test_equity_compounds_and_keeps_its_greatest_fall(told):
    # +10 %, -10 %, +1 %: 1,100, 990, 999.9
    bars = [10_000, 10_000, 11_000, 11_000, 9_900, 9_900, 9_999, 9_999]
    seen = told(Example(bars, enter_long=[0, 2, 4], exit_long=[1, 3, 5]))
    assert seen.of_trades("BASE") == [near(1_000), near(1_100), near(990)]
    assert seen.sum("EQUITY") == near(999.9)
    assert seen.sum("CLOSED_DRAWDOWN") == near(0.1)
    assert (seen.sum("GAINS"), seen.sum("LOSSES")) == (near(109.9), near(110))
    assert (seen.sum("BEST"), seen.sum("WORST")) == (near(0.1), near(-0.1))
    assert seen.sum("RETURNS") == near(0.01)
    assert seen.sum("SQUARES") == near(0.0201)
    assert seen.sum("DOWNSIDE") == near(0.01)
    assert [seen.count(name) for name in ("TRADES", "WINS", "LOSSES", "BREAKEVEN")] == [3, 2, 1, 0]


def test_the_base_is_the_equity_before_the_bars_entries_and_after_its_exits(told):
    bars = [10_000, 10_000, 11_000, 11_000, 11_000]
    seen = told(Example(bars, enter_long=[0], exit_long=[1], enter_short=[1]))
    assert seen.of_trades("BASE") == [1_000.0, 1_100.0]


def test_best_and_worst_are_of_each_side_and_0_without_a_trade(told):
    bars = [10_000, 10_000, 9_000, 9_000]
    seen = told(Example(bars, enter_long=[0], exit_long=[1]))
    assert (seen.sum("BEST"), seen.sum("WORST")) == (near(-0.1), near(-0.1))
    assert (seen.sum("BEST", -1), seen.sum("WORST", -1)) == (0.0, 0.0)


def test_neither_above_nor_below_is_breakeven(told):
    seen = told(Example([100] * 4, enter_long=[0], exit_long=[1]))
    assert [seen.count(name) for name in ("WINS", "LOSSES", "BREAKEVEN")] == [0, 0, 1]


def test_a_ruined_account_enters_nothing_more(told):
    # 2x, 100 % against it: -2 x 1,000
    bars = [100, 100, (100, 300, 100, 300), 300, 300, 300]
    example = Example(bars, enter_short=[0, 2, 3], exit_short=[1])
    bars[2] = (200, 300, 200, 300)
    seen = told(example.set(LEVERAGE_PPM=2_000_000))
    assert seen.fills == [(-1, 1, 100, 2, 200)]
    assert seen.sum("EQUITY") == near(-1_000)
    assert seen.count("RUINED") == 1
    assert seen.values == [1_000.0, 1_000.0, 0.0, 0.0, 0.0, 0.0]
    assert seen.sum("BAR_RETURNS") == -1.0
    assert seen.sum("MAX_DRAWDOWN") == 1.0
    assert seen.sum("CLOSED_DRAWDOWN") == near(2.0)


def test_an_account_at_nothing_is_ruined(told):
    bars = [100, 100, 200, 200, 200]
    seen = told(Example(bars, enter_short=[0, 2], exit_short=[1]))
    assert (seen.sum("EQUITY"), seen.count("RUINED"), len(seen.fills)) == (0.0, 1, 1)


def test_a_ruined_account_keeps_what_it_holds(told):
    # the short loses twice the capital at leverage 4 and half the size; the long stays to the end
    bars = [100, 100, (200, 200, 200, 200), 200]
    example = Example(bars, enter_long=[0], enter_short=[0], exit_short=[1])
    seen = told(example.set(LEVERAGE_PPM=4_000_000))
    assert seen.count("RUINED") == 1
    assert seen.fills == [(-1, 1, 100, 2, 200), (1, 1, 100, 3, 200)]
    assert seen.sum("EQUITY") == near(1_000)


def test_the_end_may_ruin_too(told):
    seen = told(Example([100, 100, 250], enter_short=[0]))
    assert (seen.count("RUINED"), seen.sum("EQUITY")) == (1, near(-500))


def marked() -> Example:
    """Return a long from 10,000 with costs of 0.1 %, held over two closes."""
    bars = [
        10_000,
        (10_000, 10_600, 9_000, 10_500),
        (10_500, 10_500, 10_000, 10_490),
        (10_490, 10_490, 10_490, 10_490),
    ]
    return Example(bars, enter_long=[0], exit_long=[2]).set(COST_PPM=1_000)


def test_a_position_is_marked_at_the_close_without_the_cost_of_leaving(told):
    seen = told(marked())
    assert seen.values == [
        1_000.0,
        near(1_049),
        near(1_048),
        near(1_000 * (1 + 0.049 - 0.001 * 2.049)),
    ]


def test_a_mark_counts_funding_to_the_end_of_its_bar(told):
    example = Example([100] * 4, enter_long=[0], rates=[1e-1, 1e-2, 1e-3, 1e-4])
    assert told(example).values == [1_000.0, near(990), near(989), near(988.9)]


def test_drawdown_knows_the_trough_inside_the_bar(told):
    seen = told(marked())  # bar 1: 1,000 to 899; bar 2: 1,049 to 999, which is less
    assert seen.sum("MAX_DRAWDOWN") == near(0.101)
    later = marked()
    later.bars[1] = (10_000, 10_600, 10_000, 10_500)
    assert told(later).sum("MAX_DRAWDOWN") == near(50 / 1_049)


def test_the_peak_of_a_drawdown_is_of_earlier_bars(told):
    bars = [10_000, (10_000, 12_000, 10_000, 11_900), 11_900, 11_900]
    assert told(Example(bars, enter_long=[0])).sum("MAX_DRAWDOWN") == 0.0


def test_a_short_is_troubled_by_the_high(told):
    bars = [10_000, (10_000, 11_000, 9_000, 9_500), 9_500]
    assert told(Example(bars, enter_short=[0])).sum("MAX_DRAWDOWN") == near(0.1)


def test_what_was_closed_in_the_bar_has_no_trough(told):
    bars = [10_000, (10_000, 10_000, 5_000, 5_000), 5_000]
    seen = told(Example(bars, enter_long=[0]).set(STOP_PPM=10_000))
    assert seen.sum("MAX_DRAWDOWN") == near(0.01)


def test_a_trough_below_nothing_is_a_whole_drawdown(told):
    bars = [10_000, (10_000, 25_000, 10_000, 11_000), 10_000]
    assert told(Example(bars, enter_short=[0])).sum("MAX_DRAWDOWN") == 1.0


def test_both_directions_are_marked_together(told):
    bars = [10_000, 10_000, 11_000, 11_000]
    seen = told(
        Example(bars, enter_long=[0], enter_short=[1]).set(
            SIZING=schema.SIZING_FIXED, FIXED_SIZE_MICROS=500_000_000
        )
    )
    assert seen.values == [1_000.0, 1_000.0, near(1_050), near(1_050)]
    falls = [10_000, 10_000, 10_000, (10_000, 12_000, 8_000, 10_000), 10_000]
    held = told(Example(falls, enter_long=[0], enter_short=[0]))
    assert held.sum("MAX_DRAWDOWN") == near(0.2)  # half each: both at their worst


def test_sums_of_bars_are_sums_of_their_returns(told):
    seen = told(marked())
    changes = [value / former - 1.0 for former, value in zip([1_000.0, *seen.values], seen.values)]
    assert seen.sum("BAR_RETURNS") == near(sum(changes))
    assert seen.sum("BAR_SQUARES") == near(sum(change**2 for change in changes))
    assert seen.sum("BAR_DOWNSIDE") == near(sum(min(change, 0.0) ** 2 for change in changes))


def test_without_detail_sums_of_bars_are_not_there(told):
    seen = told(marked().set(DETAIL=0))
    for name in ("BAR_RETURNS", "BAR_SQUARES", "BAR_DOWNSIDE", "MAX_DRAWDOWN"):
        assert isnan(seen.sum(name))
    assert seen.values[1] == near(1_049)


def test_values_lie_inside_the_segment_alone(told):
    example = Example([100] * 5, enter_long=[1], segment=(1, 4))
    values = told(example).values
    assert isnan(values[0]) and isnan(values[4])
    assert values[1:4] == [1_000.0] * 3


def test_exits_are_counted_by_reason_over_both_sides(told):
    bars = [10_000, (10_000, 10_100, 9_900, 10_000), 10_000, 10_000]
    example = Example(bars, enter_long=[0, 2], enter_short=[0], exit_short=[1])
    seen = told(example.set(STOP_PPM=10_000))
    assert [seen.exits(reason) for reason in range(6)] == [1, 2, 0, 0, 0, 0]
    assert seen.count("OPEN_AT_END") == 1


def test_a_bar_is_in_the_market_once_and_shadows_are_not(told):
    bars = [100] * 6
    seen = told(Example(bars, enter_long=[0], exit_long=[2], enter_short=[1], exit_short=[4]))
    # long in bars 1 and 2; the short of bars 2 to 4 has no room
    assert (seen.sizes, seen.count("BARS_IN_MARKET")) == ([1_000_000, 0], 2)
