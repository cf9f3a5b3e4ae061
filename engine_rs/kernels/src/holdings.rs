//! The holdings of a bot: found, changed and kept in instrument order.
//!
//! Twin of `forven/kernels/jit/holdings.py`.

use crate::desk::Day;
use crate::prices::mark2;
use crate::schema::*;

/// Return where the holding of that number begins in a state row.
pub fn holding_at(index: usize) -> usize {
    STATE_HEADER_WIDTH + index * HOLDING_WIDTH
}

/// Return how many instruments are held.
pub fn holding_count(row: &[i64]) -> usize {
    row[STATE_HOLDING_COUNT] as usize
}

/// Return the cells of all holdings, `HOLDING_WIDTH` each.
pub fn holdings(row: &[i64]) -> std::slice::ChunksExact<'_, i64> {
    row[STATE_HEADER_WIDTH..holding_at(holding_count(row))].chunks_exact(HOLDING_WIDTH)
}

/// Return the number of the first holding at or after an instrument.
fn place_of(row: &[i64], instrument: i64) -> usize {
    holdings(row)
        .take_while(|holding| holding[HOLDING_INSTRUMENT] < instrument)
        .count()
}

/// Return the quantity held of an instrument: + long, - short, 0 none.
pub fn held(row: &[i64], instrument: i64) -> i64 {
    holdings(row)
        .find(|holding| holding[HOLDING_INSTRUMENT] >= instrument)
        .filter(|holding| holding[HOLDING_INSTRUMENT] == instrument)
        .map_or(0, |holding| holding[HOLDING_QUANTITY])
}

/// Make room for an instrument at holding `index`, with nothing held yet.
fn insert_holding(row: &mut [i64], index: usize, instrument: i64) {
    let at = holding_at(index);
    let end = holding_at(holding_count(row));
    row.copy_within(at..end, at + HOLDING_WIDTH);
    row[at + HOLDING_INSTRUMENT] = instrument;
    row[at + HOLDING_QUANTITY] = 0;
    row[at + HOLDING_COST] = 0;
    row[STATE_HOLDING_COUNT] += 1;
}

/// Take out the holding of that number; the emptied place is zeroed.
pub fn remove_holding(row: &mut [i64], index: usize) {
    let at = holding_at(index);
    let end = holding_at(holding_count(row));
    row.copy_within(at + HOLDING_WIDTH..end, at);
    row[end - HOLDING_WIDTH..end].fill(0);
    row[STATE_HOLDING_COUNT] -= 1;
}

/// Return floor(cost * closed / quantity) without the product, which could overflow.
fn share_of_cost(cost: i64, closed: i64, quantity: i64) -> i64 {
    let whole = cost.div_euclid(quantity);
    whole * closed + (cost.rem_euclid(quantity) * closed).div_euclid(quantity)
}

/// Add `change` lots, for which `cash` micros came in, to a holding; return what is held.
pub fn change_holding(row: &mut [i64], instrument: i64, change: i64, cash: i64) -> i64 {
    let index = place_of(row, instrument);
    let at = holding_at(index);
    if index == holding_count(row) || row[at + HOLDING_INSTRUMENT] != instrument {
        insert_holding(row, index, instrument);
    }
    let before = row[at + HOLDING_QUANTITY];
    let after = before + change;
    if after == 0 {
        remove_holding(row, index);
        return 0;
    }
    if before == 0 || (before > 0) == (change > 0) {
        row[at + HOLDING_COST] -= cash;
    } else {
        let cost = row[at + HOLDING_COST];
        row[at + HOLDING_COST] -= share_of_cost(cost, change.abs(), before.abs());
    }
    row[at + HOLDING_QUANTITY] = after;
    after
}

/// Return the worth of all holdings at their marks of a frame, in half quanta times lots.
pub fn worth_at(day: &Day, row: &[i64], frame: usize) -> i64 {
    holdings(row)
        .map(|holding| holding[HOLDING_QUANTITY] * mark2(day, holding[HOLDING_INSTRUMENT], frame))
        .sum()
}

/// Return cash plus every holding at its mark, in micros.
pub fn liquidation_value(day: &Day, row: &[i64], frame: usize) -> i64 {
    row[STATE_CASH] + worth_at(day, row, frame) * (day.multiplier / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row_with_room() -> Vec<i64> {
        vec![0; holding_at(4)]
    }

    #[test]
    fn holdings_stay_in_instrument_order() {
        let mut row = row_with_room();
        for instrument in [5, 2, 9] {
            assert_eq!(
                change_holding(&mut row, instrument, instrument, 0),
                instrument
            );
        }
        let order: Vec<i64> = holdings(&row)
            .map(|cells| cells[HOLDING_INSTRUMENT])
            .collect();
        assert_eq!(order, [2, 5, 9]);
        assert_eq!((held(&row, 5), held(&row, 6)), (5, 0));
    }

    #[test]
    fn a_reduction_takes_its_floored_share_of_the_cost() {
        let mut row = row_with_room();
        change_holding(&mut row, 1, -3, 100);
        assert_eq!(row[holding_at(0) + HOLDING_COST], -100);
        change_holding(&mut row, 1, 1, -20);
        assert_eq!(row[holding_at(0) + HOLDING_COST], -100 + 34);
    }

    #[test]
    fn a_holding_of_nothing_leaves_no_trace() {
        let mut row = row_with_room();
        change_holding(&mut row, 1, 2, -50);
        change_holding(&mut row, 1, -2, 60);
        assert!(row.iter().all(|&cell| cell == 0));
    }

    #[test]
    fn a_share_of_a_large_cost_does_not_overflow() {
        assert_eq!(
            share_of_cost(4_000_000_000_000_000_001, 2, 3),
            2_666_666_666_666_666_667
        );
        assert_eq!(share_of_cost(-7, 1, 2), -4);
    }
}
