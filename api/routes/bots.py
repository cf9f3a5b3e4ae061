"""Routes of bots."""

from starlette.responses import Response

from api.operations import Call, Operation, RouteTable
from api.parameters import identifier
from api.replies import Reply
from forven.bots.services.document_cards import SESSIONS_LISTED_MAX

TABLE = RouteTable("bots")
BOT_ID = identifier("bot_id", "The bot.")
_FIELD_ERRORS = ("invalid_strategy_id", "invalid_starting_capital", "invalid_reprice")


@TABLE.route(
    "GET",
    "/bots",
    Operation(
        summary="List the bots",
        about="Oldest first, archived ones too.",
        parameters=(
            identifier("strategy_id", "Only bots of this link; unknown: none.", place="query"),
        ),
        answers={200: "Bots"},
    ),
)
def list_bots(call: Call) -> Reply:
    """List them."""
    return Reply(200, call.backend.services.bots.list(call.values["strategy_id"]))


@TABLE.route(
    "POST",
    "/bots",
    Operation(
        summary="Create a bot",
        about="The strategy is pinned: unlinking it later changes nothing for the bot.",
        body="CreateBot",
        answers={201: "Bot"},
        errors=(
            *_FIELD_ERRORS,
            "strategy_not_found_or_not_owned",
            "engine_not_available",
            "name_taken",
        ),
        is_idempotent=True,
        location="/bots/{id}",
    ),
)
def create_bot(call: Call) -> Reply:
    """Create one."""
    return Reply(201, call.backend.services.bots.create(call.body))


@TABLE.route(
    "GET",
    "/bots/{bot_id}",
    Operation(
        summary="Read a bot and its sessions",
        about=f"Sessions newest first, at most {SESSIONS_LISTED_MAX}.",
        parameters=(BOT_ID,),
        answers={200: "BotWithSessions"},
        errors=("not_found",),
    ),
)
async def read_bot(call: Call) -> Response:
    """Read one."""
    bots, bot_id = call.backend.services.bots, call.values["bot_id"]
    at_hand = call.memory()
    return await call.document(
        ("bot", bot_id), lambda: bots.get(bot_id), lambda: at_hand.bot(bot_id)
    )


@TABLE.route(
    "PATCH",
    "/bots/{bot_id}",
    Operation(
        summary="Change a bot",
        about="Only the fields sent are applied. Limits and re-pricing act from the next session "
        "on: each session keeps the policy that it started with.",
        parameters=(BOT_ID,),
        body="PatchBot",
        answers={200: "Bot"},
        errors=(
            "not_found",
            "no_fields",
            "invalid_reprice",
            "name_taken",
            "bot_has_active_session",
        ),
    ),
)
def change_bot(call: Call) -> Reply:
    """Change one."""
    return Reply(200, call.backend.services.bots.patch(call.values["bot_id"], call.body))


@TABLE.route(
    "DELETE",
    "/bots/{bot_id}",
    Operation(
        summary="Delete a bot",
        parameters=(BOT_ID,),
        answers={204: None},
        errors=("not_found", "bot_has_active_session"),
    ),
)
def delete_bot(call: Call) -> Reply:
    """Delete one."""
    call.backend.services.bots.delete(call.values["bot_id"])
    return Reply(204)


@TABLE.route(
    "GET",
    "/bots/{bot_id}/summary",
    Operation(
        summary="Sum a bot's sessions up",
        parameters=(BOT_ID,),
        answers={200: "BotSummary"},
        errors=("not_found",),
    ),
)
async def read_summary(call: Call) -> Response:
    """Sum them up."""
    bots, bot_id = call.backend.services.bots, call.values["bot_id"]
    return await call.document(("summary", bot_id), lambda: bots.summary(bot_id))
