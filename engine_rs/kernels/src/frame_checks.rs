//! Checks of the arguments of the frame kernels, made once a day by their callers.

use crate::checks::BadArgument;
use crate::frames::{count_frames, DayRows};
use crate::pricing_checks::{check_length, check_prices, refused};

/// Lines of a clock and of an instrument's quotes.
const LINES: usize = 3;

/// Refuse stamps that fall, or that lie after the close.
fn check_stamps(argument: &'static str, stamps: &[i64], close_ns: i64) -> Result<(), BadArgument> {
    if let Some(i) = stamps.windows(2).position(|pair| pair[1] < pair[0]) {
        let found = format!("{} after {} at {}", stamps[i + 1], stamps[i], i + 1);
        return Err(refused(argument, "times in order".to_string(), found));
    }
    match stamps.last() {
        Some(&last) if last > close_ns => {
            let expected = format!("no time after the close at {close_ns}");
            Err(refused(argument, expected, format!("{last}")))
        }
        _ => Ok(()),
    }
}

/// Refuse an integer below 0 or not below `end`.
fn check_below(argument: &'static str, column: &[i32], end: usize) -> Result<(), BadArgument> {
    let is_out = |&&value: &&i32| usize::try_from(value).map_or(true, |value| value >= end);
    match column.iter().find(is_out) {
        None => Ok(()),
        Some(value) => Err(refused(
            argument,
            format!("in 0..{end}"),
            format!("{value}"),
        )),
    }
}

/// Refuse rows that [`crate::frames::count_frames`] and [`crate::frames::place_rows`] cannot take.
///
/// Refused are columns of different lengths, more rows than an int32 counts, times that fall or lie
/// after the close, an instrument outside `0..instruments`, and a
/// print that is not above 0 or beyond [`crate::pricing_checks::PRICE_MAX`].
pub fn check_rows(rows: &DayRows, instruments: usize) -> Result<(), BadArgument> {
    check_length(
        "quote_instrument",
        rows.quote_instrument.len(),
        rows.quote_ts.len(),
    )?;
    check_length("print_last", rows.print_last.len(), rows.print_ts.len())?;
    let most = i32::MAX as usize;
    for (argument, stamps) in [("quote_ts", rows.quote_ts), ("print_ts", rows.print_ts)] {
        if stamps.len() >= most / 2 {
            let expected = format!("fewer than {} rows", most / 2);
            return Err(refused(argument, expected, format!("{}", stamps.len())));
        }
        check_stamps(argument, stamps, rows.close_ns)?;
    }
    check_below("quote_instrument", rows.quote_instrument, instruments)?;
    check_prices("print_last", rows.print_last.iter())?;
    match rows.print_last.iter().find(|&&last| last <= 0) {
        None => Ok(()),
        Some(last) => Err(refused(
            "print_last",
            "a print above 0".to_string(),
            format!("{last}"),
        )),
    }
}

/// The lengths of what [`crate::frames::place_rows`] writes.
#[derive(Debug, Clone, Copy)]
pub struct PlaceLengths {
    /// Elements of `clock`.
    pub clock: usize,
    /// Elements of `row_starts`.
    pub row_starts: usize,
    /// Elements of `row_frames`.
    pub row_frames: usize,
    /// Elements of `row_order`.
    pub row_order: usize,
}

/// Refuse arrays that [`crate::frames::place_rows`] would not fill exactly; counts the frames.
///
/// `rows` have passed [`check_rows`] with the same `instruments`.
pub fn check_places(
    rows: &DayRows,
    instruments: usize,
    lengths: &PlaceLengths,
) -> Result<(), BadArgument> {
    let frames = count_frames(rows.quote_ts, rows.print_ts, rows.close_ns);
    check_length("clock", lengths.clock, LINES * frames)?;
    check_length("row_starts", lengths.row_starts, instruments + 1)?;
    check_length("row_frames", lengths.row_frames, rows.quote_ts.len())?;
    check_length("row_order", lengths.row_order, rows.quote_ts.len())
}

/// Refuse starts that do not cut `rows` rows into one stretch for each instrument.
fn check_starts(row_starts: &[i64], rows: usize) -> Result<(), BadArgument> {
    let rise = row_starts.windows(2).all(|pair| pair[0] <= pair[1]);
    let last = row_starts
        .last()
        .and_then(|&last| usize::try_from(last).ok());
    if rise && row_starts.first() == Some(&0) && last == Some(rows) {
        return Ok(());
    }
    let expected = format!("places that rise from 0 to {rows}");
    let found = format!("{:?} to {:?}", row_starts.first(), row_starts.last());
    Err(refused("row_starts", expected, found))
}

