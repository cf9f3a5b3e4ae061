"""One coarse synthetic dataset and backtests over it, shared by all tests of research."""

from pathlib import Path

import pytest

from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from forven.research.result import BacktestResult
from forven.research.services import BacktestRequest, prepare

SEED = 11
DAYS = 12

SPREAD = {
    "name": "Put spread",
    "description": "Held to the close unless its target is reached.",
    "legs": [
        {"side": "sell", "right": "put", "strike": {"method": "delta", "value": "0.30"}},
        {"side": "buy", "right": "put", "strike": {"method": "relative", "leg": 0, "value": "-25"}},
    ],
    "entry": {"times": ["09:45", "13:30"], "max_entries": 2},
    "exit": {"profit_target_pct": "70"},
}
"""Some of its entries are closed, some settle in and some out of the money."""

TUESDAYS = SPREAD | {"name": "Tuesdays", "entry": {"times": ["09:45"], "weekdays": ["tue"]}}


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A catalog with the dataset `coarse`: twelve days of one frame a minute."""
    catalog = Catalog(tmp_path_factory.mktemp("research"))
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, DAYS)
    spec = SyntheticSpec(seed=SEED, frame_seconds=60)
    synthesize(catalog, "coarse", spec, sessions, lambda day: None)
    return catalog


def run(catalog: Catalog, **asked: object) -> BacktestResult:
    """Backtest over `coarse`, the put spread with `backtest` fills unless told otherwise."""
    request = BacktestRequest(**({"strategy": SPREAD, "data": "coarse"} | asked))
    return prepare(request, catalog).run()


@pytest.fixture(scope="session")
def spread(catalog: Catalog) -> BacktestResult:
    return run(catalog)


@pytest.fixture(scope="session")
def worked(catalog: Catalog) -> BacktestResult:
    """The same with `live` fills."""
    return run(catalog, fills="live")


@pytest.fixture(scope="session")
def tuesdays(catalog: Catalog) -> BacktestResult:
    """Sessions without a trade on every other weekday."""
    return run(catalog, strategy=TUESDAYS)


@pytest.fixture
def data_home(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> Path:
    """FORVEN_HOME of the shared catalog."""
    home = catalog.folder.parent
    monkeypatch.setenv("FORVEN_HOME", str(home))
    return home
