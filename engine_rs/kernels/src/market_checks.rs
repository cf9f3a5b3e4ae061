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
fn uncrossed(mark: i32) -> i32 {
    if mark < MISSING as i32 {
        (-2_i32).wrapping_sub(mark)
    } else {
        mark
    }
}

/// The quotes of one instrument in some frames.
struct Quotes<'a> {
    bids: &'a [i32],
    asks: &'a [i32],
    marks: &'a [i32],
    /// The last uncrossed bid + ask before them, or `MISSING`.
    last: i32,
}

/// Return the last uncrossed bid + ask after a quote, and the mark that is due to it.
#[inline]
fn next_mark(bid: i32, ask: i32, last: i32) -> (i32, i32) {
    let missing = MISSING as i32;
    let is_good = (ask != missing) & (bid <= ask);
    let last = if is_good { bid.wrapping_add(ask) } else { last };
    let is_plain = (is_good & (bid > 0)) | (last == missing);
    (
        last,
        if is_plain {
            last
        } else {
            (-2_i32).wrapping_sub(last)
        },
    )
}

impl Quotes<'_> {
    /// Return whether a quote has both sides or none, each in bounds.
    #[inline]
    fn is_sound(bid: i32, ask: i32) -> bool {
        let (missing, most) = (MISSING as i32, PRICE_MAX as i32);
        ((bid == missing) == (ask == missing))
            & (bid >= missing)
            & (ask >= missing)
            & (bid <= most)
            & (ask <= most)
    }

    /// Return the greatest side, if all quotes are sound and the marks are theirs.
    fn sound_max(&self) -> Option<i64> {
        let (mut last, mut most) = (self.last, 0);
        let mut is_sound = true;
        for ((&bid, &ask), &mark) in self.bids.iter().zip(self.asks).zip(self.marks) {
            let due;
            (last, due) = next_mark(bid, ask, last);
            is_sound &= Self::is_sound(bid, ask) & (mark == due);
            most = most.max(bid).max(ask);
        }
        is_sound.then_some(i64::from(most))
    }

    /// Return the first frame that is not sound, what was expected there, and what was found.
    fn first_fault(&self) -> Option<(usize, String, String)> {
        let mut last = self.last;
        let sides = self.bids.iter().zip(self.asks);
        for (frame, ((&bid, &ask), &mark)) in sides.zip(self.marks).enumerate() {
            if !Self::is_sound(bid, ask) {
                let expected = format!("both sides in 0..={PRICE_MAX}, or neither (-1)");
                return Some((frame, expected, format!("bid {bid}, ask {ask}")));
            }
            let due;
            (last, due) = next_mark(bid, ask, last);
            if mark != due {
                return Some((frame, format!("the mark {due}"), format!("{mark}")));
            }
        }
        None
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
    let marks = plane(QUOTE_MARK2);
    let quotes = Quotes {
        bids: &plane(QUOTE_BID)[from..to],
        asks: &plane(QUOTE_ASK)[from..to],
        marks: &marks[from..to],
        last: if from == 0 {
            MISSING as i32
        } else {
            uncrossed(marks[from - 1])
        },
    };
    if let Some(most) = quotes.sound_max() {
        return Ok(most);
    }
    match quotes.first_fault() {
        None => Ok(0),
        Some((frame, expected, found)) => {
            let place = format!("instrument {instrument} in frame {}", from + frame);
            Err(refused("quotes", format!("{expected} of {place}"), found))
        }
    }
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
