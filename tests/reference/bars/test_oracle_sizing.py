"""Section 4 of docs/BARS.md: how much is staked, in ppm worked out by hand."""

import pytest

from forven.kernels import bars_schema as schema
from tests.reference.bars.handmade import Example

START = [10_000, 10_000, 10_000]
WHOLE = 1_000_000
FIXED = {"SIZING": schema.SIZING_FIXED}
FRACTION = {"SIZING": schema.SIZING_FRACTION}
KELLY = {"SIZING": schema.SIZING_KELLY}


def sizes(told, example: Example, **cells: int) -> list[int]:
    return told(example.set(**cells)).sizes


def test_full_stakes_all(told):
    assert sizes(told, Example(START, enter_long=[0])) == [WHOLE]


@pytest.mark.parametrize(("micros", "size"), [(250_000_000, 250_000), (5_000_000_000, WHOLE)])
def test_fixed_stakes_an_amount_of_the_equity_there_is(told, micros, size):
    example = Example(START, enter_long=[0])
    assert sizes(told, example, FIXED_SIZE_MICROS=micros, **FIXED) == [size]


def test_fixed_follows_the_equity(told):
    # 25 % of it gains 10 %: 1,025; 250 / 1,025 = 0.2439024...
    bars = [10_000, 10_000, 11_000, 11_000, 11_000]
    example = Example(bars, enter_long=[0, 2], exit_long=[1])
    assert sizes(told, example, FIXED_SIZE_MICROS=250_000_000, **FIXED) == [250_000, 243_902]


@pytest.mark.parametrize(
    ("stop", "leverage", "size"),
    [
        (20_000, 1_000_000, 500_000),  # 1 % of the equity is lost where 200 of 10,000 are
        (20_000, 2_000_000, 250_000),
        (20_000, 500_000, WHOLE),
        (5_000, 1_000_000, WHOLE),
        (0, 1_000_000, 333_333),  # the fallback of 3 %
        (30_000, 1_500_000, 222_222),
    ],
)
def test_fraction_loses_its_risk_at_the_stop(told, stop, leverage, size):
    example = Example(START, enter_long=[0])
    assert sizes(told, example, STOP_PPM=stop, LEVERAGE_PPM=leverage, **FRACTION) == [size]


def test_fraction_loses_its_risk_in_money(told):
    bars = [10_000, (10_000, 10_000, 9_800, 9_900), 9_900]
    seen = told(Example(bars, enter_long=[0]).set(STOP_PPM=20_000, **FRACTION))
    assert seen.sum("EQUITY") == pytest.approx(990.0, rel=1e-12)


def test_atr_sizes_by_its_stop(told):
    # 30 x 2.5 = 75; 0.005 x 10,000 / 75 = 0.666...
    example = Example(START, enter_long=[0], atr=[30, 1, 1])
    cells = {"SIZING": schema.SIZING_ATR, "ATR_ROW": 4, "ATR_STOP_MILLI": 2_500}
    assert sizes(told, example, RISK_PPM=5_000, **cells) == [666_666]
    assert sizes(told, example, RISK_PPM=10_000, **cells) == [WHOLE]
    # a percent stop at 10 is the tighter one: 0.000001 x 10,000 / 10
    assert sizes(told, example, RISK_PPM=1, STOP_PPM=1_000, **cells) == [1_000]


def turns() -> Example:
    """Return a gain of 20 %, a loss of 10 % and a trade more."""
    bars = [100, 100, 120, 120, 108, 108, 108, 108]
    return Example(bars, enter_long=[0, 2, 4], exit_long=[1, 3])


def test_kelly_waits_for_a_gain_and_a_loss(told):
    # W = 1/2, R = 0.2 / 0.1 = 2: 0.5 x (1/2 - 1/4) = 1/8
    seen = told(turns().set(**KELLY))
    assert seen.sizes == [0, 0, 125_000]
    assert seen.of_trades("GROSS") == [0.2, -0.1, 0.0]
    assert (seen.count("SHADOWS"), seen.count("TRADES")) == (2, 1)
    assert sizes(told, turns(), KELLY_MILLI=5_000, **KELLY) == [0, 0, WHOLE]


def test_kelly_looks_back_so_many_trades(told):
    assert sizes(told, turns(), KELLY_LOOKBACK=1, **KELLY) == [0, 0, 0]
    assert sizes(told, turns(), KELLY_LOOKBACK=2, **KELLY) == [0, 0, 125_000]


def test_kelly_forgets_what_lies_before(told):
    # up, down, down: of the last two none gained
    bars = [100, 100, 120, 120, 108, 108, 97, 97, 97, 97]
    down = Example(bars, enter_long=[0, 2, 4, 6], exit_long=[1, 3, 5])
    assert sizes(told, down, KELLY_LOOKBACK=2, **KELLY) == [0, 0, 125_000, 0]


