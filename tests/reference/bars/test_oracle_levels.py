"""Section 3 of docs/BARS.md: stops, targets and liquidation, in prices worked out by hand."""

import pytest

from forven.kernels import bars_schema as schema
from tests.reference.bars.handmade import Example

STOP, TRAIL = schema.REASON_STOP_LOSS, schema.REASON_TRAILING_STOP
TARGET, LIQUIDATION = schema.REASON_TAKE_PROFIT, schema.REASON_LIQUIDATION
START = [10_000, 10_000]


def long(bars: list, **cells: int) -> Example:
    """Return an example that is long from the open of bar 1."""
    return Example(bars, enter_long=[0]).set(**cells)


def short(bars: list, **cells: int) -> Example:
    return Example(bars, enter_short=[0]).set(**cells)


def first(seen) -> tuple[int, int, int]:
    """Return exit bar, exit price and reason of the first trade."""
    return (*seen.fills[0][3:], seen.reasons[0])


def test_the_stop_comes_before_the_target_and_on_the_entry_bar_too(told):
    both = (10_000, 10_100, 9_900, 10_000)
    cells = {"STOP_PPM": 10_000, "TARGET_PPM": 10_000}
    assert first(told(long([10_000, both, 1], **cells))) == (1, 9_900, STOP)
    assert first(told(short([10_000, both, 1], **cells))) == (1, 10_100, STOP)


def test_a_stop_one_quantum_away_is_not_met(told):
    bars = [10_000, (10_000, 10_099, 9_901, 10_000), 10_000]
    for example in (long(bars, STOP_PPM=10_000), short(bars, STOP_PPM=10_000)):
        assert first(told(example)) == (2, 10_000, schema.REASON_SIGNAL)


def test_a_stop_that_is_jumped_over_fills_at_the_open(told):
    assert first(told(long([*START, 9_800], STOP_PPM=10_000))) == (2, 9_800, STOP)
    assert first(told(short([*START, 10_200], STOP_PPM=10_000))) == (2, 10_200, STOP)


def test_a_target_never_fills_better(told):
    assert first(told(long([*START, 10_300], TARGET_PPM=10_000))) == (2, 10_100, TARGET)
    assert first(told(short([*START, 9_700], TARGET_PPM=10_000))) == (2, 9_900, TARGET)


def test_levels_round_half_up(told):
    # 150 x 0.99 = 148.5, 150 x 1.01 = 151.5
    down, up = (150, 150, 140, 150), (150, 160, 150, 150)
    assert first(told(long([150, down, 1], STOP_PPM=10_000))) == (1, 149, STOP)
    assert first(told(short([150, up, 1], STOP_PPM=10_000))) == (1, 152, STOP)
    assert first(told(long([150, up, 1], TARGET_PPM=10_000))) == (1, 152, TARGET)
    assert first(told(short([150, down, 1], TARGET_PPM=10_000))) == (1, 149, TARGET)
    assert first(told(long([150, down, 1], TRAIL_PPM=10_000))) == (1, 149, TRAIL)
    assert first(told(short([150, up, 1], TRAIL_PPM=10_000))) == (1, 152, TRAIL)


@pytest.mark.parametrize("name", ["STOP_PPM", "TRAIL_PPM", "TARGET_PPM"])
def test_levels_lie_at_least_a_quantum_away(told, name):
    still, wide = [10, 10, 10], [10, (10, 12, 8, 10), 10]
    reason = {"STOP_PPM": STOP, "TRAIL_PPM": TRAIL, "TARGET_PPM": TARGET}[name]
    side = -1 if name == "TARGET_PPM" else 1
    for make, sign in ((long, 1), (short, -1)):
        assert first(told(make(still, **{name: 1})))[2] == schema.REASON_SIGNAL
        assert first(told(make(wide, **{name: 1}))) == (1, 10 - sign * side, reason)


def test_a_stop_below_the_least_price_is_never_met(told):
    seen = told(long([1, 1, (1, 5, 1, 1), 1], STOP_PPM=1))
    assert first(seen) == (3, 1, schema.REASON_SIGNAL)


