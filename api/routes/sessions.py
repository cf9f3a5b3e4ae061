"""Routes of sessions and of what hangs below them."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from api.operations import Call, Operation, RouteTable
from api.parameters import Parameter, cursor, identifier, page_limit, whole_in_query
from api.replies import Reply
from api.routes.bots import BOT_ID
from forven.bots.services.document_cards import SESSIONS_LISTED_MAX
from forven.bots.services.financials import HISTORY_LIMIT_MAX, INTERVAL_SECONDS_MAX
from forven.bots.services.interface import Page

TABLE = RouteTable("sessions")
SESSION_ID = identifier("session_id", "The session.")
_ROOT = "/bots/{bot_id}/sessions"
_ONE = _ROOT + "/{session_id}"
_BOTH = (BOT_ID, SESSION_ID)
_LIMIT = page_limit("At most so many items.")
_AFTER = cursor("Only items after the one of this number.", pattern="[0-9]{1,12}")
_PAGE: tuple[Parameter, ...] = (*_BOTH, _LIMIT, _AFTER)
_NEXT = {"Link": 'Address of the next part with `rel="next"`, where there is one.'}


@TABLE.route(
    "GET",
    _ROOT,
    Operation(
        summary="List a bot's sessions",
        about=f"Newest first, at most {SESSIONS_LISTED_MAX}.",
        parameters=(BOT_ID,),
        answers={200: "Sessions"},
        errors=("not_found",),
    ),
)
async def list_sessions(call: Call) -> Response:
    """List them."""
    sessions, bot_id = call.backend.services.sessions, call.values["bot_id"]
    return await call.document(("sessions", bot_id), lambda: sessions.list(bot_id))


@TABLE.route(
    "POST",
    _ROOT,
    Operation(
        summary="Start today's session",
        about="No body. Today is the trading day of the feed's clock. The bot's cash, strategy, "
        "limits and re-pricing are copied into the session.",
        parameters=(BOT_ID,),
        answers={201: "SessionOpened"},
        errors=(
            "not_found",
            "bot_not_idle",
            "bot_session_exists",
            "outside_rth",
            "live_trading_unavailable",
            "register_sim_failed",
        ),
        is_idempotent=True,
        location=_ONE,
    ),
)
def open_session(call: Call) -> Reply:
    """Start one."""
    return Reply(201, call.backend.services.sessions.open(call.values["bot_id"]))


@TABLE.route(
    "GET",
    _ONE,
    Operation(
        summary="Read a session",
        parameters=_BOTH,
        answers={200: "Session"},
        errors=("not_found",),
    ),
)
async def read_session(call: Call) -> Response:
    """Read one."""
    at_hand = call.memory()
    return await _whole_document(
        call, "session", call.backend.services.sessions.get, at_hand.session
    )


@TABLE.route(
    "DELETE",
    _ONE,
    Operation(
        summary="Stop a session",
        about="Its state becomes `killing`: at the next frame its orders are cancelled and it "
        "leaves; what it holds settles at the close. Then it is `killed`.",
        parameters=_BOTH,
        answers={202: "Session"},
        errors=("not_found", "session_terminal", "live_trading_unavailable"),
    ),
)
def stop_session(call: Call) -> Reply:
    """Stop one."""
    stop = call.backend.services.sessions.stop
    return Reply(202, stop(call.values["bot_id"], call.values["session_id"]))


@TABLE.route(
    "POST",
    _ONE + "/cancel-all-orders",
    Operation(
        summary="Cancel a session's pending orders",
        about="No body. Answered once the command is durable; it is carried out at the next "
        "frame. The session keeps running.",
        parameters=_BOTH,
        answers={202: "Session"},
        errors=("not_found", "session_terminal", "live_trading_unavailable"),
        is_idempotent=True,
    ),
)
def cancel_all_orders(call: Call) -> Reply:
    """Cancel them."""
    cancel = call.backend.services.sessions.cancel_all_orders
    return Reply(202, cancel(call.values["bot_id"], call.values["session_id"]))


@TABLE.route(
    "GET",
    _ONE + "/orders",
    Operation(
        summary="List a session's orders",
        about="In the order they were placed; the cursor is the `number` of the last order read.",
        parameters=_PAGE,
        answers={200: "Orders"},
        errors=("not_found",),
        headers=_NEXT,
    ),
)
async def list_orders(call: Call) -> Response:
    """List them."""
    services = call.backend.services
    return await _page(call, services.sessions.orders, services.at_hand.orders)


@TABLE.route(
    "GET",
    _ONE + "/positions",
    Operation(
        summary="List a session's positions",
        about="Marked at the latest frame. What was closed stays, with quantity 0.",
        parameters=_BOTH,
        answers={200: "Positions"},
        errors=("not_found",),
    ),
)
async def list_positions(call: Call) -> Response:
    """List them."""
    services = call.backend.services
    return await _whole_document(
        call, "positions", services.sessions.positions, services.at_hand.positions
    )


@TABLE.route(
    "GET",
    _ONE + "/transactions",
    Operation(
        summary="List a session's transactions",
        about="One a leg filled or settled; the cursor is how many were read.",
        parameters=_PAGE,
        answers={200: "Transactions"},
        errors=("not_found",),
        headers=_NEXT,
    ),
)
async def list_transactions(call: Call) -> Response:
    """List them."""
    services = call.backend.services
    return await _page(call, services.sessions.transactions, services.at_hand.transactions)


@TABLE.route(
    "GET",
    _ONE + "/financials",
    Operation(
        summary="Read a session with its history",
        about=f"The last row of every `interval` seconds, at most {HISTORY_LIMIT_MAX:,} at once. "
        "The cursor is the `datetime` of the last row read; `next_after` has the next one.",
        parameters=(
            *_BOTH,
            whole_in_query(
                "interval", "Seconds from row to row; left out: 1.", 1, INTERVAL_SECONDS_MAX
            ),
            page_limit("At most so many rows.", HISTORY_LIMIT_MAX),
            cursor("Only rows after this moment.", pattern="[-+0-9:.TZ]{1,40}"),
        ),
        answers={200: "Financials"},
        errors=("not_found",),
    ),
)
async def read_financials(call: Call) -> Response:
    """Read them."""
    sessions, values = call.backend.services.sessions, call.values
    bot_id, session_id = values["bot_id"], values["session_id"]
    names = ("interval", "limit", "after")
    query = {name: values[name] for name in names if values[name] is not None}
    key = ("financials", bot_id, session_id, *(str(values[name]) for name in names))
    return await call.document(key, lambda: sessions.financials(bot_id, session_id, query))


@TABLE.route(
    "GET",
    _ONE + "/decision-log",
    Operation(
        summary="List a session's decision log",
        about="What the strategy logged and signalled, in the order of emission; the cursor is an "
        "entry's `sequence`.",
        parameters=_PAGE,
        answers={200: "DecisionLog"},
        errors=("not_found",),
        headers=_NEXT,
    ),
)
async def list_decisions(call: Call) -> Response:
    """List them."""
    return await _page(call, call.backend.services.sessions.decision_log)


async def _whole_document(
    call: Call,
    name: str,
    read: Callable[[str, str], Any],
    at_hand: Callable[[str, str], bytes | None],
) -> Response:
    """Answer with a document that has no pages."""
    bot_id, session_id = call.values["bot_id"], call.values["session_id"]
    return await call.document(
        (name, bot_id, session_id),
        lambda: read(bot_id, session_id),
        lambda: at_hand(bot_id, session_id),
    )


async def _page(
    call: Call, read: Callable[..., Page], at_hand: Callable[..., Page | None] = lambda *_: None
) -> Response:
    """Answer with a part of a growing list, and with the address of the next one."""
    values = call.values
    limit = values["limit"]
    wanted = (values["bot_id"], values["session_id"], limit, values["after"])
    path = call.request.scope["path"]

    def reply(page: Page) -> Reply:
        return Reply(200, page.items, _link(path, limit, page.next_after))

    def reply_at_hand() -> Reply | None:
        page = at_hand(*wanted)
        return None if page is None else reply(page)

    key = (path, str(limit), str(values["after"]))
    return await call.document(key, lambda: reply(read(*wanted)), reply_at_hand)


def _link(path: str, limit: str | None, next_after: str | None) -> dict[str, str]:
    """Return the header that leads to the next part; none at the end."""
    if next_after is None:
        return {}
    query = {"after": next_after} if limit is None else {"limit": limit, "after": next_after}
    return {"Link": f'<{path}?{urlencode(query)}>; rel="next"'}
