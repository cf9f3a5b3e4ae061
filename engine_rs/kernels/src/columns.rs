//! Scans along the quote columns of a few instruments, in loops the compiler can vectorise.
//!
//! Twin of `forven/kernels/jit/columns.py`. The sums here are wrapping ones, for which loops
//! vectorise; lots are bounded, so that none of them can overflow.

use crate::desk::Day;
use crate::holdings::{holding_at, holding_count};
use crate::schema::*;

/// Columns that one pass takes together.
pub const COLUMNS: usize = 4;

/// What a pass over some frames found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Negative if a mark is: missing, crossed or without a bid.
    pub signs: i32,
    /// The least total.
    pub least: i64,
    /// The greatest total.
    pub most: i64,
}

impl Extent {
    const NOTHING: Self = Self {
        signs: 0,
        least: INT64_MAX,
        most: -INT64_MAX,
    };
}

/// Some frames' marks of an instrument, and the lots that they count.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    /// Marks as in `quotes`.
    pub marks: &'a [i32],
    /// Lots; 0 for a column that stands in for none.
    pub lots: i64,
}

/// Return the first of the frames [frame, frame_to) at or after `ts`, or `frame_to`.
pub fn frame_at(day: &Day, ts: i64, frame: usize, frame_to: usize) -> usize {
    let times = &day.clock_row(CLOCK_TS)[frame..frame_to];
    if times[times.len() - 1] < ts {
        return frame_to;
    }
    frame + times.partition_point(|&time| time < ts)
}

/// Return the last uncrossed mark that a value of a column stands for, or 0.
#[inline]
pub fn decoded(mark: i32) -> i32 {
    if mark < 0 {
        (-2_i32).wrapping_sub(mark).max(0)
    } else {
        mark
    }
}

/// Set the totals to four columns of marks, each times its lots.
///
/// Where signs is negative the totals are to be corrected by [`correct_marks`].
fn set_four(columns: [Column; COLUMNS], totals: &mut [i64]) -> Extent {
    let [first, second, third, fourth] = columns;
    let mut extent = Extent::NOTHING;
    let rows = first
        .marks
        .iter()
        .zip(second.marks)
        .zip(third.marks)
        .zip(fourth.marks);
    for (total, (((a, b), c), d)) in totals.iter_mut().zip(rows) {
        extent.signs |= a | b | c | d;
        let sum = first
            .lots
            .wrapping_mul(i64::from(*a))
            .wrapping_add(second.lots.wrapping_mul(i64::from(*b)))
            .wrapping_add(third.lots.wrapping_mul(i64::from(*c)))
            .wrapping_add(fourth.lots.wrapping_mul(i64::from(*d)));
        *total = sum;
        extent.least = extent.least.min(sum);
        extent.most = extent.most.max(sum);
    }
    extent
}

/// Add `lots` times each mark to the totals; return what [`set_four`] does.
fn add_marks(column: Column, totals: &mut [i64]) -> Extent {
    let mut extent = Extent::NOTHING;
    for (total, mark) in totals.iter_mut().zip(column.marks) {
        extent.signs |= mark;
        *total = total.wrapping_add(column.lots.wrapping_mul(i64::from(*mark)));
        extent.least = extent.least.min(*total);
        extent.most = extent.most.max(*total);
    }
    extent
}

/// Return a negative number if one of the marks is.
fn signs_of(marks: &[i32]) -> i32 {
    marks.iter().fold(0, |signs, mark| signs | mark)
}

/// Put the last uncrossed mark, or 0, in the place of each negative one in the totals.
fn correct_marks(column: Column, totals: &mut [i64]) {
    for (total, mark) in totals.iter_mut().zip(column.marks) {
        let more = i64::from(decoded(*mark)) - i64::from(*mark);
        *total = total.wrapping_add(column.lots.wrapping_mul(more));
    }
}

/// Lots that the sums hold whatever the marks: twice [`crate::exposure::CONTRACTS_MAX`] is less.
const LOTS_MAX: i64 = 1 << 32;

