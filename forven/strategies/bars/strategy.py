"""A strategy over bars: a name, its parameters, and a function that writes its rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from forven.market.bars.columns import checked_column
from forven.primitives.errors import ForvenError
from forven.strategies.bars.errors import InvalidBarStrategy, proposal
from forven.strategies.bars.foreign import place_of, text_of
from forven.strategies.bars.market import CLOCK, Market
from forven.strategies.bars.parameters import (
    AnyParameter,
    Parameters,
    ParameterSpace,
    Relation,
    Value,
)
from forven.strategies.bars.rules import MODES, Rules
from forven.strategies.bars.warmup import warmup_of

RULES, SIGNALS = "rules", "signals"
WARMUP_MAX = 1_000_000_000
NAME_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BarStrategy:
    """A strategy as it was declared; `write` makes its rules for given parameters.

    kind      "rules": `write(market, p)` returns Rules; "signals": `write(bars, p)` returns
              boolean arrays, and `warmup_bars(p)` says how many bars they need first
    rule      one sentence                  source   where the rule comes from
    modes     the first is the default      needs    enrichment columns that it reads
    """

    name: str
    family: str
    rule: str
    source: str
    modes: tuple[str, ...]
    space: ParameterSpace
    needs: tuple[str, ...]
    write: Callable[..., Any]
    kind: str = RULES
    warmup_bars: Callable[[Parameters], int] | None = None

    def __post_init__(self) -> None:
        for field in ("name", "family", "rule", "source"):
            text = getattr(self, field)
            if not isinstance(text, str):
                raise InvalidBarStrategy(
                    f"strategy {self.name!r}: expected a text as {field}, found {text!r}"
                )
            if not text.strip():
                raise InvalidBarStrategy(f"strategy {self.name!r}: expected a {field}, found none")
        if len(self.name) > NAME_MAX or not self.name.isprintable():
            raise InvalidBarStrategy(
                f"expected a strategy's name of at most {NAME_MAX} printable characters, "
                f"found {self.name[:NAME_MAX]!r}"
            )
        if not self.modes or any(mode not in MODES for mode in self.modes):
            raise InvalidBarStrategy(
                f"strategy {self.name}: expected modes out of {', '.join(MODES)}, "
                f"found {self.modes!r}"
            )
        for need in self.needs:
            if not isinstance(need, str):
                raise InvalidBarStrategy(
                    f"strategy {self.name}: needs: expected names of columns, found {need!r}"
                )
            if checked_column(need) in CLOCK:
                raise InvalidBarStrategy(
                    f"strategy {self.name}: needs {need!r}: that is the clock's; read market.{need}"
                )

    @property
    def defaults(self) -> dict[str, Value]:
        """Return every parameter's default."""
        return self.space.defaults

    @property
    def mode(self) -> str:
        """Return the trade mode of a run that names none."""
        return self.modes[0]

    def resolve(self, given: Mapping[str, Any] | None = None) -> Parameters:
        """Return given parameters over the defaults, checked; errors: InvalidParameter."""
        return self.space.resolve(given or {})

    def market(self, timeframe: str = "1h") -> Market:
        """Return the columns that it may read, of bars of one timeframe."""
        return Market(timeframe, self.needs)

    def written(self, *given: Any) -> Any:
        """Return what its function returns; errors: InvalidBarStrategy, whatever it raises."""
        return self._called(self.write, given)

    def _called(self, function: Callable[..., Any], given: tuple[Any, ...]) -> Any:
        """Return what a function of the strategy returns; errors: InvalidBarStrategy.

        Ctrl-C ends the program; nothing else that a strategy raises does.
        """
        try:
            if self.kind == RULES:
                return function(*given)
            with np.errstate():  # what it sets stays its own
                return function(*given)
        except (ForvenError, KeyboardInterrupt):
            raise
        except BaseException as error:  # SystemExit and its like, too
            raise InvalidBarStrategy(
                f"strategy {self.name}: expected its function to return, found "
                f"{text_of(error)} ({place_of(error)})"
            ) from error

    def rules(self, market: Market, parameters: Parameters) -> Rules:
        """Return its rules for parameters that `resolve` gave."""
        written = self.written(market, parameters)
        if not isinstance(written, Rules):
            raise InvalidBarStrategy(f"strategy {self.name}: expected Rules, found {written!r}")
        return written

    def warmup(self, parameters: Parameters, timeframe: str = "1h") -> int:
        """Return how many bars pass before everything that it reads is defined."""
        if self.warmup_bars is not None:
            return self._warmup_said(self._called(self.warmup_bars, (parameters,)))
        return warmup_of(self.rules(self.market(timeframe), parameters).conditions)

    def _warmup_said(self, said: object) -> int:
        """Return a warm-up that a function gave, checked."""
        if isinstance(said, int | np.integer) and not isinstance(said, bool):
            if 0 <= said <= WARMUP_MAX:
                return int(said)
        raise InvalidBarStrategy(
            f"strategy {self.name}: warmup: expected a whole number of bars, 0 or more, found "
            f"{said!r}; write it as in warmup=lambda p: p.bars"
        )


