//! Runs worked out by hand: each rule of `docs/BARS.md` on a few bars.

use super::fixture::{Done, World};
use crate::bars_schema::*;

const FLAT: i64 = 1_000;

/// Twelve flat bars; long is entered at the open of bar 1.
fn long() -> World {
    let mut world = World::flat(12, FLAT);
    world.signal(PLAN_ENTER_LONG, &[0]);
    world
}

/// The same, short.
fn short() -> World {
    let mut world = World::flat(12, FLAT);
    world.signal(PLAN_ENTER_SHORT, &[0]);
    world
}

/// Return the entry and exit bar, exit price and reason of each trade.
fn ends(done: &Done) -> Vec<(i64, i64, i64, i64)> {
    let end = |trade: &Vec<i64>| {
        let reason = trade[TRADE_REASON];
        let bars = (trade[TRADE_ENTRY_BAR], trade[TRADE_EXIT_BAR]);
        (bars.0, bars.1, trade[TRADE_EXIT_PRICE], reason)
    };
    done.trades.iter().map(end).collect()
}

fn column(done: &Done, column: usize) -> Vec<i64> {
    done.trades.iter().map(|trade| trade[column]).collect()
}

fn value(done: &Done, column: usize) -> Vec<f64> {
    done.trade_values.iter().map(|row| row[column]).collect()
}

#[test]
fn a_signal_acts_at_the_next_open() {
    let mut world = long();
    world
        .signal(PLAN_EXIT_LONG, &[4])
        .bar(5, [1_010, 1_020, 1_000, 1_015]);
    let done = world.run();
    assert_eq!(ends(&done), [(1, 5, 1_010, REASON_SIGNAL)]);
    assert_eq!(value(&done, TRADE_GROSS), [0.01]);
    assert_eq!(done.counts[COUNT_BARS_HELD], 4);
    assert_eq!(done.counts[COUNT_BARS_IN_MARKET], 4);
    assert_eq!(done.sums[SUM_EQUITY], 1_000.0 + 1_000.0 * 0.01);
}

#[test]
fn an_entry_whose_exit_is_set_too_does_not_come() {
    let mut world = long();
    world.signal(PLAN_EXIT_LONG, &[0]);
    assert!(world.run().trades.is_empty());
}

#[test]
fn a_mode_bars_the_other_direction() {
    let mut world = long();
    world
        .signal(PLAN_ENTER_SHORT, &[2])
        .set(PLAN_MODE, MODE_LONG);
    assert_eq!(column(&world.run(), TRADE_SIGN), [1]);
    world.set(PLAN_MODE, MODE_SHORT);
    assert_eq!(column(&world.run(), TRADE_SIGN), [-1]);
}

#[test]
fn a_gap_fills_a_stop_at_the_open() {
    let mut world = long();
    world
        .set(PLAN_STOP_PPM, 50_000)
        .bar(3, [900, 905, 890, 900]);
    assert_eq!(ends(&world.run()), [(1, 3, 900, REASON_STOP_LOSS)]);
    let mut world = short();
    world
        .set(PLAN_STOP_PPM, 50_000)
        .bar(3, [1_100, 1_110, 1_095, 1_100]);
    assert_eq!(ends(&world.run()), [(1, 3, 1_100, REASON_STOP_LOSS)]);
}

#[test]
fn a_stop_comes_before_a_target_of_the_same_bar() {
    for mut world in [long(), short()] {
        world
            .set(PLAN_STOP_PPM, 50_000)
            .set(PLAN_TARGET_PPM, 50_000);
        world.bar(1, [1_000, 1_050, 950, 1_000]);
        let done = world.run();
        let price = FLAT - 50 * done.trades[0][TRADE_SIGN];
        assert_eq!(ends(&done), [(1, 1, price, REASON_STOP_LOSS)]);
        assert_eq!(done.counts[COUNT_BARS_IN_MARKET], 1);
    }
}

#[test]
fn a_target_is_never_filled_better() {
    let mut world = long();
    world
        .set(PLAN_TARGET_PPM, 50_000)
        .bar(2, [1_200, 1_300, 1_190, 1_200]);
    assert_eq!(ends(&world.run()), [(1, 2, 1_050, REASON_TAKE_PROFIT)]);
    let mut world = short();
    world
        .set(PLAN_TARGET_PPM, 50_000)
        .bar(2, [900, 910, 890, 900]);
    assert_eq!(ends(&world.run()), [(1, 2, 950, REASON_TAKE_PROFIT)]);
}

