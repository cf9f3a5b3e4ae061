"""Ticks of a day to frames: checks the rows, numbers the instruments and calls the kernel."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forven.kernels import backend
from forven.kernels.rows import DayFrames, DayRows
from forven.market.bounds import SessionBounds
from forven.market.columns import PRICE_QUANTA_MAX, DayColumns, columns_of
from forven.market.day import MarketDay
from forven.market.instruments import InstrumentCard, OptionSymbol, card_of, parse_osi
from forven.market.ticks import DayTicks
from forven.primitives.errors import InvalidInput, UntrustedData
from forven.primitives.time import NANOSECONDS_PER_MINUTE

_kernels = backend.part("frames")

SETTLEMENT_CUTOFF_NS = 5 * NANOSECONDS_PER_MINUTE
"""How long before the close the last print may lie that stands in for a settlement value."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The instruments of a day in their order, and where each dictionary code stands in it."""

    symbols: tuple[str, ...]
    options: tuple[OptionSymbol, ...]
    number_of_code: npt.NDArray[np.int32]

    @property
    def root(self) -> str:
        """The option root that all of them share."""
        return self.options[0].root


def build_day(
    ticks: DayTicks,
    bounds: SessionBounds,
    card: InstrumentCard | None = None,
    content_hash: str | None = None,
) -> MarketDay:
    """Return the frames of a day; UntrustedData names the row and the reason if it cannot be.

    card          of the chain's root; None: looked up       content_hash  None: worked out
    A settlement value that was not given is the last print within `SETTLEMENT_CUTOFF_NS` of the
    close, marked as estimated; without such a print it stays None.
    """
    if ticks.day != bounds.day:
        raise InvalidInput(f"expected ticks of {bounds.day} (the session), found {ticks.day}")
    columns = columns_of(ticks)
    digest = content_hash or columns.content_hash(bounds)
    inside = columns.between(bounds.open_ns, bounds.close_ns)
    listing = list_instruments(inside, bounds)
    card = card or card_of(listing.root)
    check_underlying(ticks, card)
    frames = _frames(inside, listing, bounds)
    settlement, estimated = settlement_of(inside, bounds)
    strikes = [(option.strike_quanta, option.right) for option in listing.options]
    return MarketDay(
        day=bounds.day,
        root=listing.root,
        underlying=ticks.underlying,
        bounds=bounds,
        symbols=listing.symbols,
        quotes=frames.quotes,
        clock=frames.clock,
        instruments=np.array(strikes, np.int64).reshape(-1, 2),
        row_starts=frames.row_starts,
        row_frames=frames.row_frames,
        settlement=settlement,
        settlement_estimated=estimated,
        multiplier=card.multiplier_micros,
        content_hash=digest,
    )


def list_instruments(columns: DayColumns, bounds: SessionBounds) -> Listing:
    """Return the instruments that have a row, calls first, then by strike; one root, one expiry."""
    counts = np.bincount(columns.quote_code, minlength=len(columns.symbols))
    present = np.flatnonzero(counts)
    if not present.size:
        raise UntrustedData(
            f"{bounds.day}: expected option quotes between the open and the close, found none; "
            "check the times' zone and the day"
        )
    try:
        options = {int(code): parse_osi(columns.symbols[code]) for code in present}
    except InvalidInput as error:
        raise UntrustedData(f"{bounds.day}: {error}") from None
    roots = sorted({option.root for option in options.values()})
    if len(roots) > 1:
        raise UntrustedData(f"{bounds.day}: expected one option root, found {', '.join(roots)}")
    for option in options.values():
        if option.expiry != bounds.day:
            raise UntrustedData(
                f"{bounds.day}: expected options that expire on the day, found {option.osi!r}"
            )
    codes = sorted(options, key=lambda code: (options[code].right, options[code].strike_quanta))
    number_of_code = np.full(len(columns.symbols), -1, np.int32)
    number_of_code[codes] = np.arange(len(codes), dtype=np.int32)
    return Listing(
        symbols=tuple(columns.symbols[code] for code in codes),
        options=tuple(options[code] for code in codes),
        number_of_code=number_of_code,
    )


def check_underlying(ticks: DayTicks, card: InstrumentCard) -> None:
    """Raise UntrustedData if a day's prints are not of the underlying its options settle to."""
    if ticks.underlying != card.underlying:
        raise UntrustedData(
            f"{ticks.day}: expected {card.underlying} as the underlying of {card.root}, "
            f"found {ticks.underlying!r}"
        )


def _frames(columns: DayColumns, listing: Listing, bounds: SessionBounds) -> DayFrames:
    """Return the frames of the rows between the open and the close."""
    rows = DayRows(
        quotes=columns.ticks.quotes,
        prints=columns.ticks.prints,
        open_ns=bounds.open_ns,
        close_ns=bounds.close_ns,
        symbols=listing.symbols,
        quote_ts=columns.quote_ts,
        quote_code=columns.quote_code,
        quote_bid=columns.quote_bid,
        quote_ask=columns.quote_ask,
        number_of_code=listing.number_of_code,
        print_ts=columns.print_ts,
        print_last=columns.print_last,
    )
    frames: DayFrames = _kernels.build_frames(rows)
    return frames


def settlement_of(columns: DayColumns, bounds: SessionBounds) -> tuple[int | None, bool]:
    """Return the settlement value in quanta, and whether it is estimated from the last print.

    None where none was given and no print lies within `SETTLEMENT_CUTOFF_NS` of the close.
    """
    official = columns.ticks.settlement
    if official is not None:
        if not 0 < official <= PRICE_QUANTA_MAX:
            raise UntrustedData(
                f"{bounds.day}: expected a settlement of 1 to {PRICE_QUANTA_MAX} quanta, "
                f"found {official}"
            )
        return official, False
    earliest = bounds.close_ns - SETTLEMENT_CUTOFF_NS
    if columns.print_ts.size and int(columns.print_ts[-1]) >= earliest:
        return int(columns.print_last[-1]), True
    return None, False
