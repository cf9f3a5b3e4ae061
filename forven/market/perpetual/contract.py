"""A perpetual contract: its quantum, lot, price grid and margin tiers, and exact conversions."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from forven.kernels import perpetual_schema as schema
from forven.market.perpetual.grid import PriceGrid
from forven.primitives.errors import InvalidInput, InvalidOrder
from forven.primitives.money import MICROS_PER_UNIT, money_text, scaled_integer

HYPERLIQUID_DECIMALS = 6
"""Decimals of a HyperLiquid perpetual's price and size together (source: its tick and lot rule)."""
HYPERLIQUID_FIGURES = 5
LEVERAGE_MAX = 1_000
_VALUE_MAX = 1_000_000
_NOTIONAL_MAX = 10**18


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginTier:
    """The most leverage of the part of a position beyond `from_micros` of notional."""

    from_micros: int
    leverage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpetualContract:
    """One linear perpetual: quoted and settled in the account's currency.

    quantum          the price unit, a power of ten of at most 1      lot  the size unit
    figures          significant figures of an order's price; 0: only the tick counts
    tick_quanta      quanta between order prices where figures do not count
    minimum_micros   what an order must be worth unless it only reduces
    tiers            by notional, the first from 0
    """

    symbol: str
    quantum: Decimal
    lot: Decimal
    figures: int
    tick_quanta: int
    minimum_micros: int
    tiers: tuple[MarginTier, ...]

    def __post_init__(self) -> None:
        if not self.symbol or not self.symbol.isprintable() or len(self.symbol) > 40:
            raise InvalidInput(
                f"symbol: expected 1 to 40 printable characters, found {self.symbol!r}"
            )
        _check_unit("quantum", self.quantum, power=True)
        _check_unit("lot", self.lot, power=False)
        value = self.quantum * self.lot * MICROS_PER_UNIT
        if value != int(value) or not 1 <= value <= _VALUE_MAX:
            raise InvalidInput(
                f"{self.symbol}: expected quantum x lot of a whole number of 0.000001 from 1 to "
                f"{_VALUE_MAX}, found {self.quantum} x {self.lot}; choose a coarser lot"
            )
        if self.figures not in range(13) or not 1 <= self.tick_quanta <= schema.PRICE_MAX:
            raise InvalidInput(
                f"{self.symbol}: expected 0 to 12 figures and a tick of 1 to {schema.PRICE_MAX} "
                f"quanta, found {self.figures} and {self.tick_quanta}"
            )
        if not 0 <= self.minimum_micros <= _NOTIONAL_MAX:
            raise InvalidInput(
                f"{self.symbol}: expected a minimum value of 0 to {money_text(_NOTIONAL_MAX)}, "
                f"found {money_text(self.minimum_micros)}"
            )
        _check_tiers(self.symbol, self.tiers)

    @classmethod
    def hyperliquid(
        cls,
        symbol: str,
        size_decimals: int,
        tiers: tuple[MarginTier, ...],
        minimum_micros: int = 0,
    ) -> "PerpetualContract":
        """Return a contract by HyperLiquid's rules, where one quantum of one lot is one micro.

        size_decimals  `szDecimals` of the venue's meta: lot 10^-n, quantum 10^-(6 - n)
        """
        if size_decimals not in range(HYPERLIQUID_DECIMALS + 1):
            raise InvalidInput(
                f"{symbol}: expected size_decimals of 0 to {HYPERLIQUID_DECIMALS}, "
                f"found {size_decimals}"
            )
        return cls(
            symbol=symbol,
            quantum=Decimal(1).scaleb(size_decimals - HYPERLIQUID_DECIMALS),
            lot=Decimal(1).scaleb(-size_decimals),
            figures=HYPERLIQUID_FIGURES,
            tick_quanta=1,
            minimum_micros=minimum_micros,
            tiers=tiers,
        )

    @classmethod
    def fixed_tick(
        cls,
        symbol: str,
        tick: Decimal | str,
        lot: Decimal | str,
        tiers: tuple[MarginTier, ...],
        minimum_micros: int = 0,
    ) -> "PerpetualContract":
        """Return a contract whose prices are the multiples of one tick (Binance, BitMEX linear).

        tick  the quantum is the largest power of ten, at most 1, of which it is a multiple
        """
        step = Decimal(tick).normalize()
        if not 0 < step <= 1_000_000:
            raise InvalidInput(f"{symbol}: expected a tick above 0, found {tick}")
        exponent = min(0, int(step.as_tuple().exponent))
        quantum = Decimal(1).scaleb(exponent)
        return cls(
            symbol=symbol,
            quantum=quantum,
            lot=Decimal(lot).normalize(),
            figures=0,
            tick_quanta=int(step / quantum),
            minimum_micros=minimum_micros,
            tiers=tiers,
        )

    @property
    def value_micros(self) -> int:
        """Micros that one quantum of one lot is worth."""
        return int(self.quantum * self.lot * MICROS_PER_UNIT)

    @property
    def quanta_per_unit(self) -> int:
        """Quanta in 1.00."""
        return int(1 / self.quantum)

    @property
    def grid(self) -> PriceGrid:
        """The prices an order may have."""
        return PriceGrid(
            figures=self.figures, whole_quanta=self.quanta_per_unit, tick_quanta=self.tick_quanta
        )

    @property
    def leverage_max(self) -> int:
        """The most leverage of the smallest positions."""
        return self.tiers[0].leverage

    def price_quanta(self, price: Decimal | str | int, name: str = "price") -> int:
        """Return an order's price in quanta; InvalidOrder names the nearest valid prices."""
        return self.grid.checked_quanta(scaled_price(price, name), self.quantum, name)

    def price_decimal(self, quanta: int) -> Decimal:
        """Return quanta as a price."""
        return quanta * self.quantum

    def size_lots(self, size: Decimal | str | int, name: str = "size") -> int:
        """Return an order's size in lots; InvalidOrder if it is no multiple of the lot."""
        units = Decimal(scaled_integer(size, 10**12, name)).scaleb(-12)
        lots = units / self.lot
        if lots != int(lots) or not 1 <= lots <= schema.SIZE_MAX:
            below = int(lots) * self.lot
            raise InvalidOrder(
                f"{name}: expected a multiple of {self.lot:f} {self.symbol} from {self.lot:f} to "
                f"{schema.SIZE_MAX * self.lot:f}, found {units.normalize():f}; nearest below "
                f"{below:f}, above {below + self.lot:f}"
            )
        return int(lots)

    def size_decimal(self, lots: int) -> Decimal:
        """Return lots as a size."""
        return lots * self.lot

    def row(self, open_ns: int, end_ns: int, orders: int) -> npt.NDArray[np.int64]:
        """Return the kernel's int64 [CONTRACT_WIDTH] row.

        orders  that a state row has room for
        """
        row = np.zeros(schema.CONTRACT_WIDTH, np.int64)
        row[schema.CONTRACT_VALUE] = self.value_micros
        row[schema.CONTRACT_FIGURES] = self.figures
        row[schema.CONTRACT_WHOLE] = self.quanta_per_unit
        row[schema.CONTRACT_TICK] = self.tick_quanta
        row[schema.CONTRACT_VALUE_MIN] = self.minimum_micros
        row[schema.CONTRACT_OPEN] = open_ns
        row[schema.CONTRACT_END] = end_ns
        row[schema.CONTRACT_ORDERS] = orders
        return row

    def tier_rows(self) -> npt.NDArray[np.int64]:
        """Return the kernel's int64 [K, TIER_WIDTH] rows."""
        rows = [(tier.from_micros, tier.leverage) for tier in self.tiers]
        return np.array(rows, np.int64).reshape(-1, schema.TIER_WIDTH)

    def to_json(self) -> dict[str, object]:
        """Return the contract by value, decimals as strings."""
        return {
            "symbol": self.symbol,
            "quantum": f"{self.quantum:f}",
            "lot": f"{self.lot:f}",
            "figures": self.figures,
            "tick_quanta": self.tick_quanta,
            "minimum_value": money_text(self.minimum_micros),
            "tiers": [
                {"from": money_text(tier.from_micros), "leverage": tier.leverage}
                for tier in self.tiers
            ],
        }


