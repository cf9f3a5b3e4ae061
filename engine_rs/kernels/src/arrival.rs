//! The arrival of an order: it gets its id and its journal rows, then is accepted or rejected.
//!
//! Twin of `forven/kernels/jit/arrival.py`.

use crate::desk::{Day, Desk};
use crate::grid::{increment, is_on_grid};
use crate::holdings::{held, holding_count};
use crate::orders::begin_intent;
use crate::power::{
    order_at, order_count, order_legs, projection, reserved_cash, reserved_price, Question,
};
use crate::prices::{floored_mid, order_measures};
use crate::schema::*;

/// What a check returns that finds no reason to refuse an order.
pub const ACCEPTED: i64 = 0;
/// Order units that one order may be of, as sent.
pub const QUANTITY_MAX: i64 = 1_000_000;
/// The greatest ratio of a leg.
pub const RATIO_MAX: i64 = 1_000;
/// Micros: contracts x strike x multiplier of an order, and quantity x |price| x multiplier, beyond
/// which int64 money would not be safe; such an order is refused as `BAD_QUANTITY`.
pub const NOTIONAL_MAX: i64 = 4_000_000_000_000_000_000;

/// What a new order is, but for its legs.
pub struct Intent {
    /// Market, limit or stop.
    pub kind: i64,
    /// Limit or trigger.
    pub price: i64,
    /// Order units.
    pub quantity: i64,
    /// 1 if the engine may re-price it.
    pub repriced: i64,
    /// What placed it.
    pub origin: i64,
    /// Row of the structure it enters or exits, or `MISSING`.
    pub structure: i64,
}

/// Begin the draft of an order; its legs are set next, then it is to `arrive`.
pub fn draft_order(desk: &mut Desk, intent: &Intent) {
    let draft = &mut desk.draft;
    draft[ORDER_KIND] = intent.kind;
    draft[ORDER_PRICE] = if intent.kind == ORDER_MARKET {
        0
    } else {
        intent.price
    };
    draft[ORDER_QUANTITY] = intent.quantity;
    draft[ORDER_REPRICED] = intent.repriced;
    draft[ORDER_ORIGIN] = intent.origin;
    draft[ORDER_STRUCTURE] = intent.structure;
    draft[ORDER_LEG_COUNT] = 0;
    // No leg of an earlier order stays behind: a state depends on its bot alone.
    draft[ORDER_LEGS..].fill(0);
}

/// Set one leg of the draft.
pub fn draft_leg(desk: &mut Desk, index: usize, instrument: i64, ratio: i64, effect: i64) {
    let leg = ORDER_LEGS + index * COMMAND_LEG_WIDTH;
    desk.draft[leg + COMMAND_LEG_INSTRUMENT] = instrument;
    desk.draft[leg + COMMAND_LEG_RATIO] = ratio;
    desk.draft[leg + COMMAND_LEG_EFFECT] = effect;
    desk.draft[ORDER_LEG_COUNT] = index as i64 + 1;
}

/// Return whether an order's legs are none, too many, doubled, zero or out of range.
fn has_bad_legs(day: &Day, draft: &[i64]) -> bool {
    let count = draft[ORDER_LEG_COUNT];
    if count < 1 || count > MAX_LEGS as i64 || (count > 1 && draft[ORDER_KIND] != ORDER_LIMIT) {
        return true;
    }
    order_legs(draft).enumerate().any(|(i, leg)| {
        let instrument = leg[COMMAND_LEG_INSTRUMENT];
        instrument < 0
            || instrument >= day.instrument_count() as i64
            || leg[COMMAND_LEG_RATIO] == 0
            || order_legs(draft)
                .take(i)
                .any(|earlier| earlier[COMMAND_LEG_INSTRUMENT] == instrument)
    })
}

/// Return whether an order's quantity or a ratio is beyond its bounds, or its notional is.
fn has_bad_quantity(day: &Day, draft: &[i64]) -> bool {
    let quantity = draft[ORDER_QUANTITY];
    if !(1..=QUANTITY_MAX).contains(&quantity) {
        return true;
    }
    let mut notional = 0;
    for leg in order_legs(draft) {
        let ratio = leg[COMMAND_LEG_RATIO];
        if !(-RATIO_MAX..=RATIO_MAX).contains(&ratio) {
            return true;
        }
        notional += ratio.abs() * day.strike(leg[COMMAND_LEG_INSTRUMENT]);
    }
    let most = NOTIONAL_MAX / (quantity * day.multiplier);
    notional > most || draft[ORDER_PRICE] > most || draft[ORDER_PRICE] < -most
}

