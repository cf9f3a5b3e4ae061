"""A backtest's result as tables on the terminal."""

from rich.console import Console
from rich.table import Table

from forven.primitives.money import MICROS_PER_UNIT
from forven.research.result import BacktestResult

_LISTED_SESSIONS_MAX = 30
_PIPED_WIDTH = 100
_MONEY = ("ending_value", "net_profit", "expectancy", "best_day", "worst_day")
_SHARES = ("total_return", "cagr", "max_drawdown", "win_rate")


def print_summary(result: BacktestResult) -> None:
    """Print metrics with the chosen and the natural fills, the sessions, and the digest."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    first, last = result.records[0].day, result.records[-1].day
    count = len(result.records)
    console.print(result.plan.strategy.name, style="bold")
    sessions = "1 session" if count == 1 else f"{count:,} sessions"
    console.print(
        f"{sessions} of {result.provenance.dataset}, {first} to {last}, "
        f"{_money(result.capital)} a session"
    )
    console.print(_metrics_table(result))
    if count <= _LISTED_SESSIONS_MAX:
        console.print(_sessions_table(result))
    for text in result.warnings:
        console.print(f"! {text}", style="yellow")
    origin = result.provenance
    console.print(
        f"backend {origin.backend}, data {origin.data_hash[:12]}, strategy "
        f"{origin.strategy_hash[:12]}, journal {origin.journal_digest[:12]}",
        style="dim",
    )


def _metrics_table(result: BacktestResult) -> Table:
    """Return the metrics, chosen fills beside natural."""
    chosen, natural = result.metrics, result.natural_metrics
    table = Table()
    table.add_column("metric")
    table.add_column(f"{result.plan.policy.fills.name} fills", justify="right")
    beside = result.plan.policy.fills.name != "natural"
    if beside:
        table.add_column("natural fills", justify="right")
    for name in chosen.__slots__:
        if name == "sessions":
            continue
        form = _money if name in _MONEY else _percent if name in _SHARES else _ratio
        cells = [form(getattr(chosen, name)), form(getattr(natural, name))]
        table.add_row(name.replace("_", " "), *cells[: 1 + beside])
    for name in ("fees", "slippage"):
        paid = [result.total(name) / MICROS_PER_UNIT, result.natural_total(name) / MICROS_PER_UNIT]
        table.add_row(f"{name} paid", *[_money(value) for value in paid][: 1 + beside])
    for name in ("entries", "exits"):
        counts = [f"{result.total(name):,}", f"{result.natural_total(name):,}"]
        table.add_row(f"{name} filled", *counts[: 1 + beside])
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
