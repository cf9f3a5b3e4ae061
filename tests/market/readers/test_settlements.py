"""Settlement values from a file and from the command line."""

from datetime import date

import pytest

from forven.market.readers.settlements import parse_settlement, read_settlements
from forven.primitives.errors import InvalidInput, UntrustedData


def test_the_recorded_settlements_are_read_as_they_are(shared_data):
    values = read_settlements(shared_data / "reference" / "spx_settlements.csv")
    assert values == {
        date(2018, 1, 5): 274_315,
        date(2021, 1, 4): 370_065,
        date(2021, 1, 5): 372_686,
        date(2021, 1, 6): 374_814,
        date(2023, 6, 26): 432_882,
        date(2023, 7, 3): 445_559,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("day,value\n2021-01-06,1\n", "columns missing for settlements: date"),
        ("date,value\n2021-01-32,1\n", "row 1: expected a date"),
        ("date,value\n2021-01-06,3748.145\n", "row 1: value: expected a multiple of 0.01"),
        ("date,value\n2021-01-06,NaN\n", "row 1: value"),
        ("date,value\n2021-01-06,\n", "row 1: value"),
        ("date,value\n2021-01-06,1\n2021-01-06,2\n", "row 2: expected one value for 2021-01-06"),
        ("date,value,kind\n2021-01-15,1,SPX AM\n", "row 1: expected a closing settlement"),
    ],
)
def test_a_file_that_is_not_clear_is_refused(tmp_path, text, message):
    path = tmp_path / "settlements.csv"
    path.write_text(text)
    with pytest.raises(UntrustedData, match=message):
        read_settlements(path)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "1e400", "12.345", "ten", ""])
def test_a_value_that_is_no_index_level_is_refused(text):
    with pytest.raises(InvalidInput):
        parse_settlement(text)
