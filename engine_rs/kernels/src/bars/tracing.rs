//! Runs with everything that they did: trades, values and signals.

use super::following::Moment;
use super::plan::Plan;
use super::profit::Trade;
use super::sweeping::{Bench, Runs};
use super::words::words_of;
use crate::bars_schema::*;

/// Rows of signals a run has.
pub const SIGNAL_ROWS: usize = 4;

/// What a trace writes, flat; values and signals are empty where they are not asked for.
pub struct Written<'a> {
    /// `[K, S, COUNT_WIDTH]`.
    pub counts: &'a mut [i64],
    /// `[K, S, SUM_WIDTH]`.
    pub sums: &'a mut [f64],
    /// `[T, TRADE_WIDTH]`.
    pub trades: &'a mut [i64],
    /// `[T, TRADE_VALUES]`.
    pub trade_values: &'a mut [f64],
    /// `[K, S, n]`.
    pub values: &'a mut [f64],
    /// `[K, 4, W]`.
    pub signals: &'a mut [u64],
}

/// Write what every run does in every segment; return how many trades there are.
///
/// Trades beyond the room for them are counted, not written.
pub fn trace(runs: &Runs, written: &mut Written) -> usize {
    let mut bench = Bench::new(*runs);
    let (bars, words) = (runs.market.bars, words_of(runs.market.bars));
    let segments = runs.spans().len();
    let mut count = 0;
    for (number, row) in runs.rows().enumerate() {
        let plan = Plan::new(row);
        bench.prepare(std::iter::once(plan));
        if !written.signals.is_empty() {
            let width = SIGNAL_ROWS * words;
            copy_signals(
                &bench,
                &plan,
                &mut written.signals[number * width..][..width],
            );
        }
        for (segment, span) in runs.spans().enumerate() {
            let place = number * segments + segment;
            let has_values = !written.values.is_empty();
            let values = match has_values {
                true => &mut written.values[place * bars..][..bars],
                false => &mut [],
            };
            let rows = (
                &mut written.counts[place * COUNT_WIDTH..][..COUNT_WIDTH],
                &mut written.sums[place * SUM_WIDTH..][..SUM_WIDTH],
            );
            let (trades, trade_values) = (&mut *written.trades, &mut *written.trade_values);
            bench.run((0, plan), span, values, rows, |trade| {
                let cells = trades.chunks_exact_mut(TRADE_WIDTH).nth(count);
                let floats = trade_values.chunks_exact_mut(TRADE_VALUES).nth(count);
                if let Some((cells, floats)) = cells.zip(floats) {
                    write_trade(trade, (number, segment), cells, floats);
                }
                count += 1;
            });
        }
    }
    count
}

/// Write the rows of bits of a run, in the order of its plan; a row that it has not is all zeros.
fn copy_signals(bench: &Bench, plan: &Plan, out: &mut [u64]) {
    let signals = bench.signals(0, plan);
    let rows = signals.iter().flat_map(|side| [side.enter, side.exit]);
    for (own, row) in out
        .chunks_exact_mut((out.len() / SIGNAL_ROWS).max(1))
        .zip(rows)
    {
        if row.is_empty() {
            own.fill(0);
        } else {
            own.copy_from_slice(row);
        }
    }
}

fn write_trade(
    trade: &Trade,
    (run, segment): (usize, usize),
    cells: &mut [i64],
    floats: &mut [f64],
) {
    let position = &trade.position;
    let closing = &position.closing;
    cells[TRADE_RUN] = run as i64;
    cells[TRADE_SEGMENT] = segment as i64;
    cells[TRADE_SIGN] = position.side.sign();
    cells[TRADE_ENTRY_BAR] = position.bar as i64;
    cells[TRADE_EXIT_BAR] = closing.bar as i64;
    cells[TRADE_ENTRY_PRICE] = position.price;
    cells[TRADE_EXIT_PRICE] = closing.price;
    cells[TRADE_REASON] = closing.reason;
    cells[TRADE_SIZE_PPM] = position.size_ppm;
    cells[TRADE_OPEN_AT_END] = i64::from(closing.moment == Moment::End);
    cells[TRADE_FUNDING_MISSING] = trade.missing as i64;
    floats[TRADE_BASE] = position.base;
    floats[TRADE_GROSS] = trade.gross;
    floats[TRADE_DRAG] = trade.drag;
    floats[TRADE_FUNDING] = trade.funding;
    floats[TRADE_RETURN] = trade.returned;
    floats[TRADE_PNL] = trade.pnl;
}
