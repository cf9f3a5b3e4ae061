"""Each kind of bad, left-out or noteworthy row, from a file to its count."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from forven.market.readers.mapping import ColumnMap
from forven.market.readers.rules import BAD_ROWS, LEFT_OUT, NOTED
from forven.primitives.errors import UntrustedData

BAD_EXAMPLES = [
    ("unreadable_ts", {"ts": "yesterday"}),
    ("unreadable_ts", {"ts": ""}),
    ("unreadable_ts", {"ts": "2021-13-06T14:31:00Z"}),
    ("bad_expiry", {"expiry": "soon"}),
    ("bad_expiry", {"expiry": ""}),
    ("unknown_right", {"right": "X"}),
    ("unknown_right", {"right": ""}),
    ("bad_strike", {"strike": ""}),
    ("bad_strike", {"strike": 0}),
    ("bad_strike", {"strike": -3700}),
    ("bad_strike", {"strike": "3700.001"}),
    ("bad_strike", {"strike": 100_000}),
    ("not_finite", {"bid": "NaN"}),
    ("not_finite", {"ask": "inf"}),
    ("not_finite", {"ask": "1,2".replace(",", "_")}),
    ("negative_price", {"bid": -0.05}),
    ("off_cent", {"ask": 1.305}),
    ("too_large", {"ask": 1_000_000.01}),
]


def many_good_rows(minutes) -> list[dict[str, object]]:
    return [{"ts": minutes(n // 2), "right": "CP"[n % 2]} for n in range(300)]


@pytest.mark.parametrize(("kind", "change"), BAD_EXAMPLES)
def test_a_bad_row_among_many_is_dropped_and_counted(quote_file, read, minutes, kind, change):
    rows = many_good_rows(minutes)
    rows.insert(100, rows[100] | {"strike": 3705} | change)
    found = read(quote_file(rows))
    assert found.tally.bad == {kind: 1}
    assert found.days[0].quotes.num_rows == 300
    assert found.tally.first_bad.endswith(f"quotes.csv, row 101: {BAD_ROWS[kind]}")


@pytest.mark.parametrize(("kind", "change"), BAD_EXAMPLES)
def test_a_file_of_more_than_one_percent_bad_rows_is_refused(
    quote_file, read, minutes, kind, change
):
    rows = many_good_rows(minutes)[:198]
    rows[50] |= change
    rows[60] |= change
    with pytest.raises(UntrustedData, match=rf"row 51: .*2 of 198 rows are bad \({kind} 2\)"):
        read(quote_file(rows))


def test_exactly_one_percent_of_bad_rows_is_accepted(quote_file, read, minutes):
    rows = many_good_rows(minutes)[:200]
    rows[50] |= {"bid": -1}
    rows[60] |= {"bid": -1}
    assert read(quote_file(rows)).tally.bad == {"negative_price": 2}


@pytest.mark.parametrize(
    ("change", "quote", "kind"),
    [
        ({"bid": 0}, (0, 130), "zero_bid"),
        ({"bid": ""}, (0, 130), "zero_bid"),
        ({"ask": ""}, (-1, -1), "one_sided"),
        ({"ask": 0}, (-1, -1), "one_sided"),
        ({"bid": "", "ask": ""}, (-1, -1), "one_sided"),
        ({"bid": 1.4}, (140, 130), "crossed"),
    ],
)
def test_a_side_that_is_not_there_follows_its_rule(quote_file, read, change, quote, kind):
    found = read(quote_file([change, {"strike": 3705}]))
    table = found.days[0].quotes
    assert (table["bid"][0].as_py(), table["ask"][0].as_py()) == quote
    assert {name: found.days[0].counts[name] for name in NOTED}[kind] == 1
    assert found.tally.bad.total() == 0


def test_the_last_of_rows_with_one_stamp_and_contract_counts(quote_file, read):
    found = read(quote_file([{"bid": 1.0}, {"strike": 3705}, {"bid": 1.1}]))
    (day,) = found.days
    assert day.quotes["bid"].to_pylist() == [110, 125]
    assert day.counts["duplicate"] == 1


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("other_expiry", {"expiry": "2021-01-08"}),
        ("morning_settled", {"root": "SPX"}),
        ("other_root", {"root": "SPY"}),
        ("other_root", {"root": ""}),
        ("before_open", {"ts": "2021-01-06T14:29:59.999999Z"}),
        ("after_close", {"ts": "2021-01-06T21:00:00.000001Z"}),
    ],
)
def test_a_row_outside_the_expiring_session_is_left_out_and_counted(quote_file, read, kind, change):
    rows = [change, {}] if kind == "before_open" else [{}, change]
    (day,) = read(quote_file(rows)).days
    assert day.quotes.num_rows == 1
    assert day.counts[kind] == 1
    assert kind in LEFT_OUT


def test_the_open_and_the_close_themselves_belong_to_the_session(quote_file, read):
    rows = [{"ts": "2021-01-06T14:30:00Z"}, {"ts": "2021-01-06T21:00:00Z"}]
    assert read(quote_file(rows)).days[0].quotes.num_rows == 2


def test_sizes_that_make_no_sense_are_not_known(quote_file, read):
    (day,) = read(quote_file([{"bid_size": -3, "ask_size": ""}])).days
    assert (day.quotes["bid_size"][0].as_py(), day.quotes["ask_size"][0].as_py()) == (-1, -1)
    assert day.counts["bad_size"] == 1


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_prices_stored_as_floats_are_the_cents_they_stand_for(tmp_path: Path, read, kind):
    prices = np.arange(5, 400_000, 37) / 100
    count = prices.size
    table = pa.table(
        {
            "ts": pa.array(np.full(count, 1_609_943_460), pa.int64()),
            "strike": np.arange(count) + 1.0,
            "right": ["C"] * count,
            "bid": prices.astype(kind),
            "ask": prices.astype(kind),
        }
    )
    pa.parquet.write_table(table, tmp_path / "floats.parquet")
    columns = ColumnMap(
        ts="ts", ts_unit="s", expiry="@day", strike="strike", right="right", bid="bid", ask="ask"
    )
    (day,) = read(tmp_path / "floats.parquet", columns=columns).days
    assert day.quotes["bid"].to_pylist() == list(range(5, 400_000, 37))


def test_a_null_is_a_missing_side_and_a_nan_is_a_bad_row(tmp_path: Path, read):
    stamps = pa.array(np.arange(200) * 60 + 1_609_943_460, pa.int64())
    bids = [None, float("nan"), *[1.0] * 198]
    columns = {"ts": stamps, "k": [3700] * 200, "r": ["put"] * 200, "bid": bids, "ask": [2.0] * 200}
    pa.parquet.write_table(pa.table(columns), tmp_path / "nulls.parquet")
    mapping = ColumnMap(
        ts="ts", ts_unit="s", expiry="@day", strike="k", right="r", bid="bid", ask="ask"
    )
    found = read(tmp_path / "nulls.parquet", columns=mapping)
    assert found.tally.bad == {"not_finite": 1}
    assert found.days[0].quotes["bid"][0].as_py() == 0


def test_the_page_on_data_has_every_kind_with_its_sentence():
    page = (Path(__file__).parents[3] / "docs" / "DATA.md").read_text()
    for kind, sentence in (BAD_ROWS | LEFT_OUT | NOTED).items():
        assert f"| `{kind}` | {sentence} |" in page
