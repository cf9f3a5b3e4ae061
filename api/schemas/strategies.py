"""Schemas of strategy links, previews and results."""

from api.schemas.forms import (
    ANYTHING,
    COUNT,
    DAY,
    DECIMAL,
    HASH,
    IDENTIFIER,
    MOMENT,
    OBJECT,
    TEXT,
    Schema,
    choice,
    described,
    line,
    lines,
    listing,
    named,
    nullable,
    record,
)
from forven.kernels.schema import MAX_LEGS
from forven.strategies.legs import LEG_QUANTITY_MAX
from forven.strategies.script.checks import SOURCE_BYTES_MAX
from forven.strategies.structured import DESCRIPTION_LENGTH_MAX, NAME_LENGTH_MAX, QUANTITY_MAX
from forven.strategies.timing import PERCENT_SCALE, STOP_BPS_MAX, TARGET_BPS_MAX

EXAMPLE_CONFIG = {
    "legs": [
        {
            "side": "sell",
            "right": "put",
            "quantity": 1,
            "strike": {"method": "delta", "value": "0.16"},
        },
        {
            "side": "buy",
            "right": "put",
            "quantity": 1,
            "strike": {"method": "relative", "leg": 0, "value": "-25"},
        },
    ],
    "entry": {"times": ["09:45"]},
    "exit": {"profit_target_pct": "50", "stop_loss_pct": "200", "time": "15:55"},
    "quantity": 1,
}
_CONFIG: Schema = {
    "type": "object",
    "description": f"A structured strategy: 1 to {MAX_LEGS} `legs`, `entry`, and maybe `exit` and "
    f"`quantity` (1 to {QUANTITY_MAX:,}). Each leg has `side` (sell, buy), `right` (call, put), "
    f"`quantity` (1 to {LEG_QUANTITY_MAX:,}) and `strike` with `method` (delta, offset, premium, "
    "atm, expected_move, strike, relative) and `value`. `entry` has `times` or `windows`, "
    "`weekdays`, `max_entries`; `exit` has `profit_target_pct` (0.01 to "
    f"{TARGET_BPS_MAX // PERCENT_SCALE:,}), `stop_loss_pct` (0.01 to "
    f"{STOP_BPS_MAX // PERCENT_SCALE:,}), `time`. A sold leg "
    "is covered by a bought one of its right. Times are New York wall-clock times.",
    "required": ["legs", "entry"],
    "examples": [EXAMPLE_CONFIG],
}
_SOURCE = {
    "type": "string",
    "minLength": 1,
    "maxLength": SOURCE_BYTES_MAX,
    "description": "A script strategy: Python source with one class, at most "
    f"{SOURCE_BYTES_MAX:,} bytes in UTF-8. Runs in a sandbox.",
}
_NAME = line(NAME_LENGTH_MAX)
_DESCRIPTION = nullable(lines(DESCRIPTION_LENGTH_MAX))
_PRIVACY = {**choice("private", "public"), "default": "private"}
_ONE_OF = [{"required": ["config"]}, {"required": ["source"]}]
_SNAPSHOT: dict[str, Schema] = {
    "source_hash": HASH,
    "kind": choice("structured", "script"),
    "says": described(listing(TEXT), "What it does, in sentences."),
    "warnings": listing(TEXT),
    "config": described(OBJECT, "Of a structured strategy, in its one spelling."),
    "source": described(TEXT, "Of a script."),
}
_RESULTS: dict[str, Schema] = {
    "exec_status": choice("idle", "queued", "running", "failed"),
    "covered_days": COUNT,
    "total_sessions": COUNT,
    "window_label": TEXT,
    "window_from": nullable(DAY),
    "window_to": nullable(DAY),
    "source_hash": HASH,
    "snapshot": OBJECT,
    "error": nullable(TEXT),
    "results": nullable(named("ResultRows")),
}
SCHEMAS: dict[str, Schema] = {
    "CreateStrategy": {
        **record(
            {
                "name": _NAME,
                "description": _DESCRIPTION,
                "privacy": _PRIVACY,
                "config": _CONFIG,
                "source": _SOURCE,
            },
            optional=("name", "description", "privacy", "config", "source"),
        ),
        "oneOf": _ONE_OF,
        "examples": [{"name": "Put credit spread", "config": EXAMPLE_CONFIG}],
    },
    "PatchStrategy": {
        **record(
            {
                "name": _NAME,
                "description": _DESCRIPTION,
                "privacy": choice("private", "public"),
            },
            optional=("name", "description", "privacy"),
        ),
        "examples": [{"privacy": "public"}],
    },
    "PreviewStrategy": {
        **record({"config": _CONFIG, "source": _SOURCE}, optional=("config", "source")),
        "oneOf": _ONE_OF,
        "examples": [{"config": EXAMPLE_CONFIG}],
    },
    "CloneStrategy": {
        **record({"name": _NAME}, optional=("name",)),
        "examples": [{"name": "Mine"}],
    },
    "Strategy": record(
        {
            "id": IDENTIFIER,
            "name": TEXT,
            "description": TEXT,
            "privacy": choice("private", "public"),
            **_SNAPSHOT,
            "created_at": MOMENT,
            "updated_at": MOMENT,
        },
        optional=("config", "source"),
    ),
    "Strategies": listing(named("Strategy")),
    "ResultDay": record(
        {
            "date": DAY,
            "net_pnl": DECIMAL,
            "gross_pnl": DECIMAL,
            "fees": DECIMAL,
            "slippage": DECIMAL,
            "status": TEXT,
            "digest": nullable(HASH),
        }
    ),
    "ResultRows": record({"days": listing(named("ResultDay")), "metrics": ANYTHING}),
    "Results": record(_RESULTS),
    "Preview": {
        **OBJECT,
        "properties": {**_RESULTS, "snapshot": named("Snapshot")},
        "required": ["snapshot", "source_hash"],
        "description": "The snapshot, and the results as far as they are there by now.",
    },
    "Snapshot": record(_SNAPSHOT, optional=("config", "source")),
    "ResultDayDetail": {
        **OBJECT,
        "properties": {
            "date": DAY,
            "net_pnl": DECIMAL,
            "orders": listing(OBJECT),
            "transactions": listing(OBJECT),
            "path": listing(ANYTHING),
            "decisions": listing(OBJECT),
        },
        "required": ["date", "net_pnl", "orders", "transactions"],
    },
}
