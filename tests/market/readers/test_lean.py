"""LEAN archives made by hand: what their names and rows say, and what is wrong with one."""

import zipfile

import pytest

from forven.market.readers import tables
from forven.primitives.errors import UntrustedData

NAME = "20210106_spxw_minute_quote_european_call_37000000_20210106.csv"
ROW = "{ms},1,1,1,12500,3,1,1,1,13000,4"


@pytest.fixture
def archive(tmp_path):
    def write(**entries: str):
        path = tmp_path / "quotes.zip"
        with zipfile.ZipFile(path, "w") as file:
            for name, text in entries.items():
                file.writestr(name, text)
        return path

    return write


def test_a_bar_is_stamped_with_its_end_in_new_york(archive, read):
    (day,) = read(archive(**{NAME: ROW.format(ms=34_200_000)})).days
    (row,) = day.quotes.to_pylist()
    assert row["ts"].isoformat() == "2021-01-06T14:31:00+00:00"
    assert row["instrument"] == "SPXW  210106C03700000"
    assert [row[name] for name in ("bid", "ask", "bid_size", "ask_size")] == [125, 130, 3, 4]


def test_a_second_bar_ends_a_second_later(archive, read):
    path = archive(**{NAME.replace("minute", "second"): ROW.format(ms=34_200_000)})
    assert read(path).days[0].quotes["ts"][0].as_py().isoformat() == "2021-01-06T14:30:01+00:00"


def test_an_empty_field_is_a_side_without_a_quote(archive, read):
    path = archive(**{NAME: "34200000,,,,,,1,1,1,13000,4\n34260000,1,1,1,12500,3,,,,,"})
    (day,) = read(path).days
    assert day.quotes["bid"].to_pylist() == [0, -1]
    assert (day.counts["zero_bid"], day.counts["one_sided"]) == (1, 1)


def test_an_entry_without_rows_is_no_harm(archive, read):
    other = NAME.replace("call", "put")
    assert read(archive(**{NAME: ROW.format(ms=34_200_000), other: ""})).days


def test_a_bad_row_is_named_with_its_entry(archive, read):
    text = "\n".join([ROW.format(ms=34_200_000), ROW.format(ms="half")])
    with pytest.raises(UntrustedData, match=rf"quotes.zip, entry {NAME}, row 2: the stamp"):
        read(archive(**{NAME: text}))


def test_an_entry_of_another_shape_is_refused(archive, read):
    with pytest.raises(UntrustedData, match=rf"entry {NAME}: truncated or corrupt"):
        read(archive(**{NAME: "34200000,1,2"}))


def test_a_name_with_no_real_date_is_refused(archive, read):
    name = NAME.replace("20210106_spxw", "20211306_spxw")
    with pytest.raises(UntrustedData, match="expected a date in the name, found '20211306'"):
        read(archive(**{name: ROW.format(ms=34_200_000)}))


def test_a_row_number_counts_over_batches(shared_data, tmp_path, read, monkeypatch):
    monkeypatch.setattr(tables, "BATCH_ROWS", 100)
    source = shared_data / "lean/spx_option_minute/spxw_20210106_quotes.parquet"
    table = tables.pa.parquet.read_table(source)
    rights = table["right"].to_pylist()
    rights[250:] = ["?"] * len(rights[250:])
    place = table.schema.get_field_index("right")
    tables.pa.parquet.write_table(
        table.set_column(place, "right", tables.pa.array(rights)), tmp_path / "bad.parquet"
    )
    with pytest.raises(UntrustedData, match=r"bad.parquet, row 251: the right is neither"):
        read(tmp_path / "bad.parquet")
