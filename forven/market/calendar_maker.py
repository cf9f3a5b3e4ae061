"""Makes the calendar's table anew from exchange_calendars.

`python -m forven.market.calendar_maker`: when the exchange has changed its holidays and a release
of exchange_calendars knows them. A test holds the table to that package. Nothing else in forven
imports it, and pandas with it.
"""

import json
from datetime import date, time, timedelta
from importlib.metadata import version

from exchange_calendars.exchange_calendar_xnys import XNYSExchangeCalendar

from forven.market.calendar import FIRST_DAY, LAST_DAY, REGULAR_CLOSE, REGULAR_OPEN
from forven.market.calendar_table import TABLE_FILE, TABLE_VERSION
from forven.primitives.errors import UntrustedData
from forven.primitives.storage import write_whole
from forven.primitives.time import exchange_datetime

Hours = dict[date, tuple[int, int]]
"""Open and close of every session, nanoseconds UTC."""


def exchange_hours(calendar: XNYSExchangeCalendar) -> Hours:
    """Return the sessions that exchange_calendars has."""
    schedule = calendar.schedule
    opens, closes = (
        schedule[column].dt.tz_convert(None).to_numpy("datetime64[ns]").astype("int64").tolist()
        for column in ("open", "close")
    )
    days = [stamp.date() for stamp in schedule.index]
    return dict(zip(days, zip(opens, closes, strict=True), strict=True))


def table_document(hours: Hours, holidays: dict[date, str], source: str) -> dict[str, object]:
    """Return the table as a JSON document.

    errors  UntrustedData: a session is on a weekend or opens at another time than 9:30, neither
            of which the table can say
    """
    early_closes = {}
    for day, (open_ns, close_ns) in hours.items():
        opening, closing = (exchange_datetime(ns).time() for ns in (open_ns, close_ns))
        if opening != REGULAR_OPEN or day.weekday() >= 5 or closing > REGULAR_CLOSE:
            raise UntrustedData(
                f"{source}: expected weekdays from {REGULAR_OPEN} to {REGULAR_CLOSE} at most, "
                f"found {day} from {opening} to {closing}; teach the table to say so first"
            )
        if closing != REGULAR_CLOSE:
            early_closes[day.isoformat()] = _clock(closing)
    count = (LAST_DAY - FIRST_DAY).days + 1
    closures = [
        day
        for day in (FIRST_DAY + timedelta(days=number) for number in range(count))
        if day.weekday() < 5 and day not in hours
    ]
    return {
        "version": TABLE_VERSION,
        "source": source,
        "first_day": FIRST_DAY.isoformat(),
        "last_day": LAST_DAY.isoformat(),
        "closures": {day.isoformat(): holidays.get(day) for day in closures},
        "early_closes": early_closes,
    }


def exchange_document() -> dict[str, object]:
    """Return the table as the installed exchange_calendars has it."""
    first, last = FIRST_DAY.isoformat(), LAST_DAY.isoformat()
    calendar = XNYSExchangeCalendar(start=first, end=last)
    named = calendar.regular_holidays.holidays(first, last, return_name=True)
    holidays = {stamp.date(): str(name) for stamp, name in named.items()}
    source = f"exchange_calendars {version('exchange_calendars')}, XNYS"
    return table_document(exchange_hours(calendar), holidays, source)


def main() -> None:
    """Write the table into its place in the package."""
    text = json.dumps(exchange_document(), indent=1, ensure_ascii=True)
    write_whole(TABLE_FILE, (text + "\n").encode("ascii"))


def _clock(moment: time) -> str:
    """Return a time to the minute as the table writes it."""
    return moment.isoformat("minutes")


if __name__ == "__main__":
    main()
