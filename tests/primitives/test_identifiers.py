"""Identifiers: one spelling of a document, one hash of it."""

import hashlib

import pytest

from forven.primitives.identifiers import bytes_hash, canonical_json, content_hash


def test_the_order_of_keys_does_not_matter_and_the_order_of_items_does():
    assert content_hash({"b": 1, "a": [1, 2]}) == content_hash({"a": [1, 2], "b": 1})
    assert content_hash({"a": [1, 2]}) != content_hash({"a": [2, 1]})


def test_the_canonical_form_is_ascii_without_spaces():
    assert canonical_json({"b": "ü", "a": [1, None]}) == '{"a":[1,null],"b":"\\u00fc"}'


def test_a_content_hash_is_the_sha256_of_the_canonical_form():
    assert content_hash({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_cannot_say_has_no_identity(value):
    with pytest.raises(ValueError, match="JSON"):
        content_hash({"a": value})


def test_a_bytes_hash_does_not_depend_on_where_the_bytes_are_cut():
    assert bytes_hash([b"abc", b"", memoryview(b"def")]) == bytes_hash([b"abcdef"])
    assert bytes_hash([b"abcdef"]) == hashlib.sha256(b"abcdef").hexdigest()
