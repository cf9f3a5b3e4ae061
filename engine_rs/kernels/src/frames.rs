//! Builds a day's frames from its sorted rows: the clock, the spot, and quotes carried forward.
//!
//! Twin of `forven/kernels/jit/frames.py`.

use rayon::prelude::*;

use crate::schema::{CLOCK_ARRIVAL, CLOCK_SPOT, CLOCK_TS, MISSING};

/// Lines of a clock: time, arrival, spot.
const CLOCK_LINES: usize = 3;
/// Lines of an instrument's quotes: bid, ask, mark.
const QUOTE_LINES: usize = 3;
/// A side or a mark that is not there, as quotes hold it.
const NONE: i32 = MISSING as i32;

/// A day's rows, sorted by time.
#[derive(Debug, Clone, Copy)]
pub struct DayRows<'a> {
    /// `[Q]` ns: when each quote was made.
    pub quote_ts: &'a [i64],
    /// `[Q]` the instrument quoted.
    pub quote_instrument: &'a [i32],
    /// `[P]` ns: when the underlying was printed.
    pub print_ts: &'a [i64],
    /// `[P]` quanta > 0: at what.
    pub print_last: &'a [i32],
    /// ns; no row is later; a frame stands at it always.
    pub close_ns: i64,
}

/// What [`place_rows`] writes.
#[derive(Debug)]
pub struct Places<'a> {
    /// `[3, T]` flat in C order; T is what [`count_frames`] returned.
    pub clock: &'a mut [i64],
    /// `[N + 1]` the rows of instrument n stand from its place n to before n + 1.
    pub row_starts: &'a mut [i64],
    /// `[Q]` frames, by instrument.
    pub row_frames: &'a mut [i32],
    /// `[Q]` the rows they are of.
    pub row_order: &'a mut [i32],
}

/// Walks two sorted columns of stamps together, one distinct stamp at a time.
struct Stamps<'a> {
    quote_ts: &'a [i64],
    print_ts: &'a [i64],
    quote: usize,
    printed: usize,
}

impl<'a> Stamps<'a> {
    fn of(quote_ts: &'a [i64], print_ts: &'a [i64]) -> Self {
        Self {
            quote_ts,
            print_ts,
            quote: 0,
            printed: 0,
        }
    }

    /// Return the next stamp, the first quote that has it, and the last print that does, if any;
    /// after it `quote` and `printed` stand behind the rows of that stamp.
    #[inline]
    fn next(&mut self) -> Option<(i64, usize, Option<usize>)> {
        let ts = match (
            self.quote_ts.get(self.quote),
            self.print_ts.get(self.printed),
        ) {
            (Some(&quote_ts), Some(&print_ts)) => quote_ts.min(print_ts),
            (Some(&ts), None) | (None, Some(&ts)) => ts,
            (None, None) => return None,
        };
        let quote = self.quote;
        while self.quote_ts.get(self.quote) == Some(&ts) {
            self.quote += 1;
        }
        let mut print = None;
        while self.print_ts.get(self.printed) == Some(&ts) {
            print = Some(self.printed);
            self.printed += 1;
        }
        Some((ts, quote, print))
    }
}

/// Return how many frames [`place_rows`] will write: distinct stamps, and one at the close.
///
/// `quote_ts` and `print_ts` in ns, sorted, none after `close_ns`; checked by
/// [`crate::frame_checks::check_rows`]. Source: docs/ENGINE.md 1.
pub fn count_frames(quote_ts: &[i64], print_ts: &[i64], close_ns: i64) -> usize {
    let mut stamps = Stamps::of(quote_ts, print_ts);
    let mut frames = 0;
    let mut last = None;
    while let Some((ts, _, _)) = stamps.next() {
        last = Some(ts);
        frames += 1;
    }
    if last == Some(close_ns) {
        frames
    } else {
        frames + 1
    }
}

/// Make `row_starts[n + 1]` the place of the first row of instrument n among all rows.
fn open_groups(quote_instrument: &[i32], row_starts: &mut [i64]) {
    row_starts.fill(0);
    for &instrument in quote_instrument {
        row_starts[instrument as usize + 1] += 1;
    }
    let mut place = 0;
    for start in &mut row_starts[1..] {
        let count = *start;
        *start = place;
        place += count;
    }
}

