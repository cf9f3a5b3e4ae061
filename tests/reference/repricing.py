"""Peg and concession of pending limit orders: docs/ENGINE.md section 6."""

from forven.kernels import schema
from tests.reference.orders import Order, measured
from tests.reference.prices import Measure, snap_down, snap_up


def reprice(session, order: Order) -> None:
    """Re-price one pending order, if it takes part and is measurable now."""
    plan, now = session.plan, session.now
    opening = order.block == schema.BLOCK_OPENING
    enabled = plan.opening_enabled if opening else plan.closing_enabled
    if order.kind != schema.ORDER_LIMIT or not order.repriced or not enabled:
        return
    if order.placed_ts >= now:  # "in frames later than their placement"
        return
    seen = measured(session, order)
    if seen is None:
        return
    if order.reference2 is None:  # "no concession in that frame"
        order.reference2, order.flat_since = seen.mid2, now
    elif opening:
        concede_opening(order, seen, plan, now)
    elif now - order.last_nudge >= plan.closing_nudge_ns:
        order.concession += 1
        order.last_nudge = now
    target = opening_target(order, seen, plan) if opening else closing_target(order, seen)
    interval = plan.opening_interval_ns if opening else plan.closing_interval_ns
    if target != order.price and now - order.last_replace >= interval:
        cells = (order.price, target, order.concession, seen.mid, target, schema.REASON_REPRICED)
        order.price, order.last_replace = target, now
        session.write(schema.EVENT_ORDER_REPLACED, *cells, order=order.id)


def concede_opening(order: Order, seen: Measure, plan, now: int) -> None:
    """A mid that left the reference moves it; a flat one earns a tick within the cap."""
    tolerance2 = 2 * plan.opening_tolerance_ticks * seen.increment
    if abs(seen.mid2 - order.reference2) > tolerance2:
        order.reference2, order.flat_since = seen.mid2, now
        return
    waited = now - max(order.flat_since, order.last_nudge)
    next_price = seen.mid - (order.concession + 1) * seen.increment
    if waited >= plan.opening_nudge_ns and next_price >= order.intended - plan.max_concession:
        order.concession += 1
        order.last_nudge = now


def opening_target(order: Order, seen: Measure, plan) -> int:
    """It follows the mid both ways, never beyond the cap."""
    legs = len(order.legs)
    followed = snap_down(seen.mid - order.concession * seen.increment, legs)
    return max(followed, snap_up(order.intended - plan.max_concession, legs))


def closing_target(order: Order, seen: Measure) -> int:
    """No cap but the natural price, where it fills."""
    followed = seen.mid - order.concession * seen.increment
    return snap_down(max(followed, seen.natural), len(order.legs))
