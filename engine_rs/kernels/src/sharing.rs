//! Bots shared out among threads: each takes a run of them and an equal part of the journal.

use crate::schema::JOURNAL_WIDTH;

/// What a call writes for all its bots, flat and in C order.
pub struct Outputs<'a> {
    /// How many bots there are, at least one.
    pub bots: usize,
    /// `[bots, width]`, in and out.
    pub state: &'a mut [i64],
    /// `[J, JOURNAL_WIDTH]`.
    pub journal: &'a mut [i64],
    /// `[bots, F, width]`; empty where none are recorded.
    pub financials: &'a mut [i64],
}

/// A run of bots, and the outputs that are theirs.
pub struct Part<'a> {
    /// The first bot of the run.
    pub first: usize,
    /// The bot after its last one.
    pub last: usize,
    /// The run's rows of the state.
    pub state: &'a mut [i64],
    /// Rows of the journal that nobody else writes to.
    pub journal: &'a mut [i64],
    /// The run's financials.
    pub financials: &'a mut [i64],
}

impl Outputs<'_> {
    /// Let `take` advance the bots in `count` parts, side by side; return the rows journaled.
    ///
    /// The parts' rows are moved together in the order of the bots. Where one of the bots is short
    /// after that, as `is_short` says of its state row, all go on in what is left of the journal.
    pub fn advance(
        &mut self,
        count: usize,
        is_short: impl Fn(&[i64]) -> bool,
        take: impl Fn(Part) -> usize + Sync,
    ) -> usize {
        let mut rows = 0;
        if count > 1 {
            rows = self.advance_side_by_side(count, &take);
            let width = self.state.len() / self.bots;
            if !self.state.chunks_exact(width).any(is_short) {
                return rows;
            }
        }
        for whole in self.parts(rows, 1) {
            rows += take(whole);
        }
        rows
    }

    /// Advance the parts on as many threads; return the rows journaled.
    fn advance_side_by_side(
        &mut self,
        count: usize,
        take: &(impl Fn(Part) -> usize + Sync),
    ) -> usize {
        let mut written = vec![0; count];
        let parts = self.parts(0, count);
        rayon::scope(|scope| {
            for (part, rows) in parts.into_iter().zip(&mut written) {
                scope.spawn(move |_| *rows = take(part));
            }
        });
        compact(self.journal, &written)
    }

    /// Divide the bots and their outputs; the journal's first `used` rows are nobody's.
    fn parts(&mut self, used: usize, count: usize) -> Vec<Part<'_>> {
        let bots = self.bots;
        let (width, rows) = (self.state.len() / bots, self.financials.len() / bots);
        let (mut state, mut financials) = (&mut *self.state, &mut *self.financials);
        let mut journal = &mut self.journal[used * JOURNAL_WIDTH..];
        let cells = journal.len() / JOURNAL_WIDTH / count * JOURNAL_WIDTH;
        let mut parts = Vec::with_capacity(count);
        for number in 0..count {
            let (first, last) = (bots * number / count, bots * (number + 1) / count);
            let own_state;
            let own_journal;
            let own_financials;
            (own_state, state) = state.split_at_mut((last - first) * width);
            (own_journal, journal) = journal.split_at_mut(cells);
            (own_financials, financials) = financials.split_at_mut((last - first) * rows);
            parts.push(Part {
                first,
                last,
                state: own_state,
                journal: own_journal,
                financials: own_financials,
            });
        }
        parts
    }
}

/// Move the rows that were written into equal parts of the journal to its front.
fn compact(journal: &mut [i64], written: &[usize]) -> usize {
    let part_rows = journal.len() / JOURNAL_WIDTH / written.len();
    let mut rows = 0;
    for (number, count) in written.iter().enumerate() {
        let from = number * part_rows * JOURNAL_WIDTH;
        journal.copy_within(from..from + count * JOURNAL_WIDTH, rows * JOURNAL_WIDTH);
        rows += count;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Advance seven bots that write as many rows as their number says, over `journal_rows` rows.
    fn taken(count: usize, journal_rows: usize) -> (Vec<i64>, Vec<i64>) {
        let (mut state, mut financials) = (vec![0; 14], vec![0; 7]);
        let mut journal = vec![-1; journal_rows * JOURNAL_WIDTH];
        let mut outputs = Outputs {
            bots: 7,
            state: &mut state,
            journal: &mut journal,
            financials: &mut financials,
        };
        let rows = outputs.advance(
            count,
            |row| row[0] == 0,
            |part| {
                let mut written = 0;
                for (place, bot) in (part.first..part.last).enumerate() {
                    let has_room = (written + bot) * JOURNAL_WIDTH <= part.journal.len();
                    if part.state[2 * place] == 1 || !has_room {
                        continue;
                    }
                    part.state[2 * place] = 1;
                    part.financials[place] += 1;
                    let cells = written * JOURNAL_WIDTH..(written + bot) * JOURNAL_WIDTH;
                    part.journal[cells].fill(bot as i64);
                    written += bot;
                }
                written
            },
        );
        assert_eq!(financials, [1; 7]);
        let bots = journal[..rows * JOURNAL_WIDTH].chunks_exact(JOURNAL_WIDTH);
        (bots.map(|row| row[0]).collect(), state)
    }

    #[test]
    fn the_rows_come_in_the_order_of_the_bots_however_many_threads_there_are() {
        let alone = taken(1, 40);
        assert_eq!(alone.0.len(), 21);
        assert!(alone.0.is_sorted());
        for count in [2, 3, 7] {
            assert_eq!(taken(count, 70), alone);
        }
    }

    #[test]
    fn bots_whose_part_was_full_go_on_in_what_is_left() {
        let (mut rows, state) = taken(7, 35);
        assert_eq!(state, taken(1, 40).1);
        rows.sort_unstable();
        assert_eq!(rows, taken(1, 40).0);
    }
}
