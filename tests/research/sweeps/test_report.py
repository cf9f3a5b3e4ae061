"""The report of a sweep: each cell its best run, and nothing of a strategy taken for markup."""

import json
import re

import numpy as np
import pytest

from forven.research.sweeps.report import sweep_html
from forven.research.sweeps.running import Here, SweepRun, run_sweep
from tests.research.sweeps.plans import plan_of

MARKUP = "</script><img src=x onerror=alert(1)>$title"
OWN = f"""
from forven.strategies.bars.writing import Choice, Parameter, Rules, bar_strategy, sma

@bar_strategy(name="{MARKUP}", family="own", rule="Never.", source="own",
              parameters=(Parameter("period", 20, 2, 200), Choice("word", "<b>", ("<b>", "no"))))
def own(market, p):
    mean = sma(market.close, p.period)
    return Rules(enter_long=market.close > mean * 1e6, exit_long=market.close < mean)
"""


def page_of(metric: str, **asked) -> str:
    return sweep_html(run_sweep(plan_of(**asked), SweepRun(workers=Here())), metric)


def payload(page: str) -> dict:
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL).group(1))


@pytest.mark.parametrize(("metric", "pick"), [("sharpe", max), ("max_drawdown", min)])
def test_a_cell_shows_its_best_run(metric, pick) -> None:
    """Three parameters: each cell of a map of two has a choice among the third's values."""
    grid = ("period=10,20", "width=1,1.5,2", "channel_width=1,1.5,2")
    asked = {"strategy": "bb_squeeze", "grid": grid}
    plan = plan_of(**asked)
    table = run_sweep(plan, SweepRun(workers=Here())).table
    shown = payload(page_of(metric, **asked))
    assert shown["better"] == ("high" if pick is max else "low")
    across, up = table["period"].to_numpy(), table["width"].to_numpy()
    values, tests = (table[f"{side}_{metric}"].to_numpy() for side in ("train", "test"))
    trains = set()
    for row, height in enumerate((1.0, 1.5, 2.0)):
        for column, width in enumerate((10, 20)):
            inside = values[(across == width) & (up == height)]
            assert inside.size == 3
            train, test = (cells[row][column] for cells in shown["maps"][0]["cells"])
            assert train == pick(inside)
            assert test in tests[values == train]
            trains.add(train)
    assert shown["leaders"][0][shown["columns"].index(f"train_{metric}")] == pick(trains)
    assert len(trains) > 1 and np.unique(values).size > 6


def test_a_name_is_text_and_a_metric_of_nothing_is_no_number(tmp_path) -> None:
    path = tmp_path / "<i>own.py"
    path.write_text(OWN)
    page = page_of("sharpe", strategy=str(path), grid=("period=5,10", "word=<b>,no"))
    assert "<img" not in page.split("<script>")[0]
    shown = payload(page)
    assert shown["document"]["strategy"] == MARKUP
    assert shown["maps"][0]["rows"] == ["<b>", "no"]
    assert shown["maps"][0]["cells"][0] == [[None, None], [None, None]]
    assert any("not defined for any run" in note for note in shown["notes"])
    assert any("made 0 trades" in note for note in shown["notes"])
