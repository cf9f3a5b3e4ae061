"""`python -m forven.research.workloads.many STRATEGY DATA VARIANTS`: many variants of a strategy.

Each day is read once and every variant runs on it, with the fills chosen and with natural ones as
`forven backtest` does; the metrics of each variant are written when the last day is done.
"""

import json
import sys
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np

from forven.engine.fills import FillModel
from forven.engine.policy import SessionPolicy
from forven.engine.session import run_day
from forven.market.catalog import Catalog
from forven.market.day import MarketDay
from forven.primitives.identifiers import bytes_hash
from forven.primitives.money import MICROS_PER_UNIT
from forven.research.backtest import DEFAULT_CAPITAL
from forven.research.metrics.sessions import measure
from forven.research.workloads.inputs import targets_of
from forven.strategies.compiler import compile_strategy
from forven.strategies.structured import StructuredStrategy, parse_strategy


def main(strategy: str, data: str, variants: str) -> None:
    """Run the variants over every day of a dataset; write their metrics and one digest."""
    document = parse_strategy(Path(strategy)).to_json()
    strategies = [parse_strategy(one) for one in targets_of(document, int(variants))]
    dataset = Catalog().open(data)
    profits: list[list[int]] = []
    journals: list[bytes] = []
    for day in dataset.days():
        own, digests = run_variants(dataset.load(day), strategies)
        profits.append(own)
        journals.extend(digests)
    daily = np.array(profits, np.float64).T / MICROS_PER_UNIT
    for number, one in enumerate(daily):
        metrics = measure(DEFAULT_CAPITAL / MICROS_PER_UNIT, one)
        sys.stdout.write(json.dumps([number, *astuple(metrics)]) + "\n")
    sys.stdout.write(bytes_hash(journals) + "\n")


def run_variants(
    day: MarketDay, strategies: list[StructuredStrategy]
) -> tuple[list[int], list[bytes]]:
    """Return each variant's profit with the fills chosen, and the digests of all journals."""
    chosen = SessionPolicy(fills=FillModel.preset("backtest"))
    natural = replace(chosen, fills=FillModel.preset("natural"))
    rows = []
    for policy in (chosen, natural):
        for strategy in strategies:
            row = policy.plan_row(DEFAULT_CAPITAL)
            compile_strategy(strategy, day.bounds, row)
            rows.append(row)
    results = run_day(day, np.stack(rows), [DEFAULT_CAPITAL] * len(rows))
    digests = [result.digest.encode("ascii") for result in results]
    return [result.profit for result in results[: len(strategies)]], digests


if __name__ == "__main__":
    main(*sys.argv[1:])
