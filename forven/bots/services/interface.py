"""What the services offer, with the shapes they return; the classes beside this file keep it.

Bodies are parsed JSON values (read strictly already: `forven.engine.documents.read_document`), each
service checks every field. Every refusal is a `ForvenError` of `forven.bots.errors` (with `code`).
Documents are plain dicts of str, int, bool, None, list, dict: money and prices decimal strings,
times RFC 3339 UTC `Z`. Lists that grow come as `Page`.
"""

from typing import Protocol

from forven.bots.services.spelling import Document, Documents, Page

__all__ = ["Document", "Documents", "Page"]


class BotsInterface(Protocol):
    """`services.bots`. Bot document: id, name, description, engine, status, runtime_status, wish,
    strategy_id, strategy_hash, starting_capital, cash_balance, current_value, max_daily_loss_pct,
    max_open_positions, max_open_orders, data_staleness_threshold_ms, auto_pause_on_error,
    error_budget, reprice {opening, closing}, active_session (session or null), last_session
    (session or null), created_at, updated_at.
    Summary: bot_id, total_sessions, win_count, loss_count, win_rate_pct, total_pl, best_day,
    worst_day, average_day_pl, sparkline [{date, total_pl, cumulative_pl}].
    """

    def list(self, strategy_id: str | None = None) -> Documents:
        """GET /bots: every bot not deleted, oldest first; an unknown link: empty."""

    def create(self, body: object) -> Document:
        """POST /bots."""

    def get(self, bot_id: str) -> Document:
        """GET /bots/{id}: {bot, sessions[]}."""

    def patch(self, bot_id: str, body: object) -> Document:
        """PATCH /bots/{id}: the bot after it."""

    def delete(self, bot_id: str) -> None:
        """DELETE /bots/{id}."""

    def summary(self, bot_id: str) -> Document:
        """GET /bots/{id}/summary."""


class SessionsInterface(Protocol):
    """`services.sessions`. Documents as SPEC section 5.

    `limit` and `after` come as texts of the query or None; they are checked here.
    """

    def list(self, bot_id: str) -> Documents:
        """Newest first, at most 90."""

    def open(self, bot_id: str) -> Document:
        """{session_id}: today's session by the feed's clock."""

    def get(self, bot_id: str, session_id: str) -> Document:
        """One session."""

    def stop(self, bot_id: str, session_id: str) -> Document:
        """DELETE: the session, its state `killing` (or already over: `session_terminal`)."""

    def cancel_all_orders(self, bot_id: str, session_id: str) -> Document:
        """The session, once the command is durable; `session_terminal` if it is over."""

    def orders(self, bot_id: str, session_id: str, limit: str | None, after: str | None) -> Page:
        """In the order they were placed; the cursor is an order's number."""

    def positions(self, bot_id: str, session_id: str) -> Documents:
        """One an instrument and direction, those closed too (quantity "0", direction zero)."""

    def transactions(
        self, bot_id: str, session_id: str, limit: str | None, after: str | None
    ) -> Page:
        """In their order; the cursor is a transaction's number."""

    def financials(self, bot_id: str, session_id: str, query: dict[str, str]) -> Document:
        """The session with history[] and next_after; query: interval (seconds), limit, after."""

    def decision_log(
        self, bot_id: str, session_id: str, limit: str | None, after: str | None
    ) -> Page:
        """In the order of their emission; the cursor is an entry's sequence."""


class AtHandInterface(Protocol):
    """`services.at_hand`: what the methods of the same purpose return, as JSON or as a page, where
    memory has it; None where the database is needed. Nothing but `check` waits.
    """

    def is_check_due(self) -> bool:
        """Whether `check` should be called soon, in a thread; says so once for a while."""

    def check(self) -> None:
        """Look whether another process has changed bots or sessions."""

    def bot(self, bot_id: str) -> bytes | None:
        """GET /bots/{id}."""

    def session(self, bot_id: str, session_id: str) -> bytes | None:
        """GET one session."""

    def positions(self, bot_id: str, session_id: str) -> bytes | None:
        """GET its positions."""

    def orders(
        self, bot_id: str, session_id: str, limit: str | None, after: str | None
    ) -> Page | None:
        """GET its orders."""

    def transactions(
        self, bot_id: str, session_id: str, limit: str | None, after: str | None
    ) -> Page | None:
        """GET its transactions."""


