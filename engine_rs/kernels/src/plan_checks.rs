//! Checks of a session row, of plans, and of the commands that they name.

use crate::arrival::{NOTIONAL_MAX, QUANTITY_MAX, RATIO_MAX};
use crate::checks::BadArgument;
use crate::exposure::{check_exposure, Contracts, Exposure};
use crate::market_checks::{check_within, Market, TIME_MAX};
use crate::pricing_checks::{refused, PRICE_MAX};
use crate::schema::*;
use crate::session::Batch;
use crate::strategy::entries;
use crate::strikes::leg_rule;

const ARGUMENT: &str = "plans";
const BPS: i64 = 10_000;
const CAPACITY_MAX: i64 = 4_096;
const MULTIPLIER_MAX: i64 = 1_000_000_000;
const TICKS_MAX: i64 = 1_000_000;
const FEE_MAX: i64 = 1_000_000_000_000;
/// The largest share of a profit or a premium in basis points: a millionfold.
const SHARE_MAX: i64 = 10_000_000_000;

type Bounds = (usize, &'static str, i64, i64);

/// Column, name, least and greatest value of a plan's columns.
const PLAN_BOUNDS: [Bounds; 35] = [
    (PLAN_LAMBDA_BPS, "LAMBDA_BPS", 0, BPS),
    (PLAN_CONCEDED_TICKS, "CONCEDED_TICKS", 0, TICKS_MAX),
    (PLAN_SAME_TICK, "SAME_TICK", 0, 1),
    (PLAN_SLIPPAGE_TICKS, "SLIPPAGE_TICKS", 0, TICKS_MAX),
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
        TICKS_MAX,
    ),
    (PLAN_MAX_CONCESSION, "MAX_CONCESSION", 0, PRICE_MAX),
    (PLAN_CLOSING_ENABLED, "CLOSING_ENABLED", 0, 1),
    (PLAN_CLOSING_NUDGE_NS, "CLOSING_NUDGE_NS", 0, INT64_MAX),
    (
        PLAN_CLOSING_INTERVAL_NS,
        "CLOSING_INTERVAL_NS",
        0,
        INT64_MAX,
    ),
    (PLAN_FEE_SPLIT, "FEE_SPLIT", 0, PRICE_MAX),
    (PLAN_FEE_OPEN_BELOW, "FEE_OPEN_BELOW", 0, FEE_MAX),
    (PLAN_FEE_OPEN_FROM, "FEE_OPEN_FROM", 0, FEE_MAX),
    (PLAN_FEE_CLOSE_BELOW, "FEE_CLOSE_BELOW", 0, FEE_MAX),
    (PLAN_FEE_CLOSE_FROM, "FEE_CLOSE_FROM", 0, FEE_MAX),
    (PLAN_FEE_SETTLEMENT, "FEE_SETTLEMENT", 0, FEE_MAX),
    (
        PLAN_MARGIN_RULE,
        "MARGIN_RULE",
        MARGIN_STRIKE_SHARE,
        MARGIN_EXCHANGE,
    ),
    (PLAN_MARGIN_RATE_BPS, "MARGIN_RATE_BPS", 0, BPS),
    (PLAN_MARGIN_FLOOR_BPS, "MARGIN_FLOOR_BPS", 0, BPS),
    (PLAN_HALT_LOSS, "HALT_LOSS", 0, INT64_MAX),
    (PLAN_MAX_POSITIONS, "MAX_POSITIONS", 0, INT64_MAX),
    (PLAN_MAX_ORDERS, "MAX_ORDERS", 0, INT64_MAX),
    (PLAN_STALENESS_NS, "STALENESS_NS", 0, INT64_MAX),
    (PLAN_AUTO_PAUSE, "AUTO_PAUSE", 0, 1),
    (PLAN_ERROR_BUDGET, "ERROR_BUDGET", 0, INT64_MAX),
    (PLAN_COMMAND_FROM, "COMMAND_FROM", 0, i32::MAX as i64),
    (PLAN_COMMAND_COUNT, "COMMAND_COUNT", 0, i32::MAX as i64),
    (PLAN_LEG_COUNT, "LEG_COUNT", 0, MAX_LEGS as i64),
    (PLAN_ENTRY_COUNT, "ENTRY_COUNT", 0, MAX_ENTRIES as i64),
    (PLAN_MAX_ENTRIES, "MAX_ENTRIES", 0, INT64_MAX),
    (PLAN_EXIT_TS, "EXIT_TS", 0, INT64_MAX),
    (PLAN_TARGET_BPS, "TARGET_BPS", 0, SHARE_MAX),
    (PLAN_STOP_BPS, "STOP_BPS", 0, SHARE_MAX),
];