def bar_strategy(
    *,
    name: str,
    family: str,
    rule: str,
    source: str,
    parameters: tuple[AnyParameter, ...] = (),
    **options: Any,
) -> Callable[[Callable[[Market, Parameters], Rules]], BarStrategy]:
    """Return the decorator that makes a strategy of a function `(market, p) -> Rules`.

    options   modes=("long_only",), relations=("fast < slow",), needs=("funding_rate",)
    """
    declared = _declared(name, parameters, options)

    def declare(write: Callable[[Market, Parameters], Rules]) -> BarStrategy:
        return BarStrategy(
            name=name, family=family, rule=rule, source=source, write=write, **declared
        )

    return declare


def signal_strategy(
    *,
    name: str,
    warmup: Callable[[Parameters], int],
    parameters: tuple[AnyParameter, ...] = (),
    **options: Any,
) -> Callable[[Callable[[Any, Parameters], Any]], BarStrategy]:
    """Return the decorator that makes a strategy of a function `(bars, p) -> dict of booleans`.

    warmup    of the parameters: the bars that the function needs before its first signal
    options   as for `bar_strategy`, and family="own", rule="", source=""
    """
    texts = {
        "family": options.pop("family", "own"),
        "rule": options.pop("rule", "Signals of a function."),
        "source": options.pop("source", "a file"),
    }
    declared = _declared(name, parameters, options)
    if not callable(warmup):
        raise InvalidBarStrategy(
            f"strategy {name}: warmup: expected a function of the parameters, found {warmup!r}; "
            "write it as in warmup=lambda p: p.bars"
        )

    def declare(write: Callable[[Any, Parameters], Any]) -> BarStrategy:
        return BarStrategy(
            name=name, write=write, kind=SIGNALS, warmup_bars=warmup, **texts, **declared
        )

    return declare


def _declared(
    name: str, parameters: tuple[AnyParameter, ...], options: dict[str, Any]
) -> dict[str, Any]:
    """Return the options of a decorator as fields of a strategy."""
    known = ("modes", "relations", "needs")
    for option in options:
        if option not in known:
            raise InvalidBarStrategy(f"strategy {name}: {option!r}: {proposal(option, known)}")
    for option in known:
        if isinstance(options.get(option), str):
            raise InvalidBarStrategy(
                f"strategy {name}: {option}: expected several in brackets, as in "
                f"{option}=({options[option]!r},), found {options[option]!r}"
            )
    _check_parameters(name, parameters)
    names = [parameter.name for parameter in parameters]
    relations = tuple(Relation.parse(text, names) for text in options.get("relations", ()))
    return {
        "modes": tuple(options.get("modes", ("long_only",))),
        "needs": tuple(options.get("needs", ())),
        "space": ParameterSpace(tuple(parameters), relations),
    }


def _check_parameters(name: str, parameters: object) -> None:
    """Refuse anything but several parameters."""
    example = 'as in parameters=(Parameter("bars", 50, 2, 500),)'
    if not isinstance(parameters, tuple | list):
        raise InvalidBarStrategy(
            f"strategy {name}: parameters: expected several in brackets, {example}, "
            f"found {type(parameters).__name__}"
        )
    for one in parameters:
        if not isinstance(one, AnyParameter):
            raise InvalidBarStrategy(
                f"strategy {name}: parameters: expected Parameter or Choice, {example}, "
                f"found {one!r}"
            )
