"""docs/RESULTS.md names every field of the results, and nothing that is not there."""

import re
from pathlib import Path

import pytest

from forven.research.exports import fills_table, journal_table, sessions_table
from tests.research.runs.backtests import crossed

PAGE = Path(__file__).resolve().parents[2] / "docs" / "RESULTS.md"


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text("utf-8")


def named(text):
    return set(re.findall(r"`([a-z_]+)`", text))


def test_every_field_of_the_document_is_described(page, spread):
    document = spread.as_document()
    for part in (
        document,
        document["metrics"],
        document["totals"],
        document["sessions"][0],
        document["provenance"],
    ):
        assert set(part) <= named(page)


@pytest.mark.parametrize("table", [sessions_table, fills_table, journal_table])
def test_every_column_of_the_tables_is_described(page, spread, table):
    names = set(table(spread).column_names) - {"b", "c", "d", "e"}
    assert names <= named(page)


def test_every_metric_in_the_page_exists(page, spread):
    section = page.split("## Metrics")[1].split("## JSON")[0]
    rows = re.findall(r"^\| (`[a-z_`, ]+) \|", section, re.MULTILINE)
    listed = {name for row in rows for name in named(row)}
    assert listed == set(spread.as_document()["metrics"])


def test_every_field_and_column_over_bars_is_described(page):
    section = page.split("## Over bars")[1]
    result = crossed()
    document = result.as_document()
    for part in (document, document["provenance"], document["segments"]["test"]):
        assert set(part) <= named(section) | {"backend", "versions"}
    for table in (result.trades(), result.equity()):
        assert set(table.column_names) <= named(section)
