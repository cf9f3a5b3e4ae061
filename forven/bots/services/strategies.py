"""Saved strategies: links with a name and a privacy over immutable programs known by their hash."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from forven.bots.errors import InvalidField, NotFound
from forven.bots.services.dependencies import Dependencies
from forven.bots.services.fields import (
    choice_of,
    description_of,
    given_fields,
    name_of,
    section_of,
    uuid_of,
)
from forven.bots.services.spelling import Document, Documents, moment
from forven.engine.documents import shown
from forven.primitives.errors import InvalidInput
from forven.store.errors import StoreDamaged
from forven.store.store import Tables
from forven.store.strategies import StrategyLink, StrategyRow
from forven.strategies.saved import Strategy, read_program
from forven.strategies.snapshot import snapshot_of
from forven.strategies.structured import StructuredStrategy

PRIVATE, PUBLIC = "private", "public"
_PROGRAMS = {"config": "structured", "source": "script"}
_CREATE_FIELDS = ("name", "description", "privacy", *_PROGRAMS)
_PATCH_FIELDS = ("name", "description", "privacy")


class Strategies:
    """Saves, lists, changes and unlinks strategies."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._store = dependencies.store
        self._clock = dependencies.clock
        self._new_id = dependencies.new_id

    def create(self, body: object) -> Document:
        """Save a strategy: its program once for all who have the same, and a link to it."""
        strategy = strategy_of(given_fields(body, _CREATE_FIELDS))
        named: dict[str, Any] = {
            "name": strategy.name or f"Strategy {strategy.hash[:8]}",
            "description": strategy.description,
            "privacy": PRIVATE,
            **link_fields(body, _CREATE_FIELDS),
        }
        now_ns = self._clock()
        link = StrategyLink(
            id=self._new_id(), hash=strategy.hash, created_ns=now_ns, updated_ns=now_ns, **named
        )
        program = _program_row(strategy, now_ns)
        with self._store.transaction() as work:
            program = work.strategies.keep(program)
            work.strategies.add_link(link)
        return link_document(link, program)

    def preview(self, body: object) -> Document:
        """Keep the program without a link, so that its results can be asked for by its hash."""
        strategy = strategy_of(given_fields(body, tuple(_PROGRAMS)))
        with self._store.transaction() as work:
            work.strategies.keep(_program_row(strategy, self._clock()))
        return {"source_hash": strategy.hash, "snapshot": snapshot_of(strategy)}

    def list(self) -> Documents:
        """Return the links that are not deleted, oldest first."""
        with self._store.reading() as work:
            found = [(link, _program_of(work, link)) for link in work.strategies.links()]
        return [link_document(link, program) for link, program in found]

    def get(self, link_id: str, *, is_public_reader: bool = False) -> Document:
        """Return one strategy; a reader without a key sees public ones only."""
        return link_document(*self._found(link_id, is_public_reader))

    def source_hash(self, link_id: str, *, is_public_reader: bool = False) -> str:
        """Return the hash of a link's program, by which its results go."""
        return self._found(link_id, is_public_reader)[0].hash

    def patch(self, link_id: str, body: object) -> Document:
        """Change name, description or privacy; a program never changes."""
        changes = link_fields(body, _PATCH_FIELDS)
        with self._store.transaction() as work:
            link, program = _known(work, link_id)
            changed = replace(link, **changes, updated_ns=self._clock())
            work.strategies.change_link(changed)
        return link_document(changed, program)

    def delete(self, link_id: str) -> None:
        """Unlink; the program stays for the bots that pinned it."""
        with self._store.transaction() as work:
            link, _ = _known(work, link_id)
            work.strategies.change_link(replace(link, deleted_ns=self._clock()))

    def clone(self, link_id: str, body: object, *, is_public_reader: bool = False) -> Document:
        """Return a new link of one's own to the same program."""
        given = link_fields({} if body is None else body, ("name",))
        link, program = self._found(link_id, is_public_reader)
        now_ns = self._clock()
        copy = replace(
            link,
            id=self._new_id(),
            name=given.get("name", f"{link.name[:73]} (copy)"),
            privacy=PRIVATE,
            created_ns=now_ns,
            updated_ns=now_ns,
        )
        with self._store.transaction() as work:
            work.strategies.add_link(copy)
        return link_document(copy, program)

    def _found(self, link_id: str, is_public_reader: bool) -> tuple[StrategyLink, StrategyRow]:
        """Return a link that is not deleted and that this reader may see."""
        with self._store.reading() as work:
            link, program = _known(work, link_id)
        if is_public_reader and link.privacy != PUBLIC:
            raise _missing(link_id)
        return link, program


def strategy_of(body: Mapping[str, object]) -> Strategy:
    """Return the strategy of a body with `config` (structured) or `source` (a script's text).

    errors  InvalidField with the path of the field
    """
    given = [field for field in _PROGRAMS if body.get(field) is not None]
    if len(given) != 1:
        raise InvalidField(
            "strategy: expected either config (an object) or source (the text of a script), "
            f"found {' and '.join(given) or 'neither'}; give exactly one"
        )
    field = given[0]
    content = body[field]
    is_right = isinstance(content, str) if field == "source" else isinstance(content, Mapping)
    if not is_right:
        expected = "the text of a script" if field == "source" else "an object with legs and entry"
        raise InvalidField(f"{field}: expected {expected}, found {shown(content)}")
    try:
        return read_program(_PROGRAMS[field], content)
    except InvalidInput as cause:
        text = str(cause)
        raise InvalidField(text if text.startswith(field) else f"{field}: {text}") from None


def leg_count_of(kind: str, program: str) -> int:
    """Return how many instruments one position of a program holds; 1 for a script."""
    strategy = read_program(kind, program)
    return len(strategy.legs) if isinstance(strategy, StructuredStrategy) else 1


def link_fields(body: object, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields of a link that a body names, each checked."""
    section = section_of(body, names)
    readers = {
        "name": name_of,
        "description": description_of,
        "privacy": lambda part, field: choice_of(part, field, (PRIVATE, PUBLIC)),
    }
    given = given_fields(body, names)
    return {name: read(section, name) for name, read in readers.items() if name in given}


def link_document(link: StrategyLink, program: StrategyRow) -> Document:
    """Return a saved strategy as readers get it."""
    return {
        "id": link.id,
        "name": link.name,
        "description": link.description,
        "privacy": link.privacy,
        **snapshot_of(read_program(program.kind, program.program)),
        "created_at": moment(link.created_ns),
        "updated_at": moment(link.updated_ns),
    }


def _program_row(strategy: Strategy, now_ns: int) -> StrategyRow:
    """Return a program as the store keeps it."""
    return StrategyRow(
        hash=strategy.hash, kind=strategy.kind, program=strategy.program_text(), created_ns=now_ns
    )


def _known(work: Tables, link_id: str) -> tuple[StrategyLink, StrategyRow]:
    """Return a link that is there, with its program."""
    link = work.strategies.link(uuid_of(link_id, "id", NotFound))
    if link is None:
        raise _missing(link_id)
    return link, _program_of(work, link)


def _program_of(work: Tables, link: StrategyLink) -> StrategyRow:
    """Return the program of a link."""
    program = work.strategies.program(link.hash)
    if program is None:
        raise StoreDamaged(f"strategy link {link.id}: expected its program {link.hash}, found none")
    return program


def _missing(link_id: str) -> NotFound:
    """Return the error of a link that is not there, or not for this reader."""
    return NotFound(f"id: expected a saved strategy, found none with the id {link_id[:36]}")
