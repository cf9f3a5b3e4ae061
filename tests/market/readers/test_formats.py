"""The layouts of real files: told by content, and read to the exact values of the source."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet
import pytest

from forven.market.readers.formats import UnknownFormat, recognise
from forven.market.readers.mapping import ColumnMap
from forven.market.schema import QUOTES
from forven.primitives.errors import InvalidInput, UntrustedData

CBOE = "cboe_vixr/spxw_1min_2018-01-05_exp2018-01-05.parquet"
VENDOR = "cboe_vixr/raw_sample_original_columns.csv"
LEAN = "lean/spx_option_minute/spxw_20210106_quotes.parquet"
LEAN_ZIP = "lean/raw/indexoption_spxw_20210106_quote_european.zip"


def quote(table, ts: str, symbol: str) -> tuple[int, ...]:
    stamp = pc.equal(table["ts"], pa.scalar(ts).cast(pa.timestamp("ns", tz="UTC")))
    found = table.filter(pc.and_(stamp, pc.equal(table["instrument"].cast(pa.string()), symbol)))
    assert found.num_rows == 1
    return tuple(found[name][0].as_py() for name in ("bid", "ask", "bid_size", "ask_size"))


def test_the_full_chain_gives_every_minute_of_every_contract(shared_data, read):
    found = read(shared_data / CBOE)
    (day,) = found.days
    assert found.format == "cboe-parquet"
    assert (day.day, day.root, found.tally.rows) == (date(2018, 1, 5), "SPXW", 128_790)
    assert day.quotes.schema == QUOTES
    assert day.quotes.num_rows == 124_020 == 390 * 318
    assert len(pc.unique(day.quotes["ts"])) == 390
    assert len(pc.unique(day.quotes["instrument"])) == 318
    assert day.counts["after_close"] == 4_770 == 15 * 318
    assert day.counts["zero_bid"] == 59_713
    assert found.tally.bad.total() == 0


def test_quotes_of_the_full_chain_are_those_of_the_file(shared_data, read):
    (day,) = read(shared_data / CBOE).days
    source = pa.parquet.read_table(shared_data / CBOE)
    for strike, right in ((1200, "C"), (1200, "P"), (2735, "C"), (2735, "P"), (3100, "P")):
        mine = f"SPXW  180105{right}{strike * 1000:08d}"
        theirs = source.filter(
            (pc.field("strike") == strike)
            & (pc.field("right") == right)
            & (
                pc.field("ts")
                == pa.scalar("2018-01-05T14:31:00Z").cast(source.schema.field("ts").type)
            )
        ).to_pylist()[0]
        assert quote(day.quotes, "2018-01-05T14:31:00Z", mine) == (
            round(theirs["bid"] * 100),
            round(theirs["ask"] * 100),
            theirs["bid_size"],
            theirs["ask_size"],
        )
    first = quote(day.quotes, "2018-01-05T14:31:00Z", "SPXW  180105C01200000")
    assert first == (152_970, 153_580, 35, 35)
    assert quote(day.quotes, "2018-01-05T14:31:00Z", "SPXW  180105P01200000") == (0, 15, 0, 55)


def test_the_underlying_beside_the_chain_is_rounded_to_the_cent(shared_data, read):
    (day,) = read(shared_data / CBOE).days
    assert day.spot.ts.size == 390
    assert day.spot.quanta[:2].tolist() == [273_328, 273_340]  # 2733.28 and 2733.3999
    assert day.counts["underlying_rounded"] == 220


def test_the_vendor_file_equals_the_chain_at_its_two_minutes(shared_data, read):
    vendor = read(shared_data / VENDOR)
    (sample,), (whole,) = vendor.days, read(shared_data / CBOE).days
    assert vendor.format == "cboe-csv"
    assert sample.quotes.num_rows == 636
    stamps = pc.unique(sample.quotes["ts"])
    assert [str(s) for s in stamps.cast(pa.string())] == [
        "2018-01-05 15:00:00.000000000Z",
        "2018-01-05 20:59:00.000000000Z",
    ]
    same = whole.quotes.filter(pc.is_in(whole.quotes["ts"], stamps))
    assert sample.quotes.to_pylist() == same.to_pylist()


def test_lean_bars_keep_only_the_contracts_that_expire_on_the_day(shared_data, read):
    found = read(shared_data / LEAN)
    (day,) = found.days
    assert found.format == "lean-parquet"
    assert (found.tally.rows, day.quotes.num_rows, day.counts["other_expiry"]) == (
        6_305,
        1_445,
        4_860,
    )
    assert day.counts["crossed"] == 7
    assert day.spot is None


def test_the_zip_equals_the_parquet_of_the_same_day_cell_by_cell(shared_data, read):
    archive, table = read(shared_data / LEAN_ZIP), read(shared_data / LEAN)
    assert archive.format == "lean-zip"
    assert archive.days[0].quotes.equals(table.days[0].quotes)
    assert archive.days[0].counts == table.days[0].counts


def test_known_quotes_of_the_lean_vertical_are_read_to_the_cent(shared_data, read):
    (day,) = read(shared_data / "lean/spx_option_minute/spxw_20210104_quotes.parquet").days
    assert day.quotes.num_rows == 1_325
    at_open = "2021-01-04T14:31:00Z"
    assert quote(day.quotes, at_open, "SPXW  210104P03800000")[1] == 3_590
    assert quote(day.quotes, at_open, "SPXW  210104C03700000")[0] == 6_490
    assert quote(day.quotes, at_open, "SPXW  210104C03800000")[1] == 40


def test_a_mapping_gives_what_the_known_format_gives(shared_data, read):
    columns = ColumnMap(
        ts="quote_datetime",
        expiry="expiration",
        strike="strike",
        right="option_type",
        root="root",
        bid="bid",
        ask="ask",
        bid_size="bid_size",
        ask_size="ask_size",
        spot="active_underlying_price",
        zone="America/New_York",
    )
    mapped, known = read(shared_data / VENDOR, columns=columns), read(shared_data / VENDOR)
    assert mapped.format == "mapped"
    assert mapped.days[0].quotes.equals(known.days[0].quotes)
    assert mapped.days[0].spot.quanta.tolist() == known.days[0].spot.quanta.tolist()


def test_a_mapping_moves_bar_starts_scales_prices_and_takes_symbols(tmp_path, read):
    path = tmp_path / "bars.csv"
    path.write_text(
        "when;contract;b;a\n"
        "1609943400;SPXW210106C03700000;12500;13000\n"
        "1609943460;SPXW  210106P03700000;;13000\n"
    )
    columns = ColumnMap(
        ts="when", ts_unit="s", symbol="contract", bid="b", ask="a", shift_seconds=60,
        price_scale=10_000,
    )  # fmt: skip
    (day,) = read(path, columns=columns).days
    assert quote(day.quotes, "2021-01-06T14:31:00Z", "SPXW  210106C03700000") == (125, 130, -1, -1)
    assert quote(day.quotes, "2021-01-06T14:32:00Z", "SPXW  210106P03700000") == (0, 130, -1, -1)


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_our_own_quotes_come_back_as_they_were(shared_data, tmp_path, read, kind):
    (day,) = read(shared_data / LEAN).days
    path = tmp_path / f"own.{kind}"
    if kind == "parquet":
        pa.parquet.write_table(day.quotes, path)
    else:
        with pa.ipc.new_file(path, day.quotes.schema) as file:
            file.write_table(day.quotes)
    again = read(path)
    assert again.format == "ticks"
    assert again.days[0].quotes.to_pylist() == day.quotes.to_pylist()


def test_a_table_of_no_known_layout_is_refused_with_what_each_layout_lacks(shared_data):
    with pytest.raises(UnknownFormat, match=r"lean-parquet.*: bid, ask, bid_size") as error:
        recognise(shared_data / "lean/spx_option_minute/spxw_20210106_trades.parquet")
    for name in ("ticks", "cboe-parquet", "cboe-csv", "lean-zip", "mapped"):
        assert f"  {name}" in str(error.value)


def test_a_named_format_says_which_columns_are_missing(quote_file):
    with pytest.raises(UnknownFormat, match="missing for format lean-parquet: ts_start;"):
        recognise(quote_file([{}]), "lean-parquet")


def test_a_mapping_to_columns_that_are_not_there_is_refused(quote_file):
    columns = ColumnMap(ts="ts", symbol="osi", bid="b", ask="ask")
    with pytest.raises(UnknownFormat, match="missing for the column mapping: osi, b;"):
        recognise(quote_file([{}]), columns=columns)


def test_a_zip_without_option_entries_is_no_option_file(shared_data):
    with pytest.raises(UnknownFormat, match="expected LEAN option entries"):
        recognise(shared_data / "lean/raw/index_spx_20210104_trade.zip")


def test_a_format_that_does_not_exist_is_refused(quote_file):
    with pytest.raises(InvalidInput, match="expected one of ticks, cboe-parquet"):
        recognise(quote_file([{}]), "excel")


@pytest.mark.parametrize("name", [CBOE, LEAN_ZIP])
@pytest.mark.parametrize("share", [0.3, 0.99])
def test_a_truncated_file_is_refused(shared_data, tmp_path, read, name, share):
    whole = (shared_data / name).read_bytes()
    path = tmp_path / f"cut{(shared_data / name).suffix}"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(UntrustedData, match=r"cut.*truncated"):
        read(path)


@pytest.mark.parametrize("name", [CBOE, LEAN_ZIP])
def test_a_damaged_file_is_refused(shared_data, tmp_path, read, name):
    content = bytearray((shared_data / name).read_bytes())
    content[4_000:4_400] = bytes(400)
    path = tmp_path / f"damaged{(shared_data / name).suffix}"
    path.write_bytes(content)
    with pytest.raises(UntrustedData, match="damaged"):
        read(path)


def test_an_empty_file_and_a_binary_file_are_refused(tmp_path, read):
    (tmp_path / "empty.csv").touch()
    with pytest.raises(UntrustedData, match="found an empty file"):
        read(tmp_path / "empty.csv")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    with pytest.raises(UntrustedData, match="binary content"):
        read(tmp_path / "picture.csv")


def test_a_csv_row_with_too_few_fields_is_refused_naming_it(quote_file, read):
    path = quote_file([{}])
    path.write_text(path.read_text() + "2021-01-06T14:32:00Z,SPXW\n")
    with pytest.raises(UntrustedData, match=r"Row #3: Expected 10 columns, got 2"):
        read(path)


def test_a_csv_as_spreadsheets_write_it_is_read(quote_file, read):
    path = quote_file([{}, {"strike": 3705}])
    text = path.read_text().replace("\n", "\r\n").replace(",", ";")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read(path).days[0].quotes.num_rows == 2


def test_a_column_named_twice_is_refused(tmp_path, read):
    (tmp_path / "twice.csv").write_text("ts,bid,bid\n1,2,3\n")
    with pytest.raises(UntrustedData, match="found 'bid' twice"):
        read(tmp_path / "twice.csv")


def test_prices_of_a_type_that_is_no_number_are_refused(tmp_path, read):
    table = pa.table({"ts": [1], "symbol": ["x"], "b": [[1.0]], "a": [1.0]})
    pa.parquet.write_table(table, tmp_path / "lists.parquet")
    columns = ColumnMap(ts="ts", symbol="symbol", bid="b", ask="a")
    with pytest.raises(UntrustedData, match="column b: expected numbers"):
        read(tmp_path / "lists.parquet", columns=columns)
