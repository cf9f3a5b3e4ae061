"""Hostile and healthy files of bars: what is kept, counted, asked for and refused."""

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from forven.market.bars.catalog import BarCatalog
from forven.market.bars.importing import BarImportRequest, import_bars
from forven.market.bars.stamps import StampRules
from forven.market.bars.synthetic import random_bars
from forven.primitives.errors import InvalidInput, UntrustedData
from forven.primitives.time import rfc3339
from tests.market.bars.made_files import HEADER, NOW, rows_of


def test_a_plain_csv_is_read_exactly(bring):
    report = bring(rows_of())
    bars = report.bars
    assert (len(bars), report.rows, report.counts, report.missing) == (200, 200, {}, 0)
    assert bars.decimals == 2
    assert bars.prices[:, 1].tolist() == [1_050, 1_175, 1_000, 1_175]
    assert bars.volume.tolist() == list(range(200))
    assert int(bars.ends_ns[0]) == (1_600_002_000 + 3_600) * 10**9
    told = "whole numbers of s since 1970, told by their size, the start of the bar"
    assert report.said == (f"time: column timestamp, {told}",)


@pytest.mark.parametrize(
    ("unit", "factor"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)]
)
def test_units_are_told_by_size_and_said(bring, unit, factor):
    lines = [row.replace(row[:10], str(int(row[:10]) * factor), 1) for row in rows_of(20)]
    report = bring(lines)
    assert int(report.bars.ends_ns[0]) == (1_600_002_000 + 3_600) * 10**9
    assert f"whole numbers of {unit} since 1970, told by their size" in report.said[0]


def test_whole_numbers_of_two_units_or_of_none_are_refused(bring):
    lines = rows_of(20)
    mixed = [*lines[:10], *(row.replace(row[:10], row[:10] + "000", 1) for row in lines[10:])]
    for wrong in (mixed, [row.replace(row[:10], row[:6], 1) for row in lines]):
        with pytest.raises(UntrustedData, match=r"from 1980 to 2100 in one unit.*--unit"):
            bring(wrong)


def test_iso_stamps_take_the_zone_they_are_told(bring):
    lines = [f"2021-01-04 {hour:02d}:00:00,1,1,1,1,1" for hour in range(24)]
    assert "in UTC (nothing says otherwise)" in bring(lines).said[0]
    moved = bring(lines, stamps=StampRules(zone="America/New_York")).bars
    assert rfc3339(int(moved.ends_ns[0])) == "2021-01-04T06:00:00Z"
    with_offset = [row.replace(":00:00,", ":00:00-05:00,", 1) for row in lines]
    assert bring(with_offset).bars.ends_ns.tolist() == moved.ends_ns.tolist()
    pattern = StampRules(pattern="%d.%m.%Y %H:%M")
    other = [f"04.01.2021 {hour:02d}:00,1,1,1,1,1" for hour in range(24)]
    assert rfc3339(int(bring(other, stamps=pattern).bars.ends_ns[0])) == "2021-01-04T01:00:00Z"
    with pytest.raises(UntrustedData, match=r"row 1: the stamp is missing or cannot be read"):
        bring(other)


def test_stamps_of_which_some_lack_an_offset_are_said(bring):
    lines = [f"2021-01-04T{hour:02d}:00:00+01:00,1,1,1,1,1" for hour in range(1, 24)]
    assert bring(lines).said[0] == "time: column timestamp, ISO 8601 text, the start of the bar"
    lines.append("2021-01-04T23:00:00,1,1,1,1,1")
    report = bring(lines)
    assert "some of it without an offset and taken to be in UTC" in report.said[0]
    assert rfc3339(int(report.bars.ends_ns[-1])) == "2021-01-05T00:00:00Z"


def test_start_or_end_is_asked_for_and_told_by_some_names(bring):
    with pytest.raises(UntrustedData, match=r"--stamp start or --stamp end"):
        bring(rows_of(), stamp=None)
    started = bring(rows_of(), header=HEADER.replace("timestamp", "open_time"), stamp=None)
    ended = bring(rows_of(), header=HEADER.replace("timestamp", "ts_end"), stamp=None)
    assert int(started.bars.ends_ns[0] - ended.bars.ends_ns[0]) == 3_600 * 10**9
    assert "the start of the bar, by its name" in started.said[0]


