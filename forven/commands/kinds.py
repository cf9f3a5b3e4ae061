"""Options that fit one kind of strategy alone are refused for the other, by name."""

import click


def refuse_said(context: click.Context, names: tuple[str, ...], why: str) -> None:
    """Refuse options that were said; errors: those of usage, `why` after their names."""
    unsaid = click.core.ParameterSource.DEFAULT
    found = [
        option.opts[0]
        for option in context.command.params
        if option.name in names and context.get_parameter_source(option.name) is not unsaid
    ]
    if found:
        raise click.UsageError(f"{', '.join(found)} cannot be said here: {why}", context)


def for_sessions(strategy: str) -> str:
    """Return why an option of sessions cannot be said."""
    return (
        f"{strategy} runs over bars, and this is for sessions of option quotes (a strategy as a "
        "JSON file)"
    )


def for_bars(strategy: str) -> str:
    """Return why an option of bars cannot be said."""
    return (
        f"{strategy} is a file for sessions of option quotes, and this is for bars (a built-in "
        "strategy's name or a .py file)"
    )
