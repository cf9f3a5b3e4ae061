//! The quiet path: when a bot may pass frames without a fill, until when, and between which marks.
//!
//! The state is exactly what taking every frame in full would leave.

use super::commands::next_landing;
use super::desk::{own_side, Market, Shown};
use super::funding::{next_funding, pass_fundings};
use super::margin::{equity_at, maintenance_margin};
use super::orders::{is_resting, orders_of, Order};
use super::passing::{frame_at, pass_frames, pass_marks, Calm};
use super::quoter::{has_quote, may_quote};
use super::racing::{may_race, race};
use super::resting::Plan;
use crate::perpetual_schema::*;
use crate::schema::{INT64_MAX, MISSING, ORDER_LIMIT, ORDER_STOP, STATUS_RUNNING, STATUS_STOPPING};

/// A loss larger than any, small enough to be added to an equity.
const LOSS_MAX: i64 = 1 << 62;
/// Frames to which the first pass is bound; each further one may be as many times as long.
const STRIDE: usize = 64;

/// Return whether time alone may move an order, or anything beyond its peg does.
fn concedes(plan: &Plan, order: &Order) -> bool {
    if order[ORDER_PEGGED] == 0 {
        return false;
    }
    if order[ORDER_REDUCE_ONLY] == 1 {
        return plan[PLAN_CLOSING_ENABLED] == 1;
    }
    let has_limits =
        plan[PLAN_OPENING_NUDGE_NS] != INT64_MAX || plan[PLAN_MAX_CONCESSION] != INT64_MAX;
    plan[PLAN_OPENING_ENABLED] == 1 && has_limits
}

/// Return when a new order lands; nothing if the orders are not a buy, a sell and stops at rest.
fn next_order_event(plan: &Plan, row: &[i64], ts: i64) -> Option<i64> {
    let mut event = INT64_MAX;
    let mut resting = [0; 2];
    for order in orders_of(row) {
        if order[ORDER_ID] == 0 {
            event = event.min(order[ORDER_FLIGHT_TS]);
            continue;
        }
        if order[ORDER_KIND] == ORDER_STOP {
            continue;
        }
        let is_busy = order[ORDER_AGGRESSIVE] == 1 || order[ORDER_IMMEDIATE] == 1;
        if order[ORDER_KIND] != ORDER_LIMIT || is_busy {
            return None;
        }
        if order[ORDER_PLACED_TS] >= ts || concedes(plan, order) {
            return None;
        }
        resting[own_side(order[ORDER_SIDE])] += 1;
    }
    resting.iter().all(|&count| count <= 1).then_some(event)
}

/// Return from when on the quoter may send a quote of a side, or `INT64_MAX`.
fn next_quote(market: &Market, plan: &Plan, row: &[i64], side: i64) -> i64 {
    if has_quote(row, side) || !may_quote(market, plan, row, side) {
        return INT64_MAX;
    }
    row[STATE_RETRY_BUY_TS + own_side(side)]
}

/// Return when something other than the book acts; nothing, or at or before `ts`: it may at once.
fn next_event(market: &Market, plan: &Plan, commands: &[i64], row: &[i64], ts: i64) -> Option<i64> {
    let mut event = next_order_event(plan, row, ts)?;
    event = event.min(market.end).min(next_landing(plan, commands, row));
    if row[STATE_POSITION] != 0 {
        event = event.min(next_funding(market, row));
    }
    if plan[PLAN_QUOTE_LOTS] > 0 && row[STATE_STATUS] == STATUS_RUNNING {
        event = event.min(next_quote(market, plan, row, -1));
        event = event.min(next_quote(market, plan, row, 1));
    }
    Some(event)
}

/// Return whether a bot has nothing in hand, and the standing book is regular.
fn is_calm(row: &[i64], standing: &Shown) -> bool {
    let acts = match row[STATE_STATUS] {
        STATUS_RUNNING => true,
        STATUS_STOPPING => row[STATE_POSITION] != 0,
        _ => false,
    };
    let has_taken = row[STATE_TAKEN_BID] != 0 || row[STATE_TAKEN_ASK] != 0;
    acts && !has_taken && standing.is_regular && row[STATE_LIQUIDATED_TS] == MISSING
}

/// Return how far the mark may move from `mark2` before risk must be looked at, if at all.
///
/// A half quantum moves the equity by half the exposure, the maintenance by a quarter of it at
/// most; what is left pays for what rounding may add.
fn risk_reach(market: &Market, plan: &Plan, row: &[i64], mark2: i64) -> Option<i64> {
    let equity = equity_at(market, row, mark2);
    let loss = row[STATE_OPENING_EQUITY] - equity;
    let mut spare = plan[PLAN_HALT_LOSS].min(LOSS_MAX) - 1 - loss;
    spare = spare.min(EQUITY_MAX - equity.abs());
    let position = row[STATE_POSITION];
    if position == 0 {
        return (spare >= 0).then_some(INT64_MAX);
    }
    spare = spare.min(equity - maintenance_margin(market, position, mark2));
    spare -= (market.tiers.len() / TIER_WIDTH) as i64 + 4;
    (spare >= 0).then(|| spare / (position.abs() * market.value))
}

/// Return the marks around one at which nothing but the book acts, if there are any.
fn calm_marks(market: &Market, plan: &Plan, row: &[i64], mark2: i64) -> Option<Calm> {
    let reach = risk_reach(market, plan, row, mark2)?;
    let mut low = (mark2 - reach).max(0);
    let mut high = mark2.saturating_add(reach);
    for order in orders_of(row) {
        if order[ORDER_ID] == 0 || order[ORDER_KIND] != ORDER_STOP {
            continue;
        }
        if order[ORDER_SIDE] == 1 {
            low = low.max(2 * order[ORDER_PRICE] + 1);
        } else {
            high = high.min(2 * order[ORDER_PRICE] - 1);
        }
    }
    Some(Calm { low, high })
}

/// Pass the frames of `[frame, end)` in which nothing fills, in the shortest way there is.
fn pass(
    market: &Market,
    plan: &Plan,
    row: &mut [i64],
    (frame, end): (usize, usize),
    calm: Calm,
) -> usize {
    if !orders_of(row).any(is_resting) {
        pass_marks(market, row, frame, end, calm)
    } else if may_race(plan) {
        race(market, plan, row, frame, end, calm)
    } else {
        pass_frames(market, plan, row, frame, end, calm)
    }
}

/// Return the next frame that needs a full step, at most `frame_to`; pass those before it.
pub fn skip_quiet(
    market: &Market,
    plan: &Plan,
    commands: &[i64],
    row: &mut [i64],
    frame: usize,
    frame_to: usize,
) -> usize {
    let standing = Shown::of(market, frame - 1);
    if !is_calm(row, &standing) {
        return frame;
    }
    let ts = market.ts[frame];
    let event = next_event(market, plan, commands, row, ts);
    let Some(event) = event.filter(|&event| event > ts) else {
        return frame;
    };
    let Some(calm) = calm_marks(market, plan, row, standing.mark2) else {
        return frame;
    };
    let mut next = frame;
    let mut stride = STRIDE;
    // the frame of the event is looked for no farther than frames pass
    while next < frame_to {
        let far = frame_to.min(next.saturating_add(stride));
        let end = frame_at(market, event, next, far);
        next = pass(market, plan, row, (next, end), calm);
        if next < far {
            break;
        }
        stride = stride.saturating_mul(STRIDE);
    }
    if next > frame {
        pass_fundings(market, row, market.ts[next - 1]);
    }
    next
}
