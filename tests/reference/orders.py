"""Orders from arrival to their end: docs/ENGINE.md sections 3 and 4.

The functions take the `Session` they act on, so that each rule stands beside its sentence.
"""

from dataclasses import dataclass
from fractions import Fraction

from forven.kernels import schema
from tests.reference import prices
from tests.reference.margin import MarginView, margin
from tests.reference.prices import Leg, Measure

NOTIONAL_MAX_MICROS = 4 * 10**18
"""Strikes or price x quantity x multiplier beyond it are no quantity: int64 must hold them."""


@dataclass(frozen=True)
class Ticket:
    """An order as somebody asks for it, before it is reduced, checked and numbered."""

    kind: int
    price: int
    quantity: int
    legs: list[Leg]
    leg_count: int
    origin: int
    repriced: int = 0
    structure: object = None


@dataclass
class Order:
    """An order from its arrival on; `status` is one of the five of section 4."""

    id: int
    kind: int
    price: int
    quantity: int
    legs: list[Leg]
    block: int
    origin: int
    repriced: int
    structure: object
    placed_ts: int
    status: str = "pending"
    reason: int = 0
    stage: int = 0
    intended: int = 0
    concession: int = 0
    reference2: int | None = None
    flat_since: int = 0
    last_nudge: int = 0
    last_replace: int = 0

    @property
    def opens(self) -> bool:
        return any(leg.effect == schema.EFFECT_OPEN for leg in self.legs)

    def start_over(self, price: int, now: int, seen: Measure | None) -> None:
        """Section 6: "concession 0, flat-since = last nudge = last replace = placement"."""
        self.price = self.intended = price
        self.concession = 0
        self.placed_ts = self.flat_since = self.last_nudge = self.last_replace = now
        self.reference2 = seen.mid2 if seen else None


def block_of(legs: list[Leg]) -> int:
    """Section 4: "closing if every leg closes, else opening"."""
    if all(leg.effect == schema.EFFECT_CLOSE for leg in legs):
        return schema.BLOCK_CLOSING
    return schema.BLOCK_OPENING


def measured(session, order: Order) -> Measure | None:
    """The order's prices in the present frame; None if it is not measurable."""
    quotes = [session.quote(leg.instrument) for leg in order.legs]
    return prices.measure(order.legs, quotes, order.block, session.plan)


def malformed(session, ticket: Ticket) -> int:
    """Return `BAD_LEGS`, `BAD_QUANTITY` or 0: the checks that come before reduction."""
    instruments = [leg.instrument for leg in ticket.legs]
    single = ticket.kind in (schema.ORDER_MARKET, schema.ORDER_STOP)
    if (
        not 1 <= ticket.leg_count <= schema.MAX_LEGS
        or (single and ticket.leg_count != 1)
        or len(set(instruments)) < len(instruments)
        or any(leg.ratio == 0 for leg in ticket.legs)
        or any(not 0 <= i < len(session.day.instruments) for i in instruments)
    ):
        return schema.REASON_BAD_LEGS
    if not 1 <= ticket.quantity <= 1_000_000 or any(abs(g.ratio) > 1_000 for g in ticket.legs):
        return schema.REASON_BAD_QUANTITY
    strikes = sum(abs(g.ratio) * session.day.instruments[g.instrument].strike for g in ticket.legs)
    price = 0 if ticket.kind == schema.ORDER_MARKET else abs(ticket.price)
    if ticket.quantity * max(strikes, price) * session.day.multiplier > NOTIONAL_MAX_MICROS:
        return schema.REASON_BAD_QUANTITY
    return 0


