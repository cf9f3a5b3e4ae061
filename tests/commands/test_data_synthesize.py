import json

from click.testing import CliRunner

from forven.commands.data_synthesize import synthesize_command
from forven.market.catalog import Catalog


def invoke(*arguments):
    return CliRunner().invoke(synthesize_command, arguments)


def test_the_command_writes_a_dataset_and_says_what_is_in_it():
    result = invoke("demo", "--days", "2", "--seed", "7", "--frame-seconds", "300", "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.output)
    assert document["name"] == "demo"
    assert document["spec"]["seed"] == 7
    assert [day["day"] for day in document["days"]] == ["2024-01-02", "2024-01-03"]
    assert not document["days"][0]["settlement_estimated"]
    assert Catalog().names() == ["demo"]


def test_the_table_shows_each_day_with_its_close():
    result = invoke(
        "demo", "--days", "2", "--seed", "7", "--from", "2024-07-02", "--frame-seconds", "300"
    )
    assert result.exit_code == 0, result.output
    assert "2024-07-03" in result.output
    assert "17:00:00Z" in result.output


def test_days_and_seed_must_be_given_and_be_in_range():
    assert invoke("demo", "--seed", "7").exit_code == 2
    assert invoke("demo", "--days", "2").exit_code == 2
    refused = invoke("demo", "--days", "0", "--seed", "7")
    assert "days: expected 1 to 10000, found 0" in str(refused.exception)
    assert Catalog().names() == []
