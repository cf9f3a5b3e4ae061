import json

import pytest

from forven.primitives.errors import InvalidStrategy
from forven.strategies.examples import examples_folder
from forven.strategies.saved import kind_of, named, read_program
from tests.strategies.script.made_scripts import on_frame

STRUCTURED = examples_folder() / "iron_condor.json"
SCRIPT = examples_folder() / "script_strangle.py"


@pytest.mark.parametrize(("kind", "path"), [("structured", STRUCTURED), ("script", SCRIPT)])
def test_a_program_read_back_is_the_same_strategy(kind, path):
    strategy = read_program(kind, path)
    again = read_program(kind, strategy.program_text())
    assert strategy.kind == again.kind == kind == kind_of(path) == kind_of(strategy.to_json())
    assert again.hash == strategy.hash
    assert again.program_text() == strategy.program_text()
    assert read_program(kind, strategy.to_json()) == strategy
    assert kind_of(json.dumps(strategy.to_json())) == kind


@pytest.mark.parametrize(("kind", "path"), [("structured", STRUCTURED), ("script", SCRIPT)])
def test_a_name_is_no_part_of_the_program(kind, path):
    strategy = named(read_program(kind, path), "Other", "More")
    assert (strategy.name, strategy.description) == ("Other", "More")
    assert strategy.hash == read_program(kind, path).hash


def test_equal_texts_of_different_kinds_have_different_hashes():
    program = read_program("structured", STRUCTURED)
    script = read_program("script", on_frame("pass"))
    assert len(script.hash) == len(program.hash) == 64
    assert script.hash != program.hash


def test_another_kind_is_refused():
    with pytest.raises(InvalidStrategy, match="kind: expected structured or script, found 'c'"):
        read_program("c", "int main() {}")


def test_the_kind_of_other_values_is_structured():
    assert kind_of("[]") == kind_of({"legs": []}) == "structured"
    assert kind_of('{"source": ""}') == "script"
