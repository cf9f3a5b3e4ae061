//! Checks of a trading day: its instruments, its clock and its quotes.

use crate::checks::BadArgument;
use crate::pricing_checks::{refused, PRICE_MAX};
use crate::schema::*;
use crate::session::Batch;

/// The latest time in nanoseconds UTC: differences of times stay in int64.
pub const TIME_MAX: i64 = 1 << 62;
/// Planes of the quotes, and rows of the clock.
const PLANES: usize = 3;

/// How large the prices of a day are: what the money that a bot may hold is bounded with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Market {
    /// The greatest bid or ask in quanta.
    pub quote_max: i64,
    /// The greatest strike or underlying in quanta.
    pub level_max: i64,
}

impl Market {
    /// Return the bounds of both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            quote_max: self.quote_max.max(other.quote_max),
            level_max: self.level_max.max(other.level_max),
        }
    }
}

/// Refuse a value outside `low..=high`; `name` says what it is.
#[inline]
pub fn check_within(
    argument: &'static str,
    value: i64,
    (low, high): (i64, i64),
    name: impl FnOnce() -> String,
) -> Result<(), BadArgument> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    let expected = format!("{} in {low}..={high}", name());
    Err(refused(argument, expected, format!("{value}")))
}

/// Refuse arrays of the day whose lengths do not fit each other.
pub fn check_day_lengths(batch: &Batch) -> Result<(), BadArgument> {
    let fits = |argument, length: usize, of: usize| {
        if length.is_multiple_of(of) {
            return Ok(());
        }
        let expected = format!("rows of {of} values");
        Err(refused(argument, expected, format!("{length} values")))
    };
    fits("clock", batch.clock.len(), PLANES)?;
    fits("instruments", batch.instruments.len(), 2)?;
    let (instruments, frames) = (batch.instrument_count(), batch.frames());
    if batch.quotes.len() != PLANES * instruments * frames {
        let expected = format!("{PLANES} x {instruments} instruments x {frames} frames");
        let found = format!("{} values", batch.quotes.len());
        return Err(refused("quotes", expected, found));
    }
    Ok(())
}

/// Refuse instruments that are not in order of right and strike, or out of bounds.
fn check_instruments(instruments: &[i64]) -> Result<i64, BadArgument> {
    let mut former = (MISSING, MISSING);
    let mut strike_max = 0;
    for (number, cells) in instruments.chunks_exact(2).enumerate() {
        let (strike, right) = (cells[INSTRUMENT_STRIKE], cells[INSTRUMENT_RIGHT]);
        let name = |what| move || format!("{what} of instrument {number}");
        check_within("instruments", strike, (0, PRICE_MAX), name("strike"))?;
        check_within("instruments", right, (CALL, PUT), name("right"))?;
        if (right, strike) <= former {
            let expected = "rising by right, then strike".to_string();
            let found = format!("{strike} of right {right} at {number}");
            return Err(refused("instruments", expected, found));
        }
        former = (right, strike);
        strike_max = strike_max.max(strike);
    }
    Ok(strike_max)
}

/// Refuse frames of a clock that goes back or is out of bounds; return the greatest underlying.
fn check_clock(batch: &Batch, from: usize, to: usize) -> Result<i64, BadArgument> {
    let frames = batch.frames();
    let row = |row: usize| &batch.clock[row * frames + from..row * frames + to];
    let mut former = match from {
        0 => 0,
        _ => batch.clock[CLOCK_TS * frames + from - 1],
    };
    let mut spot_max = 0;
    let times = row(CLOCK_TS).iter().zip(row(CLOCK_ARRIVAL));
    for (frame, ((&ts, &arrival), &spot)) in (from..).zip(times.zip(row(CLOCK_SPOT))) {
        let name = |what| move || format!("{what} of frame {frame}");
        check_within("clock", ts, (former, TIME_MAX), name("ts"))?;
        check_within("clock", arrival, (0, TIME_MAX), name("arrival"))?;
        check_within("clock", spot, (MISSING, PRICE_MAX), name("underlying"))?;
        former = ts;
        spot_max = spot_max.max(spot);
    }
    Ok(spot_max)
}

/// Return the last uncrossed bid + ask that a mark stands for, or `MISSING`.
fn uncrossed(mark: i32) -> i64 {
    let mark = i64::from(mark);
    if mark < MISSING {
        -2 - mark
    } else {
        mark
    }
}

/// Refuse quotes of an instrument that are out of bounds or whose marks are not theirs.
fn check_quotes(
    batch: &Batch,
    instrument: usize,
    from: usize,
    to: usize,
) -> Result<i64, BadArgument> {
    let frames = batch.frames();
    let plane = |plane: usize| {
        let at = (plane * batch.instrument_count() + instrument) * frames;
        &batch.quotes[at..at + frames]
    };
    let (bids, asks, marks) = (plane(QUOTE_BID), plane(QUOTE_ASK), plane(QUOTE_MARK2));
    let mut last = if from == 0 {
        MISSING
    } else {
        uncrossed(marks[from - 1])
    };
    let mut quote_max = 0;
    let sides = bids[from..to].iter().zip(&asks[from..to]);
    for (frame, ((&bid, &ask), &mark)) in (from..).zip(sides.zip(&marks[from..to])) {
        let (bid, ask, mark) = (i64::from(bid), i64::from(ask), i64::from(mark));
        let name = |what| move || format!("{what} of instrument {instrument}, frame {frame}");
        if (bid == MISSING) != (ask == MISSING) {
            let expected = name("both sides or none")();
            return Err(refused("quotes", expected, format!("{bid}, {ask}")));
        }
        check_within("quotes", bid, (MISSING, PRICE_MAX), name("bid"))?;
        check_within("quotes", ask, (MISSING, PRICE_MAX), name("ask"))?;
        let is_good = ask != MISSING && bid <= ask;
        last = if is_good { bid + ask } else { last };
        let is_plain = (is_good && bid > 0) || last == MISSING;
        let due = if is_plain { last } else { -2 - last };
        check_within("quotes", mark, (due, due), name("mark"))?;
        quote_max = quote_max.max(bid).max(ask);
    }
    Ok(quote_max)
}

/// Refuse the frames [from, to) of a day; the frames before them have been checked.
///
/// What a live host asks of the frames it appends; the bounds are those of these frames.
pub fn check_frames(batch: &Batch, from: usize, to: usize) -> Result<Market, BadArgument> {
    check_day_lengths(batch)?;
    check_within("frames", to as i64, (0, batch.frames() as i64), || {
        "end".to_string()
    })?;
    check_within("frames", from as i64, (0, to as i64), || {
        "start".to_string()
    })?;
    let mut quote_max = 0;
    for instrument in 0..batch.instrument_count() {
        quote_max = quote_max.max(check_quotes(batch, instrument, from, to)?);
    }
    let spot_max = check_clock(batch, from, to)?;
    let level_max = spot_max.max(check_instruments(batch.instruments)?);
    Ok(Market {
        quote_max,
        level_max,
    })
}

/// Refuse a day that no session can run over; return how large its prices are.
///
/// It reads every quote: to be called once for a day, not on every call of the kernel.
pub fn check_market(batch: &Batch) -> Result<Market, BadArgument> {
    check_frames(batch, 0, batch.frames())
}
