"""Counts what a script does in a session: its orders, errors, crashes and the room in its log."""

from dataclasses import dataclass, field, replace

from forven.kernels import schema
from forven.strategies.script import limits
from forven.strategies.script.frames import Decision

ERRORS_MAX = 200
"""Strategy errors after which a script is given up; more than any error budget forgives."""

_FULL = "the log of this session is full; what follows is left out"


@dataclass(slots=True)
class Counts:
    """Counts of one session, from its first frame on, whatever processes its script had.

    placed, arrived  orders the script sent, and those of them that the kernel has taken
    errors           strategy errors reported to the kernel       crashes  processes that died
    first_tag        the present process's orders are counted from here
    dropped          which of the orders never went to the kernel, it having no room for them
    """

    placed: int = 0
    arrived: int = 0
    commands: int = 0
    errors: int = 0
    crashes: int = 0
    first_tag: int = 0
    entries: int = 0
    characters: int = 0
    dropped: list[int] = field(default_factory=list)
    told: int = 0
    is_given_up: bool = False
    is_log_full: bool = False

    def write(self, decision: Decision) -> list[Decision]:
        """Return what of an entry goes to the log: it, nothing, or that the log is full.

        That it is full is read back from a log: whoever writes that it is makes it so.
        """
        self.entries += 1
        self.characters += len(decision.text) + len(str(decision.data or ""))
        if decision.kind == "error":
            return [decision]
        if self.is_log_full:
            return []
        has_room = self.entries <= limits.LOG_ENTRIES_MAX
        has_room &= self.characters <= limits.LOG_CHARACTERS_MAX
        if has_room and decision.text != _FULL:
            return [decision]
        self.is_log_full = True
        return [replace(decision, kind="log", level="warning", text=_FULL, data=None)]

    def count_commands(self, rows: list[list[int]]) -> None:
        """Count commands that the script gave."""
        kinds = [row[schema.COMMAND_KIND] for row in rows]
        self.placed += kinds.count(schema.COMMAND_PLACE)
        self.errors += kinds.count(schema.COMMAND_ERROR)
        self.commands += len(rows)

    def drop(self) -> None:
        """Count an order that does not go to the kernel."""
        self.dropped.append(self.placed)
        self.placed += 1

    def tell_dropped(self) -> list[int]:
        """Return the tags of dropped orders of the present process that it does not know of."""
        told, self.told = self.told, len(self.dropped)
        return [
            number - self.first_tag for number in self.dropped[told:] if number >= self.first_tag
        ]

    def arrive(self) -> int:
        """Return the tag of the next order of the script that the kernel took; below 0: not its."""
        while self.arrived in self.dropped:
            self.arrived += 1
        tag = self.arrived - self.first_tag
        self.arrived += 1
        return tag