def test_a_short_target_at_nothing_is_never_met(told):
    for ppm in (1_000_000, 1_500_000):
        assert first(told(short([10, 10, 1, 1], TARGET_PPM=ppm)))[2] == schema.REASON_SIGNAL
    assert first(told(short([1, 1, 1, 1], TARGET_PPM=1)))[2] == schema.REASON_SIGNAL


def test_a_trailing_stop_follows_the_extreme_of_earlier_bars(told):
    # 1 % below 10,000 is 9,900; below 10,200 it is 10,098; below 10,300 it would be 10,197.
    bars = [10_000, (10_000, 10_200, 9_901, 10_150), (10_150, 10_300, 10_099, 10_200)]
    assert first(told(long([*bars, 10_250], TRAIL_PPM=10_000)))[2] == schema.REASON_SIGNAL
    bars[2] = (10_150, 10_300, 10_098, 10_200)
    assert first(told(long([*bars, 10_250], TRAIL_PPM=10_000))) == (2, 10_098, TRAIL)
    mirrored = [10_000, (10_000, 10_099, 9_800, 9_850), (9_850, 9_898, 9_700, 9_800), 9_750]
    assert first(told(short(mirrored, TRAIL_PPM=10_000))) == (2, 9_898, TRAIL)


def test_the_tighter_stop_gives_price_and_reason(told):
    down = [10_000, (10_000, 10_000, 9_700, 9_900), 9_900]
    assert first(told(long(down, STOP_PPM=20_000, TRAIL_PPM=10_000))) == (1, 9_900, TRAIL)
    assert first(told(long(down, STOP_PPM=10_000, TRAIL_PPM=20_000))) == (1, 9_900, STOP)
    assert first(told(long(down, STOP_PPM=10_000, TRAIL_PPM=10_000))) == (1, 9_900, STOP)
    up = [10_000, (10_000, 10_300, 10_000, 10_100), 10_100]
    assert first(told(short(up, STOP_PPM=20_000, TRAIL_PPM=10_000))) == (1, 10_100, TRAIL)
    assert first(told(short(up, STOP_PPM=10_000, TRAIL_PPM=20_000))) == (1, 10_100, STOP)


def test_a_looser_trail_becomes_the_tighter_one(told):
    # fixed 9,900; the trail of 2 % starts at 9,800 and is 10,290 after a high of 10,500
    bars = [10_000, (10_000, 10_500, 9_950, 10_400), (10_400, 10_400, 10_200, 10_300), 10_300]
    cells = {"STOP_PPM": 10_000, "TRAIL_PPM": 20_000}
    assert first(told(long(bars, **cells))) == (2, 10_290, TRAIL)


def test_atr_stops_use_the_bar_before_the_entry(told):
    # bar 0: (30 x 2,500 + 500) // 1,000 = 75
    cells = {"SIZING": schema.SIZING_ATR, "ATR_ROW": 4, "ATR_STOP_MILLI": 2_500}
    down = [10_000, (10_000, 10_000, 9_000, 9_900), 9_900]
    up = [10_000, (10_000, 11_000, 10_000, 10_100), 10_100]
    atr = [30, 99, 99]
    falls = Example(down, enter_long=[0], atr=atr).set(**cells)
    assert first(told(falls)) == (1, 9_925, STOP)
    assert first(told(falls.set(STOP_PPM=5_000))) == (1, 9_950, STOP)
    assert first(told(falls.set(STOP_PPM=10_000))) == (1, 9_925, STOP)
    rises = Example(up, enter_short=[0], atr=atr).set(**cells)
    assert first(told(rises)) == (1, 10_075, STOP)
    assert first(told(rises.set(STOP_PPM=5_000))) == (1, 10_050, STOP)


@pytest.mark.parametrize(
    ("atr", "milli", "stop"),
    [(-1, 2_000, 9_700), (0, 2_000, 9_700), (100, 4, 9_700), (1, 500, 9_999), (1, 499, 9_700)],
)
def test_an_atr_that_says_nothing_leaves_the_fallback(told, atr, milli, stop):
    down = [10_000, (10_000, 10_000, 9_000, 9_900), 9_900]
    example = Example(down, enter_long=[0], atr=[atr, 50, 50]).set(
        SIZING=schema.SIZING_ATR, ATR_ROW=4, ATR_STOP_MILLI=milli
    )
    assert first(told(example)) == (1, stop, STOP)
    without = told(example.set(STOP_PPM=200_000))
    assert first(without)[1] == (stop if stop != 9_700 else 9_900)  # no fallback beside a stop


