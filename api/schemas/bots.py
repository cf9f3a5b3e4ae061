"""Schemas of bots, their creation and change, and their summary."""

from api.schemas.forms import (
    COUNT,
    DAY,
    DECIMAL,
    HASH,
    IDENTIFIER,
    MOMENT,
    TEXT,
    Schema,
    choice,
    described,
    line,
    lines,
    listing,
    named,
    nullable,
    partial,
    record,
    whole,
)
from forven.bots.services.document_cards import SESSIONS_LISTED_MAX
from forven.bots.services.fields import DESCRIPTION_LENGTH_MAX, NAME_LENGTH_MAX
from forven.bots.services.policies import CAPITAL_MAX_UNITS, CAPITAL_MIN_UNITS

_CAPITAL = described(
    {
        "anyOf": [
            {
                "type": "string",
                "pattern": r"^([1-9][0-9]{3,8}(\.[0-9]{1,2})?|1000000000(\.00?)?)$",
            },
            {"type": "number", "minimum": CAPITAL_MIN_UNITS, "maximum": CAPITAL_MAX_UNITS},
        ]
    },
    f"Opening cash, {CAPITAL_MIN_UNITS} to {CAPITAL_MAX_UNITS}, in whole cents; a decimal string, "
    "or a number.",
)
_LOSS = {
    "type": "string",
    "pattern": r"^0\.(00[5-9][0-9]?|0[1-9][0-9]{0,2}|[1-4][0-9]{0,3}|50{0,3})$",
    "description": "Fraction of the opening cash, 0.0050 to 0.5000, four decimals at most. Left "
    "out or null: no limit.",
    "examples": ["0.0250"],
}
_CONCESSION = {
    "type": "string",
    "pattern": r"^([0-9](\.[0-9][05]?)?|10(\.00?)?)$",
    "default": "0.20",
    "description": "Farthest from the intended entry price, a multiple of 0.05 from 0 to 10.",
}
_RISK: dict[str, Schema] = {
    "max_daily_loss_pct": nullable(_LOSS),
    "max_open_positions": described(whole(1, 100, 100), "Instruments held at once."),
    "max_open_orders": described(whole(1, 50, 50), "Pending orders at once."),
    "data_staleness_threshold_ms": described(
        whole(500, 10_000, 5_000), "Age of the data beyond which nothing fills or enters."
    ),
    "auto_pause_on_error": {
        "type": "boolean",
        "default": True,
        "description": "Beyond the error budget pause entries, instead of failing the session.",
    },
    "error_budget": described(whole(0, 100, 0), "Strategy errors that are forgiven a session."),
}
_BLOCK: dict[str, Schema] = {
    "enabled": {"type": "boolean", "default": True},
    "min_interval_seconds": whole(1, 120, 4),
    "flat_tolerance_ticks": whole(1, 20, 1),
}
_OPENING = {"nudge_after_seconds": whole(1, 600, 20), **_BLOCK, "max_concession": _CONCESSION}
_CLOSING = {"nudge_after_seconds": whole(1, 600, 15), **_BLOCK}


def _reprice(*, is_answer: bool) -> Schema:
    """Return the reprice object: every field in answers, any of them in requests."""
    fields = {"opening": _OPENING, "closing": _CLOSING}
    blocks = {
        name: record(block, optional=() if is_answer else tuple(block))
        for name, block in fields.items()
    }
    return record(blocks, optional=() if is_answer else tuple(blocks))


_NAME = described(line(NAME_LENGTH_MAX), "Unique among bots that are not archived.")
_DESCRIPTION = nullable(lines(DESCRIPTION_LENGTH_MAX))
_ENGINE = {
    "type": "string",
    "default": "live_sim",
    "description": "`live_sim`. Any `broker_...` is 409 `engine_not_available`.",
    "examples": ["live_sim"],
}
CREATE_EXAMPLE = {
    "strategy_id": "3f0c0a52-7a0e-4c0e-9d38-5b1a2f7d6c11",
    "name": "Morning condor",
    "starting_capital": "100000",
    "max_daily_loss_pct": "0.0250",
    "max_open_positions": 8,
    "reprice": {"opening": {"nudge_after_seconds": 20, "max_concession": "0.20"}},
}
_CREATE_FIELDS: dict[str, Schema] = {
    "strategy_id": described(IDENTIFIER, "The id of a strategy link of your own."),
    "name": _NAME,
    "starting_capital": _CAPITAL,
    "description": _DESCRIPTION,
    "engine": _ENGINE,
    **_RISK,
    "reprice": named("RepriceRequest"),
}
_POLICY: dict[str, Schema] = {
    **{name: {k: v for k, v in schema.items() if k != "default"} for name, schema in _RISK.items()},
    "max_daily_loss_pct": nullable(DECIMAL),
}
SCHEMAS: dict[str, Schema] = {
    "CreateBot": {
        **record(
            _CREATE_FIELDS,
            optional=tuple(
                name
                for name in _CREATE_FIELDS
                if name not in ("strategy_id", "name", "starting_capital")
            ),
        ),
        "examples": [CREATE_EXAMPLE],
    },
    "PatchBot": {
        **partial(
            {
                "name": _NAME,
                "description": _DESCRIPTION,
                "status": choice("idle", "archived"),
                **_RISK,
                "reprice": named("RepriceRequest"),
            }
        ),
        "examples": [{"max_open_orders": 4}],
    },
    "RepriceRequest": _reprice(is_answer=False),
    "Reprice": _reprice(is_answer=True),
    "Bot": record(
        {
            "id": IDENTIFIER,
            "name": TEXT,
            "description": TEXT,
            "engine": TEXT,
            "status": choice("idle", "archived"),
            "runtime_status": choice(
                "idle",
                "scheduled",
                "running",
                "halted",
                "killed",
                "completed",
                "failed",
                "archived",
            ),
            "wish": described(
                choice("stopped", "running"), "Running: a session is opened each trading day."
            ),
            "strategy_id": described(nullable(IDENTIFIER), "Null: it has none yet."),
            "strategy_hash": nullable(HASH),
            "starting_capital": DECIMAL,
            "cash_balance": described(DECIMAL, "Carried from day to day; changes on settling."),
            "current_value": described(DECIMAL, "Net liquidation value while a session is live."),
            **_POLICY,
            "reprice": named("Reprice"),
            "active_session": nullable(named("Session")),
            "last_session": nullable(named("Session")),
            "created_at": MOMENT,
            "updated_at": MOMENT,
        }
    ),
    "Bots": listing(named("Bot")),
    "BotWithSessions": record(
        {
            "bot": named("Bot"),
            "sessions": {**listing(named("Session")), "maxItems": SESSIONS_LISTED_MAX},
        }
    ),
    "BotSummary": record(
        {
            "bot_id": IDENTIFIER,
            "total_sessions": COUNT,
            "win_count": COUNT,
            "loss_count": COUNT,
            "win_rate_pct": nullable(DECIMAL),
            "total_pl": DECIMAL,
            "best_day": nullable(DECIMAL),
            "worst_day": nullable(DECIMAL),
            "average_day_pl": nullable(DECIMAL),
            "sparkline": listing(named("SparklinePoint")),
        }
    ),
    "SparklinePoint": record({"date": DAY, "total_pl": DECIMAL, "cumulative_pl": DECIMAL}),
}
