"""Files by time, contract by contract, and in neither order."""

import pytest

from forven.primitives.errors import UntrustedData


def test_rows_by_time_and_rows_contract_by_contract_give_the_same_day(quote_file, read, minutes):
    rows = [
        {"ts": minutes(n), "strike": strike, "bid": n / 100, "ask": 2}
        for n in range(20)
        for strike in (3700, 3705, 3710)
    ]
    by_contract = sorted(rows, key=lambda row: row["strike"])
    one, other = read(quote_file(rows, "a.csv")), read(quote_file(by_contract, "b.csv"))
    assert one.days[0].quotes.to_pylist() == other.days[0].quotes.to_pylist()


def test_time_going_backwards_is_refused_naming_the_first_row(quote_file, read, minutes):
    rows = [{"ts": minutes(n), "strike": k} for n in range(20) for k in (3700, 3705)]
    rows[22], rows[24] = rows[24], rows[22]
    with pytest.raises(UntrustedData, match=r"quotes.csv, row 24: .*14:42:00Z after .*14:43:00Z"):
        read(quote_file(rows))


def test_time_going_backwards_within_one_contract_is_refused(quote_file, read, minutes):
    rows = [{"ts": minutes(n)} for n in (0, 1, 3, 2, 4)]
    with pytest.raises(UntrustedData, match=r"row 4: expected rows sorted by time"):
        read(quote_file(rows))


def test_a_contract_that_comes_again_breaks_the_order_by_contract(quote_file, read, minutes):
    rows = [{"ts": minutes(n), "strike": strike} for strike in (3700, 3705, 3700) for n in range(3)]
    with pytest.raises(UntrustedData, match=r"row 4: expected rows sorted by time"):
        read(quote_file(rows))


def test_sort_takes_any_order_and_counts_the_steps_back(quote_file, read, minutes):
    rows = [{"ts": minutes(n), "bid": n / 100, "ask": 2} for n in (0, 1, 3, 2, 5, 4)]
    found = read(quote_file(rows), sort=True)
    assert found.days[0].quotes["bid"].to_pylist() == [0, 1, 2, 3, 4, 5]
    assert found.reader.sorted_rows == 2
