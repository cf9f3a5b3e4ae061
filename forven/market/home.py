"""Where forven keeps its data: one folder, `FORVEN_HOME` or `~/.forven`."""

import os
from pathlib import Path


def home_folder(home: Path | None = None) -> Path:
    """Return the data root: `home` if given, else `FORVEN_HOME`, else `~/.forven`."""
    if home is not None:
        return Path(home)
    named = os.environ.get("FORVEN_HOME")
    return Path(named) if named else Path.home() / ".forven"
