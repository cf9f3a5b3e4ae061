"""Bodies that nobody should send, each with its name; every one of them must be a 4xx."""

import json
from collections.abc import Iterator
from typing import Any

_LONG = 10 * 1024 * 1024
NOT_JSON: dict[str, bytes] = {
    "nothing": b"",
    "spaces": b"  \n",
    "a brace": b"{",
    "two documents": b"{} {}",
    "a comment": b"{/* */}",
    "single quotes": b"{'name': 'a'}",
    "a trailing comma": b'{"name": "a",}',
    "NaN": b'{"name": NaN}',
    "infinity": b'{"name": Infinity}',
    "minus infinity": b'{"name": -Infinity}',
    "1e400": b'{"name": 1e400}',
    "minus 1e400": b'{"name": -1e400}',
    "a number of 5,000 digits": b'{"name": ' + b"9" * 5_000 + b"}",
    "a huge exponent": b'{"name": 1e999999999}',
    "a leading zero": b'{"name": 01}',
    "a lone high surrogate": b'{"name": "\\ud800"}',
    "a lone low surrogate": b'{"name": "\\udc00"}',
    "a surrogate as a name": b'{"\\ud800": 1}',
    "a duplicate field": b'{"name": "a", "name": "b"}',
    "a duplicate inside": b'{"reprice": {"opening": {}, "opening": {}}}',
    "10,000 lists": b'{"name": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "10,000 objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "100,000 open lists": b"[" * 100_000,
    "invalid UTF-8": b'{"name": "\xff\xfe"}',
    "an overlong sequence": b'{"name": "\xc0\xaf"}',
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "a NUL byte": b'{"name": "a\x00b"}',
    "NUL bytes alone": b"\x00" * 16,
    "a control character": b'{"name": "a\x01b"}',
    "10 MB of text": b'{"name": "' + b"a" * _LONG + b'"}',
    "10 MB of spaces": b" " * _LONG,
}
NO_OBJECT: dict[str, bytes] = {
    "a list": b"[]",
    "a list of an object": b'[{"name": "a"}]',
    "a text": b'"name"',
    "a number": b"7",
    "minus zero": b"-0",
    "true": b"true",
    "null": b"null",
}
UNKNOWN: dict[str, bytes] = {
    "an unknown field": b'{"surprise": 1}',
    "a name of 10,000 letters": json.dumps({"a" * 10_000: 1}).encode(),
    "__proto__": b'{"__proto__": {"admin": true}}',
    "an empty name": b'{"": 1}',
    "an escaped NUL in a name": b'{"na\\u0000me": 1}',
    "100 unknown fields": json.dumps({f"field{number}": number for number in range(100)}).encode(),
}
VALUES: dict[str, Any] = {
    "null": None,
    "true": True,
    "zero": 0,
    "minus one": -1,
    "a fraction": 0.5,
    "2**63": 2**63,
    "10**23": 10**23,
    "an empty text": "",
    "a space": " ",
    "a text": "abc",
    "an escaped NUL": "a\x00b",
    "a line break": "a\nb",
    "a direction mark": "a\u202eb",
    "a text of 100,000": "a" * 100_000,
    "NaN as text": "NaN",
    "Infinity as text": "Infinity",
    "1e3 as text": "1e3",
    "minus as text": "-1",
    "digits of Arabic": "١٠٠٠٠٠",
    "a path": "../../etc/passwd",
    "SQL": "'; DROP TABLE bots; --",
    "a list": [],
    "a list of lists": [[[]]],
    "an object": {},
    "an object of objects": {"a": {"b": {"c": {}}}},
}
"""Values that are tried for every field of a body; some of them fit some fields."""


def always_refused() -> Iterator[tuple[str, bytes]]:
    """Yield the bodies that no route may take."""
    for bodies in (NOT_JSON, NO_OBJECT, UNKNOWN):
        yield from bodies.items()


def with_each_value(fields: dict[str, Any], whole: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield a sound body again and again, one of its fields replaced by one of the values."""
    for field in fields:
        for name, value in VALUES.items():
            yield f"{field}: {name}", json.dumps({**whole, field: value}).encode()
    for field in whole:
        yield f"without {field}", json.dumps(_without(whole, field)).encode()


def _without(whole: dict[str, Any], field: str) -> dict[str, Any]:
    """Return a body without one of its fields."""
    return {name: value for name, value in whole.items() if name != field}
