"""The prices an order may have: significant figures or a fixed tick, in exact integers."""

from dataclasses import dataclass
from decimal import Decimal

from forven.kernels.perpetual_schema import PRICE_MAX
from forven.primitives.errors import InvalidOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceGrid:
    """The rule of docs/PERPETUALS.md section 2.

    figures       significant figures of a price; 0: only the tick counts
    whole_quanta  quanta in 1.00: multiples of it are on the grid whatever the figures
    tick_quanta   quanta between prices where figures do not count
    """

    figures: int
    whole_quanta: int
    tick_quanta: int

    def tick_at(self, quanta: int) -> int:
        """Return the distance of the prices around `quanta`, whatever its sign; at 0 that of 1."""
        if not self.figures:
            return self.tick_quanta
        digits = len(str(abs(quanta)))
        return int(min(10 ** max(0, digits - self.figures), self.whole_quanta))

    def is_valid(self, quanta: int) -> bool:
        """Return whether an order may have this price."""
        return 1 <= quanta <= PRICE_MAX and quanta % self.tick_at(quanta) == 0

    def snap_down(self, quanta: int) -> int:
        """Return the largest multiple of the tick at or below a signed price."""
        tick = self.tick_at(quanta)
        return quanta // tick * tick

    def snap_up(self, quanta: int) -> int:
        """Return the smallest multiple of the tick at or above a signed price."""
        return -self.snap_down(-quanta)

    def checked_quanta(self, price: Decimal, quantum: Decimal, name: str) -> int:
        """Return a price in quanta; InvalidOrder off the grid, with the nearest valid prices."""
        exact = price / quantum
        below = int(exact // 1)
        if exact == below and self.is_valid(below):
            return below
        least, most = self.snap_up(1), self.snap_down(PRICE_MAX)
        if not least <= exact <= most:
            raise InvalidOrder(
                f"{name}: expected {least * quantum:f} to {most * quantum:f}, found {_plain(price)}"
            )
        under = self.snap_down(below)
        over = self.snap_up(below + (exact != below))
        rule = (
            f"at most {self.figures} significant figures, no decimals beyond {quantum:f}, "
            "or a whole number"
            if self.figures
            else f"a multiple of {self.tick_quanta * quantum:f}"
        )
        raise InvalidOrder(
            f"{name}: expected {rule}, found {_plain(price)}; nearest valid prices "
            f"{under * quantum:f} and {over * quantum:f}"
        )


def _plain(price: Decimal) -> str:
    """Return a price without an exponent and trailing zeros."""
    text = f"{price:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
