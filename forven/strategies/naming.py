"""What a strategy's name says of it: whether it runs over bars or over recorded sessions."""

from pathlib import Path

BARS_SUFFIX = ".py"


def runs_over_bars(named: str) -> bool:
    """Return whether a strategy is named as those over bars are.

    That is by a bare name, `dema_cross`, or a Python file, `mine.py` or `mine.py:NAME`; any other
    file, as `condor.json`, is a document for sessions of option quotes.
    """
    if Path(named).suffix == BARS_SUFFIX or named.rpartition(":")[0].endswith(BARS_SUFFIX):
        return True
    return named.isidentifier() and not Path(named).is_file()
