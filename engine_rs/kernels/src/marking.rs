//! The mark of a frame: net liquidation value, peak, drawdown, the row of financials; the end.
//!
//! Twin of `forven/kernels/jit/marking.py`.

use crate::desk::{Day, Desk};
use crate::holdings::liquidation_value;
use crate::power::holdings_margin;
use crate::schema::*;
use crate::survey::Survey;

/// Set the net liquidation value; `peak` and `trough` are the extremes since the last one.
pub fn take_in(row: &mut [i64], value: i64, peak: i64, trough: i64) {
    row[STATE_NLV] = value;
    row[STATE_PEAK_NLV] = row[STATE_PEAK_NLV].max(peak);
    row[STATE_MAX_DRAWDOWN] = row[STATE_MAX_DRAWDOWN].max(row[STATE_PEAK_NLV] - trough);
}

/// Take in the marks of surveyed frames.
pub fn mark_survey(day: &Day, row: &mut [i64], survey: &Survey) {
    let (half, cash) = (day.multiplier / 2, row[STATE_CASH]);
    let mut peak = row[STATE_PEAK_NLV];
    let mut drawdown = row[STATE_MAX_DRAWDOWN];
    for block in survey.blocks() {
        let block_peak = peak.max(cash + half * block.most);
        if block_peak - (cash + half * block.least) > drawdown {
            for worth in block.worths() {
                let value = cash + half * worth;
                peak = peak.max(value);
                drawdown = drawdown.max(peak - value);
            }
        }
        peak = block_peak;
    }
    row[STATE_NLV] = cash + half * survey.last();
    row[STATE_PEAK_NLV] = peak;
    row[STATE_MAX_DRAWDOWN] = drawdown;
}

/// Append the frame's row to a bot's financials, where they are recorded.
fn record(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64], financials: &mut [i64]) {
    if financials.is_empty() {
        return;
    }
    let at = row[STATE_FINANCIALS] as usize * FINANCIAL_WIDTH;
    let line = &mut financials[at..at + FINANCIAL_WIDTH];
    line[FINANCIAL_TS] = desk.now.ts;
    line[FINANCIAL_CASH] = row[STATE_CASH];
    line[FINANCIAL_NLV] = row[STATE_NLV];
    line[FINANCIAL_DRAWDOWN] = row[STATE_PEAK_NLV] - row[STATE_NLV];
    line[FINANCIAL_MARGIN] = holdings_margin(day, &desk.now, &mut desk.pool, plan, row);
    line[FINANCIAL_ORDERS] = row[STATE_ORDER_COUNT];
    row[STATE_FINANCIALS] += 1;
}

/// Value the bot at this frame's marks.
pub fn mark(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64], financials: &mut [i64]) {
    let value = liquidation_value(day, row, desk.now.frame);
    take_in(row, value, value, value);
    record(day, desk, plan, row, financials);
}

/// End a session that holds nothing any more: its value is its cash.
pub fn end_session(
    day: &Day,
    desk: &mut Desk,
    plan: &[i64],
    row: &mut [i64],
    financials: &mut [i64],
    status: i64,
) {
    let cash = row[STATE_CASH];
    take_in(row, cash, cash, cash);
    record(day, desk, plan, row, financials);
    row[STATE_STATUS] = status;
    let (drawdown, fees) = (row[STATE_MAX_DRAWDOWN], row[STATE_FEES]);
    let rest = [
        status,
        cash,
        drawdown,
        fees,
        row[STATE_SLIPPAGE],
        row[STATE_FILLS],
    ];
    desk.write(row, EVENT_SESSION_ENDED, MISSING, rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawdown_is_measured_from_the_peak_of_its_own_stretch() {
        let mut row = vec![0; STATE_HEADER_WIDTH];
        row[STATE_PEAK_NLV] = 100;
        take_in(&mut row, 90, 120, 70);
        assert_eq!((row[STATE_NLV], row[STATE_PEAK_NLV]), (90, 120));
        assert_eq!(row[STATE_MAX_DRAWDOWN], 50);
        take_in(&mut row, 110, 115, 105);
        assert_eq!((row[STATE_PEAK_NLV], row[STATE_MAX_DRAWDOWN]), (120, 50));
    }
}
