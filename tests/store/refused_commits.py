"""A database that takes no commit, or takes it and does not say so."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from forven.primitives.errors import ForvenError
from forven.store.errors import StoreBusy
from forven.store.store import Store


@contextmanager
def commits_refused(store: Store, error: ForvenError | None = None, *, made: bool = False):
    """Refuse every commit at its end.

    made  it is made all the same, as by a server whose answer does not arrive
    """
    whole = store.database.writing
    refusal = error or StoreBusy("another process is writing")

    @contextmanager
    def broken() -> Iterator[Connection]:
        with whole() as connection:
            yield connection
            if not made:
                raise refusal
        raise refusal

    store.database.writing = broken
    try:
        yield
    finally:
        store.database.writing = whole
