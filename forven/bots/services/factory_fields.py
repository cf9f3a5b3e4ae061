"""The config of the bot-factory family: its fields, bounds and defaults, and what each one does.

A bot here trades one saved strategy on one option chain; no language model decides anything. Fields
that have no meaning for such a bot are kept and given back, and `NOTES` says so of each.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from forven.bots.errors import InvalidField, InvalidStrategyId
from forven.bots.services.fields import (
    description_of,
    name_of,
    refusing_as,
    section_of,
    uuid_of,
)
from forven.bots.services.policies import CAPITAL_MAX_UNITS, CAPITAL_MIN_UNITS, reprice_of
from forven.engine.documents import shown
from forven.primitives.money import decimal_text
from forven.strategies.sections import Section

Reader = Callable[[Section, str], Any]
_CENTS = 100
_PROSE_LENGTH_MAX = 20_000
_MODEL_LENGTH_MAX = 200
_PAIRS_MAX = 50
_HOURS_MAX = 16
_TEXT_LENGTH_MAX = 40


def _decimal(least: str, most: str, *, is_nullable: bool = False, scale: int = 10_000) -> Reader:
    """Return the reader of a decimal, given as number or string and kept as a string."""

    def read(section: Section, field: str) -> str | None:
        if is_nullable and not section.has(field):
            return None
        low, high = (int(Decimal(bound) * scale) for bound in (least, most))
        units = section.decimal(field, scale, low, high)
        return decimal_text(units, scale, 0)

    return read


def _whole(least: int, most: int) -> Reader:
    """Return the reader of a whole number."""
    return lambda section, field: section.whole(field, least, most)


def _text(most: int, *, is_nullable: bool = False) -> Reader:
    """Return the reader of a text that may have lines."""

    def read(section: Section, field: str) -> str | None:
        if is_nullable and not section.has(field):
            return None
        return section.text(field, most, lines=True)

    return read


def _choice(*choices: str) -> Reader:
    """Return the reader of one of some texts."""
    return lambda section, field: section.choice(field, choices)


def _pairs(section: Section, field: str) -> list[str]:
    """Return the list of names that a bot is locked to; it may be empty."""
    given = section.value(field)
    if given == []:
        return []
    items = section.items(field, _PAIRS_MAX, "names")
    for index, item in enumerate(items):
        if not item or not _is_short_text(item):
            raise InvalidField(
                f"{section.at(field)}[{index}]: expected a text of 1 to {_TEXT_LENGTH_MAX} "
                f"characters, found {shown(item)}"
            )
    return [str(item) for item in items]


def _hours(section: Section, field: str) -> Any:
    """Return the hours a bot acts in: null, a text, or an object of texts, kept as it is."""
    value = section.value(field)
    texts = list(value.values()) if isinstance(value, dict) else [value]
    if value is None or (len(texts) <= _HOURS_MAX and all(_is_short_text(one) for one in texts)):
        return value
    raise InvalidField(
        f"{section.at(field)}: expected null, a text of at most {_TEXT_LENGTH_MAX} characters or "
        f"an object of such texts, found {shown(value)}"
    )


def _is_short_text(value: object) -> bool:
    """Return whether a value is a short printable text."""
    return isinstance(value, str) and value.isprintable() and len(value) <= _TEXT_LENGTH_MAX


def _strategy_id(section: Section, field: str) -> str | None:
    """Return the id of a saved strategy; null: none yet."""
    value = section.value(field)
    return None if value is None else uuid_of(value, section.at(field), InvalidStrategyId)


def _template_id(section: Section, field: str) -> str | None:
    """Return the id of the template the config began with."""
    return section.text(field, 64) if section.has(field) else None


def _reprice(section: Section, field: str) -> Any:
    """Return the re-price fields that are given, each checked."""
    given = section.value(field)
    reprice_of(given)
    return given


READERS: dict[str, Reader] = {
    "name": name_of,
    "description": description_of,
    "strategy_id": _strategy_id,
    "template_id": _template_id,
    "capital_allocation": _decimal(str(CAPITAL_MIN_UNITS), str(CAPITAL_MAX_UNITS), scale=_CENTS),
    "reprice": _reprice,
    "max_concurrent_positions": _whole(1, 100),
    "max_drawdown_pct": _decimal("0.5", "50", is_nullable=True, scale=_CENTS),
    "max_consecutive_errors": _whole(1, 101),
    "max_position_pct": _decimal("0.0001", "100"),
    "stop_loss_pct": _decimal("0.0001", "1000", is_nullable=True),
    "take_profit_pct": _decimal("0.0001", "1000", is_nullable=True),
    "taker_fee_bps": _decimal("0", "10000"),
    "slippage_bps": _decimal("0", "10000"),
    "funding_rate_bps_per_day": _decimal("0", "10000"),
    "cooldown_seconds": _whole(1, 86_400),
    "session_hours": _hours,
    "reasoning_verbosity": _choice("minimal", "standard", "verbose"),
    "asset_mode": _choice("free_roam", "locked"),
    "locked_pairs": _pairs,
    "max_llm_calls_per_day": _whole(0, 1_000_000),
    "model": _text(_MODEL_LENGTH_MAX, is_nullable=True),
    "soul": _text(_PROSE_LENGTH_MAX),
    "context": _text(_PROSE_LENGTH_MAX),
    "strategy": _text(_PROSE_LENGTH_MAX),
    "guardrails": _text(_PROSE_LENGTH_MAX),
}
"""How each field is read; the fields a config may have are its keys."""

DEFAULTS: dict[str, Any] = {
    "name": "Untitled Bot",
    "description": "",
    "strategy_id": None,
    "template_id": None,
    "capital_allocation": "100000",
    "max_concurrent_positions": 5,
    "max_drawdown_pct": "3",
    "max_consecutive_errors": 5,
    "max_position_pct": "10",
    "stop_loss_pct": None,
    "take_profit_pct": None,
    "taker_fee_bps": "0",
    "slippage_bps": "0",
    "funding_rate_bps_per_day": "0",
    "cooldown_seconds": 60,
    "session_hours": None,
    "reasoning_verbosity": "standard",
    "asset_mode": "locked",
    "locked_pairs": ["SPX"],
    "max_llm_calls_per_day": 200,
    "model": None,
    "soul": "",
    "context": "",
    "strategy": "",
    "guardrails": "",
}
"""What a field is that nobody gave."""

_OF_THE_BOT = ("name", "description", "strategy_id", "template_id", "capital_allocation", "reprice")
KEPT_FIELDS = tuple(name for name in READERS if name not in _OF_THE_BOT)
"""Fields that are kept in the bot's config beside its columns."""