/// Write the clock of a day, and its quote rows by instrument, each with its frame.
///
/// Checked by [`crate::frame_checks::check_rows`] and [`crate::frame_checks::check_places`].
/// Source: docs/ENGINE.md 1.
pub fn place_rows(rows: &DayRows, places: Places) {
    let Places {
        clock,
        row_starts,
        row_frames,
        row_order,
    } = places;
    open_groups(rows.quote_instrument, row_starts);
    let frames = clock.len() / CLOCK_LINES;
    let mut write = |frame: usize, ts: i64, spot: i64| {
        clock[CLOCK_TS * frames + frame] = ts;
        clock[CLOCK_ARRIVAL * frames + frame] = ts;
        clock[CLOCK_SPOT * frames + frame] = spot;
    };
    let mut stamps = Stamps::of(rows.quote_ts, rows.print_ts);
    let mut frame = 0;
    let mut spot = MISSING;
    while let Some((ts, first, print)) = stamps.next() {
        for quote in first..stamps.quote {
            let next = &mut row_starts[rows.quote_instrument[quote] as usize + 1];
            row_frames[*next as usize] = frame as i32;
            row_order[*next as usize] = quote as i32;
            *next += 1;
        }
        if let Some(print) = print {
            spot = i64::from(rows.print_last[print]);
        }
        write(frame, ts, spot);
        frame += 1;
    }
    if frame < frames {
        write(frame, rows.close_ns, spot);
    }
}

/// The quote rows of a day, by instrument, as [`place_rows`] put them.
#[derive(Clone, Copy)]
struct PlacedRows<'a> {
    quote_bid: &'a [i32],
    quote_ask: &'a [i32],
    row_starts: &'a [i64],
    row_frames: &'a [i32],
    row_order: &'a [i32],
}

impl PlacedRows<'_> {
    /// Write one instrument's lines of quotes and marks: each row's values until its next row.
    fn carry_forward(
        &self,
        instrument: usize,
        bids: &mut [i32],
        asks: &mut [i32],
        marks: &mut [i32],
    ) {
        let start = self.row_starts[instrument] as usize;
        let end = self.row_starts[instrument + 1] as usize;
        let (row_frames, row_order) = (&self.row_frames[start..end], &self.row_order[start..end]);
        let before = row_frames
            .first()
            .map_or(bids.len(), |&frame| frame as usize);
        for line in [&mut *bids, &mut *asks, &mut *marks] {
            line[..before].fill(NONE);
        }
        let mut mark = NONE;
        for (row, (&first, &order)) in row_frames.iter().zip(row_order).enumerate() {
            let first = first as usize;
            let after = row_frames
                .get(row + 1)
                .map_or(bids.len(), |&frame| frame as usize);
            if first == after {
                continue; // of several rows with one stamp only the last ever stood
            }
            let mut bid = self.quote_bid[order as usize];
            let mut ask = self.quote_ask[order as usize];
            if ask <= 0 {
                (bid, ask) = (NONE, NONE);
            } else if bid < 0 {
                bid = 0;
            }
            let uncrossed = ask != NONE && bid <= ask;
            if uncrossed {
                mark = bid + ask;
            }
            bids[first..after].fill(bid);
            asks[first..after].fill(ask);
            let is_live = mark == NONE || (uncrossed && bid > 0);
            marks[first..after].fill(if is_live { mark } else { -2 - mark });
        }
    }
}

