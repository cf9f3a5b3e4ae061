import errno
import json

import numpy as np
import pytest

from forven.market.bars.catalog import BarCatalog, Provenance, open_bars
from forven.market.bars.columns import ENRICHMENT
from forven.market.bars.synthetic import random_bars
from forven.market.catalog import Catalog
from forven.primitives.errors import CannotWrite, InvalidInput, UnknownDataset, UntrustedData
from tests.market.made_days import DAY, bounds_of, day_ticks

MADE = Provenance(source="a test", description="of bars", counts={"gap": 2}, seed=1)


@pytest.fixture
def catalog(tmp_path):
    return BarCatalog(tmp_path)


def written(catalog, name="demo", bars=None, **options):
    catalog.write(name, bars or random_bars(200, 1), MADE, **options)
    return catalog.folder / name


@pytest.mark.parametrize("calendar", ["always", "xnys", "measured"])
def test_a_series_comes_back_as_it_was_written(catalog, calendar):
    bars = random_bars(300, 4, "5m", calendar=calendar, columns=list(ENRICHMENT))
    written(catalog, bars=bars)
    back = catalog.open("demo")
    assert back.content_hash == bars.content_hash
    assert back.bars_per_year == bars.bars_per_year
    assert np.array_equal(back.prices, bars.prices)
    assert back.floats("close").tobytes() == bars.floats("close").tobytes()
    manifest = catalog.manifest("demo")
    assert (manifest.rows, manifest.source, manifest.description) == (300, "a test", "of bars")
    assert (manifest.counts, manifest.seed) == ({"gap": 2}, 1)
    assert manifest.columns == list(ENRICHMENT)


def test_series_lie_under_the_data_root_beside_ticks(forven_home):
    written(BarCatalog())
    with Catalog().create("spx", source="x") as writer:
        writer.add_day(day_ticks(DAY), bounds_of(DAY))
    assert Catalog().names() == ["demo", "spx"]
    assert (BarCatalog().names(), Catalog().names("ticks")) == (["demo"], ["spx"])
    assert (Catalog().kind("demo"), Catalog().kind("spx")) == ("bars", "ticks")
    assert len(open_bars("demo")) == 200
    with pytest.raises(InvalidInput, match=r"'demo' holds bars, expected days of option.*: spx"):
        Catalog().open("demo")
    with pytest.raises(InvalidInput, match=r"'demo' holds bars"):
        Catalog().create("demo", source="x", append=True)
    with pytest.raises(InvalidInput, match=r"'spx' holds days of option quotes, expected.*: demo"):
        open_bars("spx")
    with pytest.raises(InvalidInput, match=r"'spx' holds days of option quotes"):
        written(BarCatalog(), "spx", append=True)


@pytest.mark.parametrize("name", ["../demo", "/tmp/x", "..", "a/b", "", "Demo"])
def test_no_name_leaves_the_data_root(catalog, tmp_path, name):
    for use in (catalog.open, catalog.exists, catalog.remove, lambda it: written(catalog, it)):
        with pytest.raises(InvalidInput, match="dataset name"):
            use(name)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_name_and_a_taken_one_are_refused(catalog):
    with pytest.raises(UnknownDataset, match="no dataset 'demo'"):
        catalog.open("demo")
    written(catalog)
    with pytest.raises(InvalidInput, match="there already"):
        written(catalog)


def test_replacing_puts_the_new_series_in_the_place_of_a_dataset_of_either_kind(catalog, tmp_path):
    with Catalog(tmp_path).create("demo", source="x") as writer:
        writer.add_day(day_ticks(DAY), bounds_of(DAY))
    folder = written(catalog, bars=random_bars(50, 9), replace=True)
    assert len(catalog.open("demo")) == 50
    assert sorted(path.name for path in folder.iterdir()) == ["bars.parquet", "dataset.json"]
    catalog.remove("demo")
    assert list(catalog.folder.iterdir()) == []


def test_appending_adds_later_bars_and_counts_what_it_replaced(catalog):
    bars = random_bars(200, 1)
    written(catalog, bars=bars.slice(0, 150))
    written(catalog, bars=bars.slice(140, 200), append=True)
    assert catalog.open("demo").content_hash == bars.content_hash
    assert catalog.manifest("demo").counts == {"gap": 4, "repeated_by_append": 10}


def test_a_failed_write_leaves_what_was_there(catalog, monkeypatch):
    folder = written(catalog)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("forven.market.bars.storage.pq.write_table", full)
    with pytest.raises(CannotWrite, match="No space left"):
        written(catalog, replace=True, bars=random_bars(10, 2))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in catalog.folder.iterdir()] == ["demo"]


def test_every_damaged_byte_of_the_bars_is_found_or_harmless(catalog):
    folder = written(catalog)
    sound = catalog.open("demo").content_hash
    path = folder / "bars.parquet"
    content = path.read_bytes()
    found = 0
    for at in range(0, len(content), 97):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        try:
            found_hash = catalog.open("demo").content_hash
        except UntrustedData:
            found += 1
        else:
            assert found_hash == sound
    assert found > len(content) // 97 // 2
    path.write_bytes(content[:100])
    with pytest.raises(UntrustedData, match=r"bars\.parquet.*found damage"):
        catalog.open("demo")


@pytest.mark.parametrize(
    "change",
    [
        {"decimals": 3},
        {"symbol": "OTHER"},
        {"content_hash": "0" * 64},
        {"timeframe": "7m"},
        {"rows": "many"},
        {"columns": ["basis"]},
        {"more": 1},
    ],
)
def test_a_changed_manifest_is_found(catalog, change):
    folder = written(catalog)
    path = folder / "dataset.json"
    document = json.loads(path.read_text())
    document["bars"] |= change
    path.write_text(json.dumps(document))
    with pytest.raises(UntrustedData, match="found damage"):
        catalog.open("demo")


def test_a_lost_manifest_is_told_as_damage_of_bars(catalog):
    folder = written(catalog)
    (folder / "dataset.json").write_text("{")
    with pytest.raises(UntrustedData, match=r"dataset\.json.*damage"):
        catalog.open("demo")
