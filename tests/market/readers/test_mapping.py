"""Mappings as text and as JSON, and what is wrong with one."""

from dataclasses import asdict

import pytest

from forven.market.readers.mapping import ColumnMap, PriceMap, parse_mapping
from forven.primitives.errors import InvalidInput

TEXT = "ts=t,symbol=osi,bid=b,ask=a,zone=America/New_York,ts_unit=ms,shift_seconds=60"


def mapping_document(mapping):
    """A mapping as a JSON document without what it leaves unsaid."""
    return {key: value for key, value in asdict(mapping).items() if value is not None}


def test_a_mapping_reads_the_same_as_text_and_as_json(tmp_path):
    path = tmp_path / "map.json"
    path.write_text(
        '{"ts": "t", "symbol": "osi", "bid": "b", "ask": "a", "zone": "America/New_York",'
        ' "ts_unit": "ms", "shift_seconds": 60, "expiry": null}'
    )
    from_text = parse_mapping(TEXT, ColumnMap)
    assert from_text == parse_mapping(str(path), ColumnMap)
    assert from_text.shift_seconds == 60
    assert from_text.needed() == ("t", "osi", "b", "a")
    assert ColumnMap(**mapping_document(from_text)) == from_text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nowhere.json", "expected a JSON file or key=column pairs"),
        ("ts=t,bid=b,ask=a", "found no expiry, strike, right"),
        ("ts=t,symbol=s,bid=b", "expected ask=COLUMN"),
        ("ts=t,symbol=s,bid=b,ask=a,colour=c", "'colour' is unknown"),
        ("ts=t,ts=u,symbol=s,bid=b,ask=a", "ts is given twice"),
        ("ts=t,symbol=s,bid=b,ask=a,oops", "expected key=column, found 'oops'"),
        ("ts=t,symbol=s,bid=b,ask=", "expected text for ask"),
        ("ts=t,symbol=s,bid=b,ask=a,zone=Mars/Base", "found 'Mars/Base'"),
        ("ts=t,symbol=s,bid=b,ask=a,ts_unit=h", "expected ts_unit of s, ms, us or ns"),
        ("ts=t,symbol=s,bid=b,ask=a,price_scale=0", "expected price_scale >= 1"),
        ("ts=t,symbol=s,bid=b,ask=a,shift_seconds=1.5", "a whole number for shift_seconds"),
        ("ts=t,symbol=s,bid=b,ask=a,bid_size=n", "bid_size and ask_size together"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(text, message):
    with pytest.raises(InvalidInput, match=message):
        parse_mapping(text, ColumnMap)


@pytest.mark.parametrize("text", ["[1]", "{", '{"ts": 1, "symbol": "s", "bid": "b", "ask": "a"}'])
def test_a_json_file_that_is_no_mapping_is_refused(tmp_path, text):
    (tmp_path / "map.json").write_text(text)
    with pytest.raises(InvalidInput, match="column mapping"):
        parse_mapping(str(tmp_path / "map.json"), ColumnMap)


def test_a_mapping_of_the_underlying_needs_its_price():
    assert parse_mapping("ts=t,price=p", PriceMap).needed() == ("t", "p")
    with pytest.raises(InvalidInput, match="expected price=COLUMN"):
        parse_mapping("ts=t", PriceMap)
