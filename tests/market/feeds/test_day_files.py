"""Files of made-up days: read as written, refused if damaged, and not kept for ever."""

import pytest

from forven.market.feeds.day_files import KEPT_MAX, read_ticks, write_ticks
from forven.primitives.errors import CannotWrite, UntrustedData
from tests.market.made_days import day_ticks


def test_what_was_written_is_read(tmp_path):
    path = tmp_path / "new" / "day.ticks"
    wanted = day_ticks(settlement=530_321)
    write_ticks(path, wanted)
    found = read_ticks(path)
    assert found.quotes.equals(wanted.quotes)
    assert found.prints.equals(wanted.prints)
    assert (found.day, found.underlying, found.settlement) == (wanted.day, "SPX", 530_321)
    assert [each.name for each in path.parent.iterdir()] == ["day.ticks"]


@pytest.mark.parametrize(
    "damage", [lambda c: c[:-1], lambda c: c[:40] + b"x" + c[41:], lambda c: b""]
)
def test_a_damaged_file_is_refused(tmp_path, damage):
    path = tmp_path / "day.ticks"
    write_ticks(path, day_ticks(settlement=1))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UntrustedData, match="expected the day as it was written"):
        read_ticks(path)


def test_a_file_that_is_not_there_or_cannot_be_is_told(tmp_path):
    with pytest.raises(UntrustedData, match="cannot be read"):
        read_ticks(tmp_path / "none.ticks")
    (tmp_path / "file").write_text("x")
    with pytest.raises(CannotWrite):
        write_ticks(tmp_path / "file" / "day.ticks", day_ticks(settlement=1))


def test_the_latest_days_are_kept_and_the_one_that_was_written(tmp_path):
    names = [f"2024-01-{number:02d}.ticks" for number in range(10, 20)]
    for name in [*names, "2024-01-02.ticks"]:
        write_ticks(tmp_path / name, day_ticks(settlement=1))
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["2024-01-02.ticks", *names[-KEPT_MAX:]]
