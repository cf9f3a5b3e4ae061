"""When a structured strategy enters and leaves, in New York wall-clock time."""

from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from forven.engine.documents import shown
from forven.kernels import schema
from forven.primitives.money import decimal_text
from forven.strategies.sections import Section, clock_of, refuse

OPEN = time(9, 30)
CLOSE = time(16)
_LAST = time(15, 59, 59)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
PERCENT_SCALE = 100
"""Percents are kept in 1/100: basis points."""
TARGET_BPS_MAX = 100 * PERCENT_SCALE
STOP_BPS_MAX = 1_000 * PERCENT_SCALE


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMoment:
    """A time (`until` is None), taken once; or a window, from `start` to before `until`."""

    start: time
    until: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRule:
    """When to enter: times or windows in order, on which weekdays, and how often a day at most."""

    moments: tuple[EntryMoment, ...]
    weekdays: tuple[str, ...]
    max_entries: int

    @property
    def has_windows(self) -> bool:
        """Whether the entries are windows."""
        return self.moments[0].until is not None

    def to_json(self) -> dict[str, object]:
        """Return the rule's one spelling."""
        document: dict[str, object] = {
            "weekdays": list(self.weekdays),
            "max_entries": self.max_entries,
        }
        if self.has_windows:
            document["windows"] = [
                {"from": str(moment.start), "to": str(moment.until)} for moment in self.moments
            ]
        else:
            document["times"] = [str(moment.start) for moment in self.moments]
        return document


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitRule:
    """When to leave before the close; all None: held to settlement.

    target_bps  1/10,000 of the maximum profit     stop_bps  likewise, of the premium
    """

    target_bps: int | None = None
    stop_bps: int | None = None
    clock: time | None = None

    def to_json(self) -> dict[str, object]:
        """Return the rule's one spelling."""
        return {
            "profit_target_pct": _percent_text(self.target_bps),
            "stop_loss_pct": _percent_text(self.stop_bps),
            "time": None if self.clock is None else str(self.clock),
        }


def read_entry(root: Section) -> EntryRule:
    """Return the entry rule of a document."""
    section = Section(
        root.needed("entry", "an object with times or windows"),
        "entry",
        ("times", "windows", "weekdays", "max_entries", "time"),
    )
    given = [name for name in ("time", "times", "windows") if section.has(name)]
    if len(given) != 1:
        found = " and ".join(given) or "none of them"
        refuse("entry", "one of times, windows and time", found, "give exactly one")
    moments = _read_windows(section) if given == ["windows"] else _read_times(section, given[0])
    # Every time is tried once; a window can be taken again after its position is closed.
    most = schema.MAX_ENTRIES if given == ["windows"] else len(moments)
    return EntryRule(
        moments=moments,
        weekdays=_read_weekdays(section),
        max_entries=section.whole("max_entries", 1, most, default=len(moments)),
    )


def read_exit(root: Section, entry: EntryRule) -> ExitRule:
    """Return the exit rule of a document; its time lies after every entry."""
    if not root.has("exit"):
        return ExitRule()
    section = Section(root.value("exit"), "exit", ("profit_target_pct", "stop_loss_pct", "time"))
    target = stop = clock = None
    if section.has("profit_target_pct"):
        target = section.decimal("profit_target_pct", PERCENT_SCALE, 1, TARGET_BPS_MAX)
    if section.has("stop_loss_pct"):
        stop = section.decimal("stop_loss_pct", PERCENT_SCALE, 1, STOP_BPS_MAX)
    if section.has("time"):
        clock = _read_exit_time(section, entry)
    return ExitRule(target_bps=target, stop_bps=stop, clock=clock)


def _read_exit_time(section: Section, entry: EntryRule) -> time:
    """Return the exit time: before the close, after each entry time, not before a window's end."""
    if section.value("time") in ("16:00", "16:00:00"):
        mend = "leave exit.time out to hold every position to settlement"
        refuse("exit.time", f"a time before {CLOSE}", "the close", mend)
    clock = section.clock("time", OPEN, _LAST)
    last = entry.moments[-1]
    if last.until is not None and clock < last.until:
        expected = f"a time not before the last window's end {last.until}"
        refuse("exit.time", expected, str(clock), "leave later, or end the window earlier")
    if clock <= last.start:
        mend = "leave later, or enter earlier"
        refuse("exit.time", f"a time after the last entry {last.start}", str(clock), mend)
    return clock


def _read_times(section: Section, name: str) -> tuple[EntryMoment, ...]:
    """Return entry times in order; one given twice is refused."""
    if name == "time":
        return (EntryMoment(start=section.clock("time", OPEN, _LAST)),)
    clocks: dict[time, str] = {}
    for index, item in enumerate(section.items("times", schema.MAX_ENTRIES, "times")):
        path = f"{section.at('times')}[{index}]"
        clock = clock_of(item, path, OPEN, _LAST)
        if clock in clocks:
            refuse(path, "a time not listed before", f"{clock} as in {clocks[clock]}", "remove it")
        clocks[clock] = path
    return tuple(EntryMoment(start=clock) for clock in sorted(clocks))


def _read_windows(section: Section) -> tuple[EntryMoment, ...]:
    """Return entry windows in order; those that overlap are refused."""
    windows = []
    for index, item in enumerate(section.items("windows", schema.MAX_ENTRIES, "windows")):
        path = f"{section.at('windows')}[{index}]"
        window = Section(item, path, ("from", "to"))
        start, until = window.clock("from", OPEN, _LAST), window.clock("to", OPEN, CLOSE)
        if until <= start:
            refuse(f"{path}.to", f"a time after {start}", str(until), "end the window later")
        windows.append((start, until, path))
    windows.sort()
    for before, after in pairwise(windows):
        if after[0] < before[1]:
            mend = "merge the two windows or move one"
            expected = f"a time not before {before[1]}, the end of {before[2]}"
            refuse(f"{after[2]}.from", expected, str(after[0]), mend)
    return tuple(EntryMoment(start=start, until=until) for start, until, _ in windows)


def _read_weekdays(section: Section) -> tuple[str, ...]:
    """Return the weekdays in the order of the week; all five if left out."""
    if not section.has("weekdays"):
        return WEEKDAYS
    chosen: list[str] = []
    for index, item in enumerate(section.items("weekdays", len(WEEKDAYS), "weekdays")):
        path = f"{section.at('weekdays')}[{index}]"
        if not isinstance(item, str) or item not in WEEKDAYS:
            refuse(path, f"one of {', '.join(WEEKDAYS)}", shown(item), "write it like that")
        if item in chosen:
            refuse(path, "a weekday not listed before", shown(item), "remove it")
        chosen.append(item)
    return tuple(day for day in WEEKDAYS if day in chosen)


def _percent_text(bps: int | None) -> str | None:
    """Return basis points as a percent's decimal string."""
    return None if bps is None else decimal_text(bps, PERCENT_SCALE, 2)
