"""What every test gets: a home of its own, kernels compiled once, repeatable random examples."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# Set before anything imports numba: tests and their workers share one folder of machine code.
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / "build" / "kernels"))

# Examples are the same in every run and on every machine; HYPOTHESIS_PROFILE=search looks further.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", derandomize=False, deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(autouse=True)
def forven_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is FORVEN_HOME during this test alone."""
    home = tmp_path / "forven-home"
    monkeypatch.setenv("FORVEN_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of recorded market data; tests that need it are skipped where it is not.

    It is `data/` inside the folder FORVEN_SHARED names, or inside `shared/` beside the checkout.
    """
    folder = Path(os.environ.get("FORVEN_SHARED") or ROOT.parent / "shared") / "data"
    if not folder.is_dir():
        pytest.skip(f"expected recorded market data in {folder}, found no such folder")
    return folder
