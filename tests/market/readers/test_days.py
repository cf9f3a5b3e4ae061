"""Days: cut out of longer files one at a time, each with the session of its date."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet
import pytest

from forven.market.readers import tables
from forven.market.readers.days import DayReader
from forven.market.readers.formats import recognise
from forven.primitives.errors import NotASession, UntrustedData


def two_days(strikes=(3700, 3705)) -> list[dict[str, object]]:
    return [
        {
            "ts": f"2021-01-{day:02d}T15:{minute:02d}:00Z",
            "expiry": f"2021-01-{day:02d}",
            "strike": k,
        }
        for day in (6, 8)
        for minute in range(30)
        for k in strikes
    ]


def test_a_file_of_several_days_gives_each_day_its_own(quote_file, read):
    found = read(quote_file(two_days()))
    assert [day.day for day in found.days] == [date(2021, 1, 6), date(2021, 1, 8)]
    assert [day.quotes.num_rows for day in found.days] == [60, 60]


def test_a_file_by_time_is_held_one_day_at_a_time(tmp_path, quote_file, calendar, monkeypatch):
    monkeypatch.setattr(tables, "BATCH_ROWS", 16)
    table = pa.csv.read_csv(quote_file(two_days()))
    table = table.set_column(0, "ts", table["ts"].cast(pa.timestamp("ns", tz="UTC")))
    pa.parquet.write_table(table, tmp_path / "days.parquet")
    shares: list[float] = []
    reader = DayReader(
        recognise(tmp_path / "days.parquet"),
        calendar.bounds,
        sort=False,
        progress=lambda _, share: shares.append(share),
    )
    days = reader.days()
    assert next(days).quotes.num_rows == 60
    assert shares[-1] == 64 / 120  # the first day came before the second was read
    assert next(days).quotes.num_rows == 60
    assert shares[-1] == 1.0


@pytest.mark.parametrize("batch", [61, 1_000])
def test_a_day_is_the_same_wherever_its_batches_are_cut(shared_data, read, monkeypatch, batch):
    path = shared_data / "lean/spx_option_minute/spxw_20210106_quotes.parquet"
    whole = read(path)
    monkeypatch.setattr(tables, "BATCH_ROWS", batch)
    cut = read(path)
    assert cut.days[0].quotes.equals(whole.days[0].quotes)
    assert cut.days[0].counts == whole.days[0].counts


def test_a_day_that_comes_again_is_refused(quote_file, read):
    rows = two_days()
    with pytest.raises(UntrustedData, match=r"row 121: expected rows sorted by time"):
        read(quote_file([*rows, rows[0]]))


def test_contracts_one_after_the_other_over_several_days_are_read(quote_file, read):
    rows = sorted(two_days(), key=lambda row: (row["strike"], row["expiry"]))
    found = read(quote_file(rows))
    assert [day.quotes.num_rows for day in found.days] == [60, 60]


def test_a_contract_that_expires_on_a_holiday_is_refused(quote_file, read):
    rows = [{"ts": "2021-01-18T15:00:00Z", "expiry": "2021-01-18"}]
    with pytest.raises(NotASession, match=r"2021-01-18 is no trading day.*Martin Luther King"):
        read(quote_file(rows))


def test_a_contract_that_expires_on_a_weekend_is_refused(quote_file, read):
    with pytest.raises(NotASession, match="2021-01-09 is no trading day: a Saturday"):
        read(quote_file([{"ts": "2021-01-09T15:00:00Z", "expiry": "2021-01-09"}]))


def test_an_early_close_ends_the_session_at_one_o_clock(quote_file, read):
    rows = [
        {"ts": f"2023-07-03T{clock}:00Z", "expiry": "2023-07-03"}
        for clock in ("16:59", "17:00", "17:01", "19:00")
    ]
    (day,) = read(quote_file(rows)).days
    assert (day.quotes.num_rows, day.counts["after_close"]) == (2, 2)


def test_two_roots_on_one_day_are_refused(quote_file, read):
    with pytest.raises(UntrustedData, match=r"expected one option root on 2021-01-06.*SPXW, XSP"):
        read(quote_file([{}, {"root": "XSP", "strike": 370}]))


def test_a_file_without_an_expiring_contract_has_no_day(shared_data, read):
    found = read(shared_data / "lean/spx_option_minute/spxw_20210105_quotes.parquet")
    assert found.days == []
    assert found.tally.by_day.total() == found.tally.rows == 3_239
