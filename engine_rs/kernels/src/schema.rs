//! The columns and codes of the kernels' integer arrays, as `forven/kernels/schema.py` names them.

/// A side of a quote, an underlying or a settlement value that is not there.
pub const MISSING: i64 = -1;

/// Quotes `[3, N, T]`: the bid, `MISSING` without a quote, 0 where it is quoted without a bid.
pub const QUOTE_BID: usize = 0;
/// Quotes: the ask, `MISSING` without a quote.
pub const QUOTE_ASK: usize = 1;
/// Quotes: bid + ask of the last uncrossed quote; -2 - that value where the quote is not live.
pub const QUOTE_MARK2: usize = 2;

/// Clock `[3, T]`: the frame's time.
pub const CLOCK_TS: usize = 0;
/// Clock: when the frame reached this host; equal to its time in a recording.
pub const CLOCK_ARRIVAL: usize = 1;
/// Clock: the underlying in quanta, `MISSING` before its first print.
pub const CLOCK_SPOT: usize = 2;

/// Instruments `[N, 2]`: the strike in quanta.
pub const INSTRUMENT_STRIKE: usize = 0;
/// Instruments: [`CALL`] or [`PUT`].
pub const INSTRUMENT_RIGHT: usize = 1;
/// The right of a call.
pub const CALL: i64 = 0;
/// The right of a put.
pub const PUT: i64 = 1;
