"""The option chain of a market day in one frame: quotes, deltas and volatilities by strike."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forven.kernels import backend
from forven.kernels.schema import CALL, MISSING, PUT, QUOTE_ASK, QUOTE_BID
from forven.market.day import MarketDay
from forven.market.pricing import (
    Clock,
    ImpliedVolatilities,
    TimeToExpiry,
    VolatilityStatus,
    implied_volatilities,
    time_to_expiry,
)
from forven.primitives.errors import InvalidInput
from forven.primitives.money import CENT_QUANTA_PER_POINT

_kernels = backend.part("pricing")

CHAIN_SCHEMA = pa.schema(
    [
        pa.field("strike", pa.int64(), nullable=False),
        pa.field("call", pa.string()),
        pa.field("call_bid", pa.int32()),
        pa.field("call_ask", pa.int32()),
        pa.field("call_mid2", pa.int64()),
        pa.field("call_delta", pa.int64()),
        pa.field("put", pa.string()),
        pa.field("put_bid", pa.int32()),
        pa.field("put_ask", pa.int32()),
        pa.field("put_mid2", pa.int64()),
        pa.field("put_delta", pa.int64()),
        pa.field("volatility", pa.float64()),
        pa.field("volatility_status", pa.string()),
    ]
)
"""One row a strike, ascending. Prices in quanta, `mid2` = bid + ask in half quanta (null without a
quote or crossed), deltas unsigned in 1e-6 units, symbols null where a right is not listed.
`volatility` is per square root year of the chain's clock, from the out-of-the-money mid;
`volatility_status` says why it is null, and is itself null where there was no price to solve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The chain in one frame.

    forward2     twice the parity forward, quanta; None without a strike two-sided in both rights
    move2        twice the at-the-money straddle's mid, quanta: the expected move; None likewise
    pairs        strikes whose call and put are both two-sided: how well founded the forward is
    spot         the underlying, quanta; None before its first print
    time         to the close, on the clock that the volatilities use
    strikes      `CHAIN_SCHEMA`
    """

    ts: int
    forward2: int | None
    move2: int | None
    pairs: int
    spot: int | None
    time: TimeToExpiry
    strikes: pa.Table

    @property
    def forward_points(self) -> float | None:
        """The parity forward in index points."""
        return _points(self.forward2)

    @property
    def expected_move_points(self) -> float | None:
        """The expected move to the close, either way, in index points."""
        return _points(self.move2)


def chain_at(market_day: MarketDay, frame: int, clock: Clock = "calendar") -> Chain:
    """Return the chain of a day in a frame; docs/ENGINE.md section 8 says how deltas come about.

    Raises InvalidInput for a frame that the day does not have.
    """
    if not 0 <= frame < market_day.frame_count:
        raise InvalidInput(
            f"frame: expected 0 to {market_day.frame_count - 1}, found {frame} on {market_day.day}"
        )
    ts = int(market_day.ts[frame])
    time = time_to_expiry(ts, market_day.bounds.close_ns, clock)
    deltas = np.empty(len(market_day.symbols), np.int64)
    forward2, move2 = cast(
        tuple[int, int],
        _kernels.deltas_at(market_day.quotes, market_day.instruments, frame, time.years, deltas),
    )
    strikes = np.unique(market_day.strikes)
    calls = _Side(market_day, CALL, strikes, frame, deltas)
    puts = _Side(market_day, PUT, strikes, frame, deltas)
    found = move2 != MISSING
    columns: dict[str, Any] = {"strike": strikes}
    columns |= calls.columns("call") | puts.columns("put")
    columns |= _volatility_columns(strikes, calls, puts, forward2 if found else None, time)
    return Chain(
        ts=ts,
        forward2=forward2 if found else None,
        move2=move2 if found else None,
        pairs=int((calls.two_sided & puts.two_sided).sum()),
        spot=market_day.spot_at(frame),
        time=time,
        strikes=pa.table([columns[name] for name in CHAIN_SCHEMA.names], schema=CHAIN_SCHEMA),
    )


class _Side:
    """One right of the chain, a slot for every strike whether it is listed or not."""

    def __init__(
        self,
        market_day: MarketDay,
        right: int,
        strikes: npt.NDArray[np.int64],
        frame: int,
        deltas: npt.NDArray[np.int64],
    ) -> None:
        instruments = np.flatnonzero(market_day.rights == right)
        slots = np.searchsorted(strikes, market_day.strikes[instruments])
        self.bid, self.ask, self.delta = (np.full(strikes.size, MISSING) for _ in range(3))
        self.bid[slots] = market_day.quotes[QUOTE_BID, instruments, frame]
        self.ask[slots] = market_day.quotes[QUOTE_ASK, instruments, frame]
        self.delta[slots] = deltas[instruments]
        self.symbols: list[str | None] = [None] * strikes.size
        for slot, instrument in zip(slots.tolist(), instruments.tolist(), strict=True):
            self.symbols[slot] = market_day.symbols[instrument]
        self.sound = (self.bid != MISSING) & (self.bid <= self.ask)
        self.two_sided = self.sound & (self.bid > 0)
        self.mid2 = np.where(self.sound, self.bid + self.ask, MISSING)

    def columns(self, name: str) -> dict[str, Any]:
        """Return the side's table columns, their names opening with `name`."""
        return {
            name: self.symbols,
            f"{name}_bid": _nullable(self.bid),
            f"{name}_ask": _nullable(self.ask),
            f"{name}_mid2": _nullable(self.mid2),
            f"{name}_delta": _nullable(self.delta),
        }


def _volatility_columns(
    strikes: npt.NDArray[np.int64],
    calls: _Side,
    puts: _Side,
    forward2: int | None,
    time: TimeToExpiry,
) -> dict[str, Any]:
    """Return each strike's volatility from its out-of-the-money mid, or the reason for none."""
    if forward2 is None:
        nothing = [None] * strikes.size
        return {"volatility": nothing, "volatility_status": nothing}
    is_call = 2 * strikes >= forward2
    priced = np.where(is_call, calls.two_sided, puts.two_sided)
    solved: ImpliedVolatilities = implied_volatilities(
        np.where(is_call, calls.mid2, puts.mid2),
        forward2,
        2 * strikes,
        time,
        np.where(is_call, CALL, PUT),
    )
    names = [VolatilityStatus(status).name.lower() for status in solved.statuses.tolist()]
    return {
        "volatility": pa.array(solved.sigmas, mask=~(priced & solved.solved)),
        "volatility_status": pa.array(names, mask=~priced),
    }


def _nullable(values: npt.NDArray[np.int64]) -> pa.Array:
    return pa.array(values, mask=values == MISSING)


def _points(doubled: int | None) -> float | None:
    return None if doubled is None else doubled / (2 * CENT_QUANTA_PER_POINT)
