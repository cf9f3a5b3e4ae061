//! A first look at many frames of what a bot holds: in 32 bits, all columns in one pass.
//!
//! It settles most chunks of the quiet path, in which nothing happens. Its figures are those of
//! [`crate::columns`], or there are none: where 32 bits may not hold a sum, where more is held than
//! one pass takes, and where an instrument never had a mark.

use crate::columns::{held_marks, Column, COLUMNS};
use crate::desk::{Day, CHUNK};
use crate::holdings::holding_count;

/// Frames whose extremes are kept together.
pub const BLOCK: usize = 64;

/// The worths of some frames, in half quanta times lots.
pub struct Survey {
    /// The worths, divided by `scale`.
    totals: [i32; CHUNK],
    count: usize,
    scale: i64,
    /// The least and the greatest total of each [`BLOCK`] of frames.
    extremes: [(i32, i32); CHUNK / BLOCK],
    /// The least worth.
    pub least: i64,
    /// The greatest worth.
    pub most: i64,
    /// At most this much of a worth is of longs that cannot be sold for want of a bid.
    pub given_away: i64,
}

/// Some frames that follow one another.
pub struct Block<'s> {
    totals: &'s [i32],
    scale: i64,
    /// The least worth.
    pub least: i64,
    /// The greatest worth.
    pub most: i64,
}

impl Block<'_> {
    /// Return the worth of each frame.
    pub fn worths(&self) -> impl Iterator<Item = i64> + '_ {
        self.totals
            .iter()
            .map(|&total| i64::from(total) * self.scale)
    }
}

/// What the passes over the columns found.
#[derive(Clone, Copy, Default)]
struct Marks {
    /// Negative if a mark is: missing, crossed or without a bid.
    signs: i32,
    /// No mark is above it; negative if there was none.
    bound: i32,
}

impl Default for Survey {
    fn default() -> Self {
        Self {
            totals: [0; CHUNK],
            count: 0,
            scale: 1,
            extremes: [(0, 0); CHUNK / BLOCK],
            least: 0,
            most: 0,
            given_away: 0,
        }
    }
}

impl Survey {
    /// Return the frames, [`BLOCK`] by block.
    pub fn blocks(&self) -> impl Iterator<Item = Block<'_>> {
        let parts = self.totals[..self.count].chunks(BLOCK);
        parts
            .zip(&self.extremes)
            .map(|(totals, &(least, most))| Block {
                totals,
                scale: self.scale,
                least: i64::from(least) * self.scale,
                most: i64::from(most) * self.scale,
            })
    }

    /// Return the worth of the last frame.
    pub fn last(&self) -> i64 {
        i64::from(self.totals[self.count - 1]) * self.scale
    }

    /// Look at what a bot holds in `count` frames; return whether there are figures.
    pub fn look(&mut self, day: &Day, row: &[i64], frame: usize, count: usize) -> bool {
        self.count = count;
        let held = |index| held_marks(day, row, index, frame, count);
        match holding_count(row) {
            1 => self.take([held(0)]),
            2 => self.take([0, 1].map(held)),
            3 => self.take([0, 1, 2].map(held)),
            COLUMNS => self.take([0, 1, 2, 3].map(held)),
            _ => false,
        }
    }

    /// Sum up columns; return whether the figures hold.
    fn take<const N: usize>(&mut self, columns: [Column; N]) -> bool {
        let first = columns[0].lots.abs();
        let is_even = columns.iter().all(|column| column.lots.abs() == first);
        self.scale = if is_even { first } else { 1 };
        let mut units = [0_i32; N];
        for (unit, column) in units.iter_mut().zip(&columns) {
            let Ok(narrow) = i32::try_from(column.lots / self.scale) else {
                return false;
            };
            *unit = narrow;
        }
        let columns_marks = columns.map(|column| column.marks);
        let marks = if is_even {
            let signs = units.map(|unit| unit >> 31);
            self.pass(columns_marks, |mark, i| {
                (mark ^ signs[i]).wrapping_sub(signs[i])
            })
        } else {
            self.pass(columns_marks, |mark, i| mark.wrapping_mul(units[i]))
        };
        let weight: i64 = units.iter().map(|&unit| i64::from(unit).abs()).sum();
        if marks.bound < 0 || weight * i64::from(marks.bound) > i64::from(i32::MAX) {
            return false;
        }
        self.given_away = if marks.signs < 0 {
            given_away(&columns)
        } else {
            0
        };
        true
    }

    /// Set the totals of columns of marks, each as `weigh` counts it, and their extremes.
    fn pass<const N: usize>(
        &mut self,
        columns: [&[i32]; N],
        weigh: impl Fn(i32, usize) -> i32 + Copy,
    ) -> Marks {
        let mut marks = Marks::default();
        let (mut least, mut most) = (i32::MAX, i32::MIN);
        let blocks = self.totals[..self.count].chunks_mut(BLOCK);
        for ((number, totals), extremes) in blocks.enumerate().zip(&mut self.extremes) {
            let from = number * BLOCK;
            let parts = columns.map(|column| &column[from..from + totals.len()]);
            let found;
            (found, *extremes) = sum_up(parts, totals, weigh);
            marks.signs |= found.signs;
            marks.bound |= found.bound;
            least = least.min(extremes.0);
            most = most.max(extremes.1);
        }
        self.least = i64::from(least) * self.scale;
        self.most = i64::from(most) * self.scale;
        marks
    }
}

