"""A result over bars as users hold it: it writes its report and its tables where they are asked."""

from pathlib import Path

import forven
from tests.research.runs.backtests import crossed


def test_the_files_are_where_they_were_asked_for(tmp_path) -> None:
    found = crossed()
    assert isinstance(found, forven.BarBacktestResult)
    assert found.write_report(str(tmp_path / "r.html")) == Path(tmp_path / "r.html")
    assert found.write_parquet(str(tmp_path / "tables"))[0].parent == tmp_path / "tables"
