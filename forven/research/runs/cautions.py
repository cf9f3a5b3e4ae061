"""What a reader must know before trusting a backtest over bars."""

from typing import Any

from forven.research.metrics.bars import TRADES_RELIABLE

_FALLEN = 0.5
"""Of train's Sharpe: a test below it fell apart."""


def cautions_on(
    metrics: dict[str, dict[str, Any]],
    is_sized_by_default: bool,
    has_unpaid_funding: bool = False,
) -> list[str]:
    """Return warnings on metrics by segment, the gravest first.

    has_unpaid_funding  the bars have rates, and a calendar under which none is charged
    """
    segments: dict[str, list[str]] = {}
    for name, figures in metrics.items():
        for text in _of_segment(figures):
            segments.setdefault(text, []).append(name)
    found = [
        text if names == ["all"] else f"{' and '.join(names)}: {text}"
        for text, names in segments.items()
    ]
    found += _apart(metrics)
    if has_unpaid_funding:
        found.append(
            "the bars have a funding_rate, but their calendar has trading hours and none is "
            "charged: import a perpetual with the calendar 'always'"
        )
    if is_sized_by_default:
        found.append(
            "nothing was said of sizes and stops: entries risk 1 % of the equity at a stop of "
            "2 x ATR(14); --sizing full takes all of it and no stop"
        )
    if len(metrics) == 1:
        found.append("no bars were kept for a test: nothing says how it would have gone on")
    return found


def _of_segment(figures: dict[str, Any]) -> list[str]:
    """Return the warnings on one segment."""
    found = []
    trades = figures["total_trades"]
    if figures["ruined"]:
        found.append("all capital was lost; nothing was entered any more")
    if not trades:
        shadows = figures["shadows"]
        sized = f"; {shadows:,} entries came to no size" if shadows else ""
        found.append(f"no trade, so that no figure says anything of the strategy{sized}")
    elif trades < TRADES_RELIABLE:
        made = "1 trade is" if trades == 1 else f"{trades:,} trades are"
        found.append(f"{made} too few to judge by (fewer than {TRADES_RELIABLE})")
    if not figures["funding_complete"]:
        found.append("trades held bars without a funding rate; no funding is counted for those")
    if left := figures["open_at_end"]:
        found.append(f"{left:,} position{'' if left == 1 else 's'} closed because the bars end")
    return found


def _apart(metrics: dict[str, dict[str, Any]]) -> list[str]:
    """Return that the test falls behind the train segment, if it does."""
    if len(metrics) == 1:
        return []
    train, test = (figures["sharpe"] for figures in metrics.values())
    if train is None or train <= 0.0:
        return []
    if test is not None and test >= _FALLEN * train:
        return []
    shown = "not defined" if test is None else f"{test:.2f}"
    return [f"the Sharpe ratio falls from {train:.2f} (train) to {shown} (test)"]