/// Sum up columns, their first four in one pass.
fn sum_columns<'a>(
    first: [Column<'a>; COLUMNS],
    rest: impl Iterator<Item = Column<'a>> + Clone,
    totals: &mut [i64],
) -> Extent {
    let columns = first.iter().copied().chain(rest.clone());
    let lots: i64 = columns.map(|column| column.lots.abs()).sum();
    assert!(
        lots < LOTS_MAX,
        "expected fewer than {LOTS_MAX} lots, found {lots}"
    );
    let mut extent = set_four(first, totals);
    for column in rest.clone() {
        let more = add_marks(column, totals);
        extent = Extent {
            signs: extent.signs | more.signs,
            ..more
        };
    }
    if extent.signs < 0 {
        for column in first.into_iter().chain(rest) {
            if column.lots != 0 && signs_of(column.marks) < 0 {
                correct_marks(column, totals);
            }
        }
        (extent.least, extent.most) = extremes(totals);
    }
    extent
}

/// Return the marks and lots of the holding of that number; 0 lots of the first beyond the last.
pub fn held_marks<'a>(
    day: &Day<'a>,
    row: &[i64],
    index: usize,
    frame: usize,
    count: usize,
) -> Column<'a> {
    let is_there = index < holding_count(row);
    let at = holding_at(if is_there { index } else { 0 });
    let marks = day.column(QUOTE_MARK2, row[at + HOLDING_INSTRUMENT]);
    Column {
        marks: &marks[frame..frame + count],
        lots: if is_there {
            row[at + HOLDING_QUANTITY]
        } else {
            0
        },
    }
}

/// Set the worth of the holdings in each of some frames from `frame` on.
///
/// signs is negative if one of them is irregular somewhere: missing, crossed or without a bid.
pub fn gather_worths(day: &Day, row: &[i64], frame: usize, worths: &mut [i64]) -> Extent {
    let count = worths.len();
    if holding_count(row) == 0 {
        worths.fill(0);
        return Extent {
            signs: -1,
            least: 0,
            most: 0,
        };
    }
    let column = |index| held_marks(day, row, index, frame, count);
    let rest = (COLUMNS..holding_count(row)).map(column);
    sum_columns([0, 1, 2, 3].map(column), rest, worths)
}

/// Return the marks and lots of a leg of a structure's closing order; 0 lots beyond the last.
fn closing_marks<'a>(
    day: &Day<'a>,
    structure: &[i64],
    index: usize,
    legs: usize,
    frames: (usize, usize),
) -> Column<'a> {
    let is_there = index < legs;
    let leg = STRUCTURE_LEGS + 2 * if is_there { index } else { 0 };
    let marks = day.column(QUOTE_MARK2, structure[leg]);
    Column {
        marks: &marks[frames.0..frames.1],
        lots: if is_there { -structure[leg + 1] } else { 0 },
    }
}

/// Take a leg out of the totals, which hold its mark, where it is given away for want of a bid.
///
/// lots are 0 for a leg that is never given away; returns whether the leg is blocked somewhere.
fn take_back(column: Column, bids: &[i32], totals: &mut [i64]) -> bool {
    let mut blocked = 0;
    for ((total, mark), bid) in totals.iter_mut().zip(column.marks).zip(bids) {
        let is_irregular = -i64::from(*mark < 0);
        let is_without = -i64::from(*bid == 0);
        let value = (-2 - i64::from(*mark)) & is_irregular & is_without;
        *total = total.wrapping_sub(column.lots.wrapping_mul(value));
        blocked |= is_irregular & !is_without;
    }
    blocked != 0
}

/// Set the total to `blank` in the frames where a leg has no quote or a crossed one.
fn blank_blocked(marks: &[i32], bids: &[i32], blank: i64, totals: &mut [i64]) {
    for ((total, mark), bid) in totals.iter_mut().zip(marks).zip(bids) {
        *total = if *mark < 0 && *bid != 0 {
            blank
        } else {
            *total
        };
    }
}

