"""How deep a formula is nested: one too deep to be followed is refused where it is declared."""

from forven.strategies.bars.formula import Expression
from forven.strategies.bars.specs.shapes import trouble

FORMULA_DEPTH_MAX = 120


def look_at_depth(formula: Expression, where: str) -> None:
    """Refuse a formula that is nested too deep; errors: InvalidBarStrategy."""
    depth = depth_of(formula)
    if depth > FORMULA_DEPTH_MAX:
        raise trouble(where, f"formulas nested at most {FORMULA_DEPTH_MAX} deep", depth)


def depth_of(formula: Expression) -> int:
    """Return how many formulas lie inside each other, the innermost counted 1."""
    depths: dict[Expression, int] = {}
    waiting = [formula]
    while waiting:
        one = waiting[-1]
        inner = _parts(one)
        left = [part for part in inner if part not in depths]
        if left:
            waiting.extend(left)
            continue
        depths[one] = 1 + max((depths[part] for part in inner), default=0)
        waiting.pop()
    return depths[formula]


def _parts(formula: Expression) -> list[Expression]:
    """Return the formulas that a formula is directly made of."""
    found: list[Expression] = []
    for field in formula.fields:
        inner = field if isinstance(field, tuple) else (field,)
        found.extend(part for part in inner if isinstance(part, Expression))
    return found
