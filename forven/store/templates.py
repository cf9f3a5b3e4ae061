"""Templates of bots: configurations to begin from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from forven.store.schema import templates
from forven.store.values import values_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A configuration with a name; built-in ones are shipped."""

    id: str
    name: str
    description: str
    is_builtin: bool
    config: dict[str, Any]


class Templates:
    """The rows of `templates`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, template: Template) -> None:
        """Add a template."""
        self._connection.execute(insert(templates), [values_of(template)])

    def get(self, template_id: str) -> Template | None:
        """Return a template, None if there is none."""
        query = select(templates).where(templates.c.id == template_id)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else Template(**row)

    def list(self) -> Sequence[Template]:
        """Return all, built-in ones first, then by name."""
        query = select(templates).order_by(
            templates.c.is_builtin.desc(), templates.c.name, templates.c.id
        )
        return [Template(**row) for row in self._connection.execute(query).mappings()]

    def delete(self, template_id: str) -> bool:
        """Delete a template; return whether it was there."""
        done = self._connection.execute(delete(templates).where(templates.c.id == template_id))
        return done.rowcount == 1
