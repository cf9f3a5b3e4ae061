"""What a producer may announce and send, and what is refused with words."""

import json

import numpy as np
import pyarrow as pa
import pytest

from forven.market.feeds.batches import NULL, announcement_of, rows_of_batch
from forven.primitives.errors import InvalidInput
from tests.market.feeds.conftest import OPEN_NS, SYMBOLS
from tests.market.feeds.made_streams import batch_of, metadata_of, schema_of
from tests.market.made_days import DAY, NEXT_DAY, osi

DICTIONARY = pa.dictionary(pa.int16(), pa.string())


def test_a_listing_is_put_in_order_and_counted_once():
    listed = [SYMBOLS[2], SYMBOLS[1], SYMBOLS[0], SYMBOLS[1]]
    found = announcement_of(schema_of(metadata_of(listing=listed)))
    assert (found.day, found.symbols, found.root) == (DAY, SYMBOLS, "SPXW")


@pytest.mark.parametrize(
    "kinds",
    [
        {"ts": pa.timestamp("ns", tz="UTC")},
        {"instrument": DICTIONARY},
        {"instrument": pa.large_string()},
        {"bid": pa.int64(), "ask_size": pa.int64()},
    ],
)
def test_columns_may_have_a_few_types(kinds):
    schema = schema_of(**kinds)
    assert announcement_of(schema).symbols == SYMBOLS
    rows = rows_of_batch(batch_of([(OPEN_NS, SYMBOLS[1], -1, 110, 2, 3)], schema))
    assert [rows.names[code] for code in rows.codes] == [SYMBOLS[1]]
    columns = (rows.ts, rows.bid, rows.ask, rows.bid_size, rows.ask_size)
    assert [int(column[0]) for column in columns] == [OPEN_NS, -1, 110, 2, 3]
    assert all(column.dtype == np.int64 for column in columns)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (schema_of(bid=pa.float64()), "column bid: expected int32 or int64"),
        (schema_of(ask=pa.float32()), "column ask: expected int32 or int64"),
        (schema_of(ts=pa.timestamp("us", tz="UTC")), "column ts: expected int64"),
        (schema_of(ts=pa.timestamp("ns")), "column ts: expected int64"),
        (schema_of(instrument=pa.int32()), "column instrument: expected string"),
        (schema_of(instrument=pa.dictionary(pa.int8(), pa.int32())), "column instrument"),
        (schema_of(ask_size=None), "expected the columns ts, instrument"),
        (schema_of(more=pa.int32()), "expected the columns ts, instrument"),
        (schema_of({}), "expected the metadata forven.day"),
        (schema_of({"forven.day": "2024-06-03"}), "expected the metadata forven.listing"),
        (schema_of(metadata_of(day="today")), "expected a date as YYYY-MM-DD"),
        (schema_of(metadata_of(day=NEXT_DAY)), "options that expire on 2024-06-04"),
        (schema_of(metadata_of(listing=["AAPL"])), "option symbol: expected 21 characters"),
        (schema_of(metadata_of(listing=[])), "expected 1 to 5000, found 0"),
        (schema_of(metadata_of(listing=[osi(1 + k) for k in range(5001)])), "found 5001"),
        (schema_of(metadata_of(listing=[*SYMBOLS, osi(10, root="XSP")])), "expected"),
        (schema_of({**metadata_of(), "forven.listing": "[1]"}), "expected a JSON list of OSI"),
        (schema_of({**metadata_of(), "forven.listing": "{"}), "expected a JSON list of OSI"),
        (schema_of({**metadata_of(), "forven.listing": "[" * 10**5}), "expected a JSON list"),
        (schema_of({b"forven.day": b"\xff\xfe", b"forven.listing": b"[]"}), "expected a date"),
    ],
)
def test_another_announcement_is_refused_with_its_reason(schema, words):
    with pytest.raises(InvalidInput, match=words) as caught:
        announcement_of(schema)
    assert len(str(caught.value)) < 1_000


def test_nulls_are_marked_and_not_made_up():
    rows = rows_of_batch(batch_of([(OPEN_NS, None, 1, 2), (None, SYMBOLS[0], None, 2, None, None)]))
    assert rows.codes.tolist()[0] == -1
    assert rows.ts.tolist() == [OPEN_NS, NULL]
    assert rows.bid.tolist() == [1, NULL]
    assert rows.bid_size.tolist() == [1, NULL]
    null_name = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", None]))
    columns = {name: pa.array([1, 2, 3]) for name in ("ts", "bid", "ask", "bid_size", "ask_size")}
    batch = pa.record_batch({"instrument": null_name, **columns})
    assert rows_of_batch(batch).codes.tolist() == [0, -1, -1]


def test_a_sliced_batch_gives_its_own_rows():
    batch = batch_of([(OPEN_NS + k, SYMBOLS[k % 2], k, k + 5) for k in range(6)]).slice(2, 3)
    assert rows_of_batch(batch).bid.tolist() == [2, 3, 4]
    assert rows_of_batch(batch.slice(0, 0)).bid.tolist() == []


def test_bytes_that_are_not_what_they_say_are_refused_and_not_read():
    wild = pa.DictionaryArray.from_buffers(
        pa.dictionary(pa.int32(), pa.string()),
        1,
        [None, pa.py_buffer(np.array([2**30], np.int32))],
        pa.array([SYMBOLS[0]]),
    )
    columns = [pa.array([1]), wild, *(pa.array([1]) for _ in range(4))]
    with pytest.raises(InvalidInput, match="batch: expected sound rows"):
        rows_of_batch(pa.record_batch(columns, names=list(schema_of().names)))
    offsets = pa.py_buffer(np.array([0, 10**6, 2, 3], np.int32))
    text = pa.Array.from_buffers(pa.string(), 3, [None, offsets, pa.py_buffer(b"abc")])
    columns = [text if place == 1 else pa.array([1, 2, 3]) for place in range(6)]
    with pytest.raises(InvalidInput, match="batch: expected sound rows"):
        rows_of_batch(pa.record_batch(columns, names=list(schema_of().names)))


def test_the_words_of_the_listing_are_json():
    assert json.loads(metadata_of()["forven.listing"]) == list(SYMBOLS)