/// Divide the ratios by their common divisor, which multiplies the quantity.
fn reduce_ratios(draft: &mut [i64]) {
    let mut divisor = 0;
    for leg in order_legs(draft) {
        let mut rest = leg[COMMAND_LEG_RATIO].abs();
        while rest != 0 {
            (divisor, rest) = (rest, divisor % rest);
        }
    }
    for i in 0..draft[ORDER_LEG_COUNT] as usize {
        draft[ORDER_LEGS + i * COMMAND_LEG_WIDTH + COMMAND_LEG_RATIO] /= divisor;
    }
    draft[ORDER_QUANTITY] *= divisor;
}

/// Journal the draft with its legs, not more than `MAX_LEGS` of them.
fn write_placed(desk: &mut Desk, row: &mut [i64]) {
    let mut draft = desk.draft;
    let count = draft[ORDER_LEG_COUNT].clamp(0, MAX_LEGS as i64);
    draft[ORDER_LEG_COUNT] = count;
    let opens = order_legs(&draft).any(|leg| leg[COMMAND_LEG_EFFECT] == EFFECT_OPEN);
    let block = if opens { BLOCK_OPENING } else { BLOCK_CLOSING };
    desk.draft[ORDER_BLOCK] = block;
    let order = draft[ORDER_ID];
    let (kind, price) = (draft[ORDER_KIND], draft[ORDER_PRICE]);
    let rest = [
        kind,
        price,
        draft[ORDER_QUANTITY],
        count,
        block,
        draft[ORDER_ORIGIN],
    ];
    desk.write(row, EVENT_ORDER_PLACED, order, rest);
    for (i, leg) in (0..).zip(order_legs(&draft)) {
        let (instrument, ratio) = (leg[COMMAND_LEG_INSTRUMENT], leg[COMMAND_LEG_RATIO]);
        let rest = [i, instrument, ratio, leg[COMMAND_LEG_EFFECT], 0, 0];
        desk.write(row, EVENT_ORDER_LEG, order, rest);
    }
}

/// Return why the holdings do not allow an order, or `ACCEPTED`.
pub fn position_refusal(day: &Day, plan: &[i64], row: &[i64], order: &[i64]) -> i64 {
    let mut opposite = false;
    let mut fresh = 0;
    for leg in order_legs(order) {
        let change = -leg[COMMAND_LEG_RATIO] * order[ORDER_QUANTITY];
        let quantity = held(row, leg[COMMAND_LEG_INSTRUMENT]);
        let is_against = (quantity > 0 && change < 0) || (quantity < 0 && change > 0);
        if leg[COMMAND_LEG_EFFECT] == EFFECT_CLOSE {
            if !is_against || change.abs() > quantity.abs() {
                return REASON_NOT_HELD;
            }
        } else if is_against {
            opposite = true;
        } else if quantity == 0 {
            fresh += 1;
        }
    }
    if opposite {
        return REASON_OPPOSITE_HELD;
    }
    let most = plan[PLAN_MAX_POSITIONS].min(day.shape.holdings as i64);
    if holding_count(row) as i64 + fresh > most {
        return REASON_MAX_POSITIONS;
    }
    ACCEPTED
}

/// Return why the well-formed draft is rejected on arrival, or `ACCEPTED`.
fn arrival_refusal(day: &Day, desk: &mut Desk, plan: &[i64], row: &[i64]) -> i64 {
    let order = &desk.draft;
    let kind = order[ORDER_KIND];
    let count = order[ORDER_LEG_COUNT];
    if kind != ORDER_MARKET && !is_on_grid(order[ORDER_PRICE], count) {
        return REASON_OFF_GRID;
    }
    if order_count(row) as i64 >= plan[PLAN_MAX_ORDERS].min(day.shape.orders as i64) {
        return REASON_MAX_ORDERS;
    }
    let reason = position_refusal(day, plan, row, order);
    if reason != ACCEPTED {
        return reason;
    }
    if kind == ORDER_STOP {
        let measures = order_measures(day, desk.now.frame, order);
        let mid = floored_mid(measures.middle, increment(count, measures.middle));
        if measures.is_measurable && mid >= order[ORDER_PRICE] {
            return REASON_WOULD_TRIGGER;
        }
    }
    if order[ORDER_BLOCK] == BLOCK_OPENING {
        let price = reserved_price(day, &desk.now, order);
        let cash = reserved_cash(day, plan, order, price);
        let question = Question {
            order,
            cash,
            left_out: None,
        };
        if projection(day, &desk.now, &mut desk.pool, plan, row, &question) < 0 {
            return REASON_BUYING_POWER;
        }
    }
    ACCEPTED
}

