"""What tests of the Rust extension share; without the extension they are skipped, saying so."""

import importlib
from types import ModuleType

import pytest

from tests.reference.sides import has_rust


@pytest.fixture(scope="session")
def engine() -> ModuleType:
    """Return the extension."""
    if not has_rust():
        pytest.skip("expected the Rust extension of forven's version, found none: `make rust`")
    return importlib.import_module("forven_engine")
