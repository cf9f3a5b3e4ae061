"""The result of a backtest over bars as tables on the terminal."""

from typing import Any

from rich.console import Console
from rich.table import Table

from forven.research.runs.figures import LAST_TRADES, BarFigures, trade_documents
from forven.research.runs.payload import FIGURES

_PIPED_WIDTH = 130


def print_summary(result: BarFigures) -> None:
    """Print metrics of the segments side by side, exits, warnings, the last trades, the digest."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    origin = result.provenance
    said = ", ".join(f"{name} {value}" for name, value in origin.parameters.items())
    console.print(origin.strategy, style="bold")
    console.print(
        f"{origin.bars:,} bars of {origin.symbol} {origin.timeframe}, {origin.first_end} to "
        f"{origin.last_end}{f'; {said}' if said else ''}; {result.policy.trade_mode}, sizing "
        f"{result.policy.sizing_mode}"
    )
    console.print(_metrics_table(result))
    console.print(_trades_table(result))
    for text in result.warnings:
        console.print(f"! {text}", style="yellow")
    console.print(
        f"backend {origin.backend}, data {origin.data_hash[:12]}, strategy "
        f"{origin.source_hash[:12]}, policy {origin.policy_hash[:12]}, digest {origin.digest[:12]}",
        style="dim",
    )


def _metrics_table(result: BarFigures) -> Table:
    """Return metrics and exits, a column a segment."""
    table = Table()
    table.add_column("metric")
    names = result.segment_names
    for name in names:
        table.add_column("all bars" if name == "all" else name, justify="right")
    lengths = [end - begin for begin, end in result.results.segments.tolist()]
    table.add_row("bars", *(f"{length:,}" for length in lengths))
    for metric, form in FIGURES:
        cells = [shown(result.metrics[name][metric], form) for name in names]
        table.add_row(metric.replace("_", " "), *cells)
    table.add_section()
    for reason in result.exits[names[0]]:
        counts = [result.exits[name][reason] for name in names]
        if any(counts):
            table.add_row(f"exits: {reason.replace('_', ' ')}", *(f"{one:,}" for one in counts))
    return table


def _trades_table(result: BarFigures) -> Table:
    """Return the last trades."""
    every = result.trades()
    last = every.slice(max(0, every.num_rows - LAST_TRADES))
    table = Table(title=f"last {last.num_rows} of {every.num_rows:,} trades", title_justify="left")
    columns = ("segment", "direction", "entry", "price", "exit", "price", "reason", "size", "net")
    for at, title in enumerate(columns):
        table.add_column(title, justify="right" if at in (3, 5, 7, 8) else "left")
    for trade in trade_documents(last):
        table.add_row(
            trade["segment"],
            trade["direction"],
            trade["entry_time"],
            trade["entry_price"],
            trade["exit_time"],
            trade["exit_price"],
            trade["exit_reason"],
            shown(trade["size_fraction"], "percent"),
            shown(trade["profit"], "money"),
        )
    return table


def shown(value: Any, form: str) -> str:
    """Return a figure as tables show it: money, percent, ratio or count."""
    if value is None:
        return "-"
    if form == "money":
        return f"{value:,.2f}"
    if form == "percent":
        return f"{100 * value:.2f} %"
    return f"{value:,}" if form == "count" else f"{value:,.2f}"
