"""Frames from Arrow tables: whatever library they come from, however they are cut."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from forven.kernels.rows import new_frames
from tests.engine_rs.calls import tick_tables

OPEN, CLOSE = 10, 40


class Bare:
    """A table that offers the stream of the PyCapsule interface and nothing else."""

    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


class BareArray:
    """A batch that offers the array of the PyCapsule interface and nothing else."""

    def __init__(self, table):
        (self.batch,) = table.combine_chunks().to_batches()

    def __arrow_c_array__(self, requested_schema=None):
        return self.batch.__arrow_c_array__(requested_schema)


def chunked(table):
    """Return the same rows in several chunks, each with a dictionary of its own, one empty."""
    pieces = [table.slice(at, 1) for at in range(len(table))]
    plain = [
        piece.set_column(1, "instrument", piece["instrument"].cast("string")) for piece in pieces
    ]
    whole = pa.concat_tables([plain[0].slice(0, 0), *plain])
    codes = pa.chunked_array([chunk.dictionary_encode() for chunk in whole["instrument"].chunks])
    return whole.set_column(1, "instrument", codes)


def sliced(table):
    """Return the same rows as a slice of a longer table: its columns begin at an offset."""
    return pa.concat_tables([table, table, table]).combine_chunks().slice(len(table), len(table))


def from_polars(table):
    return pl.from_arrow(table).with_columns(pl.col("instrument").cast(pl.Categorical))


SHAPES = [lambda table: table, Bare, BareArray, chunked, sliced, from_polars]


def built(engine, quotes, prints):
    """Return a day's frames with A as instrument 0 and B as 1."""
    ticks = engine.Ticks(quotes, prints)
    numbers = np.array([{"A": 0, "B": 1}[symbol] for symbol in ticks.symbols], np.int32)
    rows, count = ticks.counts(OPEN, CLOSE)
    frames = new_frames(2, rows, count)
    ticks.build_frames(
        *(numbers, OPEN, CLOSE),
        *(frames.clock, frames.row_starts, frames.row_frames, frames.quotes),
    )
    return frames


@pytest.mark.parametrize("shape", SHAPES)
def test_frames_are_the_same_from_every_shape_of_table(engine, shape):
    quotes, prints = tick_tables()
    found = built(engine, shape(quotes), shape(prints))
    assert found.clock.tolist() == [[10, 20, 30, 40], [10, 20, 30, 40], [-1, 610, 610, 610]]
    assert found.quotes[0].tolist() == [[0, 0, -1, -1], [5, 5, 7, 7]]
    assert found.quotes[1].tolist() == [[3, 4, -1, -1], [6, 6, 6, 6]]
    assert found.quotes[2].tolist() == [[-5, -6, -6, -6], [11, 11, -13, -13]]
    assert found.row_starts.tolist() == [0, 3, 5]
    assert found.row_frames.tolist() == [0, 1, 2, 0, 2]


def test_columns_are_read_where_they_lie(engine):
    """What is written into the table's memory afterwards is what the frames are built from."""
    quotes, prints = tick_tables()
    bids = np.array([5, 0, -1, 7, 8], np.int32)
    column = pa.Array.from_buffers(pa.int32(), 5, [None, pa.py_buffer(bids)])
    ticks = engine.Ticks(with_column(quotes, "bid", column), prints)
    bids[0] = 6
    frames = new_frames(2, 5, 4)
    numbers = np.array([1, 0], np.int32)
    out = (frames.clock, frames.row_starts, frames.row_frames, frames.quotes)
    ticks.build_frames(numbers, OPEN, CLOSE, *out)
    assert frames.quotes[0, 1].tolist() == [6, 6, 7, 7]


def with_column(table, name, values):
    return table.set_column(table.column_names.index(name), name, values)


def bad_columns():
    """Return (table, column, words found, values) of columns that must be refused."""
    five = pa.array([1, 2, None, 4, 5], pa.int32())
    codes = pa.array([0, 1, 0, 1, 0], pa.int32())
    words = pa.array(["A", None, "A", "A", "A"])
    late = pa.array([10, 10, 20, 30, 29], pa.timestamp("ns", "UTC"))
    return [
        ("quotes", "bid", "a null in row 2", five),
        ("quotes", "bid", "Int64", five.fill_null(0).cast(pa.int64())),
        ("quotes", "bid", "1000000001 in row 1", pa.array([0, 1_000_000_001, 0, 0, 0], pa.int32())),
        ("quotes", "ask", "-2 in row 0", pa.array([-2, 1, 1, 1, 1], pa.int32())),
        ("quotes", "ask", "-2147483648 in row 4", pa.array([1, 1, 1, 1, -(2**31)], pa.int32())),
        ("quotes", "instrument", "Utf8", words.fill_null("A")),
        ("quotes", "instrument", "a null in row 1", words.dictionary_encode()),
        ("quotes", "instrument", "twice", pa.DictionaryArray.from_arrays(codes, ["A", "A"])),
        ("quotes", "instrument", "a null", pa.DictionaryArray.from_arrays(codes, ["A", None])),
        ("quotes", "ts", "an earlier one in row 4", late),
        ("quotes", "ts", "Timestamp", late.cast(pa.timestamp("us", "UTC"), safe=False)),
        ("quotes", "ts", "Timestamp", late.cast(pa.timestamp("ns"))),
        ("prints", "last", "0 in row 1", pa.array([600, 0], pa.int32())),
        ("prints", "last", "Float64", pa.array([600.0, 0.0])),
    ]


