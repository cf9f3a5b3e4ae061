"""`forven strategies check|list|show` for strategies over bars: the built-in ones and files."""

import json
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from forven.commands.lazy import load
from forven.commands.output import print_rows
from forven.market.bars.bars import Bars
from forven.market.bars.catalog import open_bars
from forven.strategies.bars.checker import Report, Trouble, bars_for, check_strategy
from forven.strategies.bars.files import Reloaded
from forven.strategies.bars.parameters import Choice, Parameters
from forven.strategies.bars.registry import built_in, families, strategy_named
from forven.strategies.bars.strategy import RULES, BarStrategy

_COLUMNS = ("name", "family", "modes", "leverage", "needs", "rule")


def is_built_in(name: str) -> bool:
    """Return whether there is a built-in strategy of that name."""
    return name in built_in()


def check(named: str, options: dict[str, Any]) -> None:
    """Check a file or a built-in strategy and print what was found; exit status 1 if anything."""
    path = Path(named)
    own = path.suffix == ".py"
    fresh = Reloaded(path, options["name"]) if own else None
    strategy = fresh() if fresh else strategy_named(named)
    parameters = strategy.resolve(given_parameters(strategy, options["parameters"]))
    bars = _bars(strategy, parameters, options)
    with _clock(f"checking {strategy.name} over {len(bars):,} bars", options["as_json"]):
        report = check_strategy(strategy, bars, parameters, options["cuts"], options["seed"], fresh)
    if options["as_json"]:
        click.echo(json.dumps(report.to_json(), indent=2, allow_nan=False))
    else:
        _print(report, bars)
    if not report.is_honest:
        raise click.exceptions.Exit(1)


def _clock(text: str, quiet: bool) -> AbstractContextManager[None]:
    """Return what draws a running clock on a terminal: a slow function is looked at very often."""
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    drawn: AbstractContextManager[None] = load("forven.commands.bars").clock_bar(escape(text))
    return drawn


def given_parameters(strategy: BarStrategy, texts: Sequence[str]) -> dict[str, Any]:
    """Return parameters from texts as in `fast=12`; errors: those of the strategy, or of usage."""
    given: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.BadParameter(f"expected NAME=VALUE, found {text!r}")
        if name in given:
            raise click.BadParameter(f"expected {name} once, found it twice")
        parameter = strategy.space.named(name)
        given[name] = value if isinstance(parameter, Choice) else _number(value, parameter.kind)
    return given


def _number(text: str, kind: str) -> float | int | str:
    """Return a number of a kind; a text that is none is left for the parameter to refuse."""
    try:
        return int(text) if kind == "int" else float(text)
    except ValueError:
        return text


def _bars(strategy: BarStrategy, parameters: Parameters, options: dict[str, Any]) -> Bars:
    """Return the bars to check over: of the catalog if named, else made up."""
    if options["data"]:
        return open_bars(options["data"])
    return bars_for(strategy, parameters, options["timeframe"], options["seed"])


def _print(report: Report, bars: Bars) -> None:
    """Print a report as lines."""
    click.echo(f"strategy:  {report.strategy}")
    click.echo(f"bars:      {report.bars:,} of {bars.symbol} {bars.timeframe}")
    click.echo(f"warm-up:   {report.warmup} bars")
    signals = ", ".join(f"{name} {count:,}" for name, count in report.signals.items() if count)
    click.echo(f"signals:   {signals or 'none'}")
    click.echo(f"agreement: {_agreement(report)} where the series begins later")
    for trouble in report.troubles:
        click.echo(f"{trouble.check}: {sentence(trouble)}", err=True)
    if report.is_honest:
        click.echo(f"honest:    no later bar changed a decision, at {report.cuts} places")


def _agreement(report: Report) -> str:
    """Return the share of the same decisions, in words."""
    return "not tried, too few bars," if report.agreement is None else f"{report.agreement:.1%}"


def sentence(trouble: Trouble) -> str:
    """Return what was found, in words."""
    where = trouble.text
    if trouble.signal:
        where = f"{trouble.signal} of bar {trouble.bar} {trouble.text}"
    if trouble.t is None:
        return where
    what = "were cut off" if trouble.check == "cut" else "became others"
    return f"{where} when the bars after {trouble.t} {what}"


