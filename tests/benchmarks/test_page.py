from pathlib import Path

import pytest

from benchmarks.__main__ import PAGE
from benchmarks.bars.contests import BAR_WORKLOADS
from benchmarks.page import END, SECTIONS, part_of, write_page
from forven.research.workloads.sizes import BenchmarkFailed


def test_the_tables_replace_what_lies_between_the_marks_and_nothing_else(
    marked_page: Path, results
) -> None:
    write_page(marked_page, results)
    text = marked_page.read_text("utf-8")
    assert text.startswith(f"before\n{SECTIONS[0].begin}\n")
    assert text.endswith(f"\n{END}\nafter\n")
    assert f"{END}\nbetween\n{SECTIONS[1].begin}" in text
    assert "old" not in text.splitlines()
    assert all(row["digest"][:12] in text for row in results["rows"])
    write_page(marked_page, results)
    assert marked_page.read_text("utf-8") == text


def test_a_section_without_rows_stays_as_it_is(marked_page: Path, results) -> None:
    only_bars = part_of(results, BAR_WORKLOADS)
    write_page(marked_page, only_bars)
    head, tail = marked_page.read_text("utf-8").split("between")
    assert head.splitlines()[2] == "old"
    assert "old" not in tail.splitlines()


def test_a_part_names_only_who_has_rows_in_it(results) -> None:
    part = part_of(results, BAR_WORKLOADS)
    assert {row["workload"] for row in part["rows"]} == set(BAR_WORKLOADS)
    assert set(part["versions"]) == {row["entrant"] for row in part["rows"]}
    assert "memory floor" in results["notes"]
    assert "memory floor" not in part["notes"]


@pytest.mark.parametrize("left_out", range(len(SECTIONS)))
def test_a_page_without_all_marks_is_left_alone(tmp_path: Path, results, left_out: int) -> None:
    page = tmp_path / "page.md"
    there = [one.begin for at, one in enumerate(SECTIONS) if at != left_out]
    text = "".join(f"{begin}\nold\n{END}\n" for begin in there)
    page.write_text(text, "utf-8")
    with pytest.raises(BenchmarkFailed, match="expected the lines"):
        write_page(page, results)
    assert page.read_text("utf-8") == text


def test_the_published_page_has_the_marks_once() -> None:
    text = PAGE.read_text("utf-8")
    assert [text.count(one.begin) for one in SECTIONS] == [1] * len(SECTIONS)
    assert text.count(END) == len(SECTIONS)
