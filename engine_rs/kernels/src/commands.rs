//! The commands of a bot that are due: place, cancel, replace, stop, and reported errors.
//!
//! Twin of `forven/kernels/jit/commands.py`.

use crate::arrival::{arrive, draft_leg, draft_order, Intent};
use crate::desk::{Day, Desk};
use crate::grid::{increment, is_on_grid};
use crate::orders::{begin_intent, cancel_all, cancel_order, slot_of};
use crate::power::{order_at, pending, projection, reserved_cash, Question};
use crate::prices::{floored_mid, order_measures};
use crate::schema::*;

/// Return the cells of a bot's next commands, `COMMAND_WIDTH` each.
fn left<'c>(plan: &[i64], commands: &'c [i64], row: &[i64]) -> &'c [i64] {
    let from = plan[PLAN_COMMAND_FROM] + row[STATE_COMMAND_CURSOR];
    let to = plan[PLAN_COMMAND_FROM] + plan[PLAN_COMMAND_COUNT];
    if from >= to {
        return &[];
    }
    &commands[from as usize * COMMAND_WIDTH..to as usize * COMMAND_WIDTH]
}

/// Return when the next command of a bot is due, or `INT64_MAX`.
pub fn next_due(plan: &[i64], commands: &[i64], row: &[i64]) -> i64 {
    if row[STATE_COMMAND_CURSOR] >= plan[PLAN_COMMAND_COUNT] {
        return INT64_MAX;
    }
    left(plan, commands, row)[COMMAND_DUE]
}

/// Return how many commands of a bot a frame at `ts` takes.
pub fn due_count(plan: &[i64], commands: &[i64], row: &[i64], ts: i64) -> usize {
    left(plan, commands, row)
        .chunks_exact(COMMAND_WIDTH)
        .take_while(|command| command[COMMAND_DUE] <= ts)
        .count()
}

/// Place the order that a command describes.
fn place(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64], command: &[i64]) {
    let intent = Intent {
        kind: command[COMMAND_TYPE],
        price: command[COMMAND_PRICE],
        quantity: command[COMMAND_QUANTITY],
        repriced: command[COMMAND_REPRICED],
        origin: ORIGIN_COMMAND,
        structure: MISSING,
    };
    draft_order(desk, &intent);
    let count = command[COMMAND_LEG_COUNT];
    let legs = command[COMMAND_LEGS..].chunks_exact(COMMAND_LEG_WIDTH);
    for (i, leg) in legs.enumerate().take(count.max(0) as usize) {
        let (instrument, ratio) = (leg[COMMAND_LEG_INSTRUMENT], leg[COMMAND_LEG_RATIO]);
        draft_leg(desk, i, instrument, ratio, leg[COMMAND_LEG_EFFECT]);
    }
    desk.draft[ORDER_LEG_COUNT] = count;
    arrive(day, desk, plan, row);
}

/// Return why a pending order cannot take a new limit, or 0.
fn replace_refusal(
    day: &Day,
    desk: &mut Desk,
    plan: &[i64],
    row: &[i64],
    slot: usize,
    price: i64,
) -> i64 {
    let order = pending(day, row, slot);
    if order[ORDER_KIND] != ORDER_LIMIT {
        return REASON_NOT_A_LIMIT;
    }
    if !is_on_grid(price, order[ORDER_LEG_COUNT]) {
        return REASON_OFF_GRID;
    }
    if order[ORDER_BLOCK] == BLOCK_OPENING {
        let cash = reserved_cash(day, plan, order, price);
        let question = Question {
            order,
            cash,
            left_out: Some(slot),
        };
        if projection(day, &desk.now, &mut desk.pool, plan, row, &question) < 0 {
            return REASON_BUYING_POWER;
        }
    }
    0
}

/// Give a pending limit order a new price, which is a new intent; return why not, or 0.
fn replace(
    day: &Day,
    desk: &mut Desk,
    plan: &[i64],
    row: &mut [i64],
    order: i64,
    price: i64,
) -> i64 {
    let Some(slot) = slot_of(day, row, order) else {
        return REASON_NO_SUCH_ORDER;
    };
    let reason = replace_refusal(day, desk, plan, row, slot, price);
    if reason != 0 {
        return reason;
    }
    let at = order_at(day, slot);
    let cells = &mut row[at..at + ORDER_WIDTH];
    let limit = cells[ORDER_PRICE];
    begin_intent(day, &desk.now, cells, price);
    let measures = order_measures(day, desk.now.frame, cells);
    let step = increment(cells[ORDER_LEG_COUNT], measures.middle);
    let peg = floored_mid(measures.middle, step);
    let rest = [limit, price, 0, peg, price, REASON_USER];
    desk.write(row, EVENT_ORDER_REPLACED, order, rest);
    0
}