/// Write the quotes and marks of a day; of an instrument's rows with one stamp the last wins.
///
/// - `quote_bid`, `quote_ask` `[Q]` quanta: no ask is no quote, an ask without a bid is bid 0
/// - `row_starts`, `row_frames`, `row_order`: what [`place_rows`] wrote
/// - `quotes` `[3, N, T]` flat in C order, written, by up to `threads` at once
///
/// Checked by [`crate::frame_checks::check_quotes`]. Source: docs/ENGINE.md 1.
pub fn fill_quotes(
    quote_bid: &[i32],
    quote_ask: &[i32],
    row_starts: &[i64],
    row_frames: &[i32],
    row_order: &[i32],
    quotes: &mut [i32],
    threads: usize,
) {
    let count = row_starts.len() - 1;
    if quotes.is_empty() {
        return;
    }
    let rows = PlacedRows {
        quote_bid,
        quote_ask,
        row_starts,
        row_frames,
        row_order,
    };
    let plane = quotes.len() / QUOTE_LINES;
    let frames = plane / count;
    let (bids, others) = quotes.split_at_mut(plane);
    let (asks, marks) = others.split_at_mut(plane);
    let carry = |first: usize, bids: &mut [i32], asks: &mut [i32], marks: &mut [i32]| {
        let lines = bids
            .chunks_exact_mut(frames)
            .zip(asks.chunks_exact_mut(frames));
        for (place, ((bids, asks), marks)) in lines.zip(marks.chunks_exact_mut(frames)).enumerate()
        {
            rows.carry_forward(first + place, bids, asks, marks);
        }
    };
    if threads <= 1 {
        carry(0, bids, asks, marks);
        return;
    }
    let share = count.div_ceil(threads);
    bids.par_chunks_mut(share * frames)
        .zip(asks.par_chunks_mut(share * frames))
        .zip(marks.par_chunks_mut(share * frames))
        .enumerate()
        .for_each(|(part, ((bids, asks), marks))| carry(part * share, bids, asks, marks));
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOSE: i64 = 100;
    /// Rows of two instruments: (time, instrument, bid, ask).
    const QUOTES: [(i64, i32, i32, i32); 6] = [
        (10, 1, 100, 110),
        (20, 0, -1, 20),   // an ask alone: bid 0
        (20, 1, 105, 0),   // no ask: no quote; of this stamp the next row stands
        (20, 1, 120, 110), // crossed
        (30, 1, 110, 112),
        (40, 0, 30, -5), // no ask: no quote
    ];

    fn column<T>(of: impl Fn(&(i64, i32, i32, i32)) -> T) -> Vec<T> {
        QUOTES.iter().map(of).collect()
    }

    fn built(threads: usize) -> (Vec<i64>, Vec<i32>) {
        let (quote_ts, quote_instrument) = (column(|row| row.0), column(|row| row.1));
        let rows = DayRows {
            quote_ts: &quote_ts,
            quote_instrument: &quote_instrument,
            print_ts: &[15, 20, 20],
            print_last: &[600, 601, 602],
            close_ns: CLOSE,
        };
        let frames = count_frames(rows.quote_ts, rows.print_ts, CLOSE);
        let (mut clock, mut row_starts) = (vec![0; 3 * frames], vec![7; 3]);
        let (mut row_frames, mut row_order) = (vec![0; 6], vec![0; 6]);
        let places = Places {
            clock: &mut clock,
            row_starts: &mut row_starts,
            row_frames: &mut row_frames,
            row_order: &mut row_order,
        };
        place_rows(&rows, places);
        let mut quotes = vec![9; 3 * 2 * frames];
        let (bids, asks) = (column(|row| row.2), column(|row| row.3));
        fill_quotes(
            &bids,
            &asks,
            &row_starts,
            &row_frames,
            &row_order,
            &mut quotes,
            threads,
        );
        (clock, quotes)
    }

    #[test]
    fn a_frame_stands_at_each_stamp_and_at_the_close_with_the_last_print() {
        let (clock, _) = built(1);
        assert_eq!(clock[..6], [10, 15, 20, 30, 40, CLOSE]);
        assert_eq!(clock[6..12], clock[..6]);
        assert_eq!(clock[12..], [-1, 600, 602, 602, 602, 602]);
    }

    #[test]
    fn quotes_are_carried_forward_and_marks_say_whether_they_are_live() {
        let (_, quotes) = built(1);
        let lines: Vec<&[i32]> = quotes.chunks_exact(6).collect();
        assert_eq!(lines[0], [-1, -1, 0, 0, -1, -1]);
        assert_eq!(lines[1], [100, 100, 120, 110, 110, 110]);
        assert_eq!(lines[2], [-1, -1, 20, 20, -1, -1]);
        assert_eq!(lines[3], [110, 110, 110, 112, 112, 112]);
        assert_eq!(lines[4], [-1, -1, -22, -22, -22, -22]);
        assert_eq!(lines[5], [210, 210, -212, 222, 222, 222]);
    }

    #[test]
    fn how_many_threads_fill_changes_nothing() {
        assert_eq!(built(2), built(1));
        assert_eq!(built(9), built(1));
    }

    #[test]
    fn the_close_is_counted_once_whether_or_not_a_row_stands_at_it() {
        assert_eq!(count_frames(&[], &[], CLOSE), 1);
        assert_eq!(count_frames(&[CLOSE], &[], CLOSE), 1);
        assert_eq!(count_frames(&[CLOSE - 1], &[CLOSE], CLOSE), 2);
    }
}