/// Column, name, least and greatest value of the columns of a plan's leg.
const LEG_BOUNDS: [Bounds; 4] = [
    (LEG_RIGHT, "RIGHT", CALL, PUT),
    (LEG_RATIO, "RATIO", 1, RATIO_MAX),
    (LEG_METHOD, "METHOD", METHOD_DELTA, METHOD_RELATIVE),
    (LEG_VALUE, "VALUE", -PRICE_MAX, PRICE_MAX),
];

/// Column, name, least and greatest value of a session row's columns.
const SESSION_BOUNDS: [Bounds; 7] = [
    (SESSION_OPEN, "OPEN", 0, TIME_MAX),
    (SESSION_CLOSE, "CLOSE", 0, TIME_MAX),
    (SESSION_SETTLEMENT, "SETTLEMENT", MISSING, PRICE_MAX),
    (SESSION_MULTIPLIER, "MULTIPLIER", 2, MULTIPLIER_MAX),
    (SESSION_HOLDINGS, "HOLDINGS", 1, CAPACITY_MAX),
    (SESSION_STRUCTURES, "STRUCTURES", 1, CAPACITY_MAX),
    (SESSION_ORDERS, "ORDERS", 1, CAPACITY_MAX),
];

/// Refuse a session row without sense.
pub fn check_session(session: &[i64]) -> Result<(), BadArgument> {
    let argument = "session";
    if session.len() != SESSION_WIDTH {
        let found = format!("{} values", session.len());
        return Err(refused(argument, format!("{SESSION_WIDTH} values"), found));
    }
    for (column, name, low, high) in SESSION_BOUNDS {
        check_within(argument, session[column], (low, high), || name.to_string())?;
    }
    let (open, close) = (session[SESSION_OPEN], session[SESSION_CLOSE]);
    check_within(argument, open, (0, close), || {
        "OPEN, at most CLOSE,".to_string()
    })?;
    if session[SESSION_MULTIPLIER] % 2 != 0 {
        let found = format!("{}", session[SESSION_MULTIPLIER]);
        return Err(refused(argument, "an even MULTIPLIER".to_string(), found));
    }
    Ok(())
}

/// Refuse flat arrays whose lengths are no whole rows.
pub fn check_rows(argument: &'static str, length: usize, width: usize) -> Result<(), BadArgument> {
    if length.is_multiple_of(width) {
        return Ok(());
    }
    let found = format!("{length} values");
    Err(refused(argument, format!("rows of {width} values"), found))
}

/// Refuse the legs and entries of a bot's strategy.
fn check_strategy(plan: &[i64], bot: usize) -> Result<(), BadArgument> {
    let quantity = plan[PLAN_QUANTITY];
    check_within(ARGUMENT, quantity, (1, QUANTITY_MAX), || {
        format!("QUANTITY of bot {bot}")
    })?;
    for number in 0..plan[PLAN_LEG_COUNT] as usize {
        let leg = leg_rule(plan, number);
        let name = |what| move || format!("{what} of leg {number} of bot {bot}");
        for (column, what, low, high) in LEG_BOUNDS {
            check_within(ARGUMENT, leg[column], (low, high), name(what))?;
        }
        if !matches!(leg[LEG_SIDE], -1 | 1) {
            let expected = format!("{}: 1 or -1", name("SIDE")());
            return Err(refused(ARGUMENT, expected, format!("{}", leg[LEG_SIDE])));
        }
        if leg[LEG_METHOD] == METHOD_RELATIVE {
            let earlier = (0, number as i64 - 1);
            check_within(ARGUMENT, leg[LEG_ANCHOR], earlier, name("ANCHOR"))?;
        }
    }
    let mut former = i64::MIN;
    for (number, (from, _)) in entries(plan).enumerate() {
        let name = || format!("FROM of entry {number} of bot {bot}");
        check_within(ARGUMENT, from, (former, INT64_MAX), name)?;
        former = from;
    }
    Ok(())
}

