"""Reads what a script's process answers: it may be hostile, so nothing is taken unchecked."""

from typing import NoReturn

import orjson

from forven.engine import commands
from forven.kernels import schema
from forven.primitives.errors import ForvenError, InvalidInput
from forven.primitives.money import price_text
from forven.strategies.script import limits, protocol
from forven.strategies.script.frames import Decision, ScriptDay

_LEVELS = frozenset({"debug", "info", "warning", "error"})
_ENTRIES_MAX = 1_000
_INT64 = 2**63
_UNKEPT = "\ufffd"
"""Stands where a text has what no database holds."""


class ScriptDied(ForvenError):
    """A script's process ended or answered what it may not; it is gone, and the text says why."""


def decided_frames(body: bytes, count: int) -> dict[int, list[list[object]]]:
    """Return the entries by the number of their frame; ScriptDied if the answer is malformed."""
    if not body:
        return {}
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        _refuse("JSON", "something else")
    if not isinstance(answer, list) or len(answer) > count:
        _refuse(f"a list of at most {count} frames", "something else")
    found: dict[int, list[list[object]]] = {}
    for item in answer:
        if not isinstance(item, list) or len(item) != 2:
            _refuse("a frame and its entries", "something else")
        number, entries = item
        if type(number) is not int or not 0 <= number < count or number in found:
            _refuse(f"a frame of {count}", "another")
        if not isinstance(entries, list) or len(entries) > _ENTRIES_MAX:
            _refuse(f"at most {_ENTRIES_MAX} entries", "something else")
        if not all(isinstance(entry, list) and entry for entry in entries):
            _refuse("entries as lists", "something else")
        found[number] = entries
    return found


def decision_of(entry: list[object], ts: int) -> Decision | None:
    """Return the log entry that an entry is; None if it is a command."""
    kind, *fields = entry
    if kind == protocol.ENTRY_LOG:
        level, text, data = _three(fields)
        if not isinstance(level, str) or level not in _LEVELS:
            _refuse("a level", "something else")
    elif kind == protocol.ENTRY_SIGNAL:
        level = "info"
        text, data, _ = _three([*fields, None])
    elif kind == protocol.ENTRY_ERROR:
        level = "error"
        text, data, _ = _three([*fields, None, None])
    else:
        return None
    if not isinstance(text, str) or len(text) > limits.TEXT_LENGTH_MAX:
        _refuse("a text", "something else or a longer one")
    if data is not None and not isinstance(data, dict):
        _refuse("data as fields", "something else")
    data = None if data is None else {kept_text(k): _kept(v, 1) for k, v in data.items()}
    if data is not None and len(orjson.dumps(data)) > 4 * limits.DATA_LENGTH_MAX:
        _refuse("data of some thousand bytes", "more")
    return Decision(ts=ts, kind=str(kind), level=level, text=kept_text(text), data=data)


def kept_text(text: str) -> str:
    """Return a text as a database can hold it: U+FFFD for NUL and for halves of characters."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", _UNKEPT)


def command_of(entry: list[object], due_ns: int, day: ScriptDay) -> list[int]:
    """Return the command row that an entry asks for; ScriptDied if there is none such."""
    kind, *fields = entry
    try:
        if kind == protocol.ENTRY_PLACE:
            order, is_repriced = _order(fields, day)
            return commands.place(due_ns, order, day, is_repriced)
        if kind == protocol.ENTRY_CANCEL and len(fields) == 1:
            return commands.cancel(due_ns, _whole(fields[0]))
        if kind == protocol.ENTRY_CANCEL_ALL and not fields:
            return commands.cancel_all(due_ns)
        if kind == protocol.ENTRY_REPLACE and len(fields) == 2:
            return commands.replace(due_ns, _whole(fields[0]), _whole(fields[1]))
    except InvalidInput as cause:
        raise ScriptDied(f"answer: expected an order, found {cause}") from None
    raise ScriptDied("answer: expected a log entry or a command, found something else")


def opens(row: list[int]) -> bool:
    """Return whether a command places an order with an opening leg."""
    if row[schema.COMMAND_KIND] != schema.COMMAND_PLACE:
        return False
    effects = row[schema.COMMAND_LEGS + schema.COMMAND_LEG_EFFECT :: schema.COMMAND_LEG_WIDTH]
    return schema.EFFECT_OPEN in effects[: row[schema.COMMAND_LEG_COUNT]]


def _order(fields: list[object], day: ScriptDay) -> tuple[commands.Order, bool]:
    """Return an order as the engine checks it, and whether it may be re-priced."""
    if len(fields) != 4 or not isinstance(fields[2], bool) or not isinstance(fields[3], list):
        _refuse("an order", "something else")
    kind, price, is_repriced, legs = _whole(fields[0]), _whole(fields[1]), fields[2], fields[3]
    if not 0 <= kind < len(protocol.KINDS):
        _refuse("a kind of order", "another")
    is_market = protocol.KINDS[kind] == "market"
    order = commands.Order(
        kind=protocol.KINDS[kind],
        legs=tuple(_leg(leg, day) for leg in legs),
        price=None if is_market else price_text(abs(price)),
        effect="credit" if price >= 0 else "debit",
    )
    return order, is_repriced


def _leg(leg: object, day: ScriptDay) -> commands.Leg:
    """Return a leg."""
    if not isinstance(leg, list) or len(leg) != 3:
        _refuse("legs of three numbers", "something else")
    instrument, quantity, action = (_whole(value) for value in leg)
    if not 0 <= instrument < len(day.symbols) or not 0 <= action < len(protocol.ACTIONS):
        _refuse("an instrument and an action", "numbers beyond them")
    return commands.Leg(
        instrument=day.symbols[instrument], quantity=quantity, action=protocol.ACTIONS[action]
    )


def _whole(value: object) -> int:
    """Return a whole number of 64 bits."""
    if type(value) is not int or not -_INT64 < value < _INT64:
        _refuse("a whole number", "something else")
    return value


def _kept(value: object, level: int) -> object:
    """Return a value of an entry's data with texts that a database can hold."""
    if isinstance(value, str):
        return kept_text(value)
    if isinstance(value, list | dict) and level >= limits.DATA_DEPTH_MAX:
        _refuse(f"data of at most {limits.DATA_DEPTH_MAX} levels", "more")
    if isinstance(value, list):
        return [_kept(entry, level + 1) for entry in value]
    if isinstance(value, dict):
        return {kept_text(name): _kept(entry, level + 1) for name, entry in value.items()}
    return value


def _three(fields: list[object]) -> tuple[object, object, object]:
    """Return the three fields of a log entry."""
    if len(fields) != 3:
        _refuse("an entry of the log", "other fields")
    return fields[0], fields[1], fields[2]


def _refuse(expected: str, found: str) -> NoReturn:
    """Raise ScriptDied for an answer."""
    raise ScriptDied(f"answer of the script's process: expected {expected}, found {found}")
