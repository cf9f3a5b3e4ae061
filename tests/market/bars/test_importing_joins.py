"""Columns beside the prices: of the file itself, and of others joined as of each bar's end."""

import numpy as np
import pytest

from forven.market.bars.joining import parse_join
from forven.primitives.errors import InvalidInput, UntrustedData
from tests.market.bars.made_files import HEADER, rows_of


def test_a_funding_rate_is_an_hour_s_and_says_its_hours(bring):
    header = HEADER + ",funding_rate"
    lines = [f"{row},0.0008" for row in rows_of(20)]
    plain = bring(lines, header=header)
    assert dict(plain.bars.columns) == {}
    assert "--columns funding_rate=funding_rate" in plain.said[2]
    mapped = {"columns": {"funding_rate": "funding_rate"}}
    with pytest.raises(InvalidInput, match="--funding-hours"):
        bring(lines, header=header, **mapped)
    report = bring(lines, header=header, funding_hours=8, **mapped)
    assert report.bars.columns["funding_rate"].tolist() == [0.0001] * 20


def test_a_join_takes_what_was_known_at_each_bar_s_end(bring, tmp_path):
    path = tmp_path / "funding.csv"
    start = 1_600_002_000
    path.write_text(f"ts,rate\n{start + 7_200},0.08\n{start + 3_600 * 10 + 1},0.16\n")
    join = parse_join(f"funding_rate={path}:rate")
    report = bring(rows_of(24), joins=(join,), funding_hours=8)
    rates = report.bars.columns["funding_rate"]
    # Ends are start + 1 h, 2 h, ...: the rate of 2 h is known there, and stands 8 hours.
    assert np.isnan(rates[0]) and rates[1:10].tolist() == [0.01] * 9
    assert rates[10:18].tolist() == [0.02] * 8
    assert np.isnan(rates[18:]).all()
    assert report.said[-1] == "funding_rate: no value at 7 of 24 bars"


def test_a_join_of_dates_is_known_at_the_end_of_the_day(bring, tmp_path):
    path = tmp_path / "vix.csv"
    path.write_text("date,vix_close\n2024-11-27,14\n2024-11-29,13\n")
    lines = ["2024-11-27,1,1,1,1,1", "2024-11-29,1,1,1,1,1", "2024-12-02,1,1,1,1,1"]
    asked = {"timeframe": "1d", "calendar": "xnys", "stamp": None}
    report = bring(lines, joins=(parse_join(f"vix_close={path}"),), **asked)
    values = report.bars.columns["vix_close"]
    assert np.isnan(values[0]) and values[1:].tolist() == [14.0, 13.0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("ts,basis\n1600002000,1\n1600002000,2\n", "expected one value of basis.*found 1.0 and 2"),
        ("ts,other\n1600002000,1\n", "expected the column 'basis'"),
        ("ts_start,basis\n1600002000,1\n", "the moments at which values are known"),
        ("ts,basis\n1600002000,\n", "expected values of basis, found none"),
        ("ts,basis\n", "expected rows"),
    ],
)
def test_a_join_that_cannot_be_trusted_is_refused(bring, tmp_path, content, said):
    path = tmp_path / "other.csv"
    path.write_text(content)
    with pytest.raises(UntrustedData, match=said):
        bring(rows_of(20), joins=(parse_join(f"basis={path}"),))
