from decimal import Decimal

import pytest

from forven.engine.documents import DOCUMENT_BYTES_MAX, join, read_document, shown
from forven.primitives.errors import InvalidInput


def test_numbers_are_read_exactly():
    text = '{"a": 0.1, "b": 0.160, "c": 5, "d": -0, "e": 1e2}'
    assert read_document(text, InvalidInput) == {
        "a": Decimal("0.1"),
        "b": Decimal("0.160"),
        "c": 5,
        "d": 0,
        "e": Decimal(100),
    }


def test_text_bytes_file_and_values_give_the_same_document(tmp_path):
    text = '{"a": [1, 0.5, "x", null, true]}'
    path = tmp_path / "document.json"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    values = {"a": (1, 0.5, "x", None, True)}
    expected = {"a": [1, Decimal("0.5"), "x", None, True]}
    for source in (text, text.encode(), path, values):
        assert read_document(source, InvalidInput) == expected


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{"a": {"b": 1, "b": 1}}', r"^a\.b: found the field twice; keep one"),
        ('{"a": [0, NaN]}', r"^a\[1\]: found NaN; write a finite number"),
        ('{"a": -Infinity}', r"^a: found -Infinity"),
        ('{"a": 1e999}', r"^a: found the number 1e999"),
        ('{"a": 1e-999}', r"^a: found the number 1e-999"),
        ('{"a": ' + "9" * 6_000 + "}", r"^a: found the number 999999999999\.\.\."),
        ('{"a": "\\ud800"}', r"^a: expected Unicode text, found half of a surrogate pair"),
        ('{"\\udc00": 1}', r"^document: expected Unicode text"),
        ("[" * 100_000, r"^document: expected at most 16 levels"),
        ("[" * 20 + "]" * 20, r"^document: expected at most 16 levels"),
        ('"' + "x" * DOCUMENT_BYTES_MAX + '"', r"^document: expected at most 262144 characters"),
        ("", r"^document: expected JSON, found an error at line 1 column 1"),
        ('{"a": 1} x', r"^document: expected JSON"),
        (b"\xff{}", r"^document: expected UTF-8, found a bad byte at 0"),
        ({"a": float("nan")}, r"^a: found nan"),
        ({"a": [float("inf")]}, r"^a\[0\]: found inf"),
        ({"a": 10**6_000}, r"^a: found the number 9"),
        ({"a": Decimal("1e99999")}, r"^a: found the number 1E\+99999"),
        ({"a": {1, 2}}, r"^a: expected a JSON value, found set"),
        ({1: 2}, r"^document: expected names of fields as texts, found int"),
        ({"a b\x1b": {2}}, r'^"a b\\u001b": expected a JSON value'),
        (None.__class__, r"^document: expected a JSON value, found type"),
    ],
)
def test_what_is_not_sound_is_refused_with_its_path(source, message):
    with pytest.raises(InvalidInput, match=message):
        read_document(source, InvalidInput)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    for path in (tmp_path / "nowhere.json", tmp_path):
        with pytest.raises(InvalidInput, match=f"^{path}: expected a readable JSON file, found"):
            read_document(path, InvalidInput)


def test_a_huge_file_is_refused_without_being_read_whole(tmp_path):
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(InvalidInput, match="expected at most 262144 characters, found more"):
        read_document(path, InvalidInput)


def test_values_are_shown_shortly_and_in_ascii():
    assert shown("\x1b[31m") == '"\\u001b[31m"'
    assert len(shown("x" * 1_000)) == 60
    assert [shown(value) for value in (None, True, {}, [1], 10**30)] == [
        "null",
        "true",
        "an object",
        "a list of 1",
        "a huge number",
    ]
    assert join("exit", "time") == "exit.time"
