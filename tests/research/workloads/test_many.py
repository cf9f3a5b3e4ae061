import json
from pathlib import Path

from forven.market.catalog import Catalog
from forven.research.services import BacktestRequest, prepare
from forven.research.workloads.inputs import targets_of
from forven.research.workloads.many import main
from forven.research.workloads.processes import standard_strategy, synthetic_dataset
from forven.strategies.structured import parse_strategy


def test_each_variant_earns_what_a_backtest_of_it_alone_earns(
    bench_home, monkeypatch, capsys
) -> None:
    name = synthetic_dataset(3, 300, bench_home)
    monkeypatch.setenv("FORVEN_HOME", str(bench_home))
    main(standard_strategy(), name, "3")
    *lines, digest = capsys.readouterr().out.split("\n")[:-1]
    assert len(digest) == 64
    documents = targets_of(parse_strategy(Path(standard_strategy())).to_json(), 3)
    for line, document in zip(lines, documents, strict=True):
        result = prepare(BacktestRequest(strategy=document, data=name), Catalog()).run()
        assert json.loads(line)[3] == result.metrics.net_profit
