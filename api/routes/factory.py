"""Routes of the bot-factory family."""

from api.operations import OPERATOR, Call, Operation, RouteTable
from api.parameters import identifier, page_limit
from api.replies import Reply
from forven.bots.services.factory_history import LIST_LIMIT, LIST_LIMIT_MAX

TABLE = RouteTable("bot-factory")
ROOT = "/api/bot-factory"
BOT = ROOT + "/bots/{bot_id}"
BOT_ID = identifier("bot_id", "The bot.")
_LIMIT = page_limit(f"At most so many, the newest; left out: {LIST_LIMIT}.", LIST_LIMIT_MAX)
_FIELD_ERRORS = (
    "invalid_strategy_id",
    "invalid_reprice",
    "strategy_not_found_or_not_owned",
    "not_found",
    "name_taken",
    "paper_only",
)


@TABLE.route(
    "GET",
    ROOT + "/bots",
    Operation(summary="List the bots", answers={200: "FactoryBots"}, access=OPERATOR),
)
def list_factory_bots(call: Call) -> Reply:
    """List them."""
    return Reply(200, call.backend.services.factory.list())


@TABLE.route(
    "POST",
    ROOT + "/bots",
    Operation(
        summary="Create a bot of a configuration",
        body="FactoryConfigRequest",
        answers={201: "FactoryBot"},
        errors=_FIELD_ERRORS,
        is_idempotent=True,
        location=ROOT + "/bots/{id}",
        access=OPERATOR,
    ),
)
def create_factory_bot(call: Call) -> Reply:
    """Create one."""
    return Reply(201, call.backend.services.factory.create(call.body))


@TABLE.route(
    "POST",
    ROOT + "/kill-all",
    Operation(
        summary="Stop every bot",
        about="No body. Wishes become stopped and running sessions are stopped.",
        answers={200: "KilledAll"},
        errors=("live_trading_unavailable",),
        is_idempotent=True,
        access=OPERATOR,
    ),
)
def kill_all_bots(call: Call) -> Reply:
    """Stop them."""
    return Reply(200, call.backend.services.factory.kill_all())


@TABLE.route(
    "GET",
    BOT,
    Operation(
        summary="Inspect a bot",
        parameters=(BOT_ID,),
        answers={200: "FactoryBot"},
        errors=("not_found",),
        access=OPERATOR,
    ),
)
def read_factory_bot(call: Call) -> Reply:
    """Inspect one."""
    return Reply(200, call.backend.services.factory.get(call.values["bot_id"]))


@TABLE.route(
    "PUT",
    BOT,
    Operation(
        summary="Change a bot's configuration",
        about="Only the fields sent are changed; the configuration before is kept as a version.",
        parameters=(BOT_ID,),
        body="FactoryConfigRequest",
        answers={200: "FactoryBot"},
        errors=("no_fields", "invalid_starting_capital", *_FIELD_ERRORS),
        access=OPERATOR,
    ),
)
def update_factory_bot(call: Call) -> Reply:
    """Change one."""
    return Reply(200, call.backend.services.factory.update(call.values["bot_id"], call.body))


@TABLE.route(
    "DELETE",
    BOT,
    Operation(
        summary="Delete a bot",
        about="A session still running is stopped first.",
        parameters=(BOT_ID,),
        answers={200: "FactoryDeleted"},
        errors=("not_found", "bot_has_active_session", "live_trading_unavailable"),
        access=OPERATOR,
    ),
)
def delete_factory_bot(call: Call) -> Reply:
    """Delete one."""
    return Reply(200, call.backend.services.factory.delete(call.values["bot_id"]))


@TABLE.route(
    "POST",
    BOT + "/start",
    Operation(
        summary="Start a bot",
        about="No body. Each trading day's session is opened while it stands; today's at once.",
        parameters=(BOT_ID,),
        answers={200: "FactoryStarted"},
        errors=(
            "not_found",
            "bot_already_running",
            "bot_not_idle",
            "invalid_strategy_id",
            "register_sim_failed",
        ),
        is_idempotent=True,
        access=OPERATOR,
    ),
)
def start_factory_bot(call: Call) -> Reply:
    """Start one."""
    return Reply(200, call.backend.services.factory.start(call.values["bot_id"]))


