"""Both languages name the same columns and codes of bars, and give them the same values."""

from pathlib import Path

from forven.kernels import bars_schema
from tests.kernels.test_schema import rust_constants

TWIN = Path(__file__).parents[2] / "engine_rs" / "kernels" / "src" / "bars_schema.rs"


def python_constants() -> dict[str, int]:
    return {name: value for name, value in vars(bars_schema).items() if name.isupper()}


def test_the_rust_schema_has_the_same_constants_and_no_others():
    assert rust_constants(TWIN.read_text(encoding="utf-8")) == python_constants()


def test_no_constant_of_the_rust_schema_escapes_the_comparison():
    text = TWIN.read_text(encoding="utf-8")
    assert text.count("pub const ") == len(rust_constants(text))
