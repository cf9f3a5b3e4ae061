//! Checks of state rows: of all that is in them, and of the little that a call needs.

use crate::arrival::{NOTIONAL_MAX, RATIO_MAX};
use crate::call_checks::{check_lengths, limits};
use crate::checks::BadArgument;
use crate::exposure::{check_exposure, price_max, Contracts, Exposure, VALUE_MAX};
use crate::holdings::holdings;
use crate::market_checks::{check_within, Market, TIME_MAX};
use crate::power::order_legs;
use crate::schema::*;
use crate::session::Batch;

const ARGUMENT: &str = "state";
/// More than any counter of a session reaches.
const COUNT_MAX: i64 = 1 << 40;
/// More order units than an order's own quantity times its ratios' divisor.
const UNITS_MAX: i64 = 1_000_000_000;
/// Micros beyond which no value of a bot's account lies.
const MONEY_MAX: i64 = 8 * VALUE_MAX;
/// Half quanta beyond which no mid of an order lies.
const MIDDLE_MAX: i64 = 1 << 45;

type Bounds = (usize, &'static str, i64, i64);

/// Column, name, least and greatest value of the columns of a state row's header.
const HEADER_BOUNDS: [Bounds; 14] = [
    (STATE_CASH, "CASH", -VALUE_MAX, VALUE_MAX),
    (STATE_OPENING_CASH, "OPENING_CASH", -VALUE_MAX, VALUE_MAX),
    (STATE_NLV, "NLV", -MONEY_MAX, MONEY_MAX),
    (STATE_PEAK_NLV, "PEAK_NLV", -MONEY_MAX, MONEY_MAX),
    (STATE_MAX_DRAWDOWN, "MAX_DRAWDOWN", 0, 2 * MONEY_MAX),
    (STATE_NEXT_ORDER, "NEXT_ORDER", 0, COUNT_MAX),
    (STATE_SEQUENCE, "SEQUENCE", 0, COUNT_MAX),
    (STATE_ENTRY_CURSOR, "ENTRY_CURSOR", 0, MAX_ENTRIES as i64),
    (STATE_ENTRIES_USED, "ENTRIES_USED", 0, COUNT_MAX),
    (STATE_ERRORS, "ERRORS", 0, COUNT_MAX),
    (STATE_PAUSED, "PAUSED", 0, 1),
    (STATE_FEES, "FEES", 0, MONEY_MAX),
    (STATE_SLIPPAGE, "SLIPPAGE", 0, MONEY_MAX),
    (STATE_FILLS, "FILLS", 0, COUNT_MAX),
];

/// Column, name, least and greatest value of the columns of a pending order.
const ORDER_BOUNDS: [Bounds; 14] = [
    (ORDER_KIND, "KIND", ORDER_MARKET, ORDER_STOP),
    (ORDER_BLOCK, "BLOCK", BLOCK_OPENING, BLOCK_CLOSING),
    (ORDER_ORIGIN, "ORIGIN", ORIGIN_COMMAND, ORIGIN_FLATTEN),
    (ORDER_QUANTITY, "QUANTITY", 1, UNITS_MAX),
    (ORDER_LEG_COUNT, "LEG_COUNT", 1, MAX_LEGS as i64),
    (ORDER_PRICE, "PRICE", -NOTIONAL_MAX, NOTIONAL_MAX),
    (ORDER_INTENDED, "INTENDED", -NOTIONAL_MAX, NOTIONAL_MAX),
    (ORDER_CONCESSION, "CONCESSION", 0, COUNT_MAX),
    (ORDER_REFERENCE2, "REFERENCE2", -MIDDLE_MAX, MIDDLE_MAX),
    (ORDER_FLAT_SINCE, "FLAT_SINCE", 0, TIME_MAX),
    (ORDER_LAST_NUDGE, "LAST_NUDGE", 0, TIME_MAX),
    (ORDER_LAST_REPLACE, "LAST_REPLACE", 0, TIME_MAX),
    (ORDER_PLACED_TS, "PLACED_TS", 0, TIME_MAX),
    (ORDER_REPRICED, "REPRICED", 0, 1),
];

/// What the state row of a bot is held to.
pub struct Limits<'a> {
    /// The capacities of a row.
    pub shape: StateShape,
    /// Instruments of the day.
    pub instruments: i64,
    /// Frames of the day.
    pub frames: i64,
    /// Rows of financials of each bot.
    pub financials: i64,
    /// The bot's plan.
    pub plan: &'a [i64],
    /// Its number.
    pub bot: usize,
}

