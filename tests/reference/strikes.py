"""Which strike a leg takes: docs/ENGINE.md section 8, strikes, forward and delta.

Delta has a method of its own: the total volatility (sigma x root T, of which alone the delta
depends) by bisection on Black-76, written with `math.erfc`.
"""

from dataclasses import dataclass
from math import erfc, floor, log, sqrt

from forven.kernels import schema
from tests.reference.world import Instrument, LegPlan


@dataclass(frozen=True)
class Forward:
    """The parity forward and the straddle it came from, both in half quanta."""

    forward2: int
    move2: int


class NoStrike(Exception):
    """A leg found no strike; `args[0]` is the reason code."""


def pairs(session) -> dict[int, tuple[Instrument, Instrument]]:
    """Return strike -> (call, put) of every strike listed in both rights."""
    calls = {i.strike: i for i in session.day.instruments if i.right == schema.CALL}
    puts = {i.strike: i for i in session.day.instruments if i.right == schema.PUT}
    return {strike: (calls[strike], puts[strike]) for strike in sorted(calls) if strike in puts}


def forward(session) -> Forward | None:
    """The strike with the least |call sum - put sum|, ties to the lower strike."""
    best = None
    for strike, (call, put) in pairs(session).items():
        call_quote, put_quote = session.quote(call.index), session.quote(put.index)
        if call_quote.is_two_sided and put_quote.is_two_sided:
            call2 = call_quote.bid + call_quote.ask
            put2 = put_quote.bid + put_quote.ask
            if best is None or abs(call2 - put2) < best[0]:
                best = (abs(call2 - put2), Forward(2 * strike + call2 - put2, call2 + put2))
    return best[1] if best else None


def normal_cdf(x: float) -> float:
    return 0.5 * erfc(-x / sqrt(2.0))


def black_price(forward_price: float, strike: float, total: float, is_call: bool) -> float:
    """Black-76 without discounting, for total volatility sigma x root T."""
    d1 = log(forward_price / strike) / total + total / 2.0
    d2 = d1 - total
    if is_call:
        return forward_price * normal_cdf(d1) - strike * normal_cdf(d2)
    return strike * normal_cdf(-d2) - forward_price * normal_cdf(-d1)


def total_volatility(price: float, forward_price: float, strike: float) -> float | None:
    """Bisect for the total volatility of an out-of-the-money price; None: no solution."""
    is_call = strike >= forward_price
    if forward_price <= 0.0 or not 0.0 < price < (forward_price if is_call else strike):
        return None
    low, high = 0.0, 1.0
    while black_price(forward_price, strike, high, is_call) < price:
        high *= 2.0
        if high > 100.0:
            return None
    for _ in range(200):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        if black_price(forward_price, strike, middle, is_call) < price:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def delta(session, instrument: Instrument, seen: Forward | None) -> int | None:
    """The unsigned delta in 1e-6 (rounded half up), or None where there is none."""
    if seen is None:
        return None
    right = schema.CALL if 2 * instrument.strike >= seen.forward2 else schema.PUT
    wanted = (instrument.strike, right)
    outer = [i for i in session.day.instruments if (i.strike, i.right) == wanted]
    if not outer or not session.quote(outer[0].index).is_two_sided:
        return None
    quoted = session.quote(outer[0].index)
    forward_price, strike = seen.forward2 / 2.0, float(instrument.strike)
    total = total_volatility((quoted.bid + quoted.ask) / 2.0, forward_price, strike)
    if total is None:
        return None
    at = normal_cdf(log(forward_price / strike) / total + total / 2.0)
    if instrument.right == schema.PUT:
        at = 1.0 - at
    return floor(at * 1e6 + 0.5)


def is_valid(session, leg: LegPlan, instrument: Instrument) -> bool:
    """Valid: quoted, uncrossed, and bid > 0 if sold."""
    quote = session.quote(instrument.index)
    return not quote.is_blocked and (leg.side < 0 or quote.bid > 0)


def nearest(leg: LegPlan, candidates: list[Instrument], distance_of) -> Instrument:
    """The nearest; of equals the farther out of the money (calls: higher, puts: lower)."""
    outward = -1 if leg.right == schema.CALL else 1
    measured = [(distance_of(i), outward * i.strike, i.index) for i in candidates]
    if not measured:
        raise NoStrike(schema.REASON_NO_STRIKE)
    index = min(measured)[2]
    return next(i for i in candidates if i.index == index)


def choose(session, leg: LegPlan, taken: list[Instrument]) -> Instrument:
    """Return the instrument of one leg, or raise `NoStrike` with the reason."""
    listed = [i for i in session.day.instruments if i.right == leg.right]
    valid = [i for i in listed if i not in taken and is_valid(session, leg, i)]
    if leg.method == schema.METHOD_STRIKE:
        exact = [i for i in valid if i.strike == leg.value]
        return nearest(leg, exact, lambda i: 0)
    if leg.method == schema.METHOD_RELATIVE:
        target = taken[leg.anchor].strike + leg.value
        closest = nearest(leg, listed, lambda i: abs(i.strike - target))
        return nearest(leg, [i for i in valid if i == closest], lambda i: 0)
    if leg.method == schema.METHOD_PREMIUM:
        return nearest(leg, valid, lambda i: abs(price_seen(session, leg, i) - leg.value))
    if leg.method == schema.METHOD_DELTA:
        seen = forward(session)
        if seen is None:
            raise NoStrike(schema.REASON_NO_FORWARD)
        deltas = {i.index: delta(session, i, seen) for i in valid}
        with_delta = [i for i in valid if deltas[i.index] is not None]
        return nearest(leg, with_delta, lambda i: abs(deltas[i.index] - leg.value))
    target = spot_target(session, leg)
    return nearest(leg, valid, lambda i: abs(i.strike - target))


def price_seen(session, leg: LegPlan, instrument: Instrument) -> int:
    """`premium` compares the ask of a buy, the bid of a sale."""
    quote = session.quote(instrument.index)
    return quote.bid if leg.side > 0 else quote.ask


def spot_target(session, leg: LegPlan) -> int:
    """The target of `atm`, `offset` and `expected_move`, measured from the underlying."""
    spot = session.day.spot[session.frame]
    if spot == schema.MISSING:
        raise NoStrike(schema.REASON_NO_UNDERLYING)
    outward = 1 if leg.right == schema.CALL else -1
    if leg.method == schema.METHOD_ATM:
        return spot
    if leg.method == schema.METHOD_OFFSET:
        return spot + outward * leg.value
    seen = forward(session)
    if seen is None:
        raise NoStrike(schema.REASON_NO_FORWARD)
    return spot + outward * (seen.move2 * leg.value // 20_000)
