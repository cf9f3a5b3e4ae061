"""The built-in templates of the bot factory: numbers for an index-option bot of one day."""

from typing import Any

from forven.store.templates import Template


def _template(name: str, description: str, **config: Any) -> Template:
    """Return a built-in template; its id is its name in small letters."""
    return Template(
        id=name.lower().replace(" ", "-"),
        name=name,
        description=description,
        is_builtin=True,
        config=config,
    )


BUILTIN_TEMPLATES = (
    _template(
        "Momentum Scalper",
        "Half the usual account and short-lived positions, up to three at a time.",
        capital_allocation="50000",
        max_position_pct="15",
        max_concurrent_positions=3,
        max_drawdown_pct="5",
        cooldown_seconds=30,
    ),
    _template(
        "Mean Reversion Scanner",
        "Several small positions at once under a tight limit of loss.",
        capital_allocation="100000",
        max_position_pct="8",
        max_concurrent_positions=5,
        max_drawdown_pct="2.5",
        cooldown_seconds=300,
    ),
    _template(
        "Catalyst Reaction Trader",
        "A few positions around announcements, with room for a wide market.",
        capital_allocation="75000",
        max_position_pct="10",
        max_concurrent_positions=4,
        max_drawdown_pct="3",
        cooldown_seconds=120,
    ),
    _template(
        "Conservative Swing Trader",
        "A large account, small positions, few at once, the tightest limit of loss.",
        capital_allocation="200000",
        max_position_pct="5",
        max_concurrent_positions=3,
        max_drawdown_pct="2",
        cooldown_seconds=3600,
    ),
)
"""Capital, size, count, loss and pause as published for the bot factory. What was said of assets is
left out: a bot trades the one chain of its feed."""
