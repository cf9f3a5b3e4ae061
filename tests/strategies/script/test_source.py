import hashlib

import pytest

from forven.primitives.errors import InvalidStrategy
from forven.strategies.script.source import parse_script, read_script
from tests.strategies.script.made_scripts import on_frame

TEXT = on_frame("ctx.log('a')")


def test_the_hash_is_that_of_the_text_under_its_kind():
    expected = hashlib.sha256(b"script\n" + TEXT.encode()).hexdigest()
    assert parse_script(TEXT).hash == expected


def test_line_ends_do_not_change_the_hash():
    hashes = {
        parse_script(text).hash
        for text in (TEXT, TEXT.replace("\n", "\r\n"), TEXT.replace("\n", "\r"), "\ufeff" + TEXT)
    }
    assert len(hashes) == 1


def test_every_other_character_changes_the_hash():
    assert parse_script(TEXT + " ").hash != parse_script(TEXT).hash


def test_a_script_cannot_be_changed():
    with pytest.raises(AttributeError):
        parse_script(TEXT).source = ""  # type: ignore[misc]


def test_a_file_gives_its_name(tmp_path):
    path = tmp_path / "my_script.py"
    path.write_text(TEXT)
    strategy = read_script(path)
    assert strategy.name == "my script"
    assert strategy.source == TEXT


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({}, "source: expected a Python text, found nothing"),
        ({"source": 1}, "source: expected a Python text, found 1"),
        ({"source": TEXT, "code": ""}, "code: expected one of name, description, source"),
        ({"source": TEXT, "name": "a\nb"}, "name: expected a text .* found a control character"),
        ({"source": TEXT, "name": "a" * 81}, "name: expected a text of at most 80 characters"),
        ("no JSON", "document: expected JSON"),
    ],
)
def test_a_document_that_is_none_is_refused(document, text):
    with pytest.raises(InvalidStrategy, match=text):
        read_script(document)


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(InvalidStrategy, match=r"none\.py: expected a readable Python file"):
        read_script(tmp_path / "none.py")
    (tmp_path / "bad.py").write_bytes(b"x = '\xff'")
    with pytest.raises(InvalidStrategy, match=r"bad\.py: expected UTF-8, found a bad byte at 5"):
        read_script(tmp_path / "bad.py")
