//! Checks of the perpetual kernel's arguments, which make every index and every sum in it safe.
//!
//! [`check_stream`] once for each set of arrays, [`check_call`] on every call.

use super::book_checks::{check_book, check_prints};
use super::landing::OFFSET_TICKS_MAX;
use super::session::Stream;
use crate::checks::BadArgument;
use crate::market_checks::check_within;
use crate::perpetual_schema::*;
use crate::plan_checks::check_rows;
use crate::pricing_checks::{check_length, refused};
use crate::schema::INT64_MAX;

pub use super::call_checks::check_call;

/// Nanoseconds beyond which no moment of a stream lies.
pub const TIME_MAX: i64 = 1 << 62;
/// Nanoseconds that may be added to a moment.
pub const DURATION_MAX: i64 = 1 << 61;
/// Orders that a state row may have room for.
const ORDERS_MAX: i64 = 4_096;
const LEVERAGE_MAX: i64 = 1_000_000;
/// Of notional, as a maker's or a taker's fee.
const FEE_PPM_MAX: i64 = 100_000;
const RATE_MAX: i64 = 900_000_000;
/// Micros that the largest position could pay as funding in a whole stream.
pub const FUNDING_MAX: i64 = EQUITY_MAX;
/// Quanta that an order may be told to concede at most, where that is told.
const CONCESSION_MAX: i64 = 1_000 * PRICE_MAX;

