"""Schemas of the bot-factory family: the same bots, as deployed strategies with a wish."""

from api.schemas.forms import (
    ANYTHING,
    COUNT,
    DECIMAL,
    HASH,
    IDENTIFIER,
    MOMENT,
    NUMBER,
    OBJECT,
    TEXT,
    Schema,
    choice,
    decimal_input,
    described,
    line,
    lines,
    listing,
    named,
    nullable,
    record,
    whole,
)
from forven.bots.services.fields import DESCRIPTION_LENGTH_MAX, NAME_LENGTH_MAX
from forven.bots.services.policies import CAPITAL_MAX_UNITS, CAPITAL_MIN_UNITS

_NULL: Schema = {"type": "null"}
_ANY_CONFIG = described(OBJECT, "Some fields of a configuration.")
_KEPT = "Kept for clients of this family; it changes nothing."
_PERCENT = decimal_input("0.0001", "100", 4)
_EXIT_PERCENT = nullable(decimal_input("0.0001", "1000", 4))
_BPS = described(decimal_input("0", "10000", 4), _KEPT)
_SHORT: Schema = {"type": "string", "maxLength": 40}
_HOURS: Schema = {
    "anyOf": [_SHORT, {"type": "object", "maxProperties": 16, "additionalProperties": _SHORT}]
}
_PROSE = described(lines(20_000), _KEPT)
_CONFIG_FIELDS: dict[str, Schema] = {
    "name": line(NAME_LENGTH_MAX),
    "description": nullable(lines(DESCRIPTION_LENGTH_MAX)),
    "strategy_id": described(nullable(IDENTIFIER), "The saved strategy that it trades."),
    "template_id": described(nullable(line(64)), "The template that left-out fields come from."),
    "capital_allocation": decimal_input(str(CAPITAL_MIN_UNITS), str(CAPITAL_MAX_UNITS), 2),
    "reprice": named("RepriceRequest"),
    "max_concurrent_positions": described(whole(1, 100), "Times its legs: instruments held."),
    "max_drawdown_pct": described(
        nullable(decimal_input("0.5", "50", 2)), "Loss of a day at which a session halts."
    ),
    "max_consecutive_errors": described(whole(1, 101), "Errors of a session that pause entries."),
    "max_position_pct": described(_PERCENT, _KEPT),
    "stop_loss_pct": described(_EXIT_PERCENT, _KEPT),
    "take_profit_pct": described(_EXIT_PERCENT, _KEPT),
    "taker_fee_bps": _BPS,
    "slippage_bps": _BPS,
    "funding_rate_bps_per_day": _BPS,
    "cooldown_seconds": described(whole(1, 86_400), _KEPT),
    "session_hours": described(nullable(_HOURS), _KEPT),
    "reasoning_verbosity": described(choice("minimal", "standard", "verbose"), _KEPT),
    "asset_mode": described(choice("free_roam", "locked"), _KEPT),
    "locked_pairs": described({**listing(line(40)), "maxItems": 50}, _KEPT),
    "max_llm_calls_per_day": described(whole(0, 1_000_000), _KEPT),
    "model": described(nullable(lines(200)), _KEPT),
    "soul": _PROSE,
    "context": _PROSE,
    "strategy": _PROSE,
    "guardrails": _PROSE,
    "execution_mode": choice("paper"),
    "live_wallet": _NULL,
}
_ANSWERED_FIELDS = tuple(
    name for name in _CONFIG_FIELDS if name not in ("execution_mode", "live_wallet")
)
_FIGURES = described(OBJECT, "Figures of closed trades.")
_DIGEST: dict[str, Schema] = {
    "total_trades": COUNT,
    "winning_trades": COUNT,
    "losing_trades": COUNT,
    "realized_pnl": DECIMAL,
    "open_positions": COUNT,
    "last_trade_at": nullable(MOMENT),
}
_VERSION_FIELDS: dict[str, Schema] = {
    "name": TEXT,
    "description": TEXT,
    "strategy_id": nullable(IDENTIFIER),
    "strategy_hash": nullable(HASH),
    "template_id": nullable(TEXT),
    "starting_capital": DECIMAL,
    "risk": OBJECT,
    "reprice": OBJECT,
    "config": OBJECT,
}
_TRADE_LEG: dict[str, Schema] = {
    "instrument": TEXT,
    "type": choice("call", "put"),
    "direction": choice("long", "short"),
    "quantity": COUNT,
    "open_quantity": COUNT,
}
SCHEMAS: dict[str, Schema] = {
    "FactoryConfigRequest": {
        "type": "object",
        "properties": _CONFIG_FIELDS,
        "additionalProperties": False,
        "examples": [
            {
                "name": "Morning condor",
                "strategy_id": "3f0c0a52-7a0e-4c0e-9d38-5b1a2f7d6c11",
                "capital_allocation": "100000",
            }
        ],
    },
    "FactoryConfig": {
        **OBJECT,
        "properties": {name: {} for name in _ANSWERED_FIELDS},
        "additionalProperties": False,
        "description": "The whole configuration; decimals are strings here.",
    },
    "FactoryBot": record(
        {
            "id": IDENTIFIER,
            "bot_id": IDENTIFIER,
            "name": TEXT,
            "config": named("FactoryConfig"),
            "config_notes": described(OBJECT, "What each field does; in a single bot only."),
            "status": choice("stopped", "running", "paused", "error"),
            "execution_mode": choice("paper"),
            "strategy_id": nullable(IDENTIFIER),
            "cash_balance": DECIMAL,
            "error_message": nullable(TEXT),
            "consecutive_errors": COUNT,
            "realized_pnl": DECIMAL,
            "peak_equity": nullable(DECIMAL),
            "started_at": nullable(MOMENT),
            "last_heartbeat": nullable(MOMENT),
            "trade_digest": record(_DIGEST),
            "version": whole(1, 2**53 - 1),
            "created_at": MOMENT,
            "updated_at": MOMENT,
        },
        optional=("config_notes",),
    ),
    "FactoryBots": listing(named("FactoryBot")),
    "FactoryDeleted": record({"status": choice("deleted"), "bot_id": IDENTIFIER}),
    "FactoryStarted": record(
        {
            "status": choice("started"),
            "bot_id": IDENTIFIER,
            "session_id": described(nullable(IDENTIFIER), "Null: no trading day is open now."),
            "pid": described(nullable(COUNT), "Of the process that runs all bots."),
            "log_path": _NULL,
        }
    ),
    "FactoryStopped": record({"status": choice("stopped"), "bot_id": IDENTIFIER}),
    "FactoryPaper": record({"status": choice("paper"), "bot_id": IDENTIFIER}),
    "CloneBot": {
        **record({"new_name": line(NAME_LENGTH_MAX)}),
        "examples": [{"new_name": "Morning condor, wider"}],
    },
    "GoLive": {
        **OBJECT,
        "properties": {
            "confirm": TEXT,
            "live_notional_ceiling_usd": {"type": ["number", "string"]},
            "wallet": TEXT,
        },
        "examples": [{"confirm": "GO LIVE", "live_notional_ceiling_usd": 1000}],
    },
    "KilledAll": record({"stopped": COUNT, "failed": listing(named("NotStopped"))}),
    "NotStopped": record(
        {"bot_id": IDENTIFIER, "session_id": IDENTIFIER, "reason": TEXT},
    ),
    "FactoryTradeLeg": record(_TRADE_LEG),
    "FactoryTrade": record(
        {
            "id": TEXT,
            "session_id": IDENTIFIER,
            "bot_id": IDENTIFIER,
            "number": COUNT,
            "status": choice("OPEN", "CLOSED"),
            "execution_type": choice("paper"),
            "direction": choice("credit", "debit"),
            "quantity": COUNT,
            "legs": listing(named("FactoryTradeLeg")),
            "entry_value": DECIMAL,
            "exit_value": nullable(DECIMAL),
            "fees": DECIMAL,
            "slippage": DECIMAL,
            "pnl": nullable(DECIMAL),
            "exit_reason": nullable(TEXT),
            "opened_at": MOMENT,
            "closed_at": nullable(MOMENT),
        }
    ),
    "FactoryTrades": listing(named("FactoryTrade")),
    "FactoryPositions": record(
        {
            "bot_id": IDENTIFIER,
            "starting_capital": DECIMAL,
            "realized_pnl": DECIMAL,
            "unrealized_pnl": DECIMAL,
            "equity": DECIMAL,
            "peak_equity": DECIMAL,
            "equity_state_started_at": nullable(MOMENT),
            "mark_age_seconds": nullable(NUMBER),
            "open_positions": listing(named("Position")),
            "execution_mode": choice("paper"),
        }
    ),
    "FactoryDecision": record(
        {
            "id": TEXT,
            "bot_id": IDENTIFIER,
            "session_id": IDENTIFIER,
            "timestamp": MOMENT,
            "event_trigger": TEXT,
            "reasoning": TEXT,
            "action_type": choice("trade", "observation", "pass", "error", "paused", "blocked"),
            "action_data": ANYTHING,
            "verbosity_level": TEXT,
        }
    ),
    "FactoryDecisions": listing(named("FactoryDecision")),
    "FactoryStats": record(
        {
            "bot_id": IDENTIFIER,
            "starting_capital": DECIMAL,
            "cash_balance": DECIMAL,
            "peak_equity": DECIMAL,
            "equity_state_started_at": nullable(MOMENT),
            "trades": _FIGURES,
            "sessions": described(OBJECT, "As in a bot's summary."),
        }
    ),
    "FactoryVersion": record(
        {"version": COUNT, "created_at": MOMENT, "config": record(_VERSION_FIELDS)}
    ),
    "FactoryVersions": listing(named("FactoryVersion")),
    "FactoryDiff": record(
        {
            "v1": COUNT,
            "v2": COUNT,
            "changes": {
                "type": "object",
                "additionalProperties": record({"from": ANYTHING, "to": ANYTHING}),
            },
        }
    ),
    "FactoryFromStrategy": record({"config": named("FactoryConfig"), "strategy_id": IDENTIFIER}),
    "Template": record(
        {
            "id": TEXT,
            "name": TEXT,
            "description": TEXT,
            "is_builtin": {"type": "boolean"},
            "config": _ANY_CONFIG,
        }
    ),
    "Templates": listing(named("Template")),
    "CreateTemplate": {
        **record(
            {
                "name": line(NAME_LENGTH_MAX),
                "description": nullable(lines(DESCRIPTION_LENGTH_MAX)),
                "config": named("FactoryConfigRequest"),
            },
            optional=("description",),
        ),
        "examples": [{"name": "Small condor", "config": {"capital_allocation": "25000"}}],
    },
    "TemplateDeleted": record({"status": choice("deleted"), "template_id": TEXT}),
}
