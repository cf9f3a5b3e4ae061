"""`datetime` as a script has it: its kinds without the computer's clock."""

from datetime import date, datetime
from typing import Any

from forven.primitives.errors import InvalidInput


class _Lookalike(type):
    """Makes every date an instance of a class that only lacks the clock."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, cls.__base__ or object)


def _refuse(*_: object) -> None:
    """Refuse to tell the time."""
    raise InvalidInput("clock: expected ctx.now or ctx.clock, found the computer's time")


def _without(kind: Any, *names: str) -> Any:
    """Return a kind of date whose methods of these names refuse."""
    return _Lookalike(kind.__name__, (kind,), {name: staticmethod(_refuse) for name in names})


Date = _without(date, "today")
Moment = _without(datetime, "now", "today", "utcnow")
# What these lead to is of their kind too, or the clock would be one step away.
Date.min, Date.max = Date(1, 1, 1), Date(9999, 12, 31)
Moment.min = Moment(1, 1, 1)
Moment.max = Moment(9999, 12, 31, 23, 59, 59, 999999)
Moment.date = lambda moment: Date(moment.year, moment.month, moment.day)


def without_clock(source: Any) -> Any:
    """Return a copy of the module `datetime` with these kinds."""
    module = type(source)("datetime")
    for name in source.__all__:
        setattr(module, name, getattr(source, name))
    module.__dict__["datetime"] = Moment
    module.__dict__["date"] = Date
    return module
