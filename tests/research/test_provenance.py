"""Provenance: identities of all that went in, the seed, and commands that make it again."""

import hashlib
import json
import shlex

from forven.engine.policy import SessionPolicy
from forven.market.catalog import Catalog
from forven.research.backtest import BacktestPlan
from forven.research.provenance import Origin, provenance_of
from tests.market.made_days import DAY, bounds_of, day_ticks
from tests.research.conftest import DAYS, SEED, run


def test_synthetic_data_gives_its_seed_and_recorded_data_gives_none(catalog, spread, tmp_path):
    assert spread.provenance.seed == SEED
    other = Catalog(tmp_path)
    with other.create("recorded", source="a file") as writer:
        writer.add_day(day_ticks(), bounds_of())
    dataset = other.open("recorded")
    assert dataset.manifest.seed is None
    plan = BacktestPlan(strategy=spread.plan.strategy, policy=SessionPolicy())
    origin = Origin(strategy=None, fees="default")
    found = provenance_of(plan, dataset, spread.records[:0] or _one(spread, DAY), origin)
    assert found.seed is None
    assert [command.split()[1] for command in found.commands] == ["backtest"]


def _one(result, day):
    """A record of another day, as far as provenance looks at it."""
    record = result.records[0]
    return (type(record)(**{**_fields(record), "day": day}),)


def _fields(record):
    return {name: getattr(record, name) for name in type(record).__dataclass_fields__}


def test_data_appended_to_synthetic_days_takes_the_seed_away(tmp_path):
    catalog = Catalog(tmp_path)
    with catalog.create("mixed", source="synthetic {}", seed=7) as writer:
        writer.add_day(day_ticks(), bounds_of())
    assert catalog.open("mixed").manifest.seed == 7
    with catalog.create("mixed", source="a file", append=True, replace=True) as writer:
        writer.add_day(day_ticks(), bounds_of())
    assert catalog.open("mixed").manifest.seed is None


def test_the_journal_digest_covers_every_session_in_order(spread):
    digests = "".join(record.chosen.digest for record in spread.records)
    expected = hashlib.sha256(digests.encode()).hexdigest()
    assert spread.provenance.journal_digest == expected


def test_the_commands_name_everything_that_went_in(spread, worked):
    data, backtest = spread.provenance.commands
    assert data == (
        f"forven data synthesize coarse --days {DAYS} --seed {SEED} --from 2024-01-02 "
        "--frame-seconds 60"
    )
    assert "--fills backtest" in backtest
    assert "--from 2024-01-02 --to 2024-01-18" in backtest
    assert "--fills live" in worked.provenance.commands[1]


def test_a_strategy_path_is_quoted_for_the_shell(catalog, spread, tmp_path):
    path = tmp_path / "my strategy; rm.json"
    path.write_text(json.dumps(spread.provenance.strategy_document))
    result = run(catalog, strategy=path)
    assert shlex.split(result.provenance.commands[1])[2] == str(path)
    assert result.provenance.journal_digest == spread.provenance.journal_digest


def test_a_policy_of_ones_own_has_no_command_line(catalog):
    result = run(catalog, policy=SessionPolicy(), last_day="2024-01-03")
    assert len(result.provenance.commands) == 1
    assert result.provenance.policy == SessionPolicy().to_json()
