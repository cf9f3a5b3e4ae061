"""The trading calendar: the exchange's sessions under a table of dated overrides."""

from bisect import bisect_left, bisect_right
from datetime import date, time
from functools import cache
from pathlib import Path

from forven.market.bounds import SessionBounds
from forven.market.calendar_table import CalendarTable, read_table
from forven.market.overrides import CLOSED, OPEN, Override, load_overrides
from forven.primitives.errors import EmptyRange, InvalidInput, NotASession
from forven.primitives.time import exchange_time

FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2049, 12, 31)
"""The calendar's range; days to come follow today's rules until the exchange changes them."""

REGULAR_OPEN = time(9, 30)
REGULAR_CLOSE = time(16, 0)


class TradingCalendar:
    """Says when the expiring series trade; they close with NYSE, at 16:00 or 13:00 New York.

    overrides  by day, as `load_overrides` returns them; they go before the exchange calendar
    """

    def __init__(self, overrides: dict[date, Override]) -> None:
        self._overrides = overrides
        days = set(_exchange().days())
        days -= {day for day, override in overrides.items() if override.status == CLOSED}
        days |= {day for day, override in overrides.items() if override.status != CLOSED}
        self._days = sorted(day for day in days if FIRST_DAY <= day <= LAST_DAY)

    def bounds(self, day: date) -> SessionBounds:
        """Return a session's bounds; NotASession names why the exchange is closed that day."""
        override = self._overrides.get(day)
        if not self.is_session(day):
            raise NotASession(self._closed_text(day))
        early = _exchange().early_closes.get(day) if override is None else override.close
        return SessionBounds(
            day=day,
            open_ns=exchange_time(day, REGULAR_OPEN),
            close_ns=exchange_time(day, early or REGULAR_CLOSE),
            early_close=early is not None,
        )

    def is_session(self, day: date) -> bool:
        """Return whether the exchange opens on a day; InvalidInput outside the calendar's range."""
        if not FIRST_DAY <= day <= LAST_DAY:
            raise InvalidInput(f"expected a day of {FIRST_DAY} to {LAST_DAY}, found {day}")
        position = bisect_left(self._days, day)
        return position < len(self._days) and self._days[position] == day

    def days(self, from_day: date, to_day: date) -> list[date]:
        """Return the days of the sessions from one day to another, both included; maybe none."""
        for day in (from_day, to_day):
            self.is_session(day)
        return self._days[bisect_left(self._days, from_day) : bisect_right(self._days, to_day)]

    def sessions(self, from_day: date, to_day: date) -> list[SessionBounds]:
        """Return the sessions from one day to another, both included; EmptyRange if none."""
        if to_day < from_day:
            raise InvalidInput(f"expected from <= to, found {from_day} to {to_day}")
        days = self.days(from_day, to_day)
        if not days:
            raise EmptyRange(
                f"{from_day} to {to_day} holds no session: {self._closed_text(from_day)}"
            )
        return [self.bounds(day) for day in days]

    def _closed_text(self, day: date) -> str:
        position = bisect_left(self._days, day)
        before = self._days[position - 1] if position else None
        after = self._days[position] if position < len(self._days) else None
        near = " and ".join(str(found) for found in (before, after) if found)
        return f"{day} is no trading day: {self._reason(day)} (nearest sessions: {near})"

    def _reason(self, day: date) -> str:
        override = self._overrides.get(day)
        if override is not None and override.status != OPEN:
            return f"{override.reason} (source: {override.source})"
        if day.weekday() >= 5:
            return f"a {day:%A}"
        return _exchange().closures.get(day) or "closed in the exchange calendar XNYS"


def trading_calendar(home: Path | None = None) -> TradingCalendar:
    """Return the calendar under the shipped overrides and those of the data root."""
    return TradingCalendar(load_overrides(home))


@cache
def _exchange() -> CalendarTable:
    """Return the shipped table, read once."""
    return read_table()
