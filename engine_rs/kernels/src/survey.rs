//! A first look at many frames of what a bot holds: in 32 bits, four columns in one pass.
//!
//! It settles most chunks of the quiet path, in which nothing happens: the extremes of the worths
//! are exact or not given at all, and the frames are then gathered in full.

use crate::columns::{decoded, held_marks, Column, COLUMNS};
use crate::desk::Day;
use crate::holdings::holding_count;
use crate::schema::*;

/// What the worths of some frames are like, in half quanta times lots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Survey {
    /// The least worth.
    pub least: i64,
    /// The greatest worth.
    pub most: i64,
    /// The worth of the last frame.
    pub last: i64,
    /// At most this much of a worth is of longs that cannot be sold for want of a bid.
    pub given_away: i64,
}

/// What one pass over the columns found.
struct Pass {
    /// Negative if a mark is: missing, crossed or without a bid.
    signs: i32,
    /// No mark is above it.
    bound: i32,
    least: i32,
    most: i32,
}

/// Return the extremes of the totals of four columns, right where none of the totals wraps.
fn pass_four(marks: [&[i32]; COLUMNS], lots: [i32; COLUMNS]) -> Pass {
    let [first, second, third, fourth] = marks;
    let mut pass = Pass {
        signs: 0,
        bound: 0,
        least: i32::MAX,
        most: i32::MIN,
    };
    for (((&a, &b), &c), &d) in first.iter().zip(second).zip(third).zip(fourth) {
        pass.signs |= a | b | c | d;
        let values = [decoded(a), decoded(b), decoded(c), decoded(d)];
        pass.bound |= values[0] | values[1] | values[2] | values[3];
        let total = values[0]
            .wrapping_mul(lots[0])
            .wrapping_add(values[1].wrapping_mul(lots[1]))
            .wrapping_add(values[2].wrapping_mul(lots[2]))
            .wrapping_add(values[3].wrapping_mul(lots[3]));
        pass.least = pass.least.min(total);
        pass.most = pass.most.max(total);
    }
    pass
}

/// Return a number that no irregular mark of a column is above.
fn irregular_bound(marks: &[i32]) -> i32 {
    marks
        .iter()
        .fold(0, |bound, &mark| bound | (decoded(mark) & (mark >> 31)))
}

/// Return the most that the longs among these columns are worth where they have no bid.
fn given_away(columns: &[Column]) -> i64 {
    columns
        .iter()
        .filter(|column| column.lots > 0)
        .map(|column| column.lots * i64::from(irregular_bound(column.marks)))
        .sum()
}

/// Return what a bot's holdings are worth in `count` frames, if 32 bits hold every sum.
pub fn survey(day: &Day, row: &[i64], frame: usize, count: usize) -> Option<Survey> {
    let held = holding_count(row);
    if held == 0 || held > COLUMNS {
        return None;
    }
    let columns = [0, 1, 2, 3].map(|index| held_marks(day, row, index, frame, count));
    let mut lots = [0_i32; COLUMNS];
    for (narrow, column) in lots.iter_mut().zip(&columns) {
        *narrow = i32::try_from(column.lots).ok()?;
    }
    let pass = pass_four(columns.map(|column| column.marks), lots);
    let contracts: i64 = columns.iter().map(|column| column.lots.abs()).sum();
    if contracts * i64::from(pass.bound) > i64::from(i32::MAX) {
        return None;
    }
    let last = columns
        .iter()
        .map(|column| column.lots * i64::from(decoded(column.marks[count - 1])))
        .sum();
    Some(Survey {
        least: i64::from(pass.least),
        most: i64::from(pass.most),
        last,
        given_away: if pass.signs < 0 { given_away(&columns) } else { 0 },
    })
}
