//! Checks of one call: the lengths of its arrays, where it goes to, and what each bot stands with.

use super::checks::{check_columns, Bounds, DURATION_MAX, FUNDING_MAX, TIME_MAX};
use super::landing::OFFSET_TICKS_MAX;
use super::orders::{order_count, orders_of, Order};
use super::session::Stream;
use crate::checks::BadArgument;
use crate::market_checks::check_within;
use crate::perpetual_schema::*;
use crate::plan_checks::check_rows;
use crate::pricing_checks::check_length;
use crate::schema::{
    INT64_MAX, JOURNAL_WIDTH, MISSING, ORDER_MARKET, ORDER_STOP, ORIGIN_FLATTEN, STATUS_ENDED,
};

const ARGUMENT: &str = "state";
/// More than any counter of a session reaches.
const COUNT_MAX: i64 = 1 << 60;
/// More ticks than an order concedes.
const CONCESSION_MAX: i64 = 1 << 32;
/// Micros beyond which no value of a bot's account lies before a frame; but its funding.
const MONEY_MAX: i64 = 2 * EQUITY_MAX;

/// When a side may be quoted again after a rejection.
const RETRY_TS_MAX: i64 = TIME_MAX + DURATION_MAX;

const HEADER_BOUNDS: [Bounds; 18] = [
    (STATE_STATUS, "STATUS", 0, STATUS_LIQUIDATED),
    (
        STATE_CASH,
        "CASH",
        -MONEY_MAX - FUNDING_MAX,
        MONEY_MAX + FUNDING_MAX,
    ),
    (
        STATE_OPENING_EQUITY,
        "OPENING_EQUITY",
        -MONEY_MAX,
        MONEY_MAX,
    ),
    (STATE_EQUITY, "EQUITY", -MONEY_MAX, MONEY_MAX),
    (STATE_PEAK_EQUITY, "PEAK_EQUITY", -MONEY_MAX, MONEY_MAX),
    (STATE_MAX_DRAWDOWN, "MAX_DRAWDOWN", 0, INT64_MAX),
    (STATE_NEXT_ORDER, "NEXT_ORDER", 1, COUNT_MAX),
    (STATE_SEQUENCE, "SEQUENCE", 0, COUNT_MAX),
    (STATE_COST, "COST", -MONEY_MAX, MONEY_MAX),
    (STATE_FEES, "FEES", -MONEY_MAX, MONEY_MAX),
    (STATE_FUNDING, "FUNDING", -FUNDING_MAX, FUNDING_MAX),
    (STATE_FILLS, "FILLS", 0, COUNT_MAX),
    (STATE_REPLACES, "REPLACES", 0, COUNT_MAX),
    (STATE_TAKEN_BID, "TAKEN_BID", 0, SIZE_MAX),
    (STATE_TAKEN_ASK, "TAKEN_ASK", 0, SIZE_MAX),
    (STATE_LIQUIDATED_TS, "LIQUIDATED_TS", MISSING, TIME_MAX),
    (STATE_RETRY_BUY_TS, "RETRY_BUY_TS", 0, RETRY_TS_MAX),
    (STATE_RETRY_SELL_TS, "RETRY_SELL_TS", 0, RETRY_TS_MAX),
];

const ORDER_BOUNDS: [Bounds; 22] = [
    (ORDER_ID, "ID", 0, COUNT_MAX),
    (ORDER_KIND, "KIND", ORDER_MARKET, ORDER_STOP),
    (ORDER_SIDE, "SIDE", -1, 1),
    (ORDER_ORIGIN, "ORIGIN", 0, ORIGIN_QUOTE),
    (ORDER_LEFT, "LEFT", 1, EXPOSURE_MAX),
    (ORDER_PRICE, "PRICE", 0, PRICE_MAX),
    (ORDER_POST_ONLY, "POST_ONLY", 0, 1),
    (ORDER_REDUCE_ONLY, "REDUCE_ONLY", 0, 1),
    (ORDER_IMMEDIATE, "IMMEDIATE", 0, 1),
    (ORDER_PEGGED, "PEGGED", 0, 1),
    (ORDER_OFFSET_TICKS, "OFFSET_TICKS", 0, OFFSET_TICKS_MAX),
    (ORDER_AGGRESSIVE, "AGGRESSIVE", 0, 1),
    (ORDER_LEVEL, "LEVEL", MISSING, SIZE_MAX),
    (ORDER_INTENDED, "INTENDED", -PRICE_MAX, PRICE_MAX),
    (ORDER_CONCESSION, "CONCESSION", 0, CONCESSION_MAX),
    (ORDER_HAS_REFERENCE, "HAS_REFERENCE", 0, 1),
    (
        ORDER_REFERENCE2,
        "REFERENCE2",
        -2 * PRICE_MAX,
        2 * PRICE_MAX,
    ),
    (ORDER_FLAT_SINCE, "FLAT_SINCE", 0, TIME_MAX),
    (ORDER_LAST_NUDGE, "LAST_NUDGE", 0, TIME_MAX),
    (ORDER_LAST_REPLACE, "LAST_REPLACE", 0, TIME_MAX),
    (ORDER_PLACED_TS, "PLACED_TS", 0, TIME_MAX),
    (ORDER_FLIGHT_PRICE, "FLIGHT_PRICE", 0, PRICE_MAX),
];