def test_only_fraction_and_atr_fall_back(told):
    down = [10_000, (10_000, 10_000, 9_000, 9_900), 9_900]
    for sizing in (schema.SIZING_FULL, schema.SIZING_FIXED, schema.SIZING_KELLY):
        assert first(told(long(down, SIZING=sizing)))[2] == schema.REASON_SIGNAL
    seen = told(long(down, SIZING=schema.SIZING_FRACTION, TRAIL_PPM=100_000))
    assert first(seen) == (1, 9_700, STOP)  # a trail alone is no fixed stop


@pytest.mark.parametrize(
    ("leverage", "below", "above"),
    [(10_000_000, 9_005, 10_995), (2_500_000, 6_020, 13_980), (3_000_000, 6_683, 13_317)],
)
def test_liquidation_leaves_half_a_percent_of_the_margin(told, leverage, below, above):
    # 3x: 995,000 / 3 = 331,666 ppm; 10,000 - 3,316.66 = 6,683.34 and 13,316.66
    for level, make, wick in ((below, long, -1), (above, short, 1)):
        reached = (10_000, max(10_000, level), min(10_000, level), 10_000)
        missed = tuple(price - wick * (price == level) for price in reached)
        assert first(told(make([*START, reached, 10_000], LEVERAGE_PPM=leverage))) == (
            2,
            level,
            LIQUIDATION,
        )
        seen = told(make([*START, missed, 10_000], LEVERAGE_PPM=leverage))
        assert first(seen)[2] == schema.REASON_SIGNAL


def test_a_gap_beyond_liquidation_fills_at_the_open(told):
    assert first(told(long([*START, 9_005, 1], LEVERAGE_PPM=10_000_000))) == (2, 9_005, LIQUIDATION)
    assert first(told(long([*START, 8_000, 1], LEVERAGE_PPM=10_000_000))) == (2, 8_000, LIQUIDATION)
    assert first(told(short([*START, 12_000], LEVERAGE_PPM=10_000_000))) == (2, 12_000, LIQUIDATION)


def test_a_gap_liquidation_comes_after_the_signal_and_before_the_stop(told):
    bars = [*START, 9_000, 9_000]
    signal = Example(bars, enter_long=[0], exit_long=[1]).set(LEVERAGE_PPM=10_000_000)
    assert first(told(signal)) == (2, 9_000, schema.REASON_SIGNAL)
    stopped = long(bars, LEVERAGE_PPM=10_000_000, STOP_PPM=10_000)
    assert first(told(stopped)) == (2, 9_000, LIQUIDATION)


def test_inside_a_bar_liquidation_comes_after_the_stop_and_before_the_target(told):
    bars = [10_000, (10_000, 10_200, 9_000, 10_000), 10_000]
    cells = {"LEVERAGE_PPM": 10_000_000, "TARGET_PPM": 10_000}
    assert first(told(long(bars, **cells))) == (1, 9_005, LIQUIDATION)
    assert first(told(long(bars, STOP_PPM=10_000, **cells))) == (1, 9_900, STOP)
    # a stop beyond the liquidation is met as well, and comes first all the same
    assert first(told(long(bars, STOP_PPM=99_900, **cells))) == (1, 9_001, STOP)


def test_there_is_no_liquidation_without_leverage(told):
    for leverage in (1_000_000, 250_000):
        seen = told(long([*START, 1, 1], LEVERAGE_PPM=leverage))
        assert first(seen)[2] == schema.REASON_SIGNAL


def test_prices_at_the_bound_are_exact(told):
    top = schema.PRICE_MAX
    low = (top, top, 1, top)
    # 500,000,000,000 x 0.999999 = 499,999,500,000
    assert first(told(long([top, low, top], STOP_PPM=1))) == (1, 499_999_500_000, STOP)
    seen = told(long([top, low, top], LEVERAGE_PPM=125_000_000))
    assert first(seen) == (1, 496_020_000_000, LIQUIDATION)  # 7,960 ppm below