@pytest.mark.parametrize("case", bad_columns(), ids=lambda case: f"{case[0]}-{case[1]}-{case[2]}")
def test_a_column_that_no_frames_can_be_made_of_is_refused(engine, case):
    table, name, found, values = case
    quotes, prints = tick_tables()
    if table == "quotes":
        quotes = with_column(quotes, name, values)
    else:
        prints = with_column(prints, name, values)
    with pytest.raises(engine.BadArgument) as caught:
        engine.Ticks(quotes, prints)
    assert caught.value.argument == f"{table}.{name}"
    assert found in caught.value.found


def bad_tables():
    """Return (argument, words found, quotes, prints) of tables that must be refused."""
    quotes, prints = tick_tables()
    doubled = quotes.rename_columns(["ts", "instrument", "bid", "ask", "ask", "ask_size"])
    rows = pa.StructArray.from_arrays([pa.array([1, 2])], ["ts"], mask=pa.array([False, True]))
    return [
        ("quotes.ask", "columns ts, instrument", quotes.drop_columns("ask"), prints),
        ("quotes.ask", "ask, ask", doubled, prints),
        ("quotes", "int", 3, prints),
        ("prints", "a column of Int32", quotes, prints["last"]),
        ("quotes", "a column of Int32", quotes["bid"].chunk(0), prints),
        ("prints", "rows that are null", quotes, pa.chunked_array([rows])),
    ]


@pytest.mark.parametrize("case", bad_tables(), ids=lambda case: f"{case[0]}-{case[1]}")
def test_a_table_that_no_frames_can_be_made_of_is_refused(engine, case):
    argument, found, quotes, prints = case
    with pytest.raises(engine.BadArgument) as caught:
        engine.Ticks(quotes, prints)
    assert caught.value.argument == argument
    assert found in caught.value.found


class Failing:
    def __arrow_c_stream__(self, requested_schema=None):
        raise OSError("the disk is gone")


class Wrong:
    def __arrow_c_stream__(self, requested_schema=None):
        return "no capsule"

    def __arrow_c_array__(self, requested_schema=None):
        return ("no", "capsules")


class WrongArray:
    def __arrow_c_array__(self, requested_schema=None):
        return ("no", "capsules")


class Spent:
    """A capsule that was taken before."""

    def __init__(self, table):
        self.capsule = table.__arrow_c_stream__()

    def __arrow_c_stream__(self, requested_schema=None):
        return self.capsule


def test_an_interface_that_fails_is_refused(engine):
    quotes, prints = tick_tables()
    for bad in (Failing(), Wrong(), WrongArray()):
        with pytest.raises(engine.BadArgument, match=r"^quotes: expected an Arrow table"):
            engine.Ticks(bad, prints)
    spent = Spent(quotes)
    engine.Ticks(spent, prints)
    with pytest.raises(engine.BadArgument, match=r"^quotes: expected an Arrow table"):
        engine.Ticks(spent, prints)


def test_no_rows_are_a_day_of_one_frame(engine):
    quotes, prints = (table.slice(0, 0) for table in tick_tables())
    ticks = engine.Ticks(quotes, prints)
    assert ticks.symbols == () or set(ticks.symbols) == {"A", "B"}
    assert ticks.counts(OPEN, CLOSE) == (0, 1)


def test_numbers_and_moments_that_do_not_fit_are_refused(engine):
    ticks = engine.Ticks(*tick_tables())
    frames = new_frames(2, 5, 4)
    out = (frames.clock, frames.row_starts, frames.row_frames, frames.quotes)
    good = np.array([1, 0], np.int32)
    cases = [
        ("number_of_code", (np.array([1, 2], np.int32), OPEN, CLOSE, *out)),
        ("number_of_code", (np.array([1, -1], np.int32), OPEN, CLOSE, *out)),
        ("number_of_code", (np.array([1], np.int32), OPEN, CLOSE, *out)),
        ("number_of_code", (good.astype(np.int64), OPEN, CLOSE, *out)),
        ("open_ns", (good, -1, CLOSE, *out)),
        ("close_ns", (good, OPEN, OPEN - 1, *out)),
        ("close_ns", (good, OPEN, 2**63, *out)),
        ("clock", (good, OPEN, CLOSE - 10, *out)),
        ("row_starts", (good, OPEN, CLOSE, out[0], np.zeros(0, np.int64), *out[2:])),
        ("row_frames", (good, OPEN, CLOSE, *out[:2], np.zeros(4, np.int32), out[3])),
        ("quotes", (good, OPEN, CLOSE, *out[:3], np.zeros((3, 1, 4), np.int32))),
    ]
    for argument, given in cases:
        with pytest.raises(engine.BadArgument) as caught:
            ticks.build_frames(*given)
        assert caught.value.argument == argument
    ticks.build_frames(good, OPEN, CLOSE, *out, 2)
