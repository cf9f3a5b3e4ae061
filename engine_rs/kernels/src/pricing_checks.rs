//! Checks of the arguments of the pricing and chain kernels, made once a batch by their callers.

use crate::black::VALUE_WIDTH;
use crate::checks::BadArgument;
use crate::schema::{CALL, INSTRUMENT_RIGHT, INSTRUMENT_STRIKE, PUT, QUOTE_ASK, QUOTE_BID};

/// Quanta beyond which no price or strike is taken: sums of a few of them then fit every integer.
pub const PRICE_MAX: i64 = 1_000_000_000;
/// Lines of an instrument's quotes: bid, ask, mark.
const QUOTE_LINES: usize = 3;
/// Columns of `instruments`.
const INSTRUMENT_WIDTH: usize = 2;

/// What an element of a column of floats must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// A finite number.
    Finite,
    /// A finite number of at least 0.
    NotNegative,
    /// A finite number above 0.
    Positive,
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        value.is_finite()
            && match self {
                Bound::Finite => true,
                Bound::NotNegative => value >= 0.0,
                Bound::Positive => value > 0.0,
            }
    }

    fn words(self) -> &'static str {
        match self {
            Bound::Finite => "a finite number",
            Bound::NotNegative => "a number >= 0",
            Bound::Positive => "a number > 0",
        }
    }
}

/// Return the refusal of an argument.
pub fn refused(argument: &'static str, expected: String, found: String) -> BadArgument {
    BadArgument {
        argument,
        expected,
        found,
    }
}

/// Refuse an array of another length than its batch needs.
pub fn check_length(
    argument: &'static str,
    found: usize,
    expected: usize,
) -> Result<(), BadArgument> {
    if found == expected {
        return Ok(());
    }
    Err(refused(
        argument,
        format!("{expected} elements"),
        format!("{found}"),
    ))
}

/// Refuse a right that is neither a call's nor a put's.
fn check_rights(rights: &[i64]) -> Result<(), BadArgument> {
    match rights
        .iter()
        .position(|&right| right != CALL && right != PUT)
    {
        None => Ok(()),
        Some(i) => Err(refused(
            "rights",
            format!("CALL ({CALL}) or PUT ({PUT})"),
            format!("{} at {i}", rights[i]),
        )),
    }
}

/// The columns that [`crate::volatility::implied_volatilities`] reads, and the lengths it writes.
#[derive(Debug, Clone, Copy)]
pub struct SolveLengths {
    /// Elements of `prices`, which all others must have.
    pub prices: usize,
    /// Elements of `forwards`.
    pub forwards: usize,
    /// Elements of `strikes`.
    pub strikes: usize,
    /// Elements of `years`.
    pub years: usize,
    /// Elements of `sigmas`.
    pub sigmas: usize,
    /// Elements of `statuses`.
    pub statuses: usize,
}

/// Refuse what [`crate::volatility::implied_volatilities`] cannot work on.
///
/// All arrays must have one length and every right must be CALL or PUT. Numbers out of range are
/// not refused: their statuses say so.
pub fn check_solves(lengths: &SolveLengths, rights: &[i64]) -> Result<(), BadArgument> {
    let others = [
        ("forwards", lengths.forwards),
        ("strikes", lengths.strikes),
        ("years", lengths.years),
        ("rights", rights.len()),
        ("sigmas", lengths.sigmas),
        ("statuses", lengths.statuses),
    ];
    for (argument, length) in others {
        check_length(argument, length, lengths.prices)?;
    }
    check_rights(rights)
}

