"""What can go wrong with what is written down; `CannotWrite` is for a disk that takes no more."""

from forven.primitives.errors import ForvenError


class StoreBusy(ForvenError):
    """Another process held the database longer than this one waits; nothing was written."""


class StoreDamaged(ForvenError):
    """A database or tape does not hold what was written to it; the text says where."""


class StoreUnreachable(ForvenError):
    """The database server does not answer, or refuses who asks."""


class NewerDatabase(ForvenError):
    """The database was written by a newer forven than this one."""


class HomeInUse(ForvenError):
    """Another process runs sessions on this home; the text says which."""


class StoreConflict(ForvenError):
    """The row is there already, or does not fit those that are there; nothing was written."""


class NameIsTaken(StoreConflict):
    """Another active bot has the name."""


class SessionIsThere(StoreConflict):
    """The bot has a session on that day already."""


class KeyIsUsed(StoreConflict):
    """The idempotency key is claimed already."""


class NoSuchRow(ForvenError):
    """The row to be changed is not there."""


class TapeMismatch(ForvenError):
    """A tape holds another day, listing or feed than the one to be written."""


class NoSuchTape(ForvenError):
    """Nothing was recorded of that feed on that day."""
