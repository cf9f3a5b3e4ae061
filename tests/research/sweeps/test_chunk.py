from forven.market.bars.synthetic import random_bars
from forven.research.sweeps import chunk as module
from forven.research.sweeps.running import Here, SweepRun, run_sweep
from forven.research.sweeps.services import SweepRequest

FILE = """
from forven.strategies.bars.writing import Parameter, Rules, bar_strategy, leverage, sma

@bar_strategy(
    name="crossing", family="own", rule="Two averages that cross.", source="a test",
    parameters=(Parameter("fast", 5, 2, 100), Parameter("slow", 20, 3, 200){more}),
)
def crossing(market, p):
    fast, slow = sma(market.close, p.fast), sma(market.close, p.slow)
    return Rules(enter_long=fast.crosses_above(slow), exit_long=fast.crosses_below(slow))
"""


def policies_made(tmp_path, monkeypatch, more: str, grid: list[str]) -> int:
    """Return how many policies the runs of a sweep of six are made of."""
    made = []
    real = module.policy_of
    monkeypatch.setattr(module, "policy_of", lambda *given: made.append(given) or real(*given))
    path = tmp_path / "crossing.py"
    path.write_text(FILE.replace("{more}", more))
    request = SweepRequest(strategy=str(path), data=random_bars(800, 3), grid=grid)
    assert run_sweep(request.plan(), SweepRun(workers=Here())).table.num_rows == 6
    return len(made)


def test_runs_that_say_no_leverage_share_one_policy(tmp_path, monkeypatch) -> None:
    assert policies_made(tmp_path, monkeypatch, "", ["fast=3:5:1", "slow=20:30:10"]) == 1


def test_runs_of_each_leverage_share_one(tmp_path, monkeypatch) -> None:
    grid = ["fast=3:5:1", "leverage=1:2:1"]
    assert policies_made(tmp_path, monkeypatch, ", leverage(1.0)", grid) == 2
