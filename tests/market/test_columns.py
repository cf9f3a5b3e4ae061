from dataclasses import replace

import pyarrow as pa
import pytest

from forven.market.columns import PRICE_QUANTA_MAX, columns_of, rows_table
from forven.market.schema import PRINTS
from forven.primitives.errors import InvalidInput, UntrustedData
from tests.market.made_days import bounds_of, day_ticks, osi, prints_table, quotes_table

BOUNDS = bounds_of()


def content(**changes):
    return columns_of(day_ticks(**changes)).content_hash(BOUNDS)


def test_the_identity_is_that_of_the_rows_not_of_the_dictionary():
    plain = day_ticks()
    symbols = plain.quotes.column("instrument").to_pylist()
    other = pa.array(["unused", *sorted(set(symbols), reverse=True)])
    codes = pa.array([other.index(symbol).as_py() for symbol in symbols], pa.int32())
    column = pa.DictionaryArray.from_arrays(codes, other)
    recoded = plain.quotes.set_column(1, plain.quotes.schema.field(1), column)
    assert content(quotes=recoded) == content()


@pytest.mark.parametrize(
    "changes",
    [
        {"settlement": 530_000},
        {"prints": prints_table([(0, 530_001)])},
        {"quotes": quotes_table([(0, osi(5300), 200, 210)])},
        {"quotes": quotes_table([(0, osi(5300), 200, 215)])},
        {"quotes": quotes_table([(0, osi(5310), 200, 210)])},
        {"quotes": quotes_table([(1, osi(5300), 200, 210)])},
        {"quotes": quotes_table([(0, osi(5300), 200, 210)] * 2)},
    ],
)
def test_any_other_row_or_settlement_has_another_identity(changes):
    every = [content(), content(**changes), content(quotes=quotes_table([(5, osi(5300), 1, 2)]))]
    assert len(set(every)) == 3


def test_other_bounds_have_another_identity():
    columns = columns_of(day_ticks())
    assert columns.content_hash(BOUNDS) != columns.content_hash(
        replace(BOUNDS, close_ns=BOUNDS.close_ns - 1)
    )


def test_rows_between_two_moments_include_both():
    inside = columns_of(day_ticks()).between(BOUNDS.open_ns, BOUNDS.open_ns + 10**9)
    assert inside.quote_ts.size == 3
    assert inside.print_last.tolist() == [530_000]


def refused(**changes):
    with pytest.raises(UntrustedData) as refusal:
        columns_of(day_ticks(**changes))
    return str(refusal.value)


def test_rows_that_cannot_be_trusted_are_refused_by_row_and_reason():
    sound = (0, osi(5300), 200, 210)
    backwards = quotes_table([sound, (2, *sound[1:]), (1, *sound[1:])])
    assert "row 2: time goes backwards" in refused(quotes=backwards)
    huge = quotes_table([sound, (1, osi(5300), 200, PRICE_QUANTA_MAX + 1)])
    assert "quote_ask" in refused(quotes=huge)
    assert f"row 1: expected -1 to {PRICE_QUANTA_MAX}" in refused(quotes=huge)
    negative = quotes_table([(0, osi(5300), -2, 210)])
    assert "quote_bid of 2024-06-03, row 0" in refused(quotes=negative)
    assert "print_last" in refused(prints=prints_table([(0, 0)]))
    assert "backwards" in refused(prints=prints_table([(1, 5), (0, 5)]))
    foreign = prints_table([(0, 5)], underlying="NDX")
    assert "row 0: expected values of SPX, found 'NDX'" in refused(prints=foreign)


def test_a_table_of_another_schema_is_refused_by_column():
    quotes = day_ticks().quotes
    assert "column 'bid'" in refused(quotes=quotes.drop_columns(["bid"]))
    wide = quotes.set_column(2, "bid", quotes.column("bid").cast(pa.int64()))
    assert "expected int32, found int64" in refused(quotes=wide)
    holed = quotes.set_column(2, pa.field("bid", pa.int32()), pa.array([1, None, 3, 4], pa.int32()))
    assert "row 1: bid is null" in refused(quotes=holed)


@pytest.mark.parametrize("value", [1.5, 2**31, float("nan")])
@pytest.mark.filterwarnings("ignore:invalid value encountered in cast")
def test_a_value_that_its_column_cannot_hold_is_refused_by_row(value):
    columns = {
        "ts": [1, 2], "instrument": ["SPX", "SPX"], "last": [5, value], "last_size": [1, 1],
        "aggressor": [0, 0],
    }  # fmt: skip
    with pytest.raises(InvalidInput, match="last, row 1"):
        rows_table(columns, PRINTS)