/// Set the totals of one block; return what its marks are like, and (least, most) of its totals.
///
/// The totals are right where none of them wraps, which `Marks::bound` tells afterwards.
#[inline]
fn sum_up<const N: usize>(
    columns: [&[i32]; N],
    totals: &mut [i32],
    weigh: impl Fn(i32, usize) -> i32,
) -> (Marks, (i32, i32)) {
    let columns = columns.map(|column| &column[..totals.len()]);
    let mut marks = Marks::default();
    let (mut least, mut most) = (i32::MAX, i32::MIN);
    for j in 0..totals.len() {
        let mut total = 0_i32;
        for (i, column) in columns.iter().enumerate() {
            marks.signs |= column[j];
            let mark = last_mark(column[j]);
            marks.bound |= mark;
            total = total.wrapping_add(weigh(mark, i));
        }
        totals[j] = total;
        least = least.min(total);
        most = most.max(total);
    }
    (marks, (least, most))
}

/// Return the last uncrossed mark that a value of a column stands for; negative if there was none.
#[inline]
fn last_mark(mark: i32) -> i32 {
    let sign = mark >> 31;
    (mark ^ sign).wrapping_add(sign)
}

/// Return the most that the longs among these columns are worth where they have no bid.
fn given_away(columns: &[Column]) -> i64 {
    columns
        .iter()
        .filter(|column| column.lots > 0)
        .map(|column| {
            let marks = column.marks.iter();
            let bound = marks.fold(0, |bound, &mark| bound | (last_mark(mark) & (mark >> 31)));
            column.lots * i64::from(bound)
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::World;
    use crate::holdings::{change_holding, worth_at};

    fn row_with(world: &World, positions: &[(i64, i64)]) -> Vec<i64> {
        let mut row = world.state.clone();
        for &(instrument, lots) in positions {
            change_holding(&mut row, instrument, lots, 0);
        }
        row
    }

    #[test]
    fn figures_are_those_of_each_frame_for_even_and_uneven_lots() {
        let mut world = World::new(200);
        world.add_bot();
        for (instrument, from) in [(0, 0), (1, 50), (5, 90), (6, 150)] {
            world.quote(instrument, from..200, 40 + 30 * instrument as i32, 500);
        }
        world.quote(6, 20..60, 0, 15);
        let day = world.day();
        let even = [(0, 3), (1, -3), (5, 3), (6, -3)];
        let uneven = [(0, 1), (1, -2), (6, 1)];
        for positions in [&even[..], &even[..2], &uneven, &uneven[..1]] {
            let row = row_with(&world, positions);
            let mut survey = Survey::default();
            assert!(survey.look(&day, &row, 10, 170));
            let wanted: Vec<i64> = (10..180).map(|frame| worth_at(&day, &row, frame)).collect();
            let found: Vec<i64> = survey
                .blocks()
                .flat_map(|block| block.worths().collect::<Vec<_>>())
                .collect();
            assert_eq!(found, wanted);
            assert_eq!(survey.least, *wanted.iter().min().unwrap());
            assert_eq!(survey.most, *wanted.iter().max().unwrap());
            assert_eq!(survey.last(), wanted[169]);
        }
    }

    #[test]
    fn there_are_no_figures_where_32_bits_may_not_hold_a_sum() {
        let mut world = World::new(10);
        world.add_bot();
        let day = world.day();
        let mut survey = Survey::default();
        assert!(survey.look(&day, &row_with(&world, &[(0, 1 << 40)]), 0, 10));
        assert!(!survey.look(&day, &row_with(&world, &[(0, 1 << 24), (1, 1)]), 0, 10));
    }

    #[test]
    fn there_are_no_figures_without_a_mark_or_beyond_four_columns() {
        let mut world = World::new(10);
        world.quote(3, 0..10, -1, -1);
        world.add_bot();
        let day = world.day();
        let mut survey = Survey::default();
        assert!(!survey.look(&day, &row_with(&world, &[(3, 1)]), 0, 10));
        let five = [(0, 1), (1, 1), (2, 1), (4, 1), (5, 1)];
        assert!(!survey.look(&day, &row_with(&world, &five), 0, 10));
    }

    #[test]
    fn what_may_be_given_away_is_bounded_by_the_longs_without_a_bid() {
        let mut world = World::new(10);
        world.quote(0, 4..6, 0, 9);
        world.quote(1, 4..6, 0, 90);
        world.add_bot();
        let mut survey = Survey::default();
        survey.look(&world.day(), &row_with(&world, &[(0, 2), (1, -2)]), 0, 10);
        assert_eq!(survey.given_away, 2 * 9);
    }
}
