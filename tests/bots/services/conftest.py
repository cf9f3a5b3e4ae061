"""Services over a real store in a temporary home and a small host."""

import shutil
from itertools import count

import pytest

from forven.bots.hub import Hub
from forven.bots.services.services import Services
from forven.market.catalog import Catalog
from forven.store.store import Store
from tests.bots.houses import CONDOR
from tests.bots.services.doubles import SmallHost

FIRST_NS = 1_700_000_000_000_000_000


@pytest.fixture(scope="session")
def made_home(tmp_path_factory):
    """A home whose database is made already: copying it is quicker than making one."""
    home = tmp_path_factory.mktemp("made") / "home"
    Store.open(home, None).close()
    return home


@pytest.fixture
def store(tmp_path, made_home):
    shutil.copytree(made_home, tmp_path / "home")
    store = Store.open(tmp_path / "home", None)
    yield store
    store.close()


@pytest.fixture
def host(store, coarse_day):
    return SmallHost(store, coarse_day)


@pytest.fixture
def services(store, host, tmp_path):
    """Services whose clock ticks a second a look."""
    clock = count(FIRST_NS, 1_000_000_000)
    return Services(store, host, Hub(), Catalog(tmp_path / "home"), clock=lambda: next(clock))


@pytest.fixture
def link(services):
    """A saved strategy."""
    return services.strategies.create({"config": CONDOR})


@pytest.fixture
def bot(services, link):
    return services.bots.create(bot_body(link))


def bot_body(link, **fields):
    return {
        "strategy_id": link["id"],
        "name": "Morning condor",
        "starting_capital": "100000",
        **fields,
    }