def test_kelly_counts_what_neither_gained_nor_lost(told):
    # W = 1/3, R = 2: 1/3 - (2/3) / 2 is 0
    bars = [100, 100, 120, 120, 108, 108, 108, 108, 108]
    example = Example(bars, enter_long=[0, 2, 4, 6], exit_long=[1, 3, 5])
    assert sizes(told, example, **KELLY) == [0, 0, 125_000, 0]


def test_kelly_learns_from_both_directions(told):
    # long 100 to 120, then short 120 to 132: a loss of 0.1
    bars = [100, 100, 120, 120, 132, 132, 132]
    example = Example(bars, enter_long=[0, 4], exit_long=[1], enter_short=[2], exit_short=[3])
    assert sizes(told, example, **KELLY) == [0, 0, 125_000]


def test_kelly_learns_nothing_from_another_segment(told):
    example = turns()
    example.segment = (2, 8)
    assert sizes(told, example, **KELLY) == [0, 0]


def test_shadows_are_followed_and_in_no_count_or_sum(told):
    bars = [100, (100, 100, 90, 95), 95]
    seen = told(Example(bars, enter_long=[0]).set(STOP_PPM=50_000, **KELLY))
    assert seen.fills == [(1, 1, 100, 1, 95)]
    assert seen.reasons == [schema.REASON_STOP_LOSS]
    assert seen.outcome.counts[0, 0].tolist() == [0] * schema.COUNT_SHADOWS + [1, 0, 0, 0]
    assert [abs(number) for number in seen.of_trades("RETURN")] == [0.0]
    assert seen.values == [1_000.0] * 3
    assert seen.sum("EQUITY") == 1_000.0


def test_a_size_below_a_millionth_is_a_shadow(told):
    # a millionth at risk: 1 / 2 % is 50 ppm, 1 / 20 % / 10x is half of one
    example = Example(START, enter_long=[0])
    assert sizes(told, example, RISK_PPM=1, STOP_PPM=20_000, **FRACTION) == [50]
    cells = {"RISK_PPM": 1, "STOP_PPM": 200_000, "LEVERAGE_PPM": 10_000_000}
    seen = told(example.set(**cells, **FRACTION))
    assert (seen.sizes, seen.count("SHADOWS")) == ([0], 1)


def test_a_direction_leaves_the_rest_to_the_other(told):
    bars = [10_000] * 4
    for example in (
        Example(bars, enter_long=[0], enter_short=[1]),
        Example(bars, enter_short=[0], enter_long=[1]),
    ):
        seen = told(example.set(FIXED_SIZE_MICROS=700_000_000, **FIXED))
        by_entry = sorted(zip(seen.of_trades("ENTRY_BAR"), seen.sizes))
        assert by_entry == [(1, 700_000), (2, 300_000)]


def test_beside_all_only_a_shadow_has_room(told):
    seen = told(Example([10_000] * 4, enter_long=[0], enter_short=[1]))
    assert seen.sizes == [WHOLE, 0]
    assert seen.count("SHADOWS") == 1


def test_what_was_closed_at_the_open_leaves_its_room(told):
    bars = [10_000] * 4
    seen = told(Example(bars, enter_long=[0], exit_long=[1], enter_short=[1]))
    assert seen.sizes == [WHOLE, WHOLE]


def test_entries_of_one_bar_are_scaled_together(told):
    both = Example(START, enter_long=[0], enter_short=[0])
    assert sizes(told, both) == [500_000, 500_000]
    assert sizes(told, both, FIXED_SIZE_MICROS=400_000_000, **FIXED) == [400_000, 400_000]
    assert sizes(told, both, FIXED_SIZE_MICROS=750_000_000, **FIXED) == [500_000, 500_000]


def test_unequal_entries_of_one_bar_keep_their_proportion(told):
    # stops at 149 and 152: long 10,000 x 150 / 1, cut to all; short 10,000 x 150 / 2 = 750,000;
    # of 1,750,000 together
    both = Example([150, 150, 150], enter_long=[0], enter_short=[0])
    assert sizes(told, both, STOP_PPM=10_000, **FRACTION) == [571_428, 428_571]


def test_both_entries_of_one_bar_have_the_same_base(told):
    bars = [10_000, 10_000, 11_000, 11_000, 11_000]
    example = Example(bars, enter_long=[0, 2], enter_short=[2], exit_long=[1])
    seen = told(example)
    assert seen.of_trades("BASE") == [1_000.0, 1_100.0, 1_100.0]