#[test]
fn a_trailing_stop_follows_the_best_price_of_earlier_bars() {
    let mut world = long();
    world
        .set(PLAN_TRAIL_PPM, 100_000)
        .set(PLAN_STOP_PPM, 50_000);
    // the bar that makes the new high does not yet trail it
    world.bar(2, [1_000, 1_200, 1_000, 1_150]);
    world
        .bar(3, [1_150, 1_160, 1_081, 1_100])
        .bar(4, [1_100, 1_110, 1_080, 1_090]);
    assert_eq!(ends(&world.run()), [(1, 4, 1_080, REASON_TRAILING_STOP)]);
    let mut world = short();
    world.set(PLAN_TRAIL_PPM, 100_000);
    world
        .bar(2, [1_000, 1_000, 800, 850])
        .bar(3, [860, 890, 850, 880]);
    assert_eq!(ends(&world.run()), [(1, 3, 880, REASON_TRAILING_STOP)]);
}

#[test]
fn a_trailing_level_that_is_no_tighter_is_the_fixed_stop() {
    let mut world = long();
    world.set(PLAN_TRAIL_PPM, 50_000).set(PLAN_STOP_PPM, 50_000);
    world.bar(2, [1_000, 1_000, 940, 950]);
    assert_eq!(ends(&world.run()), [(1, 2, 950, REASON_STOP_LOSS)]);
}

#[test]
fn a_leveraged_position_is_liquidated() {
    let mut world = long();
    world
        .set(PLAN_LEVERAGE_PPM, 10 * UNIT_PPM)
        .bar(2, [1_000, 1_000, 850, 950]);
    assert_eq!(ends(&world.run()), [(1, 2, 901, REASON_LIQUIDATION)]);
    world.bar(2, [800, 820, 790, 800]);
    assert_eq!(ends(&world.run()), [(1, 2, 800, REASON_LIQUIDATION)]);
    // at the open it comes before a stop that is tighter
    world.set(PLAN_STOP_PPM, 50_000);
    assert_eq!(ends(&world.run()), [(1, 2, 800, REASON_LIQUIDATION)]);
    world.bar(2, [910, 910, 790, 800]);
    assert_eq!(ends(&world.run()), [(1, 2, 910, REASON_STOP_LOSS)]);
}

#[test]
fn a_time_stop_comes_before_a_signal_and_that_before_a_liquidation() {
    let mut world = long();
    world
        .set(PLAN_TIME_STOP_BARS, 3)
        .signal(PLAN_EXIT_LONG, &[3]);
    assert_eq!(ends(&world.run()), [(1, 4, FLAT, REASON_TIME_STOP)]);
    world
        .set(PLAN_TIME_STOP_BARS, 4)
        .set(PLAN_LEVERAGE_PPM, 10 * UNIT_PPM);
    world.bar(4, [500, 510, 490, 500]);
    assert_eq!(ends(&world.run()), [(1, 4, 500, REASON_SIGNAL)]);
}

#[test]
fn a_direction_closed_at_the_open_may_be_entered_again_there() {
    let mut world = long();
    world
        .signal(PLAN_ENTER_LONG, &[1, 2, 3, 4, 5])
        .set(PLAN_TIME_STOP_BARS, 3);
    let found: Vec<_> = ends(&world.run())
        .iter()
        .map(|end| (end.0, end.1))
        .collect();
    assert_eq!(found, [(1, 4), (4, 7)]);
    // one that was closed inside a bar, at the next open
    let mut world = long();
    world
        .signal(PLAN_ENTER_LONG, &[1, 2])
        .set(PLAN_STOP_PPM, 50_000);
    world.bar(2, [1_000, 1_000, 900, 1_000]);
    let found: Vec<_> = ends(&world.run())
        .iter()
        .map(|end| (end.0, end.1))
        .collect();
    assert_eq!(found, [(1, 2), (3, 11)]);
}