/// Turn `scale` times the marks of a structure in `profits` into its exact mids when closed.
///
/// A frame without an exact mid gets that of no profit, which reaches neither stop nor target.
pub fn measure_profits(
    day: &Day,
    structure: &[i64],
    legs: usize,
    scale: i64,
    frame: usize,
    profits: &mut [i64],
) {
    let frames = (frame, frame + profits.len());
    let bids = |leg| {
        let instrument = structure[STRUCTURE_LEGS + 2 * leg];
        &day.column(QUOTE_BID, instrument)[frames.0..frames.1]
    };
    let mut is_blocked = false;
    for i in 0..legs {
        let mut column = closing_marks(day, structure, i, legs, frames);
        if signs_of(column.marks) < 0 {
            let is_given = column.lots > 0 && legs > 1;
            column.lots = if is_given { column.lots * scale } else { 0 };
            is_blocked |= take_back(column, bids(i), profits);
        }
    }
    if !is_blocked {
        return;
    }
    let blank = -2 * structure[STRUCTURE_FILL_NET] * scale;
    for i in 0..legs {
        let column = closing_marks(day, structure, i, legs, frames);
        blank_blocked(column.marks, bids(i), blank, profits);
    }
}

/// Set the exact mid of a structure's closing order in each of some frames from `frame` on.
pub fn gather_profits(
    day: &Day,
    structure: &[i64],
    legs: usize,
    frame: usize,
    profits: &mut [i64],
) {
    let frames = (frame, frame + profits.len());
    let column = |index| closing_marks(day, structure, index, legs, frames);
    let extent = sum_columns(
        [0, 1, 2, 3].map(column),
        (COLUMNS..legs).map(column),
        profits,
    );
    if extent.signs < 0 {
        measure_profits(day, structure, legs, 1, frame, profits);
    }
}

/// Return the least and the greatest of the values; (0, 0) of none.
pub fn extremes(values: &[i64]) -> (i64, i64) {
    let Some(&start) = values.first() else {
        return (0, 0);
    };
    values.iter().fold((start, start), |(least, most), &value| {
        (least.min(value), most.max(value))
    })
}

/// Return the first index with a value at or below `low` or at or above `high`, or their count.
pub fn first_outside(values: &[i64], low: i64, high: i64) -> usize {
    let (least, most) = extremes(values);
    if least > low && most < high {
        return values.len();
    }
    values
        .iter()
        .position(|&value| value <= low || value >= high)
        .unwrap_or(values.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::World;
    use crate::holdings::{change_holding, worth_at};

    #[test]
    fn worths_are_those_of_each_frame_whatever_the_quotes() {
        let mut world = World::new(40);
        world.quote(0, 3..9, 0, 10);
        world.quote(1, 5..12, 130, 120);
        world.quote(4, 0..20, -1, -1);
        world.quote(6, 7..30, 300, 340);
        world.add_bot();
        let day = world.day();
        let mut row = world.state.clone();
        for (instrument, lots) in [(0, 3), (1, -2), (4, 1), (5, 7), (6, -4)] {
            change_holding(&mut row, instrument, lots, 0);
            let mut worths = [0; 30];
            let extent = gather_worths(&day, &row, 4, &mut worths);
            let wanted: Vec<i64> = (4..34).map(|frame| worth_at(&day, &row, frame)).collect();
            assert_eq!(worths[..], wanted);
            assert_eq!((extent.least, extent.most), extremes(&wanted));
            assert!(extent.signs < 0);
        }
    }

    #[test]
    fn the_first_value_outside_is_found_at_either_threshold() {
        assert_eq!(first_outside(&[5, 6, 7], 4, 8), 3);
        assert_eq!(first_outside(&[5, 6, 7], 5, 8), 0);
        assert_eq!(first_outside(&[5, 6, 7], 4, 7), 2);
    }

    #[test]
    fn a_frame_is_found_by_its_time() {
        let world = World::new(5);
        let day = world.day();
        let ts = world.clock[2];
        assert_eq!(frame_at(&day, ts, 0, 5), 2);
        assert_eq!(frame_at(&day, ts + 1, 0, 5), 3);
        assert_eq!(frame_at(&day, ts, 0, 2), 2);
    }

    #[test]
    #[should_panic(expected = "fewer than")]
    fn lots_beyond_what_the_sums_hold_are_refused() {
        let mut world = World::new(5);
        world.add_bot();
        let mut row = world.state.clone();
        change_holding(&mut row, 0, LOTS_MAX, 0);
        gather_worths(&world.day(), &row, 0, &mut [0; 4]);
    }
}
