from pathlib import Path

import pytest

from benchmarks.__main__ import PAGE
from benchmarks.page import BEGIN, END, write_page
from forven.research.workloads.sizes import BenchmarkFailed


def test_the_table_replaces_what_lies_between_the_marks_and_nothing_else(
    marked_page: Path, results
) -> None:
    write_page(marked_page, results)
    text = marked_page.read_text("utf-8")
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"\n{END}\nafter\n")
    assert "old" not in text.split(BEGIN)[1].split(END)[0].splitlines()
    assert all(row["digest"][:12] in text for row in results["rows"])
    write_page(marked_page, results)
    assert marked_page.read_text("utf-8") == text


def test_a_page_without_its_marks_is_left_alone(tmp_path: Path, results) -> None:
    page = tmp_path / "page.md"
    page.write_text("no marks\n", "utf-8")
    with pytest.raises(BenchmarkFailed, match="expected the lines"):
        write_page(page, results)
    assert page.read_text("utf-8") == "no marks\n"


def test_the_published_page_has_the_marks_once() -> None:
    text = PAGE.read_text("utf-8")
    assert (text.count(BEGIN), text.count(END)) == (1, 1)