def rows(family: str | None) -> list[dict[str, Any]]:
    """Return the built-in strategies as documents, of one family if it is named."""
    if family is not None and family not in families():
        raise click.BadParameter(f"expected one of {', '.join(families())}, found {family!r}")
    return [
        {
            "kind": "bars",
            "name": strategy.name,
            "family": strategy.family,
            "modes": list(strategy.modes),
            "leverage": strategy.defaults.get("leverage"),
            "needs": list(strategy.needs),
            "rule": strategy.rule,
        }
        for strategy in built_in().values()
        if family in (None, strategy.family)
    ]


def print_library(family: str | None) -> None:
    """Print the built-in strategies, a table."""
    found = rows(family)
    shown = [
        {**row, "modes": " ".join(row["modes"]), "needs": " ".join(row["needs"])} for row in found
    ]
    print_rows(shown, _COLUMNS, False, "no strategy is built in")


def document(strategy: BarStrategy, timeframe: str = "1h") -> dict[str, Any]:
    """Return all there is to say about a built-in strategy."""
    parameters = strategy.resolve()
    found: dict[str, Any] = {
        "name": strategy.name,
        "family": strategy.family,
        "rule": strategy.rule,
        "source": strategy.source,
        "modes": list(strategy.modes),
        "needs": list(strategy.needs),
        "timeframe": timeframe,
        "warmup_bars": strategy.warmup(parameters, timeframe),
        "parameters": [_parameter(parameter) for parameter in strategy.space],
        "relations": [str(relation) for relation in strategy.space.relations],
    }
    if strategy.kind == RULES:
        rules = strategy.rules(strategy.market(timeframe), parameters)
        names = ("enter_long", "exit_long", "enter_short", "exit_short")
        found["rules"] = {
            name: repr(one)
            for name, one in zip(names, rules.conditions, strict=True)
            if one is not None
        }
        found["controls"] = rules.controls.given()
    return found


def _parameter(parameter: Any) -> dict[str, Any]:
    """Return a parameter as a document."""
    if isinstance(parameter, Choice):
        options = list(parameter.options)
        return {
            "name": parameter.name,
            "kind": "choice",
            "default": parameter.default,
            "options": options,
        }
    low, high = parameter.searched
    return {
        "name": parameter.name,
        "kind": parameter.kind,
        "default": parameter.default,
        "low": parameter.low,
        "high": parameter.high,
        "space": [low, high, parameter.step_searched],
    }


def show(name: str, timeframe: str, as_json: bool) -> None:
    """Print a built-in strategy: what it is, its parameters, and its rules as formulas."""
    found = document(strategy_named(name), timeframe)
    if as_json:
        click.echo(json.dumps(found, indent=2, allow_nan=False))
        return
    for field in ("name", "family", "rule", "source"):
        click.echo(f"{field + ':':<13}{found[field]}")
    click.echo(f"{'modes:':<13}{', '.join(found['modes'])} (the first is the default)")
    click.echo(f"{'needs:':<13}{', '.join(found['needs']) or 'prices and volume alone'}")
    click.echo(f"{'warm-up:':<13}{found['warmup_bars']} bars of {timeframe}")
    for parameter in found["parameters"]:
        click.echo(f"{'parameter:':<13}{_parameter_line(parameter)}")
    for relation in found["relations"]:
        click.echo(f"{'relation:':<13}{relation}")
    for name_of_rule, formula in found.get("rules", {}).items():
        click.echo(f"{name_of_rule + ':':<13}{formula}")
    for setting, value in found.get("controls", {}).items():
        click.echo(f"{'control:':<13}{setting} {value}")


def _parameter_line(parameter: dict[str, Any]) -> str:
    """Return a parameter in words."""
    if parameter["kind"] == "choice":
        options = ", ".join(parameter["options"])
        return f"{parameter['name']} = {parameter['default']}, one of {options}"
    low, high, step = parameter["space"]
    return (
        f"{parameter['name']} = {parameter['default']:g}, {parameter['low']:g} to "
        f"{parameter['high']:g}, searched {low:g} to {high:g} by {step:g}"
    )