def test_days_of_the_exchange_end_with_their_sessions(bring):
    lines = ["2024-11-27,1,1,1,1,1", "2024-11-29,1,1,1,1,1", "2024-12-02,1,1,1,1,1"]
    asked = {"timeframe": "1d", "calendar": "xnys"}
    report = bring(lines, stamp=None, **asked)
    assert [rfc3339(int(end)) for end in report.bars.ends_ns] == [
        "2024-11-27T21:00:00Z",
        "2024-11-29T18:00:00Z",
        "2024-12-02T21:00:00Z",
    ]
    assert report.missing == 0
    for stamp, text in (("start", "T00:00:00Z"), ("start", "T14:30:00Z"), ("end", "T18:00:00Z")):
        other = [row.replace(",", text + ",", 1) for row in lines]
        assert bring(other, stamp=stamp, **asked).bars.ends_ns.tolist() == (
            report.bars.ends_ns.tolist()
        )
    holiday = bring([*lines, "2024-11-28,1,1,1,1,1"], stamp=None, **asked)
    assert holiday.counts == {"outside_session": 1}
    with pytest.raises(InvalidInput, match="expected stamps with a clock, found dates"):
        bring(lines, stamp=None, timeframe="1h")


def test_minutes_outside_the_session_are_left_out(bring):
    lines = [f"2024-11-29T{14 + at // 60:02d}:{at % 60:02d}:00Z,1,1,1,1,1" for at in range(300)]
    for stamp, kept in (("start", 210), ("end", 210)):
        report = bring(lines, timeframe="1m", calendar="xnys", stamp=stamp)
        assert (len(report.bars), report.missing) == (kept, 0)
        assert report.counts == {"outside_session": 90}


def test_dates_around_the_clock_are_days_of_utc(bring):
    report = bring(["20210104,1,1,1,1,1", "20210105,1,1,1,1,1"], timeframe="1d", stamp=None)
    assert rfc3339(int(report.bars.ends_ns[0])) == "2021-01-05T00:00:00Z"


@pytest.mark.parametrize(
    ("bad", "kind", "said"),
    [
        ("nan,11,10,10,1", "not_a_number", "a price is missing, NaN"),
        (",11,10,10,1", "not_a_number", "a price is missing, NaN"),
        ("inf,11,10,10,1", "not_a_number", "a price is missing, NaN"),
        ("ten,11,10,10,1", "not_a_number", "a price is missing, NaN"),
        ("0,11,0,10,1", "not_positive", "a price is 0 or below"),
        ("10,11,-1,10,1", "not_positive", "a price is 0 or below"),
        ("10,9,10,10,1", "not_ordered", "the high is below the low"),
        ("12,11,10,10,1", "not_ordered", "open or close lie outside"),
        ("10,11,10,9.99,1", "not_ordered", "open or close lie outside"),
    ],
)
def test_a_bad_row_is_dropped_and_counted_and_many_refuse_the_file(bring, bad, kind, said):
    lines = rows_of(200)
    lines[7] = lines[7].split(",")[0] + "," + bad
    report = bring(lines)
    assert (len(report.bars), report.counts, report.missing) == (199, {kind: 1}, 1)
    for at in (7, 8, 9):
        lines[at] = lines[at].split(",")[0] + "," + bad
    with pytest.raises(UntrustedData, match=rf"row 8: .*{said}.* 3 of 200 rows are bad"):
        bring(lines)


@pytest.mark.parametrize(("text", "kind"), [("", "unreadable_ts"), ("1600002001", "off_grid")])
def test_a_bad_stamp_is_dropped_and_counted(bring, text, kind):
    lines = rows_of(200)
    lines[150] = text + lines[150][10:]
    assert bring(lines).counts == {kind: 1}


def test_bars_off_the_grid_refuse_the_file(bring):
    with pytest.raises(UntrustedData, match=r"row 1: the stamp is no multiple of the timeframe"):
        bring(rows_of(start=1_600_002_060))


def test_an_unknown_volume_is_noted(bring):
    lines = rows_of(20)
    for at, volume in ((3, "-1"), (4, "nan"), (5, ""), (6, "much")):
        lines[at] = lines[at].rsplit(",", 1)[0] + "," + volume
    report = bring(lines)
    assert report.counts == {"volume_unknown": 4}
    assert np.isnan(report.bars.volume[3:7]).all() and not np.isnan(report.bars.volume[7:]).any()


def test_equal_duplicates_are_one_and_different_ones_refuse_the_file(bring):
    lines = rows_of(20)
    assert bring([*lines, lines[4]]).counts == {"unsorted": 1, "duplicate": 1}
    other = lines[4].split(",")[0] + ",10,11,10,11,4"
    with pytest.raises(UntrustedData, match=r"row 21: expected one bar.*another.*row 5"):
        bring([*lines, other])
    assert bring([lines[:12], lines[8:]]).counts == {"unsorted": 1, "duplicate": 4}


