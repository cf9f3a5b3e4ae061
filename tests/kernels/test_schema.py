"""Both languages name the same columns and codes, and give them the same values."""

import ast
import re
from pathlib import Path

import pytest

from forven.kernels import schema
from forven.kernels.schema import StateShape

TWIN = Path(__file__).parents[2] / "engine_rs" / "kernels" / "src" / "schema.rs"
_CONSTANT = re.compile(r"^pub const (\w+): (usize|i64) = ([^;]+);$", re.MULTILINE)
_SHAPE_FIELD = re.compile(r"^    pub (\w+): usize,$", re.MULTILINE)


def rust_constants(text: str) -> dict[str, int]:
    """Return the constants of a Rust source, each worked out from those above it."""
    found: dict[str, int] = {}
    for name, _, expression in _CONSTANT.findall(text):
        words = expression.replace("i64::MAX", str(2**63 - 1))
        found[name] = whole(ast.parse(words, mode="eval").body, found)
    return found


def whole(node: ast.AST, names: dict[str, int]) -> int:
    """Return the value of a sum or product of integers and names."""
    if isinstance(node, ast.BinOp):
        left, right = whole(node.left, names), whole(node.right, names)
        return left + right if isinstance(node.op, ast.Add) else left * right
    if isinstance(node, ast.UnaryOp):
        return -whole(node.operand, names)
    return names[node.id] if isinstance(node, ast.Name) else int(ast.literal_eval(node))


def python_constants() -> dict[str, int]:
    return {name: value for name, value in vars(schema).items() if name.isupper()}


def test_the_rust_schema_has_the_same_constants_and_no_others():
    assert rust_constants(TWIN.read_text(encoding="utf-8")) == python_constants()


def test_no_constant_of_the_rust_schema_escapes_the_comparison():
    text = TWIN.read_text(encoding="utf-8")
    assert text.count("pub const ") == len(rust_constants(text))


def test_the_layout_of_a_state_row_has_the_same_parts():
    fields = _SHAPE_FIELD.findall(TWIN.read_text(encoding="utf-8"))
    assert fields == list(vars(StateShape(1, 1, 1)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pub const A: usize = 3;\npub const B: i64 = A * 2 + 1;", {"A": 3, "B": 7}),
        ("pub const MISSING: i64 = -1;", {"MISSING": -1}),
        ("pub const MOST: i64 = i64::MAX;", {"MOST": 2**63 - 1}),
    ],
)
def test_constants_are_worked_out_from_those_above_them(text, expected):
    assert rust_constants(text) == expected