/// Return why the draft is no order at all, or `ACCEPTED` with its ratios reduced.
fn form_refusal(day: &Day, draft: &mut [i64]) -> i64 {
    if has_bad_legs(day, draft) {
        return REASON_BAD_LEGS;
    }
    if has_bad_quantity(day, draft) {
        return REASON_BAD_QUANTITY;
    }
    reduce_ratios(draft);
    ACCEPTED
}

/// Journal the draft and accept it as the youngest pending order; return why not, or `ACCEPTED`.
pub fn arrive(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64]) -> i64 {
    desk.draft[ORDER_ID] = row[STATE_NEXT_ORDER];
    row[STATE_NEXT_ORDER] += 1;
    let is_checked = desk.draft[ORDER_ORIGIN] != ORIGIN_FLATTEN;
    let mut reason = ACCEPTED;
    if is_checked {
        reason = form_refusal(day, &mut desk.draft);
    }
    write_placed(desk, row);
    if is_checked && reason == ACCEPTED {
        reason = arrival_refusal(day, desk, plan, row);
    }
    if reason != ACCEPTED {
        let order = desk.draft[ORDER_ID];
        desk.write(row, EVENT_ORDER_REJECTED, order, [reason, 0, 0, 0, 0, 0]);
        return reason;
    }
    let price = desk.draft[ORDER_PRICE];
    begin_intent(day, &desk.now, &mut desk.draft, price);
    let at = order_at(day, order_count(row));
    row[at..at + ORDER_WIDTH].copy_from_slice(&desk.draft);
    row[STATE_ORDER_COUNT] += 1;
    ACCEPTED
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::World;

    /// Return why an order of these legs, quantity and price is refused on its arrival.
    fn refusal(legs: &[(i64, i64, i64)], quantity: i64, price: i64) -> i64 {
        let mut world = World::new(4);
        world.add_bot();
        world.place(0, ORDER_LIMIT, price, legs);
        world.commands[COMMAND_QUANTITY] = quantity;
        let rows = world.run(1, 1);
        let refused = rows
            .iter()
            .find(|row| row[JOURNAL_KIND] == EVENT_ORDER_REJECTED);
        refused.map_or(ACCEPTED, |row| row[JOURNAL_A])
    }

    #[test]
    fn each_fault_of_an_order_has_its_reason() {
        let long = (1, -1, EFFECT_OPEN);
        assert_eq!(refusal(&[long], 1, -110), ACCEPTED);
        assert_eq!(refusal(&[], 1, -110), REASON_BAD_LEGS);
        assert_eq!(refusal(&[long, long], 1, -110), REASON_BAD_LEGS);
        assert_eq!(refusal(&[(8, -1, EFFECT_OPEN)], 1, -110), REASON_BAD_LEGS);
        assert_eq!(refusal(&[long], 0, -110), REASON_BAD_QUANTITY);
        assert_eq!(
            refusal(&[(1, i64::MIN, EFFECT_OPEN)], 1, -110),
            REASON_BAD_QUANTITY
        );
        assert_eq!(refusal(&[long], 1, i64::MIN), REASON_BAD_QUANTITY);
        assert_eq!(refusal(&[long], 1, -111), REASON_OFF_GRID);
        assert_eq!(refusal(&[(1, 1, EFFECT_CLOSE)], 1, 100), REASON_NOT_HELD);
        assert_eq!(
            refusal(&[(1, 1, EFFECT_OPEN)], 1_000, 100),
            REASON_BUYING_POWER
        );
    }

    #[test]
    fn ratios_are_reduced_by_their_common_divisor() {
        let mut draft = vec![0; ORDER_WIDTH];
        draft[ORDER_LEG_COUNT] = 2;
        draft[ORDER_QUANTITY] = 3;
        draft[ORDER_LEGS..ORDER_LEGS + 6].copy_from_slice(&[0, 4, 0, 1, -6, 0]);
        reduce_ratios(&mut draft);
        assert_eq!((draft[ORDER_LEGS + 1], draft[ORDER_LEGS + 4]), (2, -3));
        assert_eq!(draft[ORDER_QUANTITY], 6);
    }
}
