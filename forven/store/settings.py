"""Small facts by name: a heartbeat, a switch."""

from typing import Any

from sqlalchemy import Connection, insert, select, update

from forven.store.schema import settings


class Settings:
    """The rows of `settings`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str, default: Any = None) -> Any:
        """Return the document kept under a name, the default if there is none."""
        query = select(settings.c.value).where(settings.c.key == key)
        row = self._connection.execute(query).first()
        return default if row is None else row.value

    def put(self, key: str, value: Any) -> None:
        """Keep a document under a name, in place of the one before."""
        changing = update(settings).where(settings.c.key == key).values(value=value)
        if self._connection.execute(changing).rowcount == 0:
            self._connection.execute(insert(settings), [{"key": key, "value": value}])
