"""What tests of workloads share: the tiny size, a home for datasets, entrants that do nothing."""

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from forven.research.workloads.entrants import OURS, Entrant
from forven.research.workloads.sizes import SIZES, Size


@pytest.fixture(scope="session")
def bench_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data root in which these tests make their datasets."""
    return tmp_path_factory.mktemp("bench-home")


@pytest.fixture(scope="session")
def size() -> Size:
    """Return the tiny size."""
    return SIZES["tiny"]


@pytest.fixture
def day_settings(size: Size) -> dict[str, Any]:
    """Return the settings of a tiny option day."""
    return {
        "frame_seconds": size.frame_seconds,
        "counts": size.variants[0],
        "fills": "backtest",
        "threads": 1,
    }


PLAYER = """
    import hashlib

    def versions():
        return {"player": "1"}

    def prepare(settings):
        taken = []

        def take():
            taken.append(1)
            said = settings["says"][min(len(taken), len(settings["says"])) - 1]
            if said == "fail":
                raise SystemExit("no more")
            print("a library that talks")
            return {
                "seconds": settings.get("seconds", 1.0) * len(taken),
                "units": settings.get("units", 10),
                "digest": hashlib.sha256(said.encode()).hexdigest(),
                "agreements": settings.get("agreements", {}),
                "details": {"rounds": len(taken)},
            }

        return take
"""


@pytest.fixture
def player(tmp_path: Path):
    """Return a maker of entrants that say what they are told: `player("a", says=["x"])`."""
    script = tmp_path / "player.py"
    script.write_text(dedent(PLAYER), "utf-8")

    def make(name: str, kind: str = OURS, **settings: Any) -> Entrant:
        own = {"says": ["x"], **settings}
        return Entrant(name=name, kind=kind, script=script, settings=own, environment={"N": name})

    return make
