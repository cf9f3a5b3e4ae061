"""Lines of healthy files of bars, to be spoilt by tests."""

NOW = 2_000_000_000 * 10**9
HEADER = "timestamp,open,high,low,close,volume"


def rows_of(count=200, start=1_600_002_000, step=3_600):
    """Return lines of hourly bars, stamped in seconds."""
    return [f"{start + step * at},10.5,11.75,10,{10 + at % 2}.75,{at}" for at in range(count)]