/// Return the contracts that a strategy may open on a day of so many frames.
fn strategy_contracts(plan: &[i64], frames: usize) -> Contracts {
    let mut contracts = Contracts::default();
    let has_window = entries(plan).any(|(_, to)| to != MISSING);
    let tries = plan[PLAN_ENTRY_COUNT] + if has_window { frames as i64 } else { 0 };
    let tries = plan[PLAN_MAX_ENTRIES].min(tries);
    for number in 0..plan[PLAN_LEG_COUNT] as usize {
        let leg = leg_rule(plan, number);
        let units = i128::from(tries) * i128::from(plan[PLAN_QUANTITY]);
        contracts.add(leg[LEG_SIDE] * leg[LEG_RATIO], units);
    }
    contracts
}

/// Refuse thresholds of a strategy whose products would not fit int64.
fn check_thresholds(plan: &[i64], bot: usize, market: &Market) -> Result<(), BadArgument> {
    let ratios: i64 = (0..plan[PLAN_LEG_COUNT] as usize)
        .map(|number| leg_rule(plan, number)[LEG_RATIO])
        .sum();
    let unit2 = 2 * i128::from(market.quote_max + market.level_max) * i128::from(ratios);
    let share = i128::from(plan[PLAN_TARGET_BPS].max(plan[PLAN_STOP_BPS]));
    let shared = unit2 * share;
    let scaled = (shared / i128::from(BPS) + unit2) * i128::from(plan[PLAN_QUANTITY]);
    let figure = shared.max(scaled);
    if figure > i128::from(NOTIONAL_MAX) {
        let expected = format!("thresholds of bot {bot} of at most {NOTIONAL_MAX}");
        return Err(refused(ARGUMENT, expected, format!("{figure}")));
    }
    Ok(())
}

/// Refuse a margin rate whose product with the greatest strike or underlying would not fit int64.
fn check_rates(
    batch: &Batch,
    plan: &[i64],
    bot: usize,
    market: &Market,
) -> Result<(), BadArgument> {
    let rate = plan[PLAN_MARGIN_RATE_BPS].max(plan[PLAN_MARGIN_FLOOR_BPS]);
    let unit = i128::from(market.level_max) * i128::from(batch.session[SESSION_MULTIPLIER]);
    let figure = unit * i128::from(rate.max(1));
    if figure > i128::from(NOTIONAL_MAX) {
        let expected = format!("margin of bot {bot}: level x multiplier x rate <= {NOTIONAL_MAX}");
        return Err(refused(ARGUMENT, expected, format!("{figure}")));
    }
    Ok(())
}

/// Refuse commands of a bot that are no commands or not in order.
fn check_commands(commands: &[i64], bot: usize) -> Result<(), BadArgument> {
    let argument = "commands";
    let mut former = i64::MIN;
    for (number, command) in commands.chunks_exact(COMMAND_WIDTH).enumerate() {
        let name = |what| move || format!("{what} of command {number} of bot {bot}");
        let kind = command[COMMAND_KIND];
        check_within(
            argument,
            command[COMMAND_DUE],
            (former, INT64_MAX),
            name("DUE"),
        )?;
        check_within(argument, kind, (COMMAND_PLACE, COMMAND_ERROR), name("KIND"))?;
        former = command[COMMAND_DUE];
        if kind == COMMAND_REPLACE {
            let bounds = (-NOTIONAL_MAX, NOTIONAL_MAX);
            check_within(argument, command[COMMAND_PRICE], bounds, name("PRICE"))?;
        }
        if kind == COMMAND_PLACE {
            let kinds = (ORDER_MARKET, ORDER_STOP);
            check_within(argument, command[COMMAND_TYPE], kinds, name("TYPE"))?;
            check_within(
                argument,
                command[COMMAND_REPRICED],
                (0, 1),
                name("REPRICED"),
            )?;
            for leg in command_legs(command) {
                let effects = (EFFECT_OPEN, EFFECT_CLOSE);
                check_within(argument, leg[COMMAND_LEG_EFFECT], effects, name("EFFECT"))?;
            }
        }
    }
    Ok(())
}