def scaled_price(price: Decimal | str | int, name: str) -> Decimal:
    """Return a price as an exact decimal; InvalidInput if it is no plain decimal number."""
    return Decimal(scaled_integer(price, 10**12, name)).scaleb(-12)


def _check_unit(name: str, unit: Decimal, *, power: bool) -> None:
    """Refuse a quantum or lot that is not a decimal above 0, or no power of ten of at most 1."""
    wanted = "a power of ten of at most 1" if power else "a decimal above 0"
    sound = unit.is_finite() and unit > 0 and int(unit.as_tuple().exponent) >= -12
    if not sound or (power and (unit > 1 or unit.normalize().as_tuple().digits != (1,))):
        raise InvalidInput(f"{name}: expected {wanted} with at most 12 decimals, found {unit}")


def _check_tiers(symbol: str, tiers: tuple[MarginTier, ...]) -> None:
    """Refuse tiers that do not begin at 0, do not rise, or have no whole leverage."""
    starts = [tier.from_micros for tier in tiers]
    rising = all(a < b for a, b in pairwise(starts))
    if not starts or starts[0] != 0 or not rising or starts[-1] > _NOTIONAL_MAX:
        raise InvalidInput(
            f"{symbol}: expected margin tiers that begin at 0 and rise, "
            f"found {', '.join(map(money_text, starts)) or 'none'}"
        )
    for tier in tiers:
        if not 1 <= tier.leverage <= LEVERAGE_MAX:
            raise InvalidInput(
                f"{symbol}: expected a leverage of 1 to {LEVERAGE_MAX}, found {tier.leverage}"
            )
