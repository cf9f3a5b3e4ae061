"""Numbers of declared rules: prices, columns, parameters, indicators, and arithmetic of them."""

from collections.abc import Callable
from typing import Any

from forven.market.bars.columns import ENRICHMENT, PRICE_NAMES
from forven.strategies.bars.combining import maximum, minimum
from forven.strategies.bars.errors import proposal
from forven.strategies.bars.expressions import LAG_MAX, Column, as_column
from forven.strategies.bars.formula import Expression
from forven.strategies.bars.market import CLOCK, Market
from forven.strategies.bars.parameters import Parameters
from forven.strategies.bars.specs import shapes
from forven.strategies.bars.specs.indicators import indicators
from forven.strategies.bars.specs.nesting import look_at_depth

SOURCES = (*PRICE_NAMES, "volume", "typical", "median", *CLOCK)
_PAIRED: dict[str, Callable[[Column, Column], Column]] = {
    "+": Column.__add__,
    "-": Column.__sub__,
    "*": Column.__mul__,
    "/": Column.__truediv__,
    "min": minimum,
    "max": maximum,
}
WORDS = (*_PAIRED, "abs", "ago", "of", "all", "any", "not", "at_least", "within", "for_bars")


class Names:
    """What names mean in one writing of the rules: the market's, parameters, indicators so far."""

    def __init__(self, market: Market, parameters: Parameters) -> None:
        self.market = market
        self.parameters = parameters.as_document()
        self.indicators: dict[str, dict[str, Expression]] = {}

    def define(self, name: str, declared: object) -> None:
        """Work out a declared indicator under its name."""
        where = f"indicators.{name}"
        if isinstance(declared, dict) and "indicator" in declared:
            self.indicators[name] = self._indicator(declared, where)
        else:
            self.indicators[name] = {"": self.column(declared, where)}
        for made in self.indicators[name].values():
            look_at_depth(made, where)

    def _indicator(self, declared: dict[str, Any], where: str) -> dict[str, Expression]:
        """Return the outputs of an indicator."""
        known = indicators()
        name = shapes.text(declared["indicator"], f"{where}.indicator")
        if name not in known:
            raise shapes.trouble(where, f"an indicator ({proposal(name, known)})", name)
        formula = known[name]
        given = {key: part for key, part in declared.items() if key not in ("indicator", "of")}
        settings = formula.checked(
            {key: self.number(part, f"{where}.{key}") for key, part in given.items()}, where
        )
        if formula.takes_column:
            inputs = self.column(declared.get("of", "close"), f"{where}.of")
            return formula.outputs(inputs, settings)
        if "of" in declared:
            raise shapes.trouble(where, f"no 'of': {name} is of the bars", declared["of"])
        return formula.outputs(self.market, settings)

    def number(self, part: object, where: str) -> int | float:
        """Return a number, or the one a parameter has."""
        if isinstance(part, str):
            if part not in self.parameters:
                expected = f"a number or a parameter ({proposal(part, self.parameters)})"
                raise shapes.trouble(where, expected, part)
            return shapes.number(self.parameters[part], where)
        return shapes.number(part, where)

    def bars(self, part: object, where: str, least: int) -> int:
        """Return a number of bars."""
        found = self.number(part, where)
        if not isinstance(found, int) or not least <= found <= LAG_MAX:
            raise shapes.trouble(where, f"a whole number from {least} to {LAG_MAX}", found)
        return found

    def column(self, part: object, where: str) -> Column:
        """Return an operand as a column; errors: InvalidBarStrategy."""
        if isinstance(part, str):
            found = self.named(part, where)
            if not isinstance(found, Column):
                raise shapes.trouble(where, "a number, not a condition", part)
            return found
        if isinstance(part, dict):
            return self._combined(part, where)
        if isinstance(part, list):
            raise shapes.trouble(where, "a number, a name or an object as {'+': [a, b]}", part)
        return as_column(shapes.number(part, where))

    def named(self, name: str, where: str) -> Expression:
        """Return what a name stands for: `close`, `fast`, `bands.upper`."""
        head, _, output = name.partition(".")
        if head in self.indicators:
            return self._output(head, output, where)
        if name in self.parameters:
            return as_column(self.parameters[name])
        if name in SOURCES:
            source: Column = getattr(self.market, name)
            return source
        if name in self.market.needs:
            return self.market.column(name)
        known = (*self.indicators, *self.parameters, *SOURCES, *ENRICHMENT)
        hint = f"{proposal(name, known)} An indicator is known after its own line"
        raise shapes.trouble(where, f"a name that is known ({hint})", name)

    def _output(self, head: str, output: str, where: str) -> Expression:
        """Return one output of an indicator."""
        outputs = self.indicators[head]
        if output not in outputs:
            names = [f"{head}.{one}" if one else head for one in outputs]
            raise shapes.trouble(where, " or ".join(names), f"{head}.{output}" if output else head)
        return outputs[output]

    def _combined(self, part: dict[str, Any], where: str) -> Column:
        """Return `{"+": [a, b]}`, `{"abs": a}` or `{"ago": 3, "of": a}`."""
        if set(part) == {"ago", "of"}:
            lagged = self.column(part["of"], f"{where}.of")
            return lagged.ago(self.bars(part["ago"], f"{where}.ago", 0))
        if set(part) == {"abs"}:
            return abs(self.column(part["abs"], f"{where}.abs"))
        if len(part) != 1 or next(iter(part)) not in _PAIRED:
            words = ", ".join(_PAIRED)
            raise shapes.trouble(where, f"one of {words} with [a, b], abs, or ago with of", part)
        operator, pair = next(iter(part.items()))
        if not isinstance(pair, list) or len(pair) != 2:
            raise shapes.trouble(f"{where}.{operator}", "a list of two", pair)
        left, right = (self.column(one, f"{where}.{operator}") for one in pair)
        return _PAIRED[operator](left, right)
