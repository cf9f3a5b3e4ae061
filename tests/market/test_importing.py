"""The import service: files, underlying and settlement into one dataset, or nothing at all."""

from datetime import date
from pathlib import Path

import pytest

from forven.market.calendar import TradingCalendar, trading_calendar
from forven.market.catalog import Catalog
from forven.market.importing import ImportReport, ImportRequest, import_files
from forven.market.readers.mapping import ColumnMap
from forven.market.readers.settlements import read_settlements
from forven.primitives.errors import (
    EmptyRange,
    InvalidInput,
    NotASession,
    UntrustedData,
)

CHAIN = "cboe_vixr/spxw_1min_2018-01-05_exp2018-01-05.parquet"
LEAN = "lean/spx_option_minute/spxw_{}_quotes.parquet"
INDEX = "lean/spx_index_minute/spx_20210104.parquet"
PARITY = "lean/spx_index_minute/derived_parity_spot_20210106.parquet"


@pytest.fixture(scope="module")
def calendar() -> TradingCalendar:
    return trading_calendar()


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(tmp_path / "home")


@pytest.fixture
def run(catalog, calendar):
    def start(*paths: Path, **more: object) -> ImportReport:
        request = ImportRequest(**{"name": "mine", "paths": paths} | more)
        return import_files(request, catalog, calendar, lambda *_: None)

    return start


def test_the_full_chain_becomes_a_day_that_can_be_run(shared_data, run, catalog):
    settlements = read_settlements(shared_data / "reference" / "spx_settlements.csv")
    report = run(shared_data / CHAIN, settlements=settlements)
    market = catalog.open("mine").load(date(2018, 1, 5))
    assert (market.frame_count, len(market.symbols)) == (390, 318)
    assert (market.settlement, market.settlement_estimated) == (274_315, False)
    assert market.price_of("SPXW  180105C01200000", 0).bid == 152_970
    assert market.spot_at(0) == 273_328
    assert report.days[0].content_hash == market.content_hash
    assert report.files[0].counts == {
        "after_close": 4_770,
        "underlying_rounded": 220,
        "zero_bid": 59_713,
    }


def test_the_same_file_gives_the_same_content(shared_data, run):
    archive = shared_data / "lean/raw/indexoption_spxw_20210106_quote_european.zip"
    more = {"underlying": (shared_data / PARITY,), "settlement": 374_814}
    one = run(archive, name="one", **more)
    other = run(shared_data / LEAN.format("20210106"), name="other", **more)
    assert one.days[0].content_hash == other.days[0].content_hash


def test_a_folder_gives_all_its_days_and_says_what_it_skipped(shared_data, run, catalog):
    report = run(
        shared_data / "lean" / "spx_option_minute",
        underlying=(shared_data / INDEX, shared_data / PARITY),
    )
    assert catalog.open("mine").days() == [date(2021, 1, 4), date(2021, 1, 6)]
    assert [record.quote_rows for record in report.days] == [1_325, 1_445]
    assert [record.settlement_estimated for record in report.days] == [True, True]
    assert report.days[0].settlement == 370_138  # the index at 16:00
    assert len(report.files) == 5
    assert len(report.skipped) == 8
    assert all("no known format" in reason for _, reason in report.skipped)


def test_days_are_appended_and_replaced(shared_data, run, catalog):
    first, second = (shared_data / LEAN.format(day) for day in ("20210104", "20210106"))
    run(first, settlement=370_065)
    run(second, settlement=374_814, append=True)
    assert len(catalog.open("mine").days()) == 2
    with pytest.raises(InvalidInput, match="has the day 2021-01-04 already"):
        run(first, settlement=1, append=True)
    run(first, settlement=370_066, append=True, replace=True)
    assert catalog.open("mine").record(date(2021, 1, 4)).settlement == 370_066
    run(second, settlement=374_814, replace=True)
    assert catalog.open("mine").days() == [date(2021, 1, 6)]


def test_one_settlement_value_does_not_serve_two_days(shared_data, run, catalog):
    paths = [shared_data / LEAN.format(day) for day in ("20210104", "20210106")]
    with pytest.raises(InvalidInput, match="expected one day for one settlement value, found 2"):
        run(*paths, settlement=370_065)
    assert catalog.names() == []


def test_a_day_without_underlying_and_settlement_is_refused(shared_data, run, catalog):
    with pytest.raises(InvalidInput, match="no value of the underlying on 2021-01-04"):
        run(shared_data / LEAN.format("20210104"))
    assert list(catalog.folder.iterdir()) == []


def test_a_day_in_two_files_is_refused(shared_data, run, tmp_path):
    copy = tmp_path / "copy.parquet"
    copy.write_bytes((shared_data / LEAN.format("20210104")).read_bytes())
    with pytest.raises(InvalidInput, match=r"2021-01-04 is in two files, .* and .*copy.parquet"):
        run(shared_data / LEAN.format("20210104"), copy, settlement=370_065)


def test_files_without_an_expiring_contract_give_no_dataset(shared_data, run, catalog):
    with pytest.raises(EmptyRange, match=r"3239 rows were read \(other_expiry 3239\)"):
        run(shared_data / LEAN.format("20210105"))
    assert catalog.names() == []


def test_a_contract_that_expires_on_a_holiday_stops_the_import(run, catalog, tmp_path):
    path = tmp_path / "holiday.csv"
    path.write_text("t,osi,b,a\n2021-01-18T15:00:00Z,SPXW  210118C03700000,1,2\n")
    columns = ("t", "osi", "b", "a")
    with pytest.raises(NotASession, match="Martin Luther King"):
        run(path, columns=_mapped(*columns), settlement=370_000)
    assert catalog.names() == []


def test_a_corrupt_file_in_a_folder_is_refused_not_skipped(shared_data, run, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    whole = (shared_data / LEAN.format("20210104")).read_bytes()
    (folder / "cut.parquet").write_bytes(whole[:5_000])
    with pytest.raises(UntrustedData, match=r"cut.parquet: the file is truncated"):
        run(folder, settlement=370_065)


def test_paths_without_quotes_are_refused(run, tmp_path):
    with pytest.raises(InvalidInput, match=r"nowhere.csv: expected a file or folder"):
        run(tmp_path / "nowhere.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UntrustedData, match="expected files of option quotes, found none"):
        run(tmp_path / "empty")


def test_progress_ends_at_the_whole_file(shared_data, catalog, calendar):
    seen: list[tuple[str, float]] = []
    path = shared_data / "lean/raw/indexoption_spxw_20210106_quote_european.zip"
    request = ImportRequest(name="mine", paths=(path,), settlement=374_814)
    import_files(request, catalog, calendar, lambda name, share: seen.append((name, share)))
    assert len(seen) == 16
    assert seen[-1] == (str(path), 1.0)


def _mapped(ts: str, symbol: str, bid: str, ask: str):
    return ColumnMap(ts=ts, symbol=symbol, bid=bid, ask=ask)