/// Return the cells of each leg that a command has, not more than there is room for.
fn command_legs(command: &[i64]) -> impl Iterator<Item = &[i64]> + Clone {
    let count = command[COMMAND_LEG_COUNT].clamp(0, MAX_LEGS as i64) as usize;
    command[COMMAND_LEGS..]
        .chunks_exact(COMMAND_LEG_WIDTH)
        .take(count)
}

/// Return the contracts that a bot's commands may open: not those the kernel refuses itself.
fn command_contracts(batch: &Batch, commands: &[i64]) -> Contracts {
    let mut contracts = Contracts::default();
    for command in commands.chunks_exact(COMMAND_WIDTH) {
        let quantity = command[COMMAND_QUANTITY];
        let is_order = command[COMMAND_KIND] == COMMAND_PLACE
            && (1..=QUANTITY_MAX).contains(&quantity)
            && command_legs(command).all(|leg| {
                usize::try_from(leg[COMMAND_LEG_INSTRUMENT])
                    .is_ok_and(|instrument| instrument < batch.instrument_count())
                    && (-RATIO_MAX..=RATIO_MAX).contains(&leg[COMMAND_LEG_RATIO])
            });
        if !is_order {
            continue;
        }
        let notional: i128 = command_legs(command)
            .map(|leg| {
                let at = 2 * leg[COMMAND_LEG_INSTRUMENT] as usize + INSTRUMENT_STRIKE;
                i128::from(leg[COMMAND_LEG_RATIO].abs()) * i128::from(batch.instruments[at])
            })
            .sum();
        let worth = i128::from(quantity) * i128::from(batch.session[SESSION_MULTIPLIER]);
        if notional * worth > i128::from(NOTIONAL_MAX) {
            continue;
        }
        for leg in command_legs(command).filter(|leg| leg[COMMAND_LEG_EFFECT] == EFFECT_OPEN) {
            contracts.add(leg[COMMAND_LEG_RATIO], i128::from(quantity));
        }
    }
    contracts
}

/// Refuse plans and commands that the kernel cannot run, or whose money int64 may not hold.
///
/// `market` is what [`crate::checks::check_market`] returned for the day.
pub fn check_plans(batch: &Batch, market: &Market) -> Result<(), BadArgument> {
    check_session(batch.session)?;
    check_rows(ARGUMENT, batch.plans.len(), PLAN_WIDTH)?;
    check_rows("commands", batch.commands.len(), COMMAND_WIDTH)?;
    let count = (batch.commands.len() / COMMAND_WIDTH) as i64;
    for (bot, plan) in batch.plans.chunks_exact(PLAN_WIDTH).enumerate() {
        for (column, name, low, high) in PLAN_BOUNDS {
            check_within(ARGUMENT, plan[column], (low, high), || {
                format!("{name} of bot {bot}")
            })?;
        }
        let from = plan[PLAN_COMMAND_FROM];
        let to = from + plan[PLAN_COMMAND_COUNT];
        check_within(ARGUMENT, to, (0, count), || {
            format!("end of the commands of bot {bot}")
        })?;
        let own = &batch.commands[from as usize * COMMAND_WIDTH..to as usize * COMMAND_WIDTH];
        check_commands(own, bot)?;
        check_rates(batch, plan, bot, market)?;
        let mut contracts = command_contracts(batch, own);
        if plan[PLAN_LEG_COUNT] > 0 {
            check_strategy(plan, bot)?;
            check_thresholds(plan, bot, market)?;
            contracts = contracts.with(strategy_contracts(plan, batch.frames()));
        }
        let exposure = Exposure::new(batch, market, plan);
        check_exposure(ARGUMENT, bot, &exposure, contracts)?;
    }
    Ok(())
}
