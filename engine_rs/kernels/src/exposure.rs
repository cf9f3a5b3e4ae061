//! A bound of the money that contracts may move: what keeps every sum of micros in int64.

use crate::checks::BadArgument;
use crate::market_checks::Market;
use crate::pricing_checks::refused;
use crate::schema::*;
use crate::session::Batch;

/// Micros that the contracts a plan may open, and those a state row has, may each be worth.
///
/// Cash is bounded likewise, so that no value of a bot is beyond a third of int64.
pub const VALUE_MAX: i64 = 500_000_000_000_000_000;
/// Micros that they may each need as margin.
pub const MARGIN_MAX: i64 = 1_500_000_000_000_000_000;
/// How many they may each be: the sums of the quiet path then stay in int64 whatever the marks.
pub const CONTRACTS_MAX: i64 = 2_000_000_000;
/// Quanta of slippage in a tick at most.
const TICK_MAX: i64 = 10;

/// How many contracts are or may be opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contracts {
    all: i128,
    short: i128,
}

impl Contracts {
    /// Add a leg of some order units; `ratio` is + if it sells.
    pub fn add(&mut self, ratio: i64, units: i128) {
        let contracts = i128::from(ratio).abs() * units;
        self.all += contracts;
        if ratio > 0 {
            self.short += contracts;
        }
    }

    /// Return both together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            short: self.short + other.short,
        }
    }
}

/// What one contract of a bot may at most be worth or need, in micros.
#[derive(Clone, Copy)]
pub struct Exposure {
    value: i128,
    margin: i128,
}

impl Exposure {
    /// Return the bounds of a bot's contracts on a day.
    pub fn new(batch: &Batch, market: &Market, plan: &[i64]) -> Self {
        Self::of(
            plan,
            batch.session[SESSION_MULTIPLIER],
            price_max(batch, market),
            market,
        )
    }

    /// Return the bounds of contracts whose prices are at most `price_max`.
    pub fn of(plan: &[i64], multiplier: i64, price_max: i64, market: &Market) -> Self {
        let fees = &plan[PLAN_FEE_OPEN_BELOW..=PLAN_FEE_SETTLEMENT];
        let fee = fees.iter().copied().fold(0, i64::max);
        let price = price_max + plan[PLAN_SLIPPAGE_TICKS] * TICK_MAX;
        let share = plan[PLAN_MARGIN_RATE_BPS].max(plan[PLAN_MARGIN_FLOOR_BPS]);
        let naked = i128::from(market.level_max) * i128::from(share) / 10_000 + 1;
        Self {
            value: i128::from(price) * i128::from(multiplier) + i128::from(fee),
            margin: (naked + i128::from(market.quote_max)) * i128::from(multiplier),
        }
    }
}

/// Return the greatest price of a contract: its quotes, and what it settles at.
pub fn price_max(batch: &Batch, market: &Market) -> i64 {
    let settlement = batch.session[SESSION_SETTLEMENT];
    if settlement == MISSING {
        return market.quote_max;
    }
    batch
        .instruments
        .chunks_exact(2)
        .map(|cells| match cells[INSTRUMENT_RIGHT] {
            CALL => settlement - cells[INSTRUMENT_STRIKE],
            _ => cells[INSTRUMENT_STRIKE] - settlement,
        })
        .fold(market.quote_max, i64::max)
}

/// Refuse contracts of a bot that int64 money may not hold.
pub fn check_exposure(
    argument: &'static str,
    bot: usize,
    exposure: &Exposure,
    contracts: Contracts,
) -> Result<(), BadArgument> {
    let figures = [
        ("of them", contracts.all, CONTRACTS_MAX),
        ("micros of worth", contracts.all * exposure.value, VALUE_MAX),
        (
            "micros of margin",
            contracts.short * exposure.margin,
            MARGIN_MAX,
        ),
    ];
    for (name, figure, most) in figures {
        if figure > i128::from(most) {
            let expected = format!("contracts of bot {bot} of at most {most} {name}");
            return Err(refused(argument, expected, format!("{figure}")));
        }
    }
    Ok(())
}
