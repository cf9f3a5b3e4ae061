"""Schemas of health, status, heartbeat and errors."""

from api.schemas.forms import (
    COUNT,
    DAY,
    DECIMAL,
    IDENTIFIER,
    MOMENT,
    NUMBER,
    TEXT,
    Schema,
    choice,
    described,
    listing,
    named,
    nullable,
    record,
)

_COUNTS: Schema = {"type": "object", "additionalProperties": COUNT}
SCHEMAS: dict[str, Schema] = {
    "Problem": {
        "type": "object",
        "properties": {
            "error": described(TEXT, "Machine code; programs decide by it."),
            "detail": described(TEXT, "What was expected, what was found, how to mend it."),
            "id": described(TEXT, "Of a defect, as the server's log has it."),
            "retry_after_seconds": NUMBER,
        },
        "required": ["error", "detail"],
        "examples": [
            {
                "error": "invalid_input",
                "detail": "limit: expected a whole number from 1 to 1000, found 0",
            }
        ],
    },
    "Health": record({"status": choice("ok"), "service": choice("forven")}),
    "Root": record({"service": TEXT, "version": TEXT, "openapi": TEXT}),
    "HostState": record(
        {
            "feed": nullable(TEXT),
            "day": nullable(DAY),
            "now": described(MOMENT, "By the feed's clock."),
            "last_frame": nullable(MOMENT),
            "frames": COUNT,
            "latency_p50_ms": nullable(NUMBER),
            "latency_p99_ms": nullable(NUMBER),
            "sessions": described(_COUNTS, "Sessions by state."),
            "storage_trouble": nullable(TEXT),
            "paused": described(nullable(TEXT), "Why; null: it is not."),
        }
    ),
    "Status": record(
        {
            "status": choice("ok", "paused", "degraded"),
            "version": TEXT,
            "backend": TEXT,
            "host": named("HostState"),
            "bots": described(_COUNTS, "Bots by runtime status."),
        }
    ),
    "Heartbeat": record(
        {
            "status": choice("ok", "stale", "none"),
            "last_heartbeat": nullable(MOMENT),
            "age_seconds": nullable(NUMBER),
            "host": named("HostState"),
            "equity": record({"cash_balance": DECIMAL, "current_value": DECIMAL}),
            "risk": record(
                {
                    "paused": nullable(TEXT),
                    "storage_trouble": nullable(TEXT),
                    "halted_bots": listing(IDENTIFIER),
                }
            ),
        }
    ),
    "Accepted": record({"status": TEXT}),
}