def test_rows_in_any_order_are_put_in_order_and_counted(bring):
    lines = rows_of(20)
    backwards = bring(lines[::-1])
    assert backwards.counts == {"unsorted": 19}
    assert backwards.bars.content_hash == bring(lines).bars.content_hash


def test_a_bar_that_is_not_closed_is_left_out(bring):
    last = NOW // 10**9
    report = bring(rows_of(10, start=last - 5 * 3_600 - last % 3_600))
    assert report.counts == {"not_closed": 5}
    assert int(report.bars.ends_ns[-1]) <= NOW
    with pytest.raises(UntrustedData, match=r"none that could be kept .not_closed 3"):
        bring(rows_of(3, start=last - last % 3_600 + 3_600))


def test_gaps_stay_and_are_counted(bring):
    lines = rows_of(50)
    report = bring([*lines[:10], *lines[13:]])
    assert (len(report.bars), report.missing) == (47, 3)


def test_prices_keep_their_decimals_up_to_eight(bring):
    tiny = ["1600002000,0.00005330,0.00005330,0.00005288,0.0000529,1"]
    assert bring(tiny).bars.decimals == 8
    with pytest.raises(UntrustedData, match=r"row 1: expected prices of 8 decimals.*--decimals"):
        bring(["1600002000,0.123456789,1,0.1,1,1"])
    rounded = bring(["1600002000,0.125,1,0.1,1,1", "1600005600,1,1,1,1,1"], decimals=2)
    assert (rounded.counts, rounded.bars.prices[0].tolist()) == ({"rounded": 1}, [12, 100])
    with pytest.raises(UntrustedData, match=r"of 2 decimals, found .*0\.001"):
        bring(["1600002000,0.001,1,0.001,1,1"], decimals=2)
    with pytest.raises(UntrustedData, match=r"500,000,000,000 quanta of 8 decimals.*--decimals 7"):
        bring(["1600002000,6000.00000001,6001,6000,6000,1"])


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32()])
@pytest.mark.parametrize("suffix", ["parquet", "feather"])
def test_binary_tables_are_read_as_the_decimals_they_stand_for(tmp_path, suffix, kind):
    bars = random_bars(300, 5, "5m")
    table = pa.table(
        {
            "ts_end": pa.array(bars.ends_ns).cast(pa.timestamp("ns", tz="UTC")),
            **{
                name: pa.array(bars.floats(name) / 100).cast(kind, safe=False)
                for name in ("open", "high", "low", "close", "volume")
            },
        }
    )
    path = tmp_path / f"bars.{suffix}"
    write = pq.write_table if suffix == "parquet" else pa.feather.write_feather
    write(table, path)
    request = BarImportRequest(
        name="made", paths=(path,), now_ns=NOW, symbol="X", timeframe="5m", calendar="always"
    )
    made = import_bars(request, BarCatalog(tmp_path)).bars
    assert made.decimals == 4
    assert made.prices.tolist() == bars.prices.tolist()


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("timestamp,open,high,low,price,volume", r"a column of close \(close, c\)"),
        ("timestamp,price,high,low,close,volume", r"a column of open.*--close-only"),
        ("timestamp,date,high,low,open,close", r"one column of the time, found timestamp, date"),
        ("moment,open,high,low,close,volume", r"a column of ts .*--columns ts=COLUMN"),
        ("1600002000,1,1.5,1.2,1.3,7", r"found twice|first line holds numbers"),
        ("timestamp,open,open,low,close,volume", "'open' twice"),
    ],
)
def test_a_header_that_does_not_tell_is_refused(bring, header, said):
    with pytest.raises(UntrustedData, match=said):
        bring(rows_of(), header=header)


def test_blanks_around_the_names_of_columns_do_not_matter(bring):
    plain = bring(rows_of()).bars
    header = " timestamp, open , HIGH, low, close, volume"
    assert bring(rows_of(), header=header).bars.content_hash == plain.content_hash
    named = bring(
        rows_of(),
        header=" a, b, c, d, e, f",
        columns={"ts": "a", "open": "b", "high": " c", "low": "d", "close": "e", "volume": "f"},
    )
    assert named.bars.content_hash == plain.content_hash


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("04/01/2021 01:00,1,1,1,1,1", "--time-format"),
        ('1600002000,"1,000","1,000","1,000","1,000",1', "without separators of thousands"),
        ("1600002007,1,1,1,1,1", "Choose the timeframe"),
    ],
)
def test_a_file_refused_whole_says_what_helps(bring, row, said):
    with pytest.raises(UntrustedData, match=said):
        bring([row])