#[test]
fn both_directions_share_what_there_is() {
    let mut world = long();
    world.signal(PLAN_ENTER_SHORT, &[0]);
    assert_eq!(column(&world.run(), TRADE_SIZE_PPM), [500_000, 500_000]);
    let mut world = long();
    world
        .signal(PLAN_ENTER_SHORT, &[2])
        .set(PLAN_SIZING, SIZING_FIXED);
    world.set(PLAN_FIXED_SIZE_MICROS, 700_000_000);
    assert_eq!(column(&world.run(), TRADE_SIZE_PPM), [700_000, 300_000]);
}

#[test]
fn a_size_of_nothing_is_a_shadow() {
    let mut world = long();
    world
        .signal(PLAN_ENTER_SHORT, &[2])
        .signal(PLAN_EXIT_SHORT, &[4]);
    world.bar(5, [900, 1_000, 900, 1_000]);
    let done = world.run();
    assert_eq!(column(&done, TRADE_SIZE_PPM), [0, 1_000_000]);
    assert_eq!(value(&done, TRADE_GROSS), [0.1, 0.0]);
    let counts = [COUNT_SHADOWS, COUNT_TRADES, SIDE_COUNTS, COUNT_EXITS_FIRST];
    assert_eq!(counts.map(|at| done.counts[at]), [1, 1, 0, 1]);
    assert_eq!(done.sums[SUM_EQUITY], 1_000.0);
}

#[test]
fn kelly_begins_with_shadows_and_learns_from_them() {
    let mut world = World::flat(20, FLAT);
    world
        .set(PLAN_SIZING, SIZING_KELLY)
        .set(PLAN_KELLY_MILLI, 1_000);
    world
        .set(PLAN_KELLY_LOOKBACK, 10)
        .set(PLAN_TIME_STOP_BARS, 2);
    world.signal(PLAN_ENTER_LONG, &[0, 4, 8, 12]);
    world
        .bar(3, [1_200, 1_200, 1_000, 1_000])
        .bar(7, [900, 1_000, 900, 1_000]);
    world.bar(11, [1_100, 1_100, 1_000, 1_000]);
    let done = world.run();
    // half - half / 2 of a gain of 20 % and a loss of 10 %; then 2/3 - 1/3 / 1.5
    assert_eq!(column(&done, TRADE_SIZE_PPM), [0, 0, 250_000, 444_444]);
    assert_eq!(
        (done.counts[COUNT_SHADOWS], done.counts[COUNT_TRADES]),
        (2, 2)
    );
}

#[test]
fn costs_and_funding_are_paid_on_the_leverage() {
    let mut world = long();
    world
        .set(PLAN_LEVERAGE_PPM, 2 * UNIT_PPM)
        .set(PLAN_COST_PPM, 1_000);
    world
        .signal(PLAN_EXIT_LONG, &[4])
        .bar(5, [1_100, 1_100, 1_000, 1_000]);
    world.rates(&[0.5, 0.25, 0.125, f64::NAN, 0.0625, 9.0]);
    let done = world.run();
    let rate = (0.5 + 0.25 + 0.125 + 0.0625) - 0.5;
    let (drag, funding) = (0.001 * (1.0 + 1_100.0 / 1_000.0) * 2.0, -2.0 * rate);
    assert_eq!(value(&done, TRADE_DRAG), [drag]);
    assert_eq!(value(&done, TRADE_FUNDING), [funding]);
    assert_eq!(value(&done, TRADE_RETURN), [0.1 * 2.0 - drag + funding]);
    assert_eq!(column(&done, TRADE_FUNDING_MISSING), [1]);
    assert_eq!(done.counts[COUNT_FUNDING_INCOMPLETE], 1);
    assert_eq!(done.sums[SUM_FUNDING], 1_000.0 * funding);
}

#[test]
fn at_the_end_the_last_bar_is_paid_for_too() {
    let mut world = short();
    world.rates(&[0.0, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5]);
    let done = world.run();
    assert_eq!(ends(&done), [(1, 11, FLAT, REASON_SIGNAL)]);
    assert_eq!(value(&done, TRADE_FUNDING), [0.75]);
    assert_eq!(column(&done, TRADE_OPEN_AT_END), [1]);
    assert_eq!(done.counts[COUNT_OPEN_AT_END], 1);
}