@TABLE.route(
    "POST",
    BOT + "/stop",
    Operation(
        summary="Stop a bot",
        about="No body. Its session is stopped, and none is opened until it is started again.",
        parameters=(BOT_ID,),
        answers={200: "FactoryStopped"},
        errors=("not_found", "live_trading_unavailable"),
        is_idempotent=True,
        access=OPERATOR,
    ),
)
def stop_factory_bot(call: Call) -> Reply:
    """Stop one."""
    return Reply(200, call.backend.services.factory.stop(call.values["bot_id"]))


@TABLE.route(
    "POST",
    BOT + "/clone",
    Operation(
        summary="Clone a bot",
        about="The new bot is stopped and starts with the capital that the old one started with.",
        parameters=(BOT_ID,),
        body="CloneBot",
        answers={201: "FactoryBot"},
        errors=("not_found", "name_taken"),
        is_idempotent=True,
        location=ROOT + "/bots/{id}",
        access=OPERATOR,
    ),
)
def clone_factory_bot(call: Call) -> Reply:
    """Clone one."""
    clone = call.backend.services.factory.clone
    return Reply(201, clone(call.values["bot_id"], call.body))


@TABLE.route(
    "POST",
    BOT + "/go-live",
    Operation(
        summary="Refuse to trade real money",
        about="Execution is locked to paper: 409 `paper_only`, always.",
        parameters=(BOT_ID,),
        body="GoLive",
        answers={},
        errors=("not_found", "paper_only"),
        access=OPERATOR,
    ),
)
def go_live(call: Call) -> Reply:
    """Refuse it."""
    return Reply(200, call.backend.services.factory.go_live(call.values["bot_id"], call.body))


@TABLE.route(
    "POST",
    BOT + "/go-paper",
    Operation(
        summary="Trade on paper",
        about="No body. A bot does that always.",
        parameters=(BOT_ID,),
        answers={200: "FactoryPaper"},
        errors=("not_found",),
        is_idempotent=True,
        access=OPERATOR,
    ),
)
def go_paper(call: Call) -> Reply:
    """Say so."""
    return Reply(200, call.backend.services.factory.go_paper(call.values["bot_id"]))


@TABLE.route(
    "GET",
    BOT + "/trades",
    Operation(
        summary="List a bot's trades",
        about="Newest first.",
        parameters=(BOT_ID, _LIMIT),
        answers={200: "FactoryTrades"},
        errors=("not_found",),
        access=OPERATOR,
    ),
)
def list_factory_trades(call: Call) -> Reply:
    """List them."""
    read = call.backend.services.factory.trades
    return Reply(200, read(call.values["bot_id"], call.values["limit"]))


@TABLE.route(
    "GET",
    BOT + "/positions",
    Operation(
        summary="Read a bot's equity and open positions",
        parameters=(BOT_ID,),
        answers={200: "FactoryPositions"},
        errors=("not_found",),
        access=OPERATOR,
    ),
)
def read_factory_positions(call: Call) -> Reply:
    """Read them."""
    return Reply(200, call.backend.services.factory.positions(call.values["bot_id"]))


@TABLE.route(
    "GET",
    BOT + "/decisions",
    Operation(
        summary="List a bot's decisions",
        about="Newest first.",
        parameters=(BOT_ID, _LIMIT),
        answers={200: "FactoryDecisions"},
        errors=("not_found",),
        access=OPERATOR,
    ),
)
def list_factory_decisions(call: Call) -> Reply:
    """List them."""
    read = call.backend.services.factory.decisions
    return Reply(200, read(call.values["bot_id"], call.values["limit"]))


@TABLE.route(
    "GET",
    BOT + "/stats",
    Operation(
        summary="Read a bot's figures",
        parameters=(BOT_ID,),
        answers={200: "FactoryStats"},
        errors=("not_found",),
        access=OPERATOR,
    ),
)
def read_factory_stats(call: Call) -> Reply:
    """Read them."""
    return Reply(200, call.backend.services.factory.stats(call.values["bot_id"]))