impl Limits<'_> {
    /// Refuse a value of a bot outside `low..=high`.
    #[inline]
    fn check(&self, value: i64, bounds: (i64, i64), name: &str) -> Result<(), BadArgument> {
        check_within(ARGUMENT, value, bounds, || {
            format!("{name} of bot {}", self.bot)
        })
    }

    /// Refuse an instrument that the day has not.
    fn check_instrument(&self, instrument: i64, name: &str) -> Result<(), BadArgument> {
        self.check(instrument, (0, self.instruments - 1), name)
    }

    /// Refuse a header whose counts and places are beyond what there is.
    ///
    /// It looks at the first columns alone: done on each call, it must not read all that is there.
    #[inline]
    pub fn check_counts(&self, row: &[i64]) -> Result<(), BadArgument> {
        let (holdings, orders) = (self.shape.holdings as i64, self.shape.orders as i64);
        self.check(row[STATE_STATUS], (STATUS_RUNNING, STATUS_FAILED), "STATUS")?;
        self.check(row[STATE_FRAME], (0, self.frames), "FRAME")?;
        self.check(row[STATE_HOLDING_COUNT], (0, holdings), "HOLDING_COUNT")?;
        self.check(row[STATE_ORDER_COUNT], (0, orders), "ORDER_COUNT")?;
        self.check(row[STATE_COMMAND_CURSOR], (0, COUNT_MAX), "COMMAND_CURSOR")?;
        if self.financials == 0 {
            return Ok(());
        }
        self.check(row[STATE_FINANCIALS], (0, self.financials), "FINANCIALS")
    }

    /// Refuse a header with values that no session reaches.
    fn check_header(&self, row: &[i64]) -> Result<(), BadArgument> {
        for (column, name, low, high) in HEADER_BOUNDS {
            self.check(row[column], (low, high), name)?;
        }
        let commands = self.plan[PLAN_COMMAND_COUNT];
        self.check(row[STATE_COMMAND_CURSOR], (0, commands), "COMMAND_CURSOR")?;
        self.check(row[STATE_FINANCIALS], (0, self.financials), "FINANCIALS")
    }

    /// Refuse holdings out of order or of no lots; return their contracts.
    fn check_holdings(&self, row: &[i64]) -> Result<Contracts, BadArgument> {
        let mut contracts = Contracts::default();
        let mut next = 0;
        for holding in holdings(row) {
            let instrument = holding[HOLDING_INSTRUMENT];
            let quantity = holding[HOLDING_QUANTITY];
            self.check(
                instrument,
                (next, self.instruments - 1),
                "a holding's INSTRUMENT",
            )?;
            self.check(quantity, (-MONEY_MAX, MONEY_MAX), "a holding's QUANTITY")?;
            self.check(
                holding[HOLDING_COST],
                (-MONEY_MAX, MONEY_MAX),
                "a holding's COST",
            )?;
            next = instrument + 1;
            contracts.add(-quantity.signum(), i128::from(quantity.abs()));
        }
        Ok(contracts)
    }

    /// Refuse structures that are none; a free one may hold anything.
    fn check_structures(&self, row: &[i64]) -> Result<(), BadArgument> {
        let legs = self.plan[PLAN_LEG_COUNT] as usize;
        let sections =
            row[self.shape.structures_at..self.shape.orders_at].chunks_exact(STRUCTURE_WIDTH);
        for structure in sections {
            let status = structure[STRUCTURE_STATUS];
            self.check(
                status,
                (STRUCTURE_FREE, STRUCTURE_EXITING),
                "a structure's STATUS",
            )?;
            if status == STRUCTURE_FREE {
                continue;
            }
            let most = NOTIONAL_MAX / self.plan[PLAN_QUANTITY].max(1) / 2;
            for (column, none) in [
                (STRUCTURE_TARGET2, INT64_MAX),
                (STRUCTURE_STOP2, -INT64_MAX),
            ] {
                if structure[column] != none {
                    self.check(structure[column], (-most, most), "a structure's threshold")?;
                }
            }
            let net = structure[STRUCTURE_FILL_NET];
            self.check(net, (-MIDDLE_MAX, MIDDLE_MAX), "a structure's FILL_NET")?;
            for leg in structure[STRUCTURE_LEGS..].chunks_exact(2).take(legs) {
                self.check_instrument(leg[0], "a structure's instrument")?;
                self.check(leg[1], (-RATIO_MAX, RATIO_MAX), "a structure's ratio")?;
            }
        }
        Ok(())
    }

    /// Refuse pending orders that are none; return the contracts they may open.
    fn check_orders(&self, row: &[i64]) -> Result<Contracts, BadArgument> {
        let mut contracts = Contracts::default();
        let count = row[STATE_ORDER_COUNT] as usize;
        for order in row[self.shape.orders_at..]
            .chunks_exact(ORDER_WIDTH)
            .take(count)
        {
            for (column, name, low, high) in ORDER_BOUNDS {
                self.check(order[column], (low, high), name)?;
            }
            if matches!(order[ORDER_ORIGIN], ORIGIN_ENTRY | ORIGIN_EXIT) {
                let slots = (0, self.shape.structures as i64 - 1);
                self.check(order[ORDER_STRUCTURE], slots, "an order's STRUCTURE")?;
            }
            for leg in order_legs(order) {
                let ratio = leg[COMMAND_LEG_RATIO];
                self.check_instrument(leg[COMMAND_LEG_INSTRUMENT], "an order's instrument")?;
                self.check(ratio, (-RATIO_MAX, RATIO_MAX), "an order's ratio")?;
                if leg[COMMAND_LEG_EFFECT] == EFFECT_OPEN {
                    contracts.add(ratio, i128::from(order[ORDER_QUANTITY]));
                }
            }
        }
        Ok(contracts)
    }
}

/// Refuse state rows that no kernel can have left, or whose money int64 may not hold.
///
/// `market` is what [`crate::checks::check_market`] returned for the day. To be called where states
/// come from elsewhere than the kernel: with what it gave back itself it can go on.
pub fn check_states(
    batch: &Batch,
    market: &Market,
    state: &[i64],
    financials: &[i64],
) -> Result<(), BadArgument> {
    let rows = check_lengths(batch, state, financials)?;
    let shape = batch.shape();
    let multiplier = batch.session[SESSION_MULTIPLIER];
    let price = price_max(batch, market);
    let plans = batch.plans.chunks_exact(PLAN_WIDTH);
    for (bot, (plan, row)) in plans.zip(state.chunks_exact(shape.width)).enumerate() {
        let limits = limits(batch, rows, plan, bot);
        limits.check_counts(row)?;
        limits.check_header(row)?;
        if row[STATE_STATUS] >= STATUS_ENDED {
            continue;
        }
        limits.check_structures(row)?;
        let contracts = limits.check_holdings(row)?.with(limits.check_orders(row)?);
        let exposure = Exposure::of(plan, multiplier, price, market);
        check_exposure(ARGUMENT, bot, &exposure, contracts)?;
    }
    Ok(())
}