/// Refuse one order of a bot.
fn check_order(order: &Order, bot: usize, slot: usize) -> Result<(), BadArgument> {
    let whose = || format!(" of order {slot} of bot {bot}");
    check_columns(ARGUMENT, order, &ORDER_BOUNDS, whose)?;
    let name = |what| move || format!("{what} of order {slot} of bot {bot}");
    let (side, ahead) = (order[ORDER_SIDE], order[ORDER_AHEAD]);
    check_within(ARGUMENT, side.abs(), (1, 1), name("the SIDE's size"))?;
    if ahead != UNKNOWN_AHEAD {
        check_within(ARGUMENT, ahead, (0, SIZE_MAX), name("AHEAD"))?;
    }
    check_within(
        ARGUMENT,
        order[ORDER_FLIGHT_TS],
        (0, INT64_MAX),
        name("FLIGHT_TS"),
    )
}

/// Refuse a position and landed orders whose sums could leave int64.
fn check_exposure(stream: &Stream, row: &[i64], bot: usize) -> Result<(), BadArgument> {
    let value = stream.contract[CONTRACT_VALUE];
    let most = EXPOSURE_MAX / value;
    let position = row[STATE_POSITION];
    check_within(ARGUMENT, position, (-most, most), || {
        format!("POSITION of bot {bot}")
    })?;
    let (mut counted, mut flatten) = (position.abs(), 0);
    for order in orders_of(row).filter(|order| order[ORDER_ID] != 0) {
        if order[ORDER_ORIGIN] == ORIGIN_FLATTEN {
            flatten += order[ORDER_LEFT];
        } else {
            counted += order[ORDER_LEFT];
        }
    }
    check_within(ARGUMENT, counted, (0, most), || {
        format!("position and landed orders of bot {bot}")
    })?;
    check_within(ARGUMENT, flatten, (0, most), || {
        format!("flatten orders of bot {bot}")
    })
}

/// Refuse the state row of one bot; that of a bot which has ended is not worked on.
fn check_bot(stream: &Stream, plan: &[i64], row: &[i64], bot: usize) -> Result<(), BadArgument> {
    if (STATUS_ENDED..=STATUS_LIQUIDATED).contains(&row[STATE_STATUS]) {
        return Ok(());
    }
    let name = |what| move || format!("{what} of bot {bot}");
    check_columns(ARGUMENT, row, &HEADER_BOUNDS, || format!(" of bot {bot}"))?;
    let fundings = (stream.fundings.len() / FUNDING_WIDTH) as i64;
    for (column, what, most) in [
        (STATE_FRAME, "FRAME", stream.frames() as i64),
        (
            STATE_ORDER_COUNT,
            "ORDER_COUNT",
            stream.contract[CONTRACT_ORDERS],
        ),
        (
            STATE_COMMAND_CURSOR,
            "COMMAND_CURSOR",
            plan[PLAN_COMMAND_COUNT],
        ),
        (STATE_FUNDING_CURSOR, "FUNDING_CURSOR", fundings),
    ] {
        check_within(ARGUMENT, row[column], (0, most), name(what))?;
    }
    if order_count(row) > 0 {
        for (slot, order) in orders_of(row).enumerate() {
            check_order(order, bot, slot)?;
            check_within(
                ARGUMENT,
                order[ORDER_ID],
                (0, row[STATE_NEXT_ORDER] - 1),
                || format!("ID below NEXT_ORDER of order {slot} of bot {bot}"),
            )?;
        }
    }
    check_exposure(stream, row, bot)
}

/// Refuse arrays, states and a frame that a call of the kernel cannot take.
///
/// The stream has been checked before; no look is cast at its frames, for it is done on each call.
pub fn check_call(
    stream: &Stream,
    state: &[i64],
    journal: &[i64],
    frame_to: i64,
) -> Result<(), BadArgument> {
    let width = stream.state_width();
    check_length(ARGUMENT, state.len(), stream.bots() * width)?;
    check_rows("journal", journal.len(), JOURNAL_WIDTH)?;
    let frames = stream.frames() as i64;
    check_within("frame_to", frame_to, (0, frames), || "a frame".to_string())?;
    let plans = stream.plans.chunks_exact(PLAN_WIDTH);
    for (bot, (plan, row)) in plans.zip(state.chunks_exact(width)).enumerate() {
        check_bot(stream, plan, row, bot)?;
    }
    Ok(())
}
