import errno
import os
import shutil
from pathlib import Path

import pytest

from forven.market.catalog import Catalog
from forven.primitives.errors import CannotWrite, InvalidInput, UntrustedData
from tests.market.made_days import DAY, NEXT_DAY, bounds_of, day_ticks, osi, quotes_table


@pytest.fixture
def catalog(tmp_path):
    return Catalog(tmp_path)


def add(writer, day=DAY, **fields):
    return writer.add_day(day_ticks(day, **fields), bounds_of(day))


def files_of(catalog):
    return {
        path.relative_to(catalog.folder).as_posix(): path.read_bytes()
        for path in catalog.folder.rglob("*")
        if path.is_file()
    }


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


class Interrupted(KeyboardInterrupt):
    pass


@pytest.mark.parametrize("error", [Interrupted, UntrustedData, SystemExit])
@pytest.mark.parametrize("options", [{}, {"replace": True}, {"append": True}])
def test_nothing_is_left_when_writing_is_broken_off(catalog, error, options):
    if options:
        with catalog.create("demo", source="x") as writer:
            add(writer)
    catalog.folder.mkdir(parents=True, exist_ok=True)
    before = files_of(catalog)

    def broken_off():
        with catalog.create("demo", source="y", **options) as writer:
            add(writer, NEXT_DAY)
            raise error

    with pytest.raises(error):
        broken_off()
    assert files_of(catalog) == before
    assert [path.name for path in catalog.folder.iterdir()] == (["demo"] if options else [])


@pytest.mark.parametrize("options", [{"replace": True}, {"append": True}])
def test_a_full_disk_leaves_what_was_there(catalog, monkeypatch, options):
    with catalog.create("demo", source="x") as writer:
        add(writer)
    before = files_of(catalog)
    monkeypatch.setattr(Path, "write_bytes", full)
    with (
        pytest.raises(CannotWrite, match="No space left"),
        catalog.create("demo", source="y", **options) as writer,
    ):
        add(writer, NEXT_DAY)
    assert files_of(catalog) == before


def test_a_disk_that_is_full_at_the_very_end_leaves_what_was_there(catalog, monkeypatch):
    with catalog.create("demo", source="x") as writer:
        add(writer)
    before = files_of(catalog)
    true_rename = Path.rename

    def no_second_rename(path, target):
        if Path(target).name == "demo" and ".new-" in path.name:
            full()
        return true_rename(path, target)

    monkeypatch.setattr(Path, "rename", no_second_rename)
    with (
        pytest.raises(CannotWrite, match="No space left"),
        catalog.create("demo", source="y", replace=True) as writer,
    ):
        add(writer, NEXT_DAY)
    assert files_of(catalog) == before


def test_a_folder_that_cannot_be_made_is_said_as_such(tmp_path):
    (tmp_path / "datasets").write_text("a file")
    with (
        pytest.raises(CannotWrite, match=r"datasets.*cannot write"),
        Catalog(tmp_path).create("demo", source="x"),
    ):
        pass


def test_the_dataset_is_not_seen_before_it_is_whole(catalog):
    with catalog.create("demo", source="x") as writer:
        add(writer)
        assert catalog.names() == []
        assert not catalog.exists("demo")
    assert catalog.names() == ["demo"]


def test_a_writer_without_a_day_makes_no_dataset(catalog):
    with pytest.raises(InvalidInput, match="at least one day"), catalog.create("demo", source="x"):
        pass
    assert list(catalog.folder.iterdir()) == []


@pytest.mark.parametrize("options", [{}, {"replace": True}])
def test_the_same_day_twice_in_one_writing_is_refused(catalog, options):
    with catalog.create("demo", source="x", **options) as writer:
        add(writer)
        with pytest.raises(InvalidInput, match="has the day 2024-06-03 already"):
            add(writer)
    assert catalog.open("demo").days() == [DAY]


def test_a_day_that_is_there_gives_way_only_if_replacing_is_asked_for(catalog):
    with catalog.create("demo", source="x") as writer:
        first = add(writer)
    other = quotes_table([(0, osi(5300), 1, 2)])
    with (
        pytest.raises(InvalidInput, match="already"),
        catalog.create("demo", source="x", append=True) as writer,
    ):
        add(writer, quotes=other)
    assert catalog.open("demo").load(DAY).content_hash == first.content_hash
    with catalog.create("demo", source="x", append=True, replace=True) as writer:
        second = add(writer, quotes=other)
    assert second.content_hash != first.content_hash
    assert catalog.open("demo").load(DAY).content_hash == second.content_hash


def test_appending_works_where_files_cannot_be_linked(catalog, monkeypatch):
    with catalog.create("demo", source="x") as writer:
        add(writer)

    def no_links(*_, **__):
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(os, "link", no_links)
    with catalog.create("demo", source="x", append=True) as writer:
        add(writer, NEXT_DAY)
    assert catalog.open("demo").days() == [DAY, NEXT_DAY]


def test_what_another_writer_changed_meanwhile_is_not_overwritten(catalog):
    with catalog.create("demo", source="x") as writer:
        add(writer)
    late = catalog.create("demo", source="y", replace=True)
    late.__enter__()
    add(late, NEXT_DAY)
    shutil.rmtree(catalog.folder / "demo")
    with catalog.create("demo", source="z") as other:
        add(other)
    with pytest.raises(CannotWrite, match="meanwhile"):
        late.__exit__(None, None, None)
    assert catalog.open("demo").manifest.source == "z"


def test_days_are_added_inside_the_with_block_only(catalog):
    writer = catalog.create("demo", source="x")
    with pytest.raises(InvalidInput, match="`with` block"):
        add(writer)
