//! Checks of a stream's book and prints, all of whose frames are looked at.

use super::checks::TIME_MAX;
use super::desk::Market;
use super::session::Stream;
use crate::checks::BadArgument;
use crate::market_checks::check_within;
use crate::perpetual_schema::*;
use crate::pricing_checks::refused;
use crate::schema::MISSING;

/// Half quanta that no mark exceeds.
const MARK2_MAX: i64 = 2 * PRICE_MAX;

/// Refuse a price that is neither missing nor one that an order could have.
fn check_price(price: i64, name: impl FnOnce() -> String) -> Result<(), BadArgument> {
    let lowest = if price == MISSING { MISSING } else { 1 };
    check_within("book", price, (lowest, PRICE_MAX), name)
}

/// Refuse one frame of the book; `mark_known` says that an earlier frame had a mark.
fn check_frame(market: &Market, frame: usize, mark_known: bool) -> Result<(), BadArgument> {
    let name = |what| move || format!("{what} of frame {frame}");
    let argument = "book";
    let least = if frame == 0 {
        0
    } else {
        market.ts[frame - 1] + 1
    };
    let prints = (market.prints.len() / PRINT_WIDTH) as i64;
    let printed = market.prints_before(frame) as i64;
    check_within(argument, market.ts[frame], (least, TIME_MAX), name("TS"))?;
    check_within(
        argument,
        market.arrival[frame],
        (0, TIME_MAX),
        name("ARRIVAL"),
    )?;
    check_price(market.bid[frame], name("BID"))?;
    check_price(market.ask[frame], name("ASK"))?;
    check_within(
        argument,
        market.bid_size[frame],
        (0, SIZE_MAX),
        name("BID_SIZE"),
    )?;
    check_within(
        argument,
        market.ask_size[frame],
        (0, SIZE_MAX),
        name("ASK_SIZE"),
    )?;
    let mark2 = market.mark2[frame];
    let is_early = mark2 == MISSING && !mark_known;
    let lowest = if is_early { MISSING } else { 1 };
    check_within(argument, mark2, (lowest, MARK2_MAX), name("MARK2"))?;
    check_within(
        argument,
        market.printed[frame],
        (printed, prints),
        name("PRINTS"),
    )
}

/// Refuse a book in which a frame is out of order or out of bounds.
pub fn check_book(stream: &Stream) -> Result<(), BadArgument> {
    let market = Market::new(stream);
    let mut mark_known = false;
    for frame in 0..stream.frames() {
        check_frame(&market, frame, mark_known)?;
        mark_known = market.mark2[frame] != MISSING;
    }
    Ok(())
}

/// Refuse prints out of bounds.
pub fn check_prints(prints: &[i64]) -> Result<(), BadArgument> {
    for (number, print) in prints.chunks_exact(PRINT_WIDTH).enumerate() {
        let (price, size) = (print[PRINT_PRICE], print[PRINT_SIZE]);
        let is_sound = (1..=PRICE_MAX).contains(&price)
            && (0..=SIZE_MAX).contains(&size)
            && (-1..=1).contains(&print[PRINT_AGGRESSOR]);
        if !is_sound {
            let expected = format!(
                "print {number} of price 1..={PRICE_MAX}, size 0..={SIZE_MAX}, aggressor -1..=1"
            );
            return Err(refused("prints", expected, format!("{print:?}")));
        }
    }
    Ok(())
}