_KEPT_ONLY = "kept for clients of this family; it changes nothing"
NOTES: dict[str, str] = {
    "capital_allocation": "the capital the account starts with; fixed once the bot has traded",
    "max_concurrent_positions": (
        "positions of the strategy held at once: times its legs it is max_open_positions, at most "
        "100; of a script each instrument counts"
    ),
    "max_drawdown_pct": (
        "max_daily_loss_pct of the same size: a session halts at this loss from its opening cash. "
        "A fall from a peak above the opening cash, or over several days, does not halt it"
    ),
    "max_consecutive_errors": (
        "the strategy error of a session at which entries pause, counted in total and not in a row"
    ),
    "stop_loss_pct": f"{_KEPT_ONLY}: the strategy's own exit rules act",
    "take_profit_pct": f"{_KEPT_ONLY}: the strategy's own exit rules act",
    "taker_fee_bps": f"{_KEPT_ONLY}: the option fee schedule applies",
    "slippage_bps": f"{_KEPT_ONLY}: the live fill model applies",
    "funding_rate_bps_per_day": f"{_KEPT_ONLY}: options of one day pay no funding",
    **dict.fromkeys(
        (
            "max_position_pct",
            "cooldown_seconds",
            "session_hours",
            "reasoning_verbosity",
            "asset_mode",
            "locked_pairs",
            "max_llm_calls_per_day",
            "model",
            "soul",
            "context",
            "strategy",
            "guardrails",
        ),
        _KEPT_ONLY,
    ),
}
"""What each field does to a bot."""


def read_config(body: object, path: str = "") -> dict[str, Any]:
    """Return the fields a body gives, each checked; unknown fields are refused."""
    section = section_of(body, tuple(READERS), path)
    given = body if isinstance(body, Mapping) else {}
    with refusing_as(InvalidField):
        return {name: READERS[name](section, name) for name in READERS if name in given}


def risk_fields(config: Mapping[str, Any], leg_count: int) -> dict[str, Any]:
    """Return the risk policy's fields that a config says.

    leg_count  instruments that one position of the bot's strategy holds
    """
    fields: dict[str, Any] = {}
    if "max_concurrent_positions" in config:
        fields["max_open_positions"] = min(100, config["max_concurrent_positions"] * leg_count)
    if "max_drawdown_pct" in config:
        fields["max_daily_loss_pct"] = _fraction_of(config["max_drawdown_pct"])
    if "max_consecutive_errors" in config:
        fields["error_budget"] = config["max_consecutive_errors"] - 1
    return fields


def shown_config(
    kept: Mapping[str, Any], risk: Mapping[str, Any], leg_count: int
) -> dict[str, Any]:
    """Return the kept fields of a config, those of the risk policy as the policy has them now.

    The other family may have changed the policy since; then what it says is translated back.
    """
    config = {name: kept.get(name, DEFAULTS[name]) for name in KEPT_FIELDS}
    said = risk_fields(config, leg_count)
    if said["max_open_positions"] != risk["max_open_positions"]:
        config["max_concurrent_positions"] = max(1, risk["max_open_positions"] // leg_count)
    if said["max_daily_loss_pct"] != risk["max_daily_loss_pct"]:
        config["max_drawdown_pct"] = _percent_of(risk["max_daily_loss_pct"])
    if said["error_budget"] != risk["error_budget"]:
        config["max_consecutive_errors"] = risk["error_budget"] + 1
    return config


def _fraction_of(percent: str | None) -> str | None:
    """Return a percent as a fraction with four decimals: "2.5" is "0.0250"."""
    if percent is None:
        return None
    whole, _, decimals = percent.partition(".")
    return decimal_text(int(whole + decimals.ljust(2, "0")), 10_000, 4)


def _percent_of(fraction: str | None) -> str | None:
    """Return a fraction with four decimals as a percent: "0.0250" is "2.5"."""
    if fraction is None:
        return None
    return decimal_text(int(fraction.replace(".", "")), 100, 0)
