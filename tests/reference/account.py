"""Cash and holdings of one session: docs/ENGINE.md sections 3 and 9 (holding cost)."""

from dataclasses import dataclass, field


@dataclass
class Holding:
    """Contracts of one instrument (+ long, - short) and what they cost in micros."""

    quantity: int
    cost: int


@dataclass
class Account:
    """Money in micros; holdings by instrument."""

    opening_cash: int
    cash: int = 0
    nlv: int = 0
    peak: int = 0
    max_drawdown: int = 0
    fees: int = 0
    slippage: int = 0
    fills: int = 0
    holdings: dict[int, Holding] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cash = self.nlv = self.peak = self.opening_cash

    def positions(self) -> dict[int, int]:
        """Return a fresh mapping instrument -> contracts, in instrument order."""
        return {i: self.holdings[i].quantity for i in sorted(self.holdings)}

    def pay(self, cash: int, fees: int, slippage: int) -> None:
        """Book a fill's cash, of which the fees and slippage were taken already."""
        self.cash += cash
        self.fees += fees
        self.slippage += slippage

    def trade(self, instrument: int, change: int, paid: int) -> None:
        """Change a holding; `paid` is what the change cost (+) or brought (-) in micros."""
        holding = self.holdings.setdefault(instrument, Holding(0, 0))
        if holding.quantity * change >= 0:
            holding.cost += paid
        else:
            holding.cost -= holding.cost * abs(change) // abs(holding.quantity)
        holding.quantity += change
        if holding.quantity == 0:
            del self.holdings[instrument]

    def mark(self, nlv: int) -> None:
        """Take a net liquidation value into peak and drawdown."""
        self.nlv = nlv
        self.peak = max(self.peak, nlv)
        self.max_drawdown = max(self.max_drawdown, self.peak - nlv)
