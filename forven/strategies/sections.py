"""Reads one object of a strategy document: its fields by name, checked, refused with their path."""

import difflib
import re
from collections.abc import Sequence
from datetime import time
from decimal import Decimal
from typing import NoReturn

from forven.engine.documents import join, shown
from forven.primitives.errors import InvalidStrategy
from forven.primitives.money import decimal_text
from forven.primitives.time import parse_clock

_DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


def refuse(path: str, expected: str, found: str, mend: str) -> NoReturn:
    """Raise InvalidStrategy for the field at `path`."""
    raise InvalidStrategy(f"{path}: expected {expected}, found {found}; {mend}")


class Section:
    """One object of the document. A field has one name, and may have a second spelling.

    value    the plain value found at `path`; refused if it is no object
    names    the fields it may have
    aliases  other spellings of fields: {"qty": "quantity"}
    """

    def __init__(
        self,
        value: object,
        path: str,
        names: Sequence[str],
        aliases: dict[str, str] | None = None,
    ) -> None:
        if not isinstance(value, dict):
            fields = ", ".join(names)
            refuse(path or "document", "an object", shown(value), f"its fields are {fields}")
        spellings: dict[str, str] = aliases or {}
        self._path = path
        self._fields: dict[str, object] = {}
        self._spelling: dict[str, str] = {}
        for given, content in value.items():
            name = spellings[given] if given in spellings else str(given)
            if name not in names:
                self._refuse_unknown(given, names)
            if name in self._fields:
                both = f"{self._spelling[name]} and {given}"
                refuse(join(path, given), f"one field for {name}", both, "keep one of them")
            self._fields[name] = content
            self._spelling[name] = given

    def at(self, name: str) -> str:
        """Return the path of a field as the document spells it."""
        return join(self._path, self._spelling.get(name, name))

    def has(self, name: str) -> bool:
        """Return whether a field is given and not null."""
        return self._fields.get(name) is not None

    def value(self, name: str) -> object:
        """Return a field as found; None if it is left out."""
        return self._fields.get(name)

    def needed(self, name: str, expected: str) -> object:
        """Return a field that must be given."""
        if name not in self._fields:
            refuse(self.at(name), expected, "nothing", "add the field")
        return self._fields[name]

    def text(self, name: str, most: int, lines: bool = False) -> str:
        """Return a printable text of at most `most` characters; empty if left out.

        lines  line breaks are accepted
        """
        value = self._fields.get(name, "")
        expected = f"a text of at most {most} characters"
        if not isinstance(value, str):
            refuse(self.at(name), expected, shown(value), "write it in quotes")
        if len(value) > most:
            refuse(self.at(name), expected, f"{len(value)} characters", "shorten it")
        if not (value.replace("\n", "") if lines else value).isprintable():
            refuse(self.at(name), expected, "a control character", "remove it")
        return value

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """Return one of the texts in `choices`."""
        expected = f"one of {', '.join(choices)}"
        value = self.needed(name, expected)
        if not isinstance(value, str) or value not in choices:
            refuse(self.at(name), expected, shown(value), "write one of them in lower case")
        return value

    def whole(self, name: str, least: int, most: int, default: int | None = None) -> int:
        """Return a whole number from `least` to `most`."""
        expected = f"a whole number from {least} to {most}"
        if default is not None and name not in self._fields:
            return default
        value = self.needed(name, expected)
        if type(value) is not int:
            refuse(self.at(name), expected, shown(value), "write it without quotes or decimals")
        if not least <= value <= most:
            refuse(self.at(name), expected, shown(value), "choose a value in that range")
        return value

    def decimal(self, name: str, scale: int, least: int, most: int) -> int:
        """Return a decimal (number or string) as an integer of units of 1/`scale`.

        least, most  bounds in units, both included
        """
        expected = (
            f"a number from {decimal_text(least, scale, 0)} to {decimal_text(most, scale, 0)} "
            f"in steps of {decimal_text(1, scale, 0)}"
        )
        value = self.needed(name, expected)
        is_number = type(value) in (int, Decimal)
        if not is_number and not (isinstance(value, str) and _DECIMAL.fullmatch(value)):
            mend = 'write it as a number or as a decimal string such as "0.16"'
            refuse(self.at(name), expected, shown(value), mend)
        units = Decimal(value) * scale  # type: ignore[arg-type]
        if not least <= units <= most:
            refuse(self.at(name), expected, shown(value), "choose a value in that range")
        if units != int(units):
            refuse(self.at(name), expected, shown(value), "round it to that step")
        return int(units)

    def clock(self, name: str, least: time, most: time) -> time:
        """Return a New York wall-clock time from `least` to `most`."""
        value = self.needed(name, f"a time from {least} to {most}")
        return clock_of(value, self.at(name), least, most)

    def items(self, name: str, most: int, what: str) -> list[object]:
        """Return a list of 1 to `most` items."""
        expected = f"a list of 1 to {most} {what}"
        value = self.needed(name, expected)
        if not isinstance(value, list):
            refuse(self.at(name), expected, shown(value), "put it in square brackets")
        if not 1 <= len(value) <= most:
            mend = f"remove {what}" if value else f"add {what}"
            refuse(self.at(name), expected, f"{len(value)}", mend)
        return value

    def _refuse_unknown(self, given: str, names: Sequence[str]) -> NoReturn:
        """Refuse a field that the object does not have, naming the nearest that it has."""
        near = difflib.get_close_matches(given, names, n=1)
        mend = f"did you mean {near[0]}?" if near else "remove it"
        refuse(join(self._path, given), f"one of {', '.join(names)}", "another field", mend)


def clock_of(value: object, path: str, least: time, most: time) -> time:
    """Return a wall-clock time written as HH:MM or HH:MM:SS, from `least` to `most`."""
    expected = f"a New York time from {least} to {most} as HH:MM or HH:MM:SS"
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        refuse(path, expected, shown(value), 'write it as "09:35"')
    hours, minutes, seconds = (int(part) for part in f"{value}:00".split(":")[:3])
    if hours > 23 or minutes > 59 or seconds > 59:
        refuse(path, expected, shown(value), 'write it as "09:35"')
    clock = parse_clock(value)
    if not least <= clock <= most:
        refuse(path, expected, shown(value), "choose a time in that range")
    return clock
