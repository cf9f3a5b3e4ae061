"""Margin of a set of positions: docs/ENGINE.md section 3, by an exact search for the least cost.

Every short contract is paired with one long contract of its right or left naked. The least total
is found as a flow of least cost through (source -> shorts -> longs or naked -> sink), pushed along
shortest paths; `tests/reference/test_oracle_margin.py` holds it to a search over all pairings.
"""

from dataclasses import dataclass

from forven.kernels import schema

_PREMIUM_BITS = 90
"""Costs are compared first, the premium of what stays naked second: one integer carries both."""


@dataclass(frozen=True)
class MarginView:
    """What margin needs to know of the frame: spot and each instrument's mark in half quanta."""

    spot: int
    marks2: dict[int, int]
    multiplier: int


def naked_cost(instrument, view: MarginView, plan) -> int:
    """Micros one naked short contract costs; each division is floored."""
    strike, multiplier = instrument.strike, view.multiplier
    if plan.margin_rule == schema.MARGIN_STRIKE_SHARE:
        return strike * multiplier * plan.margin_rate_bps // 10_000
    spot = strike if view.spot == schema.MISSING else view.spot
    if instrument.right == schema.CALL:
        out_of_the_money, base = max(0, strike - spot), spot
    else:
        out_of_the_money, base = max(0, spot - strike), strike
    by_rate = spot * multiplier * plan.margin_rate_bps // 10_000 - out_of_the_money * multiplier
    by_floor = base * multiplier * plan.margin_floor_bps // 10_000
    return premium(instrument, view) + max(by_rate, by_floor)


def premium(instrument, view: MarginView) -> int:
    """Micros of the mark of one contract."""
    return view.marks2[instrument.index] * view.multiplier // 2


def pair_cost(short, long, multiplier: int) -> int:
    """Micros a short contract costs beside a long one of its right."""
    if short.right == schema.CALL:
        return max(0, long.strike - short.strike) * multiplier
    return max(0, short.strike - long.strike) * multiplier


def right_total(shorts, longs, view: MarginView, plan) -> tuple[int, int]:
    """Return (least total cost, premium of the shorts then naked) of one right, in micros.

    shorts, longs   lists of (instrument, contracts > 0)
    """
    edges: list[list[int]] = []  # from, to, room, weight; edge i ^ 1 is its reverse
    source, sink, first_long = 0, 1, 2 + len(shorts)

    def connect(start: int, end: int, room: int, weight: int) -> None:
        edges.append([start, end, room, weight])
        edges.append([end, start, 0, -weight])

    for i, (short, contracts) in enumerate(shorts):
        connect(source, 2 + i, contracts, 0)
        weight = (naked_cost(short, view, plan) << _PREMIUM_BITS) + premium(short, view)
        connect(2 + i, sink, contracts, weight)
        for j, (long, _) in enumerate(longs):
            cost = pair_cost(short, long, view.multiplier)
            connect(2 + i, first_long + j, contracts, cost << _PREMIUM_BITS)
    for j, (_, contracts) in enumerate(longs):
        connect(first_long + j, sink, contracts, 0)
    total = _least_cost_flow(edges, 2 + len(shorts) + len(longs))
    return total >> _PREMIUM_BITS, total & ((1 << _PREMIUM_BITS) - 1)


def _least_cost_flow(edges: list[list[int]], nodes: int) -> int:
    """Push all that fits from node 0 to node 1 along shortest paths (Bellman-Ford)."""
    total = 0
    while True:
        distance: list[int | None] = [None] * nodes
        arrived_by = [-1] * nodes
        distance[0] = 0
        changed = True
        while changed:
            changed = False
            for number, (start, end, room, weight) in enumerate(edges):
                if room and distance[start] is not None:
                    reached = distance[start] + weight
                    if distance[end] is None or reached < distance[end]:
                        distance[end], arrived_by[end], changed = reached, number, True
        if distance[1] is None:
            return total
        path, node = [], 1
        while node != 0:
            path.append(arrived_by[node])
            node = edges[arrived_by[node]][0]
        pushed = min(edges[number][2] for number in path)
        for number in path:
            edges[number][2] -= pushed
            edges[number ^ 1][2] += pushed
        total += pushed * distance[1]


def margin(positions: dict[int, int], instruments, view: MarginView, plan) -> int:
    """Return the micros of margin for positions (instrument -> contracts, + long, - short)."""
    totals = []
    for right in (schema.CALL, schema.PUT):
        held = [(instruments[i], q) for i, q in sorted(positions.items()) if q]
        shorts = [(item, -q) for item, q in held if item.right == right and q < 0]
        longs = [(item, q) for item, q in held if item.right == right and q > 0]
        totals.append(right_total(shorts, longs, view, plan) if shorts else (0, 0))
    (calls, calls_premium), (puts, puts_premium) = totals
    if plan.margin_rule == schema.MARGIN_STRIKE_SHARE:
        return max(calls, puts)
    return calls + puts_premium if calls >= puts else puts + calls_premium
