"""Daily loss, error budget, flattening and the ends they lead to: docs/ENGINE.md section 7."""

from forven.kernels import schema
from tests.reference.orders import Ticket, arrive, cancel_all, match
from tests.reference.prices import Leg

_ENDS = {schema.STATUS_HALTING: schema.STATUS_HALTED, schema.STATUS_FAILING: schema.STATUS_FAILED}
_STUCK = {
    schema.STATUS_HALTING: schema.STATUS_UNSELLABLE,
    schema.STATUS_FAILING: schema.STATUS_FAILED_UNSELLABLE,
}


def supervise(session) -> None:
    """Step 6 of a frame."""
    plan = session.plan
    loss = session.account.opening_cash - session.account.nlv
    if session.status in (schema.STATUS_RUNNING, schema.STATUS_STOPPING):
        if loss >= plan.halt_loss:
            halt(session, schema.REASON_DAILY_LOSS, loss, schema.STATUS_HALTING)
    if session.status == schema.STATUS_RUNNING and session.errors > plan.error_budget:
        if not plan.auto_pause:
            halt(session, schema.REASON_ERROR_BUDGET, loss, schema.STATUS_FAILING)
        elif not session.paused:
            session.paused = 1
            session.write(schema.EVENT_ENTRIES_PAUSED, session.errors)
    if session.status in _ENDS:
        flatten(session)
    elif session.status == schema.STATUS_STOPPING and not session.account.holdings:
        session.end(schema.STATUS_KILLED)


def halt(session, reason: int, loss: int, status: int) -> None:
    """Journal the halt, cancel all pending orders, begin to flatten."""
    session.write(schema.EVENT_HALT, reason, loss, session.account.nlv)
    cancel_all(session, schema.REASON_RISK)
    session.status = status


def is_over(session) -> bool:
    """The two tests: flat ends the session; only longs without a bid wait for the close."""
    positions = session.account.positions()
    if not positions:
        session.end(_ENDS[session.status])
        return True
    if all(q > 0 and session.quote(i).bid in (0, schema.MISSING) for i, q in positions.items()):
        cancel_all(session, schema.REASON_UNSELLABLE)
        session.status = _STUCK[session.status]
        return True
    return False


def flatten(session) -> None:
    """One market order for each holding without one, shorts first, each in instrument order."""
    if is_over(session):
        return
    worked = {order.legs[0].instrument for order in session.pending}
    positions = session.account.positions()
    shorts = [i for i, quantity in positions.items() if quantity < 0]
    longs = [i for i, quantity in positions.items() if quantity > 0]
    placed = []
    for i in (*shorts, *longs):
        if i in worked:
            continue
        ratio = 1 if positions[i] > 0 else -1
        legs = [Leg(i, ratio, schema.EFFECT_CLOSE)]
        quantity = abs(positions[i])
        ticket = Ticket(schema.ORDER_MARKET, 0, quantity, legs, 1, schema.ORIGIN_FLATTEN)
        placed.append(arrive(session, ticket))
    if session.plan.same_tick and not session.is_stale:
        for order in placed:
            match(session, order)
        is_over(session)
