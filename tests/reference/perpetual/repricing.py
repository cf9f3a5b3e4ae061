"""Peg and concession of landed pegged orders: docs/PERPETUALS.md section 7."""

from dataclasses import dataclass

from forven.kernels.perpetual_schema import PRICE_MAX
from forven.kernels.schema import INT64_MAX
from tests.reference.perpetual.grid import snap_down, snap_up, tick
from tests.reference.perpetual.orders import Order
from tests.reference.perpetual.stream import BUY, Contract, Frame


@dataclass(frozen=True)
class Peg:
    """The market as one side sees it: signed prices, of which more is better."""

    side: int
    frame: Frame
    contract: Contract

    @property
    def mid2(self) -> int:
        return self.side * (self.frame.bid + self.frame.ask)

    @property
    def tick(self) -> int:
        return tick((self.frame.bid + self.frame.ask) // 2, self.contract)

    @property
    def mid(self) -> int:
        return self.mid2 // (2 * self.tick) * self.tick

    @property
    def natural(self) -> int:
        """Section 7: s x bid for a sell, s x ask for a buy."""
        return self.side * (self.frame.ask if self.side == BUY else self.frame.bid)

    def before_snapping(self, offset_ticks: int, concession: int) -> int:
        return self.mid + (offset_ticks - concession) * self.tick

    def price(self, offset_ticks: int, concession: int) -> int:
        """Section 7: `peg(c)`."""
        return snap_down(self.before_snapping(offset_ticks, concession), self.contract)


def peg_of(session, side: int) -> Peg:
    """Return the market of the present frame as a side sees it."""
    return Peg(side, session.seen, session.stream.contract)


def reprice(session, order: Order) -> None:
    """Re-price one order, if it takes part."""
    plan, now = session.plan, session.now
    enabled = plan.closing_enabled if order.reduce_only else plan.opening_enabled
    if not order.is_resting or not order.pegged or not enabled:
        return
    if order.is_in_flight or order.placed_ts >= now:
        return
    peg = peg_of(session, order.side)
    if order.reference2 is None:  # "no concession is made in that frame"
        order.reference2, order.flat_since = peg.mid2, now
    elif not order.reduce_only:
        concede_opening(order, peg, plan, now)
    elif now - order.last_nudge >= plan.closing_nudge_ns:
        order.concession += 1
        order.last_nudge = now
    is_closing = bool(order.reduce_only)
    target = closing_target(order, peg) if is_closing else opening_target(order, peg, plan)
    price = order.side * target
    interval = plan.closing_interval_ns if is_closing else plan.opening_interval_ns
    if 1 <= price <= PRICE_MAX and price != order.price and now - order.last_replace >= interval:
        order.last_replace = now
        order.flight_price, order.flight_ts = price, session.landing_ts


def concede_opening(order: Order, peg: Peg, plan, now: int) -> None:
    """A mid that left the reference moves it; a flat one earns a tick within the cap."""
    if abs(peg.mid2 - order.reference2) > 2 * plan.opening_tolerance_ticks * peg.tick:
        order.reference2, order.flat_since = peg.mid2, now
        return
    waited = now - max(order.flat_since, order.last_nudge)
    next_price = peg.before_snapping(order.offset_ticks, order.concession + 1)
    is_capped = plan.max_concession != INT64_MAX
    if waited >= plan.opening_nudge_ns:
        if not is_capped or next_price >= order.intended - plan.max_concession:
            order.concession += 1
            order.last_nudge = now


def opening_target(order: Order, peg: Peg, plan) -> int:
    """It follows the mid both ways, never beyond the cap."""
    target = peg.price(order.offset_ticks, order.concession)
    if plan.max_concession == INT64_MAX:
        return target
    return max(target, snap_up(order.intended - plan.max_concession, peg.contract))


def closing_target(order: Order, peg: Peg) -> int:
    """No cap but the natural price, where it fills."""
    target = peg.price(order.offset_ticks, order.concession)
    return max(target, snap_down(peg.natural, peg.contract))