/// Column, name, least and greatest value.
pub type Bounds = (usize, &'static str, i64, i64);

const CONTRACT_BOUNDS: [Bounds; 7] = [
    (CONTRACT_VALUE, "VALUE", 1, EXPOSURE_MAX),
    (CONTRACT_FIGURES, "FIGURES", 0, 9),
    (CONTRACT_WHOLE, "WHOLE", 1, PRICE_MAX),
    (CONTRACT_TICK, "TICK", 1, PRICE_MAX),
    (CONTRACT_VALUE_MIN, "VALUE_MIN", 0, EQUITY_MAX),
    (CONTRACT_OPEN, "OPEN", 0, TIME_MAX),
    (CONTRACT_ORDERS, "ORDERS", 1, ORDERS_MAX),
];

const PLAN_BOUNDS: [Bounds; 27] = [
    (PLAN_FILL_MODEL, "FILL_MODEL", 0, FILL_QUEUE_PROBABILISTIC),
    (PLAN_QUEUE_POWER, "QUEUE_POWER", 0, 3),
    (PLAN_FEED_LATENCY_NS, "FEED_LATENCY_NS", 0, LATENCY_NS_MAX),
    (PLAN_ORDER_LATENCY_NS, "ORDER_LATENCY_NS", 0, LATENCY_NS_MAX),
    (PLAN_MAKER_PPM, "MAKER_PPM", -FEE_PPM_MAX, FEE_PPM_MAX),
    (PLAN_TAKER_PPM, "TAKER_PPM", -FEE_PPM_MAX, FEE_PPM_MAX),
    (PLAN_LEVERAGE, "LEVERAGE", 1, LEVERAGE_MAX),
    (PLAN_HALT_LOSS, "HALT_LOSS", 0, INT64_MAX),
    (PLAN_MAX_ORDERS, "MAX_ORDERS", 0, INT64_MAX),
    (PLAN_STALENESS_NS, "STALENESS_NS", 0, INT64_MAX),
    (PLAN_OPENING_ENABLED, "OPENING_ENABLED", 0, 1),
    (PLAN_OPENING_NUDGE_NS, "OPENING_NUDGE_NS", 0, INT64_MAX),
    (
        PLAN_OPENING_INTERVAL_NS,
        "OPENING_INTERVAL_NS",
        0,
        INT64_MAX,
    ),
    (
        PLAN_OPENING_TOLERANCE_TICKS,
        "OPENING_TOLERANCE_TICKS",
        0,
        PRICE_MAX,
    ),
    (PLAN_MAX_CONCESSION, "MAX_CONCESSION", 0, INT64_MAX),
    (PLAN_CLOSING_ENABLED, "CLOSING_ENABLED", 0, 1),
    (PLAN_CLOSING_NUDGE_NS, "CLOSING_NUDGE_NS", 0, INT64_MAX),
    (
        PLAN_CLOSING_INTERVAL_NS,
        "CLOSING_INTERVAL_NS",
        0,
        INT64_MAX,
    ),
    (PLAN_PARTIAL_FROM, "PARTIAL_FROM", 0, INT64_MAX),
    (PLAN_PARTIAL_PPM, "PARTIAL_PPM", 1, PER_MILLION),
    (PLAN_COOLDOWN_NS, "COOLDOWN_NS", 0, DURATION_MAX),
    (PLAN_BACKSTOP_PPM, "BACKSTOP_PPM", 0, PER_MILLION),
    (PLAN_QUOTE_LOTS, "QUOTE_LOTS", 0, EXPOSURE_MAX),
    (
        PLAN_QUOTE_OFFSET_TICKS,
        "QUOTE_OFFSET_TICKS",
        0,
        OFFSET_TICKS_MAX,
    ),
    (PLAN_QUOTE_POSITION_MAX, "QUOTE_POSITION_MAX", 0, INT64_MAX),
    (PLAN_QUOTE_RETRY_NS, "QUOTE_RETRY_NS", 0, DURATION_MAX),
    (PLAN_REQUOTE_ROWS, "REQUOTE_ROWS", 0, 1),
];

/// Refuse columns of a row outside their bounds; `whose` says of what row.
pub fn check_columns(
    argument: &'static str,
    row: &[i64],
    bounds: &[Bounds],
    whose: impl Fn() -> String,
) -> Result<(), BadArgument> {
    for &(column, name, low, high) in bounds {
        check_within(argument, row[column], (low, high), || {
            format!("{name}{}", whose())
        })?;
    }
    Ok(())
}

fn check_tiers(tiers: &[i64]) -> Result<(), BadArgument> {
    let argument = "tiers";
    if tiers.first() != Some(&0) {
        let expected = "a first tier from 0".to_string();
        return Err(refused(argument, expected, format!("{:?}", tiers.first())));
    }
    let mut least = 0;
    for (number, tier) in tiers.chunks_exact(TIER_WIDTH).enumerate() {
        let name = |what| move || format!("{what} of tier {number}");
        check_within(argument, tier[TIER_FROM], (least, EQUITY_MAX), name("FROM"))?;
        check_within(
            argument,
            tier[TIER_LEVERAGE],
            (1, LEVERAGE_MAX),
            name("LEVERAGE"),
        )?;
        least = tier[TIER_FROM] + 1;
    }
    Ok(())
}

fn check_fundings(fundings: &[i64]) -> Result<(), BadArgument> {
    let argument = "fundings";
    let mut former = 0;
    let mut most = 0;
    for (number, funding) in fundings.chunks_exact(FUNDING_WIDTH).enumerate() {
        let name = |what| move || format!("{what} of row {number}");
        let (ts, rate) = (funding[FUNDING_TS], funding[FUNDING_RATE]);
        let oracle = funding[FUNDING_ORACLE];
        check_within(argument, ts, (former, TIME_MAX), name("TS"))?;
        check_within(argument, rate, (-RATE_MAX, RATE_MAX), name("RATE"))?;
        check_within(argument, oracle, (1, PRICE_MAX), name("ORACLE"))?;
        former = ts;
        let paid = i128::from(EXPOSURE_MAX * oracle) * i128::from(rate.abs());
        most += paid / i128::from(RATE_UNIT) + 1;
    }
    if most > i128::from(FUNDING_MAX) {
        let expected = format!("at most {FUNDING_MAX} micros for the largest position");
        return Err(refused(argument, expected, format!("{most}")));
    }
    Ok(())
}

fn check_plan(stream: &Stream, plan: &[i64], bot: usize) -> Result<(), BadArgument> {
    let argument = "plans";
    let whose = || format!(" of bot {bot}");
    check_columns(argument, plan, &PLAN_BOUNDS, whose)?;
    let name = |what| move || format!("{what} of bot {bot}");
    if plan[PLAN_FILL_MODEL] == FILL_QUEUE_PROBABILISTIC {
        check_within(
            argument,
            plan[PLAN_QUEUE_POWER],
            (1, 3),
            name("QUEUE_POWER"),
        )?;
    }
    let concession = plan[PLAN_MAX_CONCESSION];
    if concession != INT64_MAX {
        check_within(
            argument,
            concession,
            (0, CONCESSION_MAX),
            name("MAX_CONCESSION"),
        )?;
    }
    let rows = (stream.commands.len() / COMMAND_WIDTH) as i64;
    let (from, count) = (plan[PLAN_COMMAND_FROM], plan[PLAN_COMMAND_COUNT]);
    check_within(argument, from, (0, rows), name("COMMAND_FROM"))?;
    check_within(argument, count, (0, rows - from), name("COMMAND_COUNT"))?;
    let own = &stream.commands[from as usize * COMMAND_WIDTH..];
    let mut former = 0;
    for command in own.chunks_exact(COMMAND_WIDTH).take(count as usize) {
        let due = command[COMMAND_DUE];
        check_within("commands", due, (former, TIME_MAX), name("DUE"))?;
        former = due;
    }
    Ok(())
}

/// Refuse arrays that [`super::session::advance`] cannot take.
pub fn check_stream(stream: &Stream) -> Result<(), BadArgument> {
    check_rows("book", stream.book.len(), BOOK_ROWS)?;
    check_rows("prints", stream.prints.len(), PRINT_WIDTH)?;
    check_rows("fundings", stream.fundings.len(), FUNDING_WIDTH)?;
    check_rows("tiers", stream.tiers.len(), TIER_WIDTH)?;
    check_length("contract", stream.contract.len(), CONTRACT_WIDTH)?;
    check_rows("plans", stream.plans.len(), PLAN_WIDTH)?;
    check_rows("commands", stream.commands.len(), COMMAND_WIDTH)?;
    check_columns("contract", stream.contract, &CONTRACT_BOUNDS, String::new)?;
    let (open, end) = (
        stream.contract[CONTRACT_OPEN],
        stream.contract[CONTRACT_END],
    );
    check_within("contract", end, (open, INT64_MAX), || "END".to_string())?;
    check_tiers(stream.tiers)?;
    check_fundings(stream.fundings)?;
    check_book(stream)?;
    check_prints(stream.prints)?;
    for (number, command) in stream.commands.chunks_exact(COMMAND_WIDTH).enumerate() {
        check_within("commands", command[COMMAND_DUE], (0, TIME_MAX), || {
            format!("DUE of command {number}")
        })?;
    }
    for (bot, plan) in stream.plans.chunks_exact(PLAN_WIDTH).enumerate() {
        check_plan(stream, plan, bot)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;
    use super::*;

    fn world() -> World {
        let mut world = World::new(8);
        world.add_quoter(FILL_QUEUE_PROBABILISTIC, 1);
        world.buy(1, 60_000);
        world.buy(2, 60_001);
        world.run(5, 1, None);
        world
    }

    fn checked(world: &World) -> Result<(), BadArgument> {
        check_stream(&world.stream())?;
        check_call(&world.stream(), &world.state, &[0; 11], 8)
    }

    /// Hold a change of a sound world to the argument that must be named.
    fn refuses(argument: &str, change: impl FnOnce(&mut World)) {
        let mut changed = world();
        assert_eq!(checked(&changed), Ok(()));
        change(&mut changed);
        assert_eq!(checked(&changed).map_err(|bad| bad.argument), Err(argument));
    }

    #[test]
    fn a_book_must_be_in_order_and_within_bounds() {
        refuses("book", |world| world.book[BOOK_TS * 8 + 3] = 0);
        for row in 2..BOOK_ROWS {
            refuses("book", |world| world.book[row * 8 + 3] = i64::MAX);
            refuses("book", |world| world.book[row * 8 + 3] = -2);
        }
        refuses("book", |world| world.book[BOOK_MARK2 * 8 + 7] = -1);
        refuses("book", |world| world.book.truncate(7));
        refuses("prints", |world| world.prints[PRINT_PRICE] = 0);
        refuses("prints", |world| world.prints[PRINT_AGGRESSOR] = 2);
    }

    #[test]
    fn money_beyond_int64_is_refused() {
        refuses("fundings", |world| {
            world.fundings[FUNDING_RATE] = RATE_MAX + 1
        });
        refuses("fundings", |world| {
            let row = [1, RATE_MAX, PRICE_MAX];
            world.fundings = row.repeat(200);
        });
        refuses("tiers", |world| world.tiers[TIER_FROM] = 1);
        refuses("tiers", |world| world.tiers[TIER_LEVERAGE] = 0);
        refuses("contract", |world| {
            world.contract[CONTRACT_VALUE] = EXPOSURE_MAX + 1
        });
        refuses("contract", |world| world.contract[CONTRACT_FIGURES] = 10);
        refuses("state", |world| world.state[STATE_POSITION] = i64::MIN);
        refuses("state", |world| world.state[STATE_CASH] = i64::MAX);
    }

    #[test]
    fn plans_and_commands_must_make_sense() {
        for (column, ..) in PLAN_BOUNDS {
            refuses("plans", |world| world.plans[column] = i64::MIN);
        }
        refuses("plans", |world| {
            world.plans[PLAN_MAKER_PPM] = FEE_PPM_MAX + 1
        });
        refuses("plans", |world| world.plans[PLAN_COMMAND_COUNT] = 3);
        refuses("plans", |world| world.plans[PLAN_QUEUE_POWER] = 0);
        refuses("commands", |world| world.commands[COMMAND_DUE] = i64::MAX);
        refuses("commands", |world| world.commands.truncate(7));
    }

    #[test]
    fn states_must_lie_inside_their_capacities() {
        for column in [
            STATE_STATUS,
            STATE_FRAME,
            STATE_ORDER_COUNT,
            STATE_COMMAND_CURSOR,
            STATE_FUNDING_CURSOR,
        ] {
            for value in [i64::MIN, -1, 100, i64::MAX] {
                refuses("state", |world| world.state[column] = value);
            }
        }
        assert!(world().state[STATE_ORDER_COUNT] > 0);
        for column in [ORDER_SIDE, ORDER_LEFT, ORDER_KIND, ORDER_AHEAD] {
            let at = STATE_HEADER_WIDTH + column;
            refuses("state", |world| world.state[at] = i64::MIN);
        }
        refuses("state", |world| world.state.truncate(7));
    }
}
