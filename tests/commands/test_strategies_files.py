import json

import pytest
from click.testing import CliRunner

from forven.commands.strategies import command
from forven.primitives.errors import InvalidStrategy
from forven.strategies.examples import examples_folder
from forven.strategies.structured import parse_strategy
from tests.strategies.documents import SPREAD


def run(*arguments: object):
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture
def spread_file(tmp_path):
    path = tmp_path / "spread.json"
    path.write_text(json.dumps(SPREAD))
    return path


def test_check_shows_hash_canonical_form_meaning_and_warnings(spread_file):
    result = run("check", spread_file)
    assert result.exit_code == 0
    strategy = parse_strategy(SPREAD)
    lines = result.stdout.splitlines()
    assert lines[0] == "strategy:  Put credit spread"
    assert lines[1] == f"hash:      {strategy.hash}"
    canonical = json.loads(lines[2].removeprefix("canonical: "))
    assert parse_strategy(canonical).hash == strategy.hash
    assert "  Leg 0: Sell 1 put with the delta nearest to 0.16." in lines
    assert result.stderr.startswith("warning: exit.time: 15:55:00 is at or after the 13:00 close")


def test_check_as_json_is_one_document(spread_file):
    document = json.loads(run("check", "--json", spread_file).stdout)
    strategy = parse_strategy(SPREAD)
    assert document["hash"] == strategy.hash
    assert document["strategy"] == strategy.to_json()
    assert len(document["description"]) == 5
    assert len(document["warnings"]) == 1


def test_check_refuses_a_bad_strategy_naming_the_file_and_the_field(tmp_path):
    path = tmp_path / "bad.json"
    path.write_text('{"legs": []}')
    result = run("check", path)
    assert result.exit_code == 1
    assert isinstance(result.exception, InvalidStrategy)
    assert str(result.exception).startswith(f"{path}: legs: expected a list of 1 to 8 legs")


def test_list_names_every_example():
    result = run("list")
    assert result.exit_code == 0
    for path in examples_folder().glob("*.json"):
        assert path.name in result.stdout
        assert parse_strategy(path).hash[:12] in result.stdout


def test_list_as_json_gives_whole_hashes():
    listed = json.loads(run("list", "--json").stdout)
    rows = [row for row in listed if row["kind"] == "structured"]
    assert [row["file"] for row in rows] == sorted(row["file"] for row in rows)
    for row in rows:
        assert row["hash"] == parse_strategy(examples_folder() / row["file"]).hash


def test_list_shows_a_name_as_it_is_written(tmp_path):
    document = {**SPREAD, "name": "[red]wide[/red]"}
    (tmp_path / "one.json").write_text(json.dumps(document))
    assert "[red]wide[/red]" in run("list", "--folder", tmp_path).stdout
