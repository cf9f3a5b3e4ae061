"""Reads JSON that others wrote: exact numbers, no duplicates, every refusal with its path."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from forven.primitives.errors import ForvenError

DOCUMENT_BYTES_MAX = 262_144
_DEPTH_MAX = 16
_NUMBER_LENGTH_MAX = 24
_EXPONENT_MAX = 12
_SHOWN_LENGTH_MAX = 60


class _Refused:
    """Stands where a value may not be, until the walk over the document knows its path."""

    def __init__(self, found: str, mend: str) -> None:
        self.found = found
        self.mend = mend


def read_document(source: object, error: type[ForvenError]) -> object:
    """Return a document as plain values: dict, list, str, int, Decimal, bool, None.

    source   JSON text (str or bytes), the Path of a JSON file, or values already parsed
    errors   `error` naming the field: a field given twice, NaN, infinities, numbers of more than
             24 characters, a lone surrogate, more than 16 levels, more than 256 KiB
    """
    if isinstance(source, Path):
        source = _file_bytes(source, error)
    if isinstance(source, bytes | bytearray):
        source = _text_of(bytes(source), error)
    if isinstance(source, str):
        source = _parsed(source, error)
    return _plain(source, "", 0, error)


def join(path: str, name: str) -> str:
    """Return the path of a field: `exit` and `time` give `exit.time`."""
    spelled = name if name.isidentifier() and name.isascii() else shown(name)
    return f"{path}.{spelled[:_SHOWN_LENGTH_MAX]}" if path else spelled[:_SHOWN_LENGTH_MAX]


def shown(value: object) -> str:
    """Return a short ASCII spelling of a value for an error message."""
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, bool | str):
        text = json.dumps(value)
    elif isinstance(value, int):
        text = str(value) if abs(value) < 10**_NUMBER_LENGTH_MAX else "a huge number"
    elif isinstance(value, Decimal):
        text = str(value)
    else:
        text = type(value).__name__
    return text if len(text) <= _SHOWN_LENGTH_MAX else text[: _SHOWN_LENGTH_MAX - 3] + "..."


def _file_bytes(path: Path, error: type[ForvenError]) -> bytes:
    """Return a file's bytes; one byte above the limit is enough for it to be refused."""
    try:
        with path.open("rb") as file:
            return file.read(DOCUMENT_BYTES_MAX + 1)
    except OSError as cause:
        raise error(
            f"{path}: expected a readable JSON file, found {cause.strerror or cause}; "
            "check the path"
        ) from None


def _text_of(raw: bytes, error: type[ForvenError]) -> str:
    """Return bytes as text; a byte order mark is no part of it."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise error(
            f"document: expected UTF-8, found a bad byte at {cause.start}; save it as UTF-8"
        ) from None


def _parsed(text: str, error: type[ForvenError]) -> object:
    """Return parsed JSON with `_Refused` in place of what may not be."""
    if len(text) > DOCUMENT_BYTES_MAX:
        raise error(
            f"document: expected at most {DOCUMENT_BYTES_MAX} characters, found more; shorten it"
        )
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as cause:
        raise error(
            f"document: expected JSON, found an error at line {cause.lineno} column {cause.colno} "
            f"({cause.msg}); mend it there"
        ) from None
    except RecursionError:
        raise error(
            f"document: expected at most {_DEPTH_MAX} levels, found more; nest less deeply"
        ) from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object's fields; one given twice is refused where it stands."""
    fields: dict[str, object] = {}
    for name, value in pairs:
        twice = _Refused("the field twice", "keep one of them")
        fields[name] = twice if name in fields else value
    return fields


def _number(text: str) -> int | Decimal | _Refused:
    """Return a JSON number exactly; one too long or too large to be meant is refused."""
    huge = _Refused(f"the number {text[:12]}...", "write it in at most 12 digits each side")
    if len(text) > _NUMBER_LENGTH_MAX:
        return huge
    try:
        number = Decimal(text)
    except InvalidOperation:
        return huge
    if number and abs(number.adjusted()) > _EXPONENT_MAX:
        return huge
    return int(text) if text.lstrip("-").isdigit() else number


def _constant(text: str) -> _Refused:
    """Refuse NaN and the infinities, which are no JSON."""
    return _Refused(text, "write a finite number")


def _plain(value: object, path: str, depth: int, error: type[ForvenError]) -> object:
    """Return a value made of plain types only, or raise with the path of what is not."""
    if isinstance(value, float | int | Decimal) and not isinstance(value, bool):
        value = _number_of(value)
    if isinstance(value, _Refused):
        raise error(f"{path or 'document'}: found {value.found}; {value.mend}")
    if depth > _DEPTH_MAX:
        raise error(f"document: expected at most {_DEPTH_MAX} levels, found more; nest less deeply")
    if value is None or isinstance(value, bool | int | Decimal):
        return value
    if isinstance(value, str):
        return _sound_text(value, path, error)
    if isinstance(value, Mapping):
        return _plain_fields(value, path, depth, error)
    if isinstance(value, list | tuple):
        return [
            _plain(item, f"{path}[{index}]", depth + 1, error) for index, item in enumerate(value)
        ]
    raise error(
        f"{path or 'document'}: expected a JSON value, found {type(value).__name__}; "
        "use objects, lists, texts, numbers, true, false or null"
    )


def _plain_fields(
    fields: Mapping[object, object], path: str, depth: int, error: type[ForvenError]
) -> dict[str, object]:
    """Return an object's fields as plain values; a name that is no text is refused."""
    plain: dict[str, object] = {}
    for name, value in fields.items():
        if not isinstance(name, str):
            raise error(
                f"{path or 'document'}: expected names of fields as texts, "
                f"found {type(name).__name__}; put them in quotes"
            )
        sound = _sound_text(name, path, error)
        plain[sound] = _plain(value, join(path, sound), depth + 1, error)
    return plain


def _number_of(value: float | int | Decimal) -> int | Decimal | _Refused:
    """Return a parsed number exactly as its shortest spelling reads, or refuse it."""
    if isinstance(value, int):
        is_huge = abs(value) >= 10**_NUMBER_LENGTH_MAX  # too many digits cannot even be spelled
        return _number("9" * (_NUMBER_LENGTH_MAX + 1)) if is_huge else _number(str(int(value)))
    return _number(str(value)) if Decimal(value).is_finite() else _constant(str(value))


def _sound_text(text: str, path: str, error: type[ForvenError]) -> str:
    """Return a text that can be written as UTF-8; half a surrogate pair cannot."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise error(
            f"{path or 'document'}: expected Unicode text, found half of a surrogate pair; "
            "remove it"
        ) from None
    return text
