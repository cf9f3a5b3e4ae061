import errno
import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forven.market.tick_files import read_day, read_record, write_day
from forven.primitives.errors import CannotWrite, InvalidInput, UntrustedData
from forven.primitives.identifiers import content_hash
from tests.market.made_days import (
    LAST_SECOND,
    NEXT_DAY,
    bounds_of,
    day_ticks,
    osi,
    prints_table,
    quotes_table,
)

BOUNDS = bounds_of()
FILES = ("quotes.parquet", "prints.parquet", "day.json")


@pytest.fixture
def stored(tmp_path):
    folder = tmp_path / "day"
    write_day(folder, day_ticks(counts={"negative": 3}), BOUNDS)
    return folder


def test_a_day_reads_back_as_it_was_written(stored):
    record = read_record(stored)
    ticks = day_ticks(counts={"negative": 3})
    again = read_day(stored, record)
    assert again.quotes.equals(ticks.quotes)
    assert again.prints.equals(ticks.prints)
    assert replace(again, quotes=None, prints=None) == replace(ticks, quotes=None, prints=None)
    assert (record.quote_rows, record.print_rows, record.root) == (4, 2, "SPXW")
    assert record.bounds == BOUNDS


@pytest.mark.parametrize(
    ("prints", "official", "expected"),
    [
        ([(LAST_SECOND - 1, 531_000)], None, (531_000, True, 531_000)),
        ([(60, 531_000)], None, (None, False, 531_000)),
        ([(LAST_SECOND - 1, 531_000)], 530_000, (530_000, False, 530_000)),
        ([], None, (None, False, None)),
    ],
)
def test_settlement_and_close_are_kept_apart(tmp_path, prints, official, expected):
    ticks = day_ticks(prints=prints_table(prints), settlement=official)
    record = write_day(tmp_path / "day", ticks, BOUNDS)
    found = (record.settlement, record.settlement_estimated, record.underlying_close)
    assert found == expected
    assert read_record(tmp_path / "day") == record
    assert read_day(tmp_path / "day", record).settlement == official


def test_files_are_compressed_with_zstd_and_the_symbols_stand_in_a_dictionary(stored):
    columns = pq.ParquetFile(stored / "quotes.parquet").metadata.row_group(0)
    assert columns.column(0).compression == "ZSTD"
    assert "RLE_DICTIONARY" in columns.column(1).encodings


@pytest.mark.parametrize("name", FILES)
def test_a_lost_file_is_named(stored, name):
    (stored / name).unlink()
    with pytest.raises(UntrustedData, match=rf"{name}: expected .* import that day again"):
        read_day(stored, read_record(stored))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["cut", "empty", "noise"])
def test_a_damaged_file_is_refused_and_named(stored, name, harm):
    path = stored / name
    content = path.read_bytes()
    cut = content[: len(content) // 2]
    path.write_bytes({"cut": cut, "empty": b"", "noise": b"\xff\xfe" * 100}[harm])
    with pytest.raises(UntrustedData, match=f"{stored}.*expected the file as forven wrote it"):
        read_day(stored, read_record(stored))


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_is_found_or_changes_nothing(stored, name):
    path, record = stored / name, read_record(stored)
    content, ticks = path.read_bytes(), read_day(stored, record)
    found = 0
    for position in range(0, len(content), 5):
        path.write_bytes(
            content[:position] + bytes([content[position] ^ 0xFF]) + content[position + 1 :]
        )
        try:
            again = read_day(stored, read_record(stored))
        except UntrustedData:
            found += 1
        else:
            assert again.quotes.to_pydict() == ticks.quotes.to_pydict()
            assert again.prints.to_pydict() == ticks.prints.to_pydict()
    assert found > 10


def test_rows_that_were_changed_afterwards_are_found_by_their_content(stored):
    table = pq.read_table(stored / "quotes.parquet")
    bids = pa.array([200, 101, 150, 205], pa.int32())
    changed = table.set_column(2, table.schema.field(2), bids)
    pq.write_table(changed, stored / "quotes.parquet")
    with pytest.raises(UntrustedData, match=r"SHA-256 \w{12} expected, \w{12} found"):
        read_day(stored, read_record(stored))


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"root": 1}, {"settlement": 5.0}, {"quote_rows": True}, {"more": 1},
     {"counts": []}, {"files": "x"}, {"bounds": {}}],
)  # fmt: skip
def test_a_record_that_is_not_as_written_is_refused(stored, change):
    path = stored / "day.json"
    document = {**json.loads(path.read_text()), **change}
    del document["checksum"]
    path.write_text(json.dumps({**document, "checksum": content_hash(document)}))
    with pytest.raises(UntrustedData, match=r"day\.json"):
        read_record(stored)


def test_a_record_that_was_changed_afterwards_is_found_by_its_checksum(stored):
    path = stored / "day.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "settlement": 1}))
    with pytest.raises(UntrustedData, match=r"day\.json.*checksum"):
        read_record(stored)


def test_a_day_that_could_not_be_run_is_not_written(tmp_path):
    far = quotes_table([(0, osi(5300, day=NEXT_DAY), 1, 2)])
    with pytest.raises(UntrustedData, match="expire on the day"):
        write_day(tmp_path / "day", day_ticks(quotes=far), BOUNDS)
    with pytest.raises(InvalidInput, match="the session"):
        write_day(tmp_path / "day", day_ticks(), bounds_of(NEXT_DAY))
    assert not (tmp_path / "day").exists()


def test_a_full_disk_is_said_as_such(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CannotWrite, match=r"No space left on device.*free some room"):
        write_day(tmp_path / "day", day_ticks(), BOUNDS)
