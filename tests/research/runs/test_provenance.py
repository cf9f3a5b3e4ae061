"""Where a run over bars comes from, and that its commands are ones the command line has."""

import shlex

import click.testing
import pytest

from forven.commands.backtest import command
from forven.commands.bar_options import _OPTIONS
from forven.market.bars.catalog import BarCatalog, Provenance
from forven.research.runs.provenance import OPTIONS
from forven.research.runs.services import backtest_bars
from tests.research.runs.backtests import ran, some_bars


@pytest.fixture
def catalog(tmp_path, monkeypatch) -> BarCatalog:
    monkeypatch.setenv("FORVEN_HOME", str(tmp_path))
    catalog = BarCatalog()
    catalog.write("hours", some_bars(), Provenance(source="synthetic", seed=11))
    return catalog


def test_every_option_of_a_policy_is_that_of_the_command_line() -> None:
    assert {name: option for option, name, _, _ in _OPTIONS} == OPTIONS


def test_the_commands_make_the_bars_and_the_run_again(catalog) -> None:
    found = backtest_bars(
        "dema_cross",
        "hours",
        parameters={"fast": 7},
        policy={"leverage": "2.5", "stop_loss_pct": 3},
        first_day="2020-01-05",
    ).provenance
    made, run = map(shlex.split, found.commands)
    assert made[:4] == ["forven", "data", "synthesize-bars", "hours"]
    assert made[4:8] == ["--bars", "3000", "--seed", "11"]
    done = click.testing.CliRunner().invoke(command, [*run[2:], "--json"])
    assert done.exit_code == 0, done.output
    assert found.digest in done.output
    assert "--from 2020-01-05" in found.commands[1] and "--to" not in run


def test_bars_that_were_handed_in_and_settings_without_an_option_have_no_command(catalog) -> None:
    assert ran().provenance.commands == ()
    found = backtest_bars("dema_cross", "hours", policy={"fallback_stop_pct": 5})
    assert found.provenance.commands == ()


def test_bars_with_some_columns_only_cannot_be_made_by_a_command(catalog) -> None:
    bars = some_bars(3_000, columns=("funding_rate",))
    catalog.write("some", bars, Provenance(source="synthetic", seed=11))
    assert len(backtest_bars("dema_cross", "some").provenance.commands) == 1


def test_hashes_tell_strategies_policies_and_data_apart(tmp_path) -> None:
    path = tmp_path / "own.py"
    text = (
        "from forven.strategies.bars.writing import Rules, bar_strategy, sma\n"
        "@bar_strategy(name='own', family='own', rule='r', source='s')\n"
        "def own(market, p):\n"
        "    return Rules(enter_long=market.close > sma(market.close, 20))\n"
    )
    path.write_text(text)
    first = ran(strategy=path).provenance
    path.write_text(text.replace("20", "30"))
    second = ran(strategy=path, data=some_bars(2_999)).provenance
    assert first.source_hash != second.source_hash
    assert first.data_hash != second.data_hash
    assert first.policy_hash == second.policy_hash
    assert first.policy_hash != ran(policy={"leverage": 2}).provenance.policy_hash
