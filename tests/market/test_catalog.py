from datetime import date

import pytest

from forven.market.catalog import Catalog
from forven.primitives.errors import EmptyRange, InvalidInput, UnknownDataset, UntrustedData
from tests.market.made_days import DAY, NEXT_DAY, bounds_of, day_ticks


@pytest.fixture
def catalog(tmp_path):
    return Catalog(tmp_path)


def filled(catalog, name="demo", days=(DAY,), **options):
    with catalog.create(name, source="a test", description="of two days", **options) as writer:
        for day in days:
            writer.add_day(day_ticks(day), bounds_of(day))
    return catalog.open(name)


def test_a_dataset_that_was_written_is_listed_and_opened(catalog):
    assert catalog.names() == []
    dataset = filled(catalog, days=(NEXT_DAY, DAY))
    filled(catalog, "another")
    assert catalog.names() == ["another", "demo"]
    assert dataset.days() == [DAY, NEXT_DAY]
    assert (dataset.manifest.source, dataset.manifest.description) == ("a test", "of two days")


def test_the_default_catalog_lies_under_the_data_root(forven_home):
    filled(Catalog())
    assert (forven_home / "datasets" / "demo" / "dataset.json").is_file()


def test_an_unknown_name_is_refused_with_what_there_is_and_how_to_get_more(catalog):
    with pytest.raises(UnknownDataset, match=r"none yet.*forven data import"):
        catalog.open("demo")
    filled(catalog, "other")
    with pytest.raises(UnknownDataset, match=r"no dataset 'demo'.*there are: other"):
        catalog.open("demo")


@pytest.mark.parametrize("name", ["../demo", "/tmp/x", "..", "a/b", "", "Demo"])
def test_no_name_leaves_the_data_root(catalog, tmp_path, name):
    for use in (catalog.open, catalog.exists, catalog.remove, lambda it: catalog.create(it, "x")):
        with pytest.raises(InvalidInput, match="dataset name"):
            use(name)
    assert list(tmp_path.iterdir()) == []


def test_a_taken_name_is_refused_before_anything_is_written(catalog):
    filled(catalog)
    with pytest.raises(InvalidInput, match="append to it or to replace it"):
        catalog.create("demo", source="x")


def test_replacing_leaves_only_the_new_days(catalog):
    filled(catalog)
    dataset = filled(catalog, days=(NEXT_DAY,), replace=True)
    assert dataset.days() == [NEXT_DAY]
    assert [path.name for path in catalog.folder.iterdir()] == ["demo"]


def test_appending_keeps_the_days_and_the_description_that_are_there(catalog):
    before = filled(catalog)
    with catalog.create("demo", source="other", append=True) as writer:
        writer.add_day(day_ticks(NEXT_DAY), bounds_of(NEXT_DAY))
    after = catalog.open("demo")
    assert after.days() == [DAY, NEXT_DAY]
    assert after.manifest.source == "a test"
    assert after.load(DAY).content_hash == before.load(DAY).content_hash
    assert [path.name for path in catalog.folder.iterdir()] == ["demo"]


def test_appending_to_nothing_makes_the_dataset(catalog):
    assert filled(catalog, append=True).days() == [DAY]


def test_a_removed_dataset_is_gone_even_if_it_was_damaged(catalog):
    filled(catalog)
    (catalog.folder / "demo" / "dataset.json").unlink()
    assert catalog.names() == ["demo"]
    with pytest.raises(UntrustedData, match=r"dataset\.json"):
        catalog.open("demo")
    catalog.remove("demo")
    assert list(catalog.folder.iterdir()) == []
    with pytest.raises(UnknownDataset):
        catalog.remove("demo")


def test_a_dataset_whose_replacement_was_cut_off_comes_back(catalog):
    filled(catalog)
    former = catalog.folder / ".demo.former"
    (catalog.folder / "demo").rename(former)
    assert catalog.names() == ["demo"]
    (catalog.folder / "demo").rename(former)
    assert catalog.open("demo").days() == [DAY]


def test_a_range_without_a_day_names_what_the_dataset_covers(catalog):
    dataset = filled(catalog, days=(DAY, NEXT_DAY))
    with pytest.raises(EmptyRange, match="2 days from 2024-06-03 to 2024-06-04"):
        dataset.days(date(2024, 6, 5), date(2024, 6, 9))
