"""Numbers that others set: dated fee and margin schedules as JSON, built in or from a file."""

from pathlib import Path

from forven.engine.documents import read_document
from forven.primitives.errors import InvalidInput

_FOLDER = Path(__file__).resolve().parent


def schedule_names(kind: str) -> tuple[str, ...]:
    """Return the names of the built-in schedules of a kind (`fees`, `margin`), `default` first."""
    names = sorted(path.stem for path in (_FOLDER / kind).glob("*.json"))
    return tuple(sorted(names, key=lambda name: name != "default"))


def schedule_document(kind: str, name: str, *, files: bool = True) -> object:
    """Return the document of a built-in schedule, or of the JSON file that `name` is the path of.

    files  whether paths are accepted; a document from the network may name built-ins only
    """
    names = schedule_names(kind)
    if name in names:
        return read_document(_FOLDER / kind / f"{name}.json", InvalidInput)
    if files and name.endswith(".json"):
        return read_document(Path(name), InvalidInput)
    also = " or the path of a .json file" if files else ""
    raise InvalidInput(f"{kind} must be one of {', '.join(names)}{also}, was {name!r}")