/// Refuse what [`crate::frames::fill_quotes`] cannot work on.
///
/// `frames` is T and `quotes` the length of the array that is written. Refused are columns of
/// different lengths, prices beyond [`crate::pricing_checks::PRICE_MAX`] either way, rows that do
/// not stand by instrument in rising frames below `frames`, and quotes of another shape than
/// `[3, N, T]`.
pub fn check_quotes(
    (quote_bid, quote_ask): (&[i32], &[i32]),
    row_starts: &[i64],
    row_frames: &[i32],
    row_order: &[i32],
    frames: usize,
    quotes: usize,
) -> Result<(), BadArgument> {
    let rows = quote_bid.len();
    check_length("quote_ask", quote_ask.len(), rows)?;
    check_length("row_frames", row_frames.len(), rows)?;
    check_length("row_order", row_order.len(), rows)?;
    check_prices("quote_bid", quote_bid.iter())?;
    check_prices("quote_ask", quote_ask.iter())?;
    check_starts(row_starts, rows)?;
    check_below("row_frames", row_frames, frames)?;
    check_below("row_order", row_order, rows)?;
    for place in row_starts.windows(2) {
        let of_one = &row_frames[place[0] as usize..place[1] as usize];
        if let Some(pair) = of_one.windows(2).find(|pair| pair[1] < pair[0]) {
            let found = format!("{} after {}", pair[1], pair[0]);
            return Err(refused("row_frames", "frames in order".to_string(), found));
        }
    }
    let count = row_starts.len() - 1;
    let shape = count
        .checked_mul(frames)
        .and_then(|plane| plane.checked_mul(LINES));
    if shape != Some(quotes) {
        let expected = format!("[{LINES}, {count}, {frames}] elements");
        return Err(refused("quotes", expected, format!("{quotes}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOSE: i64 = 100;
    const ROWS: DayRows<'static> = DayRows {
        quote_ts: &[10, 20, 20],
        quote_instrument: &[1, 0, 1],
        print_ts: &[CLOSE],
        print_last: &[600],
        close_ns: CLOSE,
    };

    fn refuser(outcome: Result<(), BadArgument>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.argument)
    }

    #[test]
    fn rows_out_of_order_or_out_of_range_are_refused_by_their_name() {
        let check = |rows: DayRows| refuser(check_rows(&rows, 2));
        assert_eq!(check(ROWS), None);
        assert_eq!(
            check(DayRows {
                quote_ts: &[10, 20, 19],
                ..ROWS
            }),
            Some("quote_ts")
        );
        assert_eq!(
            check(DayRows {
                quote_ts: &[10, 20, 101],
                ..ROWS
            }),
            Some("quote_ts")
        );
        assert_eq!(
            check(DayRows {
                print_ts: &[101],
                ..ROWS
            }),
            Some("print_ts")
        );
        for beyond in [2, -1, i32::MIN, i32::MAX] {
            let quote_instrument = &[1, beyond, 1];
            assert_eq!(
                check(DayRows {
                    quote_instrument,
                    ..ROWS
                }),
                Some("quote_instrument")
            );
        }
        assert_eq!(
            check(DayRows {
                quote_instrument: &[1, 0],
                ..ROWS
            }),
            Some("quote_instrument")
        );
        assert_eq!(
            check(DayRows {
                print_last: &[0],
                ..ROWS
            }),
            Some("print_last")
        );
        assert_eq!(
            check(DayRows {
                print_last: &[1_000_000_001],
                ..ROWS
            }),
            Some("print_last")
        );
    }

    #[test]
    fn arrays_to_be_written_have_the_size_of_the_day() {
        let fit = PlaceLengths {
            clock: 9,
            row_starts: 3,
            row_frames: 3,
            row_order: 3,
        };
        let check = |lengths: PlaceLengths| refuser(check_places(&ROWS, 2, &lengths));
        assert_eq!(check(fit), None);
        assert_eq!(check(PlaceLengths { clock: 6, ..fit }), Some("clock"));
        assert_eq!(
            check(PlaceLengths {
                row_starts: 2,
                ..fit
            }),
            Some("row_starts")
        );
        assert_eq!(
            check(PlaceLengths {
                row_frames: 4,
                ..fit
            }),
            Some("row_frames")
        );
        assert_eq!(
            check(PlaceLengths {
                row_order: 2,
                ..fit
            }),
            Some("row_order")
        );
    }

    #[test]
    fn placed_rows_that_do_not_fit_are_refused_by_their_name() {
        let check = |bids: &[i32], starts: &[i64], frames: &[i32], order: &[i32], quotes| {
            refuser(check_quotes(
                (bids, &[5, 6, 7]),
                starts,
                frames,
                order,
                3,
                quotes,
            ))
        };
        let (bids, starts, frames, order) = (&[4, 5, 6], &[0, 1, 3], &[1, 0, 1], &[1, 0, 2]);
        assert_eq!(check(bids, starts, frames, order, 18), None);
        assert_eq!(check(&[4, 5], starts, frames, order, 18), Some("quote_ask"));
        assert_eq!(
            check(&[4, 5, i32::MAX], starts, frames, order, 18),
            Some("quote_bid")
        );
        for starts in [
            [0, 4, 3],
            [0, -1, 3],
            [1, 1, 3],
            [0, 1, 2],
            [0, 1, i64::MAX],
        ] {
            assert_eq!(check(bids, &starts, frames, order, 18), Some("row_starts"));
        }
        assert_eq!(
            check(bids, starts, &[1, 1, 0], order, 18),
            Some("row_frames")
        );
        assert_eq!(
            check(bids, starts, &[1, 0, 3], order, 18),
            Some("row_frames")
        );
        assert_eq!(
            check(bids, starts, frames, &[1, 0, 3], 18),
            Some("row_order")
        );
        assert_eq!(
            check(bids, starts, frames, &[1, 0, -1], 18),
            Some("row_order")
        );
        assert_eq!(check(bids, starts, frames, order, 19), Some("quotes"));
    }
}
