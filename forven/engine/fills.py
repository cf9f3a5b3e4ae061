"""How orders fill: the way from natural price to mid, and what each preset makes of it."""

from dataclasses import dataclass
from typing import Any

from forven.engine.checks import (
    built_from,
    check_flag,
    check_text,
    check_whole,
    decimal_units,
    fields_of,
)
from forven.primitives.errors import InvalidInput
from forven.primitives.money import decimal_text

BPS = 10_000
_TICKS_MAX = 20
_JSON_LAMBDA = "lambda"


@dataclass(frozen=True, slots=True, kw_only=True)
class FillModel:
    """Where between natural price and mid an order executes (docs/ENGINE.md, section 2).

    lambda_bps      share of the way from natural to mid, 0 to 10,000
    conceded_ticks  increments given up from there, never beyond natural
    same_tick       orders of a strategy can fill in the frame that placed them
    repricing       the re-price policy works pending limit orders
    slippage_ticks  increments that leave cash per unit at a limit or stop fill
    """

    name: str
    lambda_bps: int
    conceded_ticks: int
    same_tick: bool
    repricing: bool
    slippage_ticks: int

    def __post_init__(self) -> None:
        check_text("name", self.name, 40)
        check_whole("lambda_bps", self.lambda_bps, 0, BPS)
        check_whole("conceded_ticks", self.conceded_ticks, 0, _TICKS_MAX)
        check_flag("same_tick", self.same_tick)
        check_flag("repricing", self.repricing)
        check_whole("slippage_ticks", self.slippage_ticks, 0, _TICKS_MAX)
        preset = _PRESETS.get(self.name)
        if preset is not None and self._numbers() != preset:
            raise InvalidInput(
                f"name must not be {self.name!r} for numbers that are not that preset's; "
                "take another name"
            )

    @classmethod
    def preset(cls, name: str) -> "FillModel":
        """Return a preset by name: live, backtest, half or natural."""
        if name not in _PRESETS:
            raise InvalidInput(f"fills must be one of {', '.join(_PRESETS)}, was {name!r}")
        share, conceded, same_tick, repricing, slippage = _PRESETS[name]
        return cls(
            name=name,
            lambda_bps=share,
            conceded_ticks=conceded,
            same_tick=same_tick,
            repricing=repricing,
            slippage_ticks=slippage,
        )

    def with_slippage(self, ticks: int) -> "FillModel":
        """Return the same model with another slippage; its name says so."""
        if ticks == self.slippage_ticks:
            return self
        check_whole("slippage_ticks", ticks, 0, _TICKS_MAX)
        share, conceded, same_tick, repricing, _ = self._numbers()
        return FillModel(
            name=f"{self.name.partition(' slippage ')[0]} slippage {ticks}",
            lambda_bps=share,
            conceded_ticks=conceded,
            same_tick=same_tick,
            repricing=repricing,
            slippage_ticks=ticks,
        )

    def to_json(self) -> dict[str, object]:
        """Return the model as a JSON document; `from_json` reads it back."""
        return {
            "name": self.name,
            _JSON_LAMBDA: decimal_text(self.lambda_bps, BPS, 2),
            "conceded_ticks": self.conceded_ticks,
            "same_tick": self.same_tick,
            "repricing": self.repricing,
            "slippage_ticks": self.slippage_ticks,
        }

    @classmethod
    def from_json(cls, document: object, path: str = "fills") -> "FillModel":
        """Return the model of a document, or the preset that a text names."""
        if isinstance(document, str):
            return cls.preset(document)
        names = ("name", _JSON_LAMBDA, *list(cls.__dataclass_fields__)[2:])
        given = fields_of(document, path, names, complete=True)
        share = given.pop(_JSON_LAMBDA)
        given["lambda_bps"] = decimal_units(f"{path}.{_JSON_LAMBDA}", share, BPS, 0, BPS)
        return built_from(cls, given, path)

    def _numbers(self) -> tuple[Any, ...]:
        """Return everything but the name, as `_PRESETS` has it."""
        return (
            self.lambda_bps,
            self.conceded_ticks,
            self.same_tick,
            self.repricing,
            self.slippage_ticks,
        )


_PRESETS: dict[str, tuple[int, int, bool, bool, int]] = {
    "live": (BPS, 1, False, True, 0),
    "backtest": (BPS, 0, True, False, 1),
    "half": (BPS // 2, 0, True, False, 0),
    "natural": (0, 0, True, False, 0),
}
FILL_PRESETS = tuple(_PRESETS)
"""The names of the presets, the first being the default."""
