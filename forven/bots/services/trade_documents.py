"""Trades as the bot-factory family shows them: round trips of the journal, and figures of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from forven.bots.services.round_trips import LegOfTrade, RoundTrip
from forven.bots.services.spelling import Document, moment
from forven.market.instruments import parse_osi
from forven.primitives.money import decimal_text, money_text

_OPTION_TYPES = ("call", "put")


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeFigures:
    """Figures of some trades that are closed, in micros."""

    total: int = 0
    winning: int = 0
    losing: int = 0
    profit: int = 0
    won: int = 0
    lost: int = 0
    best: int | None = None
    worst: int | None = None
    fees: int = 0
    slippage: int = 0
    last_closed_ns: int | None = None

    def plus(self, other: "TradeFigures") -> "TradeFigures":
        """Return the figures of both lots of trades."""
        return TradeFigures(
            total=self.total + other.total,
            winning=self.winning + other.winning,
            losing=self.losing + other.losing,
            profit=self.profit + other.profit,
            won=self.won + other.won,
            lost=self.lost + other.lost,
            best=max((one for one in (self.best, other.best) if one is not None), default=None),
            worst=min((one for one in (self.worst, other.worst) if one is not None), default=None),
            fees=self.fees + other.fees,
            slippage=self.slippage + other.slippage,
            last_closed_ns=max(
                (one for one in (self.last_closed_ns, other.last_closed_ns) if one is not None),
                default=None,
            ),
        )

    def document(self) -> Document:
        """Return the figures; ratios are null where nothing was lost or no trade closed."""
        return {
            "total_trades": self.total,
            "winning_trades": self.winning,
            "losing_trades": self.losing,
            "win_rate_pct": percent(self.winning, self.total),
            "net_pnl": money_text(self.profit),
            "average_trade": None if not self.total else money_text(self.profit // self.total),
            "profit_factor": None
            if not self.lost
            else decimal_text(self.won * 10_000 // self.lost, 10_000, 2),
            "best_trade": None if self.best is None else money_text(self.best),
            "worst_trade": None if self.worst is None else money_text(self.worst),
            "fees": money_text(self.fees),
            "slippage": money_text(self.slippage),
        }


def figures_of(trades: Sequence[RoundTrip]) -> TradeFigures:
    """Return the figures of the trades that are closed."""
    closed = [trade for trade in trades if not trade.is_open]
    profits = [trade.profit for trade in closed]
    return TradeFigures(
        total=len(closed),
        winning=sum(profit > 0 for profit in profits),
        losing=sum(profit < 0 for profit in profits),
        profit=sum(profits),
        won=sum(profit for profit in profits if profit > 0),
        lost=-sum(profit for profit in profits if profit < 0),
        best=max(profits, default=None),
        worst=min(profits, default=None),
        fees=sum(trade.fees for trade in closed),
        slippage=sum(trade.slippage for trade in closed),
        last_closed_ns=max((trade.closed_ns or 0 for trade in closed), default=None),
    )


def percent(part: int, whole: int) -> str | None:
    """Return a share in percent with two decimals, rounded down; None of nothing."""
    return None if whole == 0 else decimal_text(part * 10_000 // whole, 100, 2)


def trade_document(
    trade: RoundTrip, session_id: str, bot_id: str, symbols: Sequence[str]
) -> Document:
    """Return one trade; its profit is null while a leg is open."""
    is_open = trade.is_open
    return {
        "id": f"{session_id}:{trade.number}",
        "session_id": session_id,
        "bot_id": bot_id,
        "number": trade.number,
        "status": "OPEN" if is_open else "CLOSED",
        "execution_type": "paper",
        "direction": "credit" if trade.entry_cash > 0 else "debit",
        "quantity": trade.quantity,
        "legs": [_leg_document(leg, symbols) for leg in trade.legs],
        "entry_value": money_text(trade.entry_cash),
        "exit_value": None if is_open else money_text(trade.exit_cash),
        "fees": money_text(trade.fees),
        "slippage": money_text(trade.slippage),
        "pnl": None if is_open else money_text(trade.profit),
        "exit_reason": trade.exit_reason,
        "opened_at": moment(trade.opened_ns),
        "closed_at": moment(trade.closed_ns),
    }


def _leg_document(leg: LegOfTrade, symbols: Sequence[str]) -> Document:
    """Return one leg of a trade."""
    symbol = symbols[leg.instrument]
    return {
        "instrument": symbol,
        "type": _OPTION_TYPES[parse_osi(symbol).right],
        "direction": "long" if leg.opened > 0 else "short",
        "quantity": abs(leg.opened),
        "open_quantity": abs(leg.left),
    }