def arrive(session, ticket: Ticket) -> Order:
    """Number and journal an order, then check it; it comes back pending or rejected."""
    is_checked = ticket.origin != schema.ORIGIN_FLATTEN  # "flatten orders skip all checks"
    reason = malformed(session, ticket) if is_checked else 0
    legs, quantity = ticket.legs, ticket.quantity
    if not reason:
        legs, divisor = prices.reduced(legs)
        quantity *= divisor
    price = 0 if ticket.kind == schema.ORDER_MARKET else ticket.price
    order = Order(
        id=session.next_order,
        kind=ticket.kind,
        price=price,
        quantity=quantity,
        legs=legs,
        block=block_of(legs),
        origin=ticket.origin,
        repriced=ticket.repriced,
        structure=ticket.structure,
        placed_ts=session.now,
    )
    session.next_order += 1
    cells = (order.kind, price, quantity, len(legs), order.block, order.origin)
    session.write(schema.EVENT_ORDER_PLACED, *cells, order=order.id)
    for number, leg in enumerate(legs):
        cells = (number, leg.instrument, leg.ratio, leg.effect)
        session.write(schema.EVENT_ORDER_LEG, *cells, order=order.id)
    if is_checked:
        reason = reason or arrival_refusal(session, order)
    if reason:
        reject(session, order, reason, stage=0)
        return order
    order.start_over(price, session.now, measured(session, order))
    session.pending.append(order)
    return order


def arrival_refusal(session, order: Order) -> int:
    """Section 4: the checks on arrival from `OFF_GRID` on, in their order; 0 if all pass."""
    if order.kind != schema.ORDER_MARKET and not prices.is_on_grid(order.price, len(order.legs)):
        return schema.REASON_OFF_GRID
    if len(session.pending) >= session.plan.max_orders:
        return schema.REASON_MAX_ORDERS
    reason = holdings_refusal(session, order)
    if reason:
        return reason
    if order.kind == schema.ORDER_STOP:
        seen = measured(session, order)
        if seen and seen.mid >= order.price:
            return schema.REASON_WOULD_TRIGGER
    if order.opens and projection(session, [*session.pending, order]) < 0:
        return schema.REASON_BUYING_POWER
    return 0


def holdings_refusal(session, order: Order) -> int:
    """Section 4: `NOT_HELD`, `OPPOSITE_HELD`, `MAX_POSITIONS`, on arrival and at the fill."""
    held = session.account.positions()
    for leg in order.legs:
        if leg.effect == schema.EFFECT_CLOSE:
            other_side = held.get(leg.instrument, 0) * (1 if leg.sells else -1)
            if abs(leg.ratio) * order.quantity > max(0, other_side):
                return schema.REASON_NOT_HELD
    for leg in order.legs:
        if leg.effect == schema.EFFECT_OPEN and held.get(leg.instrument, 0) * leg.ratio > 0:
            return schema.REASON_OPPOSITE_HELD
    new = [leg for leg in order.legs if leg.instrument not in held]
    if len(held) + len(new) > session.plan.max_positions:
        return schema.REASON_MAX_POSITIONS
    return 0


def fee_rate(plan, effect: int, is_below: bool) -> int:
    """Micros per contract."""
    if effect == schema.EFFECT_OPEN:
        return plan.fee_open_below if is_below else plan.fee_open_from
    return plan.fee_close_below if is_below else plan.fee_close_from


def fee_of(plan, leg: Leg, quantity: int, value: Fraction) -> int:
    """Section 3: contracts x fee, by effect and by premium (`|value| < split*|ratio|`)."""
    is_below = abs(value) < plan.fee_split * abs(leg.ratio)
    return abs(leg.ratio) * quantity * fee_rate(plan, leg.effect, is_below)


def reserved_cash(session, order: Order) -> int:
    """Section 3, projection: price x multiplier x quantity - opening fees of a pending order."""
    price = order.price
    if order.kind == schema.ORDER_MARKET:
        seen = measured(session, order)
        price = seen.natural if seen else 0
    per_contract = Fraction(abs(price), sum(abs(leg.ratio) for leg in order.legs))
    fees = sum(
        fee_of(session.plan, leg, order.quantity, per_contract * abs(leg.ratio))
        for leg in order.legs
    )
    return price * session.day.multiplier * order.quantity - fees


def projection(session, orders: list[Order], known: dict[int, int] | None = None) -> int:
    """Section 3: cash + reserved cash of the opening orders - margin with all their legs.

    orders   pending orders, and the one being checked
    known    order id -> its true cash, where it is known (at the fill)
    """
    known = known or {}
    cash = session.account.cash
    positions = session.account.positions()
    for order in orders:
        if order.block == schema.BLOCK_CLOSING:
            continue
        cash += known[order.id] if order.id in known else reserved_cash(session, order)
        for leg in order.legs:
            change = -leg.ratio * order.quantity
            positions[leg.instrument] = positions.get(leg.instrument, 0) + change
    return cash - margin_of(session, positions)