#[test]
fn what_closes_inside_the_last_bar_closes_before_its_end() {
    let mut world = long();
    world
        .signal(PLAN_ENTER_SHORT, &[0])
        .set(PLAN_STOP_PPM, 50_000);
    world.bar(11, [1_000, 1_060, 1_000, 1_000]);
    let done = world.run();
    assert_eq!(column(&done, TRADE_SIGN), [-1, 1]);
    assert_eq!(
        column(&done, TRADE_REASON),
        [REASON_STOP_LOSS, REASON_SIGNAL]
    );
}

#[test]
fn a_ruined_account_enters_nothing_more() {
    let mut world = short();
    world
        .signal(PLAN_EXIT_SHORT, &[3])
        .bar(4, [2_500, 2_500, 1_000, 1_000]);
    world
        .signal(PLAN_ENTER_SHORT, &[5])
        .signal(PLAN_ENTER_LONG, &[6]);
    world.set(PLAN_DETAIL, 1);
    let done = world.run();
    assert_eq!(done.trades.len(), 1);
    assert_eq!(
        (done.sums[SUM_EQUITY], done.counts[COUNT_RUINED]),
        (-500.0, 1)
    );
    assert_eq!(
        (done.sums[SUM_CLOSED_DRAWDOWN], done.sums[SUM_MAX_DRAWDOWN]),
        (1.5, 1.0)
    );
    assert_eq!(done.values[3..6], [1_000.0, 0.0, 0.0]);
    assert_eq!(done.sums[SUM_BAR_RETURNS], -1.0);
}

#[test]
fn marks_are_made_at_the_close_and_troughs_at_the_worst() {
    let mut world = long();
    world.set(PLAN_DETAIL, 1).bar(2, [1_000, 1_100, 800, 1_100]);
    world
        .bar(3, [1_100, 1_100, 1_000, 1_050])
        .signal(PLAN_EXIT_LONG, &[3]);
    let done = world.run();
    let values = [1_000.0, 1_000.0, 1_000.0 + 1_000.0 * 0.1, 1_050.0, 1_000.0];
    assert_eq!(done.values[..5], values);
    let changes: Vec<f64> = values
        .windows(2)
        .map(|pair| pair[1] / pair[0] - 1.0)
        .collect();
    assert_eq!(done.sums[SUM_BAR_RETURNS], changes.iter().sum::<f64>());
    let falls = changes[2] * changes[2] + changes[3] * changes[3];
    assert_eq!(done.sums[SUM_BAR_DOWNSIDE], falls);
    // 800 in bar 2, before its close was a peak
    assert_eq!(done.sums[SUM_MAX_DRAWDOWN], 0.2);
    world.set(PLAN_DETAIL, 0);
    let plain = world.run();
    assert!(plain.sums[SUM_BAR_RETURNS..=SUM_MAX_DRAWDOWN]
        .iter()
        .all(|sum| sum.is_nan()));
    assert_eq!(plain.sums[..SUM_BAR_RETURNS], done.sums[..SUM_BAR_RETURNS]);
    assert_eq!((plain.counts, plain.values), (done.counts, done.values));
}

#[test]
fn each_segment_starts_flat_and_with_its_capital() {
    let mut world = World::flat(12, FLAT);
    world.signal(PLAN_ENTER_LONG, &[1, 3, 6, 11]);
    world.segments = vec![0, 4, 4, 12, 3, 5];
    let done = world.run();
    let found: Vec<_> = ends(&done).iter().map(|end| (end.0, end.1)).collect();
    // the signal of bar 3 acts in bar 4, in a segment that holds both
    assert_eq!(found, [(2, 3), (7, 11), (4, 4)]);
    assert_eq!(column(&done, TRADE_SEGMENT), [0, 1, 2]);
    assert!(done.values[4..12].iter().all(|value| value.is_nan()));
    assert_eq!(done.values[..4], [1_000.0; 4]);
}

#[test]
fn signals_are_seen_across_words_and_in_the_last_one() {
    for bars in [63, 64, 65, 128, 130] {
        let mut world = World::flat(bars, FLAT);
        world.signal(PLAN_ENTER_LONG, &[0, bars - 2, bars - 1]);
        world.signal(PLAN_EXIT_LONG, &[bars - 3]);
        let last = bars as i64 - 1;
        let found: Vec<_> = ends(&world.run())
            .iter()
            .map(|end| (end.0, end.1))
            .collect();
        assert_eq!(found, [(1, last - 1), (last, last)]);
    }
}
