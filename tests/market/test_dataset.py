import shutil
import subprocess
import sys
from datetime import date

import numpy as np
import pytest

from forven.market.catalog import Catalog
from forven.market.frames import build_day
from forven.primitives.errors import EmptyRange, UntrustedData
from tests.market.made_days import DAY, NEXT_DAY, bounds_of, day_ticks, prints_table


@pytest.fixture
def dataset(tmp_path):
    catalog = Catalog(tmp_path)
    with catalog.create("demo", source="a test") as writer:
        writer.add_day(day_ticks(settlement=530_123), bounds_of())
        early = prints_table([(60, 529_000)], NEXT_DAY)
        writer.add_day(day_ticks(NEXT_DAY, prints=early), bounds_of(NEXT_DAY))
    return catalog.open("demo")


def test_a_loaded_day_is_the_one_built_from_its_ticks(dataset):
    expected = build_day(day_ticks(settlement=530_123), bounds_of())
    loaded = dataset.load(DAY)
    for name in ("quotes", "clock", "instruments", "row_starts", "row_frames"):
        assert np.array_equal(getattr(loaded, name), getattr(expected, name))
    for name in ("symbols", "bounds", "settlement", "multiplier", "content_hash", "root"):
        assert getattr(loaded, name) == getattr(expected, name)
    assert dataset.load_ticks(DAY).quotes.num_rows == 4


def test_a_day_without_a_settlement_cannot_be_run_but_can_be_looked_at(dataset):
    with pytest.raises(UntrustedData, match=r"found none.*--settlement VALUE"):
        dataset.load(NEXT_DAY)
    assert dataset.load(NEXT_DAY, settled=False).settlement is None
    assert dataset.quality(NEXT_DAY).settlement is None


def test_the_underlyings_close_is_the_settlement_or_the_last_print(dataset):
    assert dataset.underlying_close(DAY) == 530_123
    assert dataset.underlying_close(NEXT_DAY) == 529_000


def test_a_range_may_begin_and_end_on_days_that_are_not_there(dataset):
    assert dataset.days(date(2024, 6, 1), date(2024, 6, 3)) == [DAY]
    assert dataset.days(from_day=NEXT_DAY) == [NEXT_DAY]
    assert dataset.days(to_day=NEXT_DAY) == [DAY, NEXT_DAY]


def test_a_range_that_ends_before_it_begins_is_named_as_such(dataset):
    with pytest.raises(EmptyRange, match=f"{NEXT_DAY} to {DAY}, which ends before it begins"):
        dataset.days(NEXT_DAY, DAY)


def test_a_day_that_is_not_there_is_refused(dataset):
    for use in (dataset.load, dataset.load_ticks, dataset.quality, dataset.underlying_close):
        with pytest.raises(EmptyRange, match="holds 2 days"):
            use(date(2024, 6, 5))


def test_the_identity_of_a_range_is_that_of_its_days_in_order(dataset):
    whole = dataset.content_hash_of([DAY, NEXT_DAY])
    assert whole == dataset.content_hash_of([DAY, NEXT_DAY])
    others = ([DAY], [NEXT_DAY], [NEXT_DAY, DAY], [])
    assert len({whole, *(dataset.content_hash_of(days) for days in others)}) == 5


def test_a_day_put_in_the_place_of_another_is_found(dataset):
    days = dataset.folder / "days"
    shutil.rmtree(days / "2024-06-03")
    shutil.copytree(days / "2024-06-04", days / "2024-06-03")
    with pytest.raises(UntrustedData, match=r"2024-06-03: .*not the one that dataset\.json lists"):
        dataset.load(DAY)


def test_its_size_counts_every_file(dataset):
    files = [path for path in dataset.folder.rglob("*") if path.is_file()]
    assert len(files) == 7
    assert dataset.size_bytes() == sum(len(path.read_bytes()) for path in files)


def test_loading_a_day_imports_neither_the_calendar_nor_pandas(dataset):
    program = """
import sys
from datetime import date
from pathlib import Path
from forven.market.catalog import Catalog
day = Catalog(Path(sys.argv[1])).open("demo").load(date(2024, 6, 3))
print(sorted({"pandas", "exchange_calendars", "forven.market.calendar"} & set(sys.modules)))
"""
    home = dataset.folder.parent.parent
    run = subprocess.run(
        [sys.executable, "-c", program, str(home)], capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"
