"""What a bot's settled sessions came to, trade by trade, counted once and then kept."""

import threading
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forven.bots.services.dependencies import HostSurface
from forven.bots.services.round_trips import RoundTrip, round_trips_of
from forven.bots.services.standings import Standing
from forven.bots.services.trade_documents import TradeFigures, figures_of
from forven.store.sessions import SessionRow
from forven.store.store import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionJournal:
    """A session with what is needed to read it: its journal, its symbols, its multiplier."""

    row: SessionRow
    rows: NDArray[np.int64]
    symbols: tuple[str, ...]
    multiplier: int

    @property
    def trades(self) -> list[RoundTrip]:
        """Its trades, oldest first."""
        return round_trips_of(self.rows, self.multiplier)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """A bot's settled sessions so far; `peak` is the highest cash one of them ended with."""

    figures: TradeFigures = field(default_factory=TradeFigures)
    peak: int = 0
    first_opened_ns: int | None = None
    last_day: date | None = None


class TrackRecords:
    """Reads journals for the bot factory; settled sessions never change and are read once."""

    def __init__(self, host: HostSurface) -> None:
        self._host = host
        self._lock = threading.Lock()
        self._kept: dict[str, TrackRecord] = {}

    def of(self, work: Tables, standing: Standing) -> TrackRecord:
        """Return a bot's record over its settled sessions."""
        bot_id = standing.bot.id
        with self._lock:
            known = self._kept.get(bot_id, TrackRecord())
        if standing.last is None or standing.last.day == known.last_day:
            return known
        rows = work.sessions.of_bot(bot_id)
        for row in reversed(rows):
            if row.is_over and (known.last_day is None or row.day > known.last_day):
                has_figures = row.total_pl is not None  # one that failed changed no balance
                trades = self.journal(work, row).trades if has_figures else []
                figures = figures_of(trades)
                known = replace(
                    known,
                    figures=known.figures.plus(figures),
                    peak=max(known.peak, row.final_cash or 0),
                    first_opened_ns=known.first_opened_ns or row.opened_ns,
                    last_day=row.day,
                )
        with self._lock:
            self._kept[bot_id] = known
        return known

    def journal(self, work: Tables, row: SessionRow) -> SessionJournal:
        """Return a session with its journal, from the host's memory while it runs."""
        view = None if row.is_over else self._host.live(row.id)
        if view is not None:
            return SessionJournal(
                row=row, rows=view.rows, symbols=view.symbols, multiplier=view.multiplier
            )
        listing = work.sessions.listing(row.symbols_hash)
        return SessionJournal(
            row=row,
            rows=work.journals.read_rows(row.id),
            symbols=listing.symbols,
            multiplier=listing.multiplier,
        )
