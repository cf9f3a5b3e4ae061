"""A synthetic market written into the catalog, day after day, on real session dates."""

from collections.abc import Callable
from datetime import date, timedelta

from forven.market.bounds import SessionBounds
from forven.market.calendar import LAST_DAY, TradingCalendar
from forven.market.catalog import Catalog
from forven.market.synthetic.day import synthetic_day
from forven.market.synthetic.spec import DAYS_MAX, SyntheticSpec
from forven.market.tick_files import DayRecord
from forven.primitives.errors import InvalidInput
from forven.primitives.identifiers import canonical_json

FIRST_SYNTHETIC_DAY = date(2024, 1, 2)
"""The default first day: its year holds three early closes."""

_CALENDAR_DAYS_PER_SESSION = 2
_LONGEST_CLOSURE_DAYS = 14


def synthetic_sessions(
    calendar: TradingCalendar, first_day: date, days: int
) -> list[SessionBounds]:
    """Return `days` sessions of the calendar, from `first_day` or the first one after it on."""
    if not 1 <= days <= DAYS_MAX:
        raise InvalidInput(f"days: expected 1 to {DAYS_MAX}, found {days}")
    span = timedelta(days=_CALENDAR_DAYS_PER_SESSION * days + _LONGEST_CLOSURE_DAYS)
    last_day = min(first_day + span, LAST_DAY) if first_day < LAST_DAY else first_day
    sessions = calendar.sessions(first_day, last_day)[:days]
    if len(sessions) < days:
        raise InvalidInput(
            f"days: expected at most {len(sessions)} from {first_day} to the calendar's end on "
            f"{LAST_DAY}, found {days}"
        )
    return sessions


def synthesize(
    catalog: Catalog,
    name: str,
    spec: SyntheticSpec,
    sessions: list[SessionBounds],
    progress: Callable[[date], object],
    *,
    replace: bool = False,
) -> list[DayRecord]:
    """Write a dataset of synthetic days, one a session, and return what was written of each.

    progress  called with each day once it is written     replace  a dataset of that name gives way
    errors    InvalidInput: the name is taken or no name   CannotWrite: disk full, no permission
    """
    settings = canonical_json(spec.as_dict())
    records = []
    with catalog.create(
        name,
        source=f"synthetic {settings}",
        description="Synthetic SPXW quotes: made up by a seeded model, not recorded anywhere.",
        replace=replace,
        seed=spec.seed,
    ) as writer:
        for index, bounds in enumerate(sessions):
            records.append(writer.add_day(synthetic_day(spec, index, bounds), bounds))
            progress(bounds.day)
    return records