/// Refuse what [`crate::black::black76_values`] and [`crate::black::black_scholes_values`] cannot
/// work on.
///
/// `columns` are the float columns by name, each with what its elements must be, the first giving
/// the length of all; `values` is the length of the array that is written, `VALUE_WIDTH` times it.
pub fn check_values(
    columns: &[(&'static str, &[f64], Bound)],
    rights: &[i64],
    values: usize,
) -> Result<(), BadArgument> {
    let count = columns
        .first()
        .map_or(rights.len(), |column| column.1.len());
    for &(argument, column, bound) in columns {
        check_length(argument, column.len(), count)?;
        if let Some(i) = column.iter().position(|&value| !bound.holds(value)) {
            let found = format!("{} at {i}", column[i]);
            return Err(refused(argument, bound.words().to_string(), found));
        }
    }
    check_length("rights", rights.len(), count)?;
    check_rights(rights)?;
    check_length("values", values, count * VALUE_WIDTH)
}

/// Refuse instruments that are not pairs of strike and right, by right, then by rising strike.
///
/// Strikes must lie in 1 to [`PRICE_MAX`] quanta. Returns how many instruments there are.
pub fn check_instruments(instruments: &[i64]) -> Result<usize, BadArgument> {
    let count = instruments.len() / INSTRUMENT_WIDTH;
    check_length("instruments", instruments.len(), count * INSTRUMENT_WIDTH)?;
    let mut before = (CALL, 0);
    for (i, row) in instruments.chunks_exact(INSTRUMENT_WIDTH).enumerate() {
        let (strike, right) = (row[INSTRUMENT_STRIKE], row[INSTRUMENT_RIGHT]);
        let found = || format!("strike {strike}, right {right} at {i}");
        if (right != CALL && right != PUT) || !(1..=PRICE_MAX).contains(&strike) {
            let expected = format!("a strike in 1..={PRICE_MAX}, a right {CALL} or {PUT}");
            return Err(refused("instruments", expected, found()));
        }
        if (right, strike) <= before {
            let expected = "each once, by right, then by rising strike".to_string();
            return Err(refused("instruments", expected, found()));
        }
        before = (right, strike);
    }
    Ok(count)
}

/// Refuse what [`crate::chain::chain_deltas`] cannot work on.
///
/// Refused are instruments out of order, quotes of another shape than `[3, N, frames]`, a frame
/// they do not have, a price of that frame beyond [`PRICE_MAX`] either way, a time that is no
/// number, and deltas that are not one for each instrument.
pub fn check_chain(
    quotes: &[i32],
    frames: usize,
    instruments: &[i64],
    frame: usize,
    years: f64,
    deltas: usize,
) -> Result<(), BadArgument> {
    let count = check_instruments(instruments)?;
    let shape = count
        .checked_mul(frames)
        .and_then(|plane| plane.checked_mul(QUOTE_LINES));
    if shape != Some(quotes.len()) {
        let expected = format!("[{QUOTE_LINES}, {count}, {frames}] elements");
        return Err(refused("quotes", expected, format!("{}", quotes.len())));
    }
    if frame >= frames {
        return Err(refused(
            "frame",
            format!("below {frames}"),
            format!("{frame}"),
        ));
    }
    for side in [QUOTE_BID, QUOTE_ASK] {
        let of_side = &quotes[side * count * frames..][..count * frames];
        let prices = of_side.iter().skip(frame).step_by(frames);
        check_prices("quotes", prices)?;
    }
    if !years.is_finite() {
        return Err(refused(
            "years",
            "a finite number".to_string(),
            format!("{years}"),
        ));
    }
    check_length("deltas", deltas, count)
}

/// Refuse a price beyond [`PRICE_MAX`] quanta either way.
pub fn check_prices<'a>(
    argument: &'static str,
    mut prices: impl Iterator<Item = &'a i32>,
) -> Result<(), BadArgument> {
    match prices.find(|&&price| i64::from(price).abs() > PRICE_MAX) {
        None => Ok(()),
        Some(price) => Err(refused(
            argument,
            format!("-{PRICE_MAX}..={PRICE_MAX} quanta"),
            format!("{price}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAIN: [i64; 8] = [590, CALL, 600, CALL, 590, PUT, 600, PUT];

    fn refuser<T>(outcome: Result<T, BadArgument>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.argument)
    }

    #[test]
    fn an_array_of_another_length_is_refused_by_its_name() {
        let fit = SolveLengths {
            prices: 2,
            forwards: 2,
            strikes: 2,
            years: 2,
            sigmas: 2,
            statuses: 2,
        };
        assert_eq!(check_solves(&fit, &[CALL, PUT]), Ok(()));
        assert_eq!(
            refuser(check_solves(&SolveLengths { years: 1, ..fit }, &[0, 1])),
            Some("years")
        );
        assert_eq!(
            refuser(check_solves(&SolveLengths { statuses: 3, ..fit }, &[0, 1])),
            Some("statuses")
        );
        assert_eq!(refuser(check_solves(&fit, &[CALL])), Some("rights"));
        assert_eq!(refuser(check_solves(&fit, &[CALL, 2])), Some("rights"));
    }

    #[test]
    fn a_number_out_of_its_range_is_refused_by_its_name() {
        let check = |strike: f64, sigma: f64, rate: f64, values: usize| {
            let columns: [(&'static str, &[f64], Bound); 3] = [
                ("strikes", &[strike], Bound::Positive),
                ("sigmas", &[sigma], Bound::NotNegative),
                ("rates", &[rate], Bound::Finite),
            ];
            refuser(check_values(&columns, &[PUT], values))
        };
        assert_eq!(check(1.0, 0.0, -0.1, VALUE_WIDTH), None);
        assert_eq!(check(0.0, 0.0, 0.0, VALUE_WIDTH), Some("strikes"));
        assert_eq!(check(1.0, -1e-9, 0.0, VALUE_WIDTH), Some("sigmas"));
        assert_eq!(check(1.0, 0.0, f64::NAN, VALUE_WIDTH), Some("rates"));
        assert_eq!(check(1.0, 0.0, 0.0, 2 * VALUE_WIDTH), Some("values"));
    }

    #[test]
    fn instruments_come_once_by_right_then_strike() {
        assert_eq!(check_instruments(&CHAIN), Ok(4));
        assert_eq!(check_instruments(&[]), Ok(0));
        let bad: [&[i64]; 7] = [
            &[600, CALL, 590, CALL],
            &[600, CALL, 600, CALL],
            &[600, PUT, 600, CALL],
            &[600, 2],
            &[0, CALL],
            &[PRICE_MAX + 1, CALL],
            &[600, CALL, 610],
        ];
        for instruments in bad {
            assert_eq!(refuser(check_instruments(instruments)), Some("instruments"));
        }
    }

    #[test]
    fn a_chain_that_does_not_fit_is_refused_by_its_name() {
        let quotes = [-1; 24];
        let check = |quotes: &[i32], frames, frame, years, deltas| {
            refuser(check_chain(quotes, frames, &CHAIN, frame, years, deltas))
        };
        assert_eq!(check(&quotes, 2, 1, 1e-4, 4), None);
        assert_eq!(check(&quotes[..23], 2, 1, 1e-4, 4), Some("quotes"));
        assert_eq!(check(&quotes, usize::MAX, 1, 1e-4, 4), Some("quotes"));
        assert_eq!(check(&quotes, 2, 2, 1e-4, 4), Some("frame"));
        assert_eq!(check(&quotes, 2, 1, f64::INFINITY, 4), Some("years"));
        assert_eq!(check(&quotes, 2, 1, 1e-4, 5), Some("deltas"));
        for price in [1_000_000_001, -1_000_000_001, i32::MIN] {
            let mut beyond = quotes;
            beyond[15] = price; // the ask of the last put, in the second frame
            assert_eq!(check(&beyond, 2, 1, 1e-4, 4), Some("quotes"));
            assert_eq!(check(&beyond, 2, 0, 1e-4, 4), None);
        }
    }

    #[test]
    fn the_largest_prices_pass_through_the_chain_without_overflow() {
        let most = PRICE_MAX as i32;
        let instruments = [PRICE_MAX, CALL, PRICE_MAX, PUT];
        for (call, put) in [(1, most), (most, 1), (most, most)] {
            let quotes = [call, put, call, put, -1, -1];
            let mut deltas = [0; 2];
            assert_eq!(check_chain(&quotes, 1, &instruments, 0, 1e-4, 2), Ok(()));
            let (forward2, _) =
                crate::chain::chain_deltas(&quotes, 1, &instruments, 0, 1e-4, &mut deltas);
            assert_eq!(forward2, 2 * (PRICE_MAX + i64::from(call) - i64::from(put)));
        }
    }
}
