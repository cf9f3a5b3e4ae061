"""Arrow columns become numpy columns, without a copy where Arrow's memory allows it."""

import numpy as np
import pyarrow as pa
from numpy.testing import assert_array_equal

from forven.market.perpetual import schema
from forven.market.perpetual.columns import table_columns
from tests.market.perpetual.made_ticks import table, ticks

ROWS = [(1, 100, 102, 5, 6), (2, 101, 103, 7, 8)]


def test_a_column_in_one_piece_is_a_view_of_arrows_memory():
    quotes = ticks(ROWS).quotes
    columns = table_columns("quotes", quotes, schema.QUOTES)
    for name in ("ts", "bid", "ask", "bid_size", "ask_size"):
        address = quotes[name].chunk(0).buffers()[1].address
        assert columns[name].ctypes.data == address
        assert columns[name].dtype == np.int64
    assert columns["arrival"] is columns["ts"]
    assert columns["bid"].tolist() == [100, 101]


def test_pieces_of_any_size_are_one_column():
    quotes = ticks(ROWS).quotes
    pieces = pa.concat_tables([quotes.slice(0, 1), quotes.slice(1, 0), quotes.slice(1, 1)])
    whole = table_columns("quotes", quotes, schema.QUOTES)
    for name, column in table_columns("quotes", pieces, schema.QUOTES).items():
        assert_array_equal(column, whole[name])


def test_an_empty_table_has_empty_columns():
    columns = table_columns("trades", schema.TRADES.empty_table(), schema.TRADES)
    assert {name: column.size for name, column in columns.items()} == dict.fromkeys(columns, 0)
    assert columns["aggressor"].dtype == np.int64


def test_a_slice_begins_where_it_should():
    quotes = ticks(ROWS).quotes.slice(1)
    assert table_columns("quotes", quotes, schema.QUOTES)["ask"].tolist() == [103]


def test_an_arrival_of_its_own_is_kept():
    quotes = table(ROWS, schema.QUOTES, [5, 6])
    assert table_columns("quotes", quotes, schema.QUOTES)["arrival"].tolist() == [5, 6]
