"""A backtest's result as tables on the terminal."""

from rich.console import Console
from rich.table import Table

from forven.primitives.money import MICROS_PER_UNIT
from forven.research.result import BacktestResult

_LISTED_SESSIONS_MAX = 30


def print_summary(result: BacktestResult) -> None:
    """Print metrics with the chosen and the natural fills, the sessions, and the digest."""
    console = Console()
    console.print(_metrics_table(result))
    if len(result.records) <= _LISTED_SESSIONS_MAX:
        console.print(_sessions_table(result))
    origin = result.provenance
    console.print(
        f"backend {origin.backend}, data {origin.data_hash[:12]}, strategy "
        f"{origin.strategy_hash[:12]}, journal {origin.journal_digest[:12]}",
        highlight=False,
        style="dim",
    )
    if result.metrics.net_profit > 0 >= result.natural_metrics.net_profit:
        console.print(
            "profitable only with the chosen fills: at the quoted prices it loses", style="yellow"
        )


def _metrics_table(result: BacktestResult) -> Table:
    """Return the metrics, chosen fills beside natural."""
    chosen, natural = result.metrics, result.natural_metrics
    first, last = result.records[0].day, result.records[-1].day
    table = Table(title=f"{result.plan.strategy.name}: {first} to {last}, {chosen.sessions} sessions")
    table.add_column("metric")
    table.add_column(f"{result.plan.policy.fills.name} fills", justify="right")
    table.add_column("natural fills", justify="right")
    money = {"ending_value", "net_profit", "expectancy", "best_day", "worst_day"}
    share = {"total_return", "cagr", "max_drawdown", "win_rate"}
    for name in chosen.__slots__:
        if name == "sessions":
            continue
        form = _money if name in money else _percent if name in share else _ratio
        table.add_row(
            name.replace("_", " "), form(getattr(chosen, name)), form(getattr(natural, name))
        )
    for name in ("fees", "slippage"):
        table.add_row(f"{name} paid", _money(result.total(name) / MICROS_PER_UNIT), "")
    return table


def _sessions_table(result: BacktestResult) -> Table:
    """Return one row a session."""
    table = Table()
    for title in ("session", "net", "natural", "fees", "slippage", "entries", "exits", "status"):
        table.add_column(title, justify="left" if title in ("session", "status") else "right")
    for record in result.records:
        account = record.chosen
        table.add_row(
            record.day.isoformat(),
            _money(account.profit / MICROS_PER_UNIT),
            _money(record.natural.profit / MICROS_PER_UNIT),
            _money(account.fees / MICROS_PER_UNIT),
            _money(account.slippage / MICROS_PER_UNIT),
            str(account.entries),
            str(account.exits),
            account.status,
        )
    return table


def _money(value: float | None) -> str:
    """Return currency with two decimals."""
    return "-" if value is None else f"{value:,.2f}"


def _percent(value: float | None) -> str:
    """Return a fraction as percent."""
    return "-" if value is None else f"{100 * value:.2f} %"


def _ratio(value: float | None) -> str:
    """Return a plain ratio."""
    return "-" if value is None else f"{value:.2f}"