def margin_of(session, positions: dict[int, int]) -> int:
    """Margin of positions in the present frame, in micros."""
    if not any(quantity < 0 for quantity in positions.values()):
        return 0
    marks2 = {i: session.day.mark2(i, session.frame) for i in positions}
    view = MarginView(session.day.spot[session.frame], marks2, session.day.multiplier)
    return margin(positions, session.day.instruments, view, session.plan)


def match(session, order: Order) -> None:
    """Section 2, fills: fill the order in the present frame if its rule allows."""
    seen = measured(session, order)
    if seen is None:
        return
    sold_without_bid = any(
        leg.sells and session.quote(leg.instrument).bid == 0 for leg in order.legs
    )
    if sold_without_bid and (len(order.legs) == 1 or order.block == schema.BLOCK_OPENING):
        return
    if order.kind == schema.ORDER_MARKET:
        fill(session, order, seen, seen.natural)
    elif order.kind == schema.ORDER_LIMIT and seen.executable >= order.price:
        fill(session, order, seen, seen.executable)
    elif order.kind == schema.ORDER_STOP and seen.mid >= order.price:
        fill(session, order, seen, seen.executable)


def fill(session, order: Order, seen: Measure, net: int) -> None:
    """Section 3: check again, then book a whole order at `net` and journal it."""
    plan, account, multiplier = session.plan, session.account, session.day.multiplier
    values = prices.leg_values(order.legs, seen.quotes, net)
    fees = [
        fee_of(plan, leg, order.quantity, Fraction(value))
        for leg, value in zip(order.legs, values, strict=True)
    ]
    slippage = plan.slippage_ticks * seen.increment * multiplier * order.quantity
    if order.kind == schema.ORDER_MARKET:
        slippage = 0
    cash = net * multiplier * order.quantity - sum(fees) - slippage
    if order.origin != schema.ORIGIN_FLATTEN:
        reason = holdings_refusal(session, order)
        true_cash = {order.id: cash}
        if not reason and order.opens and projection(session, session.pending, true_cash) < 0:
            reason = schema.REASON_BUYING_POWER
        if reason:
            session.pending.remove(order)
            reject(session, order, reason, stage=1)
            return
    account.pay(cash, sum(fees), slippage)
    account.fills += 1
    session.pending.remove(order)
    order.status = "filled"
    cells = (net, order.quantity, sum(fees), slippage, account.cash, seen.natural)
    session.write(schema.EVENT_ORDER_FILLED, *cells, order=order.id)
    for number, (leg, value, fee) in enumerate(zip(order.legs, values, fees, strict=True)):
        change = -leg.ratio * order.quantity
        account.trade(leg.instrument, change, -value * multiplier * order.quantity)
        position = account.positions().get(leg.instrument, 0)
        cells = (number, leg.instrument, change, value, fee, position)
        session.write(schema.EVENT_LEG_FILLED, *cells, order=order.id)
    session.order_ended(order, net)


def reject(session, order: Order, reason: int, stage: int) -> None:
    order.status, order.reason, order.stage = "rejected", reason, stage
    session.write(schema.EVENT_ORDER_REJECTED, reason, stage, order=order.id)
    session.order_ended(order)


def cancel(session, order: Order, reason: int) -> None:
    session.pending.remove(order)
    order.status, order.reason = "canceled", reason
    session.write(schema.EVENT_ORDER_CANCELED, reason, order=order.id)
    session.order_ended(order)


def cancel_all(session, reason: int) -> None:
    """Cancel every pending order, oldest first."""
    for order in list(session.pending):
        cancel(session, order, reason)


def expire(session, order: Order) -> None:
    session.pending.remove(order)
    order.status = "expired"
    session.write(schema.EVENT_ORDER_EXPIRED, order=order.id)
    session.order_ended(order)
