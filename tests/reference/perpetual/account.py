"""Cash, position and margin of one session: docs/PERPETUALS.md section 3."""

from dataclasses import dataclass

from forven.kernels.perpetual_schema import PER_MILLION, RATE_UNIT
from tests.reference.perpetual.stream import Contract, Funding, Tier


def ceil_divided(dividend: int, divisor: int) -> int:
    return -(-dividend // divisor)


def worth(position: int, mark2: int, value: int) -> int:
    """Section 1: floor(position x mark2 x value / 2); of n lots it is their notional."""
    return position * mark2 * value // 2


@dataclass
class Account:
    """Money in micros, position in lots (+ long)."""

    value: int
    opening_equity: int
    cash: int = 0
    equity: int = 0
    peak: int = 0
    max_drawdown: int = 0
    position: int = 0
    cost: int = 0
    fees: int = 0
    funding: int = 0
    fills: int = 0

    def __post_init__(self) -> None:
        self.cash = self.equity = self.peak = self.opening_equity

    def after_trade(self, change: int, price: int, fee: int) -> tuple[int, int]:
        """Return cash and position once `change` lots (+ bought) have traded at a price."""
        return self.cash - change * price * self.value - fee, self.position + change

    def trade(self, change: int, price: int, fee: int) -> None:
        """Book a fill; the cost follows the third rule of section 3."""
        cash, position = self.after_trade(change, price, fee)
        if self.position * change >= 0:
            self.cost += change * price * self.value
        else:
            held = abs(self.position)
            reduced = min(held, abs(change))
            self.cost -= self.cost * reduced // held
            if position * change > 0:
                self.cost = position * price * self.value
        self.cash, self.position = cash, position
        if position == 0:
            self.cost = 0
        self.fees += fee
        self.fills += 1

    def pay_funding(self, funding: Funding) -> int:
        """Section 3: ceil(position x oracle x value x rate / 10^10) leaves cash."""
        notional = self.position * funding.oracle * self.value
        paid = ceil_divided(notional * funding.rate, RATE_UNIT)
        self.cash -= paid
        self.funding += paid
        return paid

    def equity_at(self, mark2: int) -> int:
        return self.cash + worth(self.position, mark2, self.value)

    def take_equity(self, equity: int) -> None:
        """Take an equity into peak and drawdown."""
        self.equity = equity
        self.peak = max(self.peak, equity)
        self.max_drawdown = max(self.max_drawdown, self.peak - equity)


def fee_of(lots: int, price: int, value: int, ppm: int) -> int:
    """Section 3: ceil(n x p x value x ppm / 10^6); a rebate is negative."""
    return ceil_divided(lots * price * value * ppm, PER_MILLION)


def tier_parts(notional: int, tiers: list[Tier]) -> list[tuple[int, int]]:
    """Return (part of the notional within it, most leverage) of every tier reached."""
    parts = []
    for number, tier in enumerate(tiers):
        end = tiers[number + 1].start if number + 1 < len(tiers) else notional
        part = min(notional, end) - tier.start
        if part > 0:
            parts.append((part, tier.leverage))
    return parts


def initial_margin(notional: int, tiers: list[Tier], leverage: int) -> int:
    parts = tier_parts(notional, tiers)
    return sum(ceil_divided(part, min(leverage, most)) for part, most in parts)


def maintenance(notional: int, tiers: list[Tier]) -> int:
    """Section 3: half the initial margin at the tier's most leverage."""
    return sum(ceil_divided(part, 2 * most) for part, most in tier_parts(notional, tiers))


def notional_of(lots: int, mark2: int, contract: Contract) -> int:
    return worth(abs(lots), mark2, contract.value)
