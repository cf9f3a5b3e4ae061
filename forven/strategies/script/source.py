"""The script strategy: a Python text that was checked without running it, known by its hash."""

from dataclasses import dataclass
from pathlib import Path

from forven.engine.documents import read_document, shown
from forven.primitives.errors import InvalidStrategy
from forven.primitives.identifiers import bytes_hash
from forven.strategies.script.checks import SOURCE_BYTES_MAX, normalised, outline_of
from forven.strategies.sections import Section
from forven.strategies.structured import DESCRIPTION_LENGTH_MAX, NAME_LENGTH_MAX

KIND = "script"
_FIELDS = ("name", "description", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptStrategy:
    """A strategy that is a Python class, made by `parse_script` or `read_script`.

    source       its text, line ends normalised     class_name  the class that is run
    modules      the modules it imports             uses_deltas it reads deltas of the chain
    """

    name: str
    description: str
    source: str
    class_name: str
    modules: tuple[str, ...]
    uses_deltas: bool

    @property
    def kind(self) -> str:
        """The kind of program: `script`."""
        return KIND

    @property
    def hash(self) -> str:
        """SHA-256 of `script`, a line feed and the text: what it trades, whatever its name."""
        return bytes_hash([f"{KIND}\n{self.source}".encode()])

    def program_text(self) -> str:
        """Return the text that `read_program` reads back as the same strategy."""
        return self.source

    def to_json(self) -> dict[str, object]:
        """Return the document; `read_script` reads it back as the same strategy."""
        return {"name": self.name, "description": self.description, "source": self.source}


def parse_script(source: str, name: str = "", description: str = "") -> ScriptStrategy:
    """Return the strategy of a Python text; errors: InvalidStrategy with the line."""
    return read_script({"name": name, "description": description, "source": source})


def read_script(document: object) -> ScriptStrategy:
    """Return the strategy of a document with `source`, and perhaps `name` and `description`.

    document  JSON text, values already parsed, or the Path of a `.py` file
    errors    InvalidStrategy: the field or line, what was expected, what was found, how to mend
    """
    if isinstance(document, Path):
        document = {"name": document.stem.replace("_", " "), "source": _file_text(document)}
    root = Section(read_document(document, InvalidStrategy), "", _FIELDS)
    given = root.needed("source", "a Python text")
    if not isinstance(given, str):
        raise InvalidStrategy(
            f"source: expected a Python text, found {shown(given)}; write it in quotes"
        )
    source = normalised(given)
    outline = outline_of(source)
    return ScriptStrategy(
        name=root.text("name", NAME_LENGTH_MAX),
        description=root.text("description", DESCRIPTION_LENGTH_MAX, lines=True),
        source=source,
        class_name=outline.class_name,
        modules=outline.modules,
        uses_deltas=outline.uses_deltas,
    )


def _file_text(path: Path) -> str:
    """Return a script file's text."""
    try:
        with path.open("rb") as file:
            return file.read(SOURCE_BYTES_MAX + 4).decode("utf-8-sig")
    except OSError as cause:
        raise InvalidStrategy(
            f"{path}: expected a readable Python file, found {cause.strerror or cause}; "
            "check the path"
        ) from None
    except UnicodeDecodeError as cause:
        raise InvalidStrategy(
            f"{path}: expected UTF-8, found a bad byte at {cause.start}; save it as UTF-8"
        ) from None