@pytest.mark.parametrize("column", ["open", "volume"])
def test_a_column_that_holds_no_numbers_is_named(tmp_path, column):
    columns = {name: [1.0] * 3 for name in ("open", "high", "low", "close", "volume")}
    columns |= {"ts_start": [1_600_002_000 + 3_600 * at for at in range(3)], column: [[1.0]] * 3}
    path = tmp_path / "made.parquet"
    pq.write_table(pa.table(columns), path)
    request = BarImportRequest(
        name="made", paths=(path,), now_ns=NOW, symbol="X", timeframe="1h", calendar="always"
    )
    with pytest.raises(UntrustedData, match=f"column {column}: expected numbers.*found list"):
        import_bars(request, BarCatalog(tmp_path / "home"))


def test_columns_can_be_named(bring):
    header = "moment,first,top,bottom,last,amount"
    columns = {"ts": "moment", "open": "first", "high": "top", "low": "bottom", "close": "last"}
    report = bring(rows_of(), header=header, columns=columns)
    assert np.isnan(report.bars.volume).all() and report.counts == {}
    assert report.said[1] == "not taken: amount"
    with pytest.raises(UntrustedData, match="expected the column 'none' for volume"):
        bring(rows_of(), header=header, columns={**columns, "volume": "none"})


def test_closes_alone_are_taken_only_when_asked_for(bring):
    lines = ["1600002000,10.5", "1600005600,11"]
    with pytest.raises(UntrustedData, match="--close-only"):
        bring(lines, header="time,close")
    report = bring(lines, header="time,close", close_only=True)
    assert report.bars.prices.tolist() == [[105, 110]] * 4
    assert report.counts == {"close_only": 2}


def test_rows_of_several_symbols_must_be_chosen(bring):
    header = "symbol," + HEADER
    lines = [f"{name},{row}" for name in ("BTC", "ETH") for row in rows_of(20)]
    with pytest.raises(UntrustedData, match=r"one symbol, found BTC, ETH; .*--where symbol=BTC"):
        bring(lines, header=header)
    report = bring(lines, header=header, where=(("symbol", "ETH"),), symbol=None)
    assert (report.bars.symbol, report.counts) == ("ETH", {"not_chosen": 20})
    with pytest.raises(UntrustedData, match="expected rows with symbol=SOL, found none"):
        bring(lines, header=header, where=(("symbol", "SOL"),))
    with pytest.raises(UntrustedData, match="expected the column 'venue' to choose rows by"):
        bring(lines, header=header, where=(("venue", "x"),))
    with pytest.raises(InvalidInput, match="say --symbol"):
        bring(rows_of(), symbol=None)


def test_nothing_is_written_when_a_file_is_refused(bring):
    bring(rows_of(20))
    before = bring.catalog.open("made").content_hash
    with pytest.raises(UntrustedData):
        bring(rows_of(20), header="a,b,c,d,e,f")
    assert bring.catalog.open("made").content_hash == before


def test_an_append_adds_and_the_new_bar_counts(bring):
    lines = rows_of(30)
    bring(lines[:20])
    later = [lines[19].rsplit(",", 1)[0] + ",99", *lines[20:]]
    report = bring(later, append=True)
    assert report.manifest.rows == 30
    assert bring.catalog.open("made").volume[19] == 99
    assert report.manifest.counts == {"replaced_by_append": 1}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"timeframe": None}, "timeframe: expected one of"),
        ({"calendar": None}, "calendar: expected one of"),
        ({"stamp": "middle"}, "stamp: expected start or end"),
        ({"decimals": 9}, "decimals: expected 0 to 8"),
        ({"format": "unknown"}, "format: expected one of nautilus"),
        ({"stamps": StampRules(zone="Mars/Base")}, "IANA name"),
        ({"symbol": "a\tb"}, "symbol: expected"),
    ],
)
def test_what_is_asked_for_wrongly_is_refused(bring, asked, said):
    with pytest.raises(InvalidInput, match=said):
        bring(rows_of(), **asked)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PAR1junk", b"PK\x03\x04", b"a,b\n"])
def test_what_is_no_table_is_refused(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    request = BarImportRequest(
        name="x", paths=(path,), now_ns=NOW, symbol="X", timeframe="1h", calendar="always"
    )
    with pytest.raises(UntrustedData, match=r"file"):
        import_bars(request, BarCatalog(tmp_path))
    with pytest.raises(InvalidInput, match="no such file"):
        import_bars(
            BarImportRequest(**{**_fields(request), "paths": (tmp_path / "none",)}),
            BarCatalog(tmp_path),
        )


def _fields(request):
    return {name: getattr(request, name) for name in request.__dataclass_fields__}