/// Cancel a pending order by command; return why not, or 0.
fn cancel(day: &Day, desk: &mut Desk, row: &mut [i64], order: i64) -> i64 {
    let Some(slot) = slot_of(day, row, order) else {
        return REASON_NO_SUCH_ORDER;
    };
    cancel_order(day, desk, row, slot, REASON_USER);
    0
}

/// Cancel all orders and let the strategy act no more; holdings are left to settle.
fn stop(day: &Day, desk: &mut Desk, row: &mut [i64]) {
    cancel_all(day, desk, row, REASON_STOP);
    desk.write(row, EVENT_STOPPED, MISSING, [0; 6]);
    row[STATE_STATUS] = STATUS_STOPPING;
}

/// Do what one command of a running bot says; return why it is refused, or 0.
fn obey(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64], command: &[i64]) -> i64 {
    let order = command[COMMAND_ORDER];
    match command[COMMAND_KIND] {
        COMMAND_PLACE => place(day, desk, plan, row, command),
        COMMAND_CANCEL => return cancel(day, desk, row, order),
        COMMAND_CANCEL_ALL => cancel_all(day, desk, row, REASON_USER),
        COMMAND_REPLACE => return replace(day, desk, plan, row, order, command[COMMAND_PRICE]),
        COMMAND_STOP => stop(day, desk, row),
        _ => {}
    }
    0
}

/// Do what one command says, or journal why it is refused.
fn take_command(day: &Day, desk: &mut Desk, plan: &[i64], row: &mut [i64], command: &[i64]) {
    let kind = command[COMMAND_KIND];
    if kind == COMMAND_ERROR {
        row[STATE_ERRORS] += 1;
        let errors = row[STATE_ERRORS];
        desk.write(row, EVENT_STRATEGY_ERROR, MISSING, [errors, 0, 0, 0, 0, 0]);
        return;
    }
    let reason = if row[STATE_STATUS] == STATUS_RUNNING {
        obey(day, desk, plan, row, command)
    } else {
        REASON_NOT_RUNNING
    };
    if reason != 0 {
        let names_order = kind == COMMAND_CANCEL || kind == COMMAND_REPLACE;
        let target = if names_order {
            command[COMMAND_ORDER]
        } else {
            MISSING
        };
        desk.write(
            row,
            EVENT_COMMAND_REFUSED,
            target,
            [kind, reason, 0, 0, 0, 0],
        );
    }
}

/// Take every command of a bot that is due, in order.
pub fn take_commands(day: &Day, desk: &mut Desk, plan: &[i64], commands: &[i64], row: &mut [i64]) {
    for command in left(plan, commands, row).chunks_exact(COMMAND_WIDTH) {
        if command[COMMAND_DUE] > desk.now.ts {
            return;
        }
        row[STATE_COMMAND_CURSOR] += 1;
        take_command(day, desk, plan, row, command);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{kinds, World};

    #[test]
    fn commands_are_taken_in_order_when_they_are_due() {
        let mut world = World::new(6);
        world.add_bot();
        world.place(1, ORDER_LIMIT, 200, &[(1, 1, EFFECT_OPEN)]);
        world.place(3, ORDER_LIMIT, 200, &[(1, 1, EFFECT_OPEN)]);
        let second = COMMAND_WIDTH;
        world.commands[second + COMMAND_KIND] = COMMAND_CANCEL;
        world.commands[second + COMMAND_ORDER] = 1;
        assert_eq!(
            due_count(&world.plans, &world.commands, &world.state, world.clock[2]),
            1
        );
        assert!(world.run(1, 1).is_empty());
        assert_eq!(
            kinds(&world.run(2, 1)),
            [EVENT_ORDER_PLACED, EVENT_ORDER_LEG]
        );
        assert_eq!(kinds(&world.run(4, 1)), [EVENT_ORDER_CANCELED]);
        assert_eq!(
            next_due(&world.plans, &world.commands, &world.state),
            INT64_MAX
        );
    }

    #[test]
    fn a_command_that_cannot_be_obeyed_is_refused_with_its_reason() {
        let mut world = World::new(6);
        world.add_bot();
        world.place(0, ORDER_LIMIT, 200, &[(1, 1, EFFECT_OPEN)]);
        world.commands[COMMAND_KIND] = COMMAND_REPLACE;
        world.commands[COMMAND_ORDER] = 9;
        let rows = world.run(1, 1);
        assert_eq!(kinds(&rows), [EVENT_COMMAND_REFUSED]);
        assert_eq!(
            (rows[0][JOURNAL_ORDER], rows[0][JOURNAL_B]),
            (9, REASON_NO_SUCH_ORDER)
        );
    }
}
