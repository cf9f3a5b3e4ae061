"""Price grids of orders: which prices may be asked for, and the two nearest of one that may not."""

from dataclasses import dataclass
from decimal import Decimal, DecimalException, localcontext
from typing import Protocol

from forven.primitives.errors import InvalidInput, InvalidOrder
from forven.primitives.money import CENT_QUANTA_PER_POINT, decimal_text

_FINE_STEP = 5
_COARSE_STEP = 10
_FINE_LIMIT = 300
_SIGNIFICANT_FIGURES = 5
_PERP_DECIMALS = 6
_TEXT_LENGTH_MAX = 40
_QUANTA_MAX = 2**62


class PriceGrid(Protocol):
    """The order prices of one kind of order; prices are integer quanta."""

    @property
    def quanta_per_unit(self) -> int:
        """Quanta in a price of 1: a power of ten."""
        ...

    def step(self, price: int) -> int:
        """Return the distance of grid prices around `price`, in quanta."""
        ...

    @property
    def is_signed(self) -> bool:
        """Whether a price may be zero or negative."""
        ...


@dataclass(frozen=True, slots=True)
class OptionGrid:
    """Net prices of an index-option order: 0.05, and for one leg 0.10 beyond 3.00 on either side.

    source  DESIGN 3, docs/ENGINE.md 2
    """

    leg_count: int

    def __post_init__(self) -> None:
        if self.leg_count < 1:
            raise InvalidInput(f"leg_count: expected at least 1, found {self.leg_count}")

    @property
    def quanta_per_unit(self) -> int:
        """Quanta of 0.01 in one point."""
        return CENT_QUANTA_PER_POINT

    def step(self, price: int) -> int:
        """Return 5, or 10 for one leg beyond 300."""
        return _COARSE_STEP if self.leg_count == 1 and abs(price) > _FINE_LIMIT else _FINE_STEP

    def increment(self, mid2: int) -> int:
        """Return the order's increment from its mid in half quanta."""
        return _COARSE_STEP if self.leg_count == 1 and abs(mid2) > 2 * _FINE_LIMIT else _FINE_STEP

    @property
    def is_signed(self) -> bool:
        """True: a net price may be negative (a debit) or zero."""
        return True


@dataclass(frozen=True, slots=True)
class PerpGrid:
    """Prices of a HyperLiquid perpetual: 5 significant figures and 6 - szDecimals decimals.

    Integers are always allowed. A quantum is 10^-(6 - size_decimals).
    source  HyperLiquid documentation, tick and lot size
    """

    size_decimals: int

    def __post_init__(self) -> None:
        if not 0 <= self.size_decimals <= _PERP_DECIMALS:
            raise InvalidInput(
                f"size_decimals: expected 0 to {_PERP_DECIMALS}, found {self.size_decimals}"
            )

    @property
    def quanta_per_unit(self) -> int:
        """Quanta in a price of 1."""
        return 10 ** (_PERP_DECIMALS - self.size_decimals)

    def step(self, price: int) -> int:
        """Return the value of the fifth figure, at least a quantum and at most 1."""
        beyond = max(0, len(str(abs(price))) - _SIGNIFICANT_FIGURES)
        return min(10**beyond, self.quanta_per_unit)

    @property
    def is_signed(self) -> bool:
        """False: a price is above 0."""
        return False


def snap_down(grid: PriceGrid, price: int) -> int:
    """Return the largest grid price <= `price`, in quanta."""
    step = grid.step(price)
    return price // step * step


def snap_up(grid: PriceGrid, price: int) -> int:
    """Return the smallest grid price >= `price`, in quanta."""
    step = grid.step(price)
    return -(-price // step) * step


def is_on_grid(grid: PriceGrid, price: int) -> bool:
    """Return whether an order may carry this price."""
    return _is_possible(grid, price) and price % grid.step(price) == 0


def checked_price(grid: PriceGrid, price: int) -> int:
    """Return `price` if it is on the grid; InvalidOrder names the two nearest prices that are."""
    return _checked(grid, price, price, _text(grid, price))


def parse_price(grid: PriceGrid, text: str | int | Decimal) -> int:
    """Return a decimal price as quanta on the grid; InvalidOrder if it is finer or off the grid."""
    spelling = str(text)
    if isinstance(text, bool | float) or len(spelling) > _TEXT_LENGTH_MAX:
        raise InvalidOrder(f"price: expected a decimal number, found {spelling[:40]!r}")
    try:
        with localcontext(prec=2 * _TEXT_LENGTH_MAX):  # products are exact
            scaled = Decimal(text) * grid.quanta_per_unit
            if not abs(scaled) < _QUANTA_MAX:
                raise InvalidOrder(f"price: expected a finite price, found {spelling}")
            below = int(scaled.to_integral_value(rounding="ROUND_FLOOR"))
            above = int(scaled.to_integral_value(rounding="ROUND_CEILING"))
    except (DecimalException, ValueError, TypeError):
        raise InvalidOrder(f"price: expected a decimal number, found {spelling!r}") from None
    return _checked(grid, below, above, spelling)


def _checked(grid: PriceGrid, below: int, above: int, found: str) -> int:
    """Return the price `found`, which lies between two quanta, if they are one and on the grid."""
    if not _is_possible(grid, above):
        raise InvalidOrder(f"price: expected a price above 0, found {found}")
    if below == above and is_on_grid(grid, below):
        return below
    nearest = [snap_down(grid, below), snap_up(grid, above)]
    texts = [_text(grid, price) for price in nearest if _is_possible(grid, price)]
    raise InvalidOrder(
        f"price {found} is off the order grid: the nearest prices are {' and '.join(texts)}"
    )


def _is_possible(grid: PriceGrid, price: int) -> bool:
    return grid.is_signed or price > 0


def _text(grid: PriceGrid, price: int) -> str:
    places = 2 if grid.quanta_per_unit >= CENT_QUANTA_PER_POINT else 0
    return decimal_text(price, grid.quanta_per_unit, places)