class FactoryInterface(Protocol):
    """`services.factory`: the bot-factory family over the same bots.

    Bot document: {id, bot_id, name, config {...}, status stopped|running|paused|error,
    execution_mode "paper", strategy_id, cash_balance, error_message, consecutive_errors,
    realized_pnl, peak_equity, started_at, last_heartbeat, trade_digest {total_trades,
    winning_trades, losing_trades, realized_pnl, open_positions, last_trade_at}, version,
    created_at, updated_at}
    """

    def list(self) -> Documents:
        """GET bots."""

    def create(self, body: object) -> Document:
        """POST bots."""

    def get(self, bot_id: str) -> Document:
        """GET bots/{id}."""

    def update(self, bot_id: str, body: object) -> Document:
        """PUT bots/{id}."""

    def delete(self, bot_id: str) -> Document:
        """{status: "deleted", bot_id}; a session still open is stopped first."""

    def start(self, bot_id: str) -> Document:
        """{status: "started", bot_id, session_id or null, pid, log_path null}."""

    def stop(self, bot_id: str) -> Document:
        """{status: "stopped", bot_id}."""

    def clone(self, bot_id: str, body: object) -> Document:
        """{new_name}: the new bot, stopped, with the capital it starts with."""

    def kill_all(self) -> Document:
        """{stopped: n}."""

    def go_live(self, bot_id: str, body: object) -> Document:
        """Refused always: `paper_only`."""

    def go_paper(self, bot_id: str) -> Document:
        """{status: "paper", bot_id}: it is that always."""

    def trades(self, bot_id: str, limit: str | None) -> Documents:
        """Newest first; default 50."""

    def positions(self, bot_id: str) -> Document:
        """{bot_id, starting_capital, realized_pnl, unrealized_pnl, equity, peak_equity,
        equity_state_started_at, mark_age_seconds, open_positions[], execution_mode}.
        """

    def decisions(self, bot_id: str, limit: str | None) -> Documents:
        """Newest first; default 50."""

    def stats(self, bot_id: str) -> Document:
        """Figures of all its trades and sessions."""

    def versions(self, bot_id: str) -> Documents:
        """[{version, created_at, config}], newest first."""

    def diff(self, bot_id: str, first: str, second: str) -> Document:
        """{v1, v2, changes: {field: {from, to}}}."""

    def from_strategy(self, strategy_id: str) -> Document:
        """{config, strategy_id}."""


class TemplatesInterface(Protocol):
    """`services.templates`: [{id, name, description, is_builtin, config}]."""

    def list(self) -> Documents:
        """Built-ins first."""

    def get(self, template_id: str) -> Document:
        """One."""

    def create(self, body: object) -> Document:
        """{name, description?, config}."""

    def delete(self, template_id: str) -> Document:
        """{status: "deleted", template_id}."""


class StrategiesInterface(Protocol):
    """`services.strategies`. Document: {id, name, description, privacy, kind structured|script,
    source_hash, config | source, says [sentences], warnings [], created_at, updated_at}.
    """

    def list(self) -> Documents:
        """Own links, oldest first."""

    def create(self, body: object) -> Document:
        """{name?, description?, privacy?, config | source}."""

    def preview(self, body: object) -> Document:
        """{config | source}: {snapshot: {source_hash, kind, says, warnings}}; no link is made.

        The api then asks the results for that hash.
        """

    def get(self, link_id: str, *, is_public_reader: bool = False) -> Document:
        """One; a reader without a key sees public ones only (`not_found` else)."""

    def patch(self, link_id: str, body: object) -> Document:
        """name, description, privacy."""

    def delete(self, link_id: str) -> None:
        """Unlink; bots that pinned the program keep it."""

    def clone(self, link_id: str, body: object) -> Document:
        """{name?}: a new link to the same program."""

    def source_hash(self, link_id: str, *, is_public_reader: bool = False) -> str:
        """The hash that the results go by."""


class IdempotencyInterface(Protocol):
    """`services.idempotency`."""

    def recall(self, key: str, scope: str, request: bytes) -> tuple[int, bytes] | None:
        """(status, body) of the first response; None if the key is new and now reserved.

        errors  `idempotency_conflict`: another request, or the first one is still at work, or was
                cut short
        """

    def keep(self, key: str, scope: str, status: int, body: bytes) -> None:
        """Keep the response of the request that `recall` reserved the key for."""

    def forget(self, key: str, scope: str) -> None:
        """Give the key back: the request failed without doing anything."""
