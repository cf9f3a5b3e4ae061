"""Sections 5 and 6 of docs/BARS.md: what a trade brought, and what an open position is worth."""

from dataclasses import dataclass

from tests.reference.bars.plan import Market, Plan


@dataclass
class Position:
    """A position: what it was entered at, and the levels that follow from that."""

    sign: int
    entry_bar: int
    entry: int
    size: int
    base: float
    fixed: int | None
    target: int | None
    liquidation: int | None
    extreme: int


@dataclass(frozen=True)
class Trade:
    """A position that was closed."""

    position: Position
    bar: int
    price: int
    reason: int
    is_open_at_end: bool
    missing: int
    gross: float
    drag: float
    funding: float
    share: float
    pnl: float

    @property
    def sign(self) -> int:
        return self.position.sign

    @property
    def is_shadow(self) -> bool:
        return self.position.size == 0

    @property
    def bars_held(self) -> int:
        return self.bar - self.position.entry_bar


def closed(
    market: Market, plan: Plan, position: Position, bar: int, exit_: tuple[int, int, bool]
) -> Trade:
    """Return the trade of a position closed in a bar; `exit_` is price, reason, open at end."""
    price, reason, is_open_at_end = exit_
    sign, E, X, e = position.sign, position.entry, price, position.entry_bar
    x = bar + 1 if is_open_at_end else bar
    L = plan.leverage_ppm / 1e6
    c = plan.cost_ppm / 1e6
    f = position.size / 1e6
    F = market.funding
    gross = (sign * (X - E)) / E
    drag = c * (1.0 + X / E) * L
    funding = -sign * L * (F[x] - F[e])
    share = (gross * L - drag + funding) * f
    return Trade(
        position=position,
        bar=bar,
        price=price,
        reason=reason,
        is_open_at_end=is_open_at_end,
        missing=int(market.missing[x] - market.missing[e]),
        gross=gross,
        drag=drag,
        funding=funding,
        share=share,
        pnl=position.base * share,
    )


def marked(market: Market, plan: Plan, position: Position, bar: int, price: int) -> float:
    """Return what a position held at a bar's close adds to equity at a price."""
    sign, P, E, e = position.sign, price, position.entry, position.entry_bar
    L = plan.leverage_ppm / 1e6
    c = plan.cost_ppm / 1e6
    f = position.size / 1e6
    F = market.funding
    m = (sign * (P - E) / E * L - c * L - sign * L * (F[bar + 1] - F[e])) * f
    return position.base * m
