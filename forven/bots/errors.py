"""What a user of bots and sessions can meet, each with the machine code that a program reads."""

from typing import ClassVar

from forven.primitives.errors import ForvenError, InvalidInput


class CodedError(ForvenError):
    """Base of the errors of bots; `code` is the machine code, the text is for people."""

    code: ClassVar[str] = "error"


class NotFound(CodedError):
    """There is no such bot, session, strategy, template or version."""

    code = "not_found"


class InvalidField(CodedError, InvalidInput):
    """A field of a body or a query has a form or range that is not accepted."""

    code = "invalid_input"


class InvalidStrategyId(InvalidField):
    """A strategy id is no UUID."""

    code = "invalid_strategy_id"


class InvalidStartingCapital(InvalidField):
    """The starting capital is no decimal string in its range."""

    code = "invalid_starting_capital"


class InvalidReprice(InvalidField):
    """The reprice policy has a field that is not accepted."""

    code = "invalid_reprice"


class StrategyNotOwned(CodedError):
    """No saved strategy has this id, or it belongs to somebody else."""

    code = "strategy_not_found_or_not_owned"


class EngineNotAvailable(CodedError):
    """The engine is a broker's: only paper trading on `live_sim` is built."""

    code = "engine_not_available"


class NameTaken(CodedError):
    """Another active bot has the name."""

    code = "name_taken"


class BotHasActiveSession(CodedError):
    """The bot has a session that is not over: stop it first."""

    code = "bot_has_active_session"


class BotNotIdle(CodedError):
    """The bot is archived, or already has a session that is not over."""

    code = "bot_not_idle"


class BotSessionExists(CodedError):
    """The bot's session of this trading day is over already; there is one a day."""

    code = "bot_session_exists"


class OutsideTradingHours(CodedError):
    """The market is not open by the feed's clock."""

    code = "outside_rth"


class LiveTradingUnavailable(CodedError):
    """No feed delivers, the host is paused, or what it writes cannot be stored just now."""

    code = "live_trading_unavailable"


class SessionTerminal(CodedError):
    """The session is over: nothing can be asked of it any more."""

    code = "session_terminal"


class RegisterFailed(CodedError):
    """The host could not take the session in; the text relays why."""

    code = "register_sim_failed"


class IdempotencyConflict(CodedError):
    """The Idempotency-Key was used before with another request."""

    code = "idempotency_conflict"


class NoFields(InvalidField):
    """An update names no field to change."""

    code = "no_fields"


class BotAlreadyRunning(CodedError):
    """The bot's wish is running already."""

    code = "bot_already_running"


class PaperOnly(CodedError):
    """Something would trade real money; execution is locked to paper."""

    code = "paper_only"


class TemplateProtected(CodedError):
    """A built-in template cannot be changed or deleted."""

    code = "template_is_builtin"
