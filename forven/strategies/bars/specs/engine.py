"""`rule_engine(spec)`: a strategy out of declared rules; the same spec as JSON text or file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from forven.market.bars.columns import ENRICHMENT, checked_column
from forven.strategies.bars.compilation import lay_out
from forven.strategies.bars.errors import InvalidBarStrategy
from forven.strategies.bars.market import Market
from forven.strategies.bars.parameters import (
    Parameter,
    Parameters,
    ParameterSpace,
    Relation,
    leverage,
)
from forven.strategies.bars.rules import MODES, Controls, Rules
from forven.strategies.bars.specs import shapes
from forven.strategies.bars.specs.columns import SOURCES, WORDS, Names
from forven.strategies.bars.specs.conditions import Trees
from forven.strategies.bars.specs.indicators import indicators
from forven.strategies.bars.strategy import BarStrategy

BYTES_MAX = 1_000_000
TREES = ("entry_long", "exit_long", "entry_short", "exit_short")
_TEXTS = {"name": "", "family": "own", "rule": "Rules of a file.", "source": "a file"}
_LISTS = ("modes", "needs", "relations")
_FIELDS = (*_TEXTS, *_LISTS, "params", "indicators", *TREES, "controls")
_PARAMETER = ("default", "low", "high", "step", "about")
_CONTROLS = tuple(field.name for field in fields(Controls))
_WHOLE_CONTROLS = ("time_stop_bars",)


@dataclass(frozen=True, slots=True)
class Written:
    """A checked spec as the function of a strategy."""

    spec: dict[str, Any]

    def __call__(self, market: Market, p: Parameters) -> Rules:
        """Write the rules that the spec declares."""
        names = Names(market, p)
        for name, declared in self.spec.get("indicators", {}).items():
            names.define(name, declared)
        trees = Trees(names)
        conditions = {
            tree.replace("entry", "enter"): trees.rule(self.spec[tree], tree)
            for tree in TREES
            if tree in self.spec
        }
        return Rules(**conditions, controls=_controls(self.spec, names))


def rule_engine(spec: Mapping[str, Any]) -> BarStrategy:
    """Return the strategy that a spec declares; errors: InvalidBarStrategy says where and what.

    spec   name, rule, source, modes, params, relations, indicators, the four trees, controls;
           docs/LIBRARY.md tells of each
    """
    checked = shapes.fields(shapes.plain(spec), "spec", _FIELDS)
    texts: dict[str, Any] = {
        name: shapes.text(checked.get(name, default), name) for name, default in _TEXTS.items()
    }
    lists = {name: shapes.texts(checked.get(name, []), name) for name in _LISTS}
    parameters = _parameters(checked)
    _look_at_names(checked)
    names = [parameter.name for parameter in parameters]
    relations = tuple(Relation.parse(text, names) for text in lists["relations"])
    strategy = BarStrategy(
        **texts,
        modes=_modes(checked, lists["modes"]),
        needs=_needs(checked, lists["needs"]),
        space=ParameterSpace(parameters, relations),
        write=Written(checked),
    )
    lay_out(strategy, [{}])  # whatever is wrong with its trees is said now, not when it is run
    return strategy


def read_rules(path: Path) -> BarStrategy:
    """Return the strategy that a JSON file declares; errors: InvalidBarStrategy."""
    if not path.is_file():
        raise InvalidBarStrategy(f"{path}: expected a file, found none; check the path")
    if path.stat().st_size > BYTES_MAX:
        raise InvalidBarStrategy(f"{path}: expected at most {BYTES_MAX:,} bytes, found more")
    try:
        return parse_rules(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidBarStrategy(f"{path}: expected UTF-8, found {error.reason}") from error


def parse_rules(text: str) -> BarStrategy:
    """Return the strategy that a JSON text declares; errors: InvalidBarStrategy."""
    try:
        spec = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidBarStrategy(f"rules: expected JSON, found {error.msg} at {where}") from error
    except (RecursionError, ValueError) as error:  # too deep, or a number of too many digits
        raise InvalidBarStrategy(
            f"rules: expected JSON of at most {shapes.DEPTH_MAX} levels, found {error}"
        ) from error
    return rule_engine(spec)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object each of whose names is there once."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidBarStrategy(f"rules: expected each name once, found {twice!r} twice")
    return found


def _parameters(spec: dict[str, Any]) -> tuple[Parameter, ...]:
    """Return the parameters: a bare number may be set from half to twice itself."""
    declared = spec.get("params", {})
    if not isinstance(declared, dict):
        raise shapes.trouble("params", "an object", declared)
    return tuple(_parameter(name, part) for name, part in declared.items())


def _parameter(name: str, declared: object) -> Parameter:
    """Return one parameter."""
    where = f"params.{name}"
    if not isinstance(declared, dict):
        default = shapes.number(declared, where)
        if name == "leverage":
            return leverage(default)
        half = default // 2 if isinstance(default, int) else default / 2
        low, high = sorted((half, default * 2))
        return Parameter(name, default, low, high)
    given = shapes.fields(declared, where, _PARAMETER)
    default, low, high = (
        shapes.number(shapes.required(given, field, where), f"{where}.{field}")
        for field in ("default", "low", "high")
    )
    step = given.get("step")
    if step is not None and shapes.number(step, f"{where}.step") <= 0:
        raise shapes.trouble(f"{where}.step", "a step above 0", step)
    about = shapes.text(given.get("about", ""), f"{where}.about")
    return Parameter(name, default, low, high, step, None, about)


def _look_at_names(spec: dict[str, Any]) -> None:
    """Refuse names that are taken or none."""
    declared = spec.get("indicators", {})
    if not isinstance(declared, dict):
        raise shapes.trouble("indicators", "an object", declared)
    taken = {*SOURCES, *ENRICHMENT, *WORDS, *spec.get("needs", [])}
    for part in ("params", "indicators"):
        for name in spec.get(part, {}):
            if not name.isidentifier() or name in taken:
                raise shapes.trouble(part, "a new name of letters, digits and '_'", name)
            taken.add(name)


def _modes(spec: dict[str, Any], given: list[str]) -> tuple[str, ...]:
    """Return the modes: those given, else all that the trees allow."""
    sides = ("entry_long" in spec, "entry_short" in spec)
    if not any(sides):
        raise shapes.trouble("spec", "entry_long or entry_short", ", ".join(spec) or "nothing")
    allowed = MODES if all(sides) else MODES[:1] if sides[0] else MODES[1:2]
    for mode in given:
        if mode not in allowed:
            raise shapes.trouble("modes", f"some of {', '.join(allowed)}, as its entries say", mode)
    return tuple(dict.fromkeys(given)) or allowed


def _needs(spec: dict[str, Any], given: list[str]) -> tuple[str, ...]:
    """Return the columns beside prices: those given, and the known ones that a tree names."""
    used = set(_named([spec.get(part, {}) for part in ("indicators", *TREES)]))
    found = [*map(checked_column, given), *(name for name in ENRICHMENT if name in used)]
    return tuple(dict.fromkeys(found))


def _named(part: Any) -> list[str]:
    """Return every text inside a part."""
    if isinstance(part, str):
        return [part]
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [text for one in inner for text in _named(one)]


def _controls(spec: dict[str, Any], names: Names) -> Controls:
    """Return the settings that the rules bring; numbers may be parameters."""
    given = shapes.fields(spec.get("controls", {}), "controls", _CONTROLS)
    made: dict[str, Any] = {}
    for name, part in given.items():
        where = f"controls.{name}"
        if name == "sizing_mode":
            made[name] = shapes.text(part, where)
        elif name in _WHOLE_CONTROLS:
            made[name] = names.bars(part, where, 1)
        else:
            made[name] = float(names.number(part, where))
    return Controls(**made)


def indicator_names() -> tuple[str, ...]:
    """Return the indicators that a spec may name, in order."""
    return tuple(sorted(indicators()))
