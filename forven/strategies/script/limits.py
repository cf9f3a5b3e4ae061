"""The limits of a script: what a call, a frame and a session may use."""

from dataclasses import dataclass, fields

from forven.primitives.errors import InvalidInput

ENTRIES_PER_FRAME_MAX = 100
"""Log lines and signals in one frame."""
COMMANDS_PER_FRAME_MAX = 50
COMMANDS_PER_SESSION_MAX = 10_000
TEXT_LENGTH_MAX = 2_000
DATA_LENGTH_MAX = 4_000
"""Characters of an entry's data as JSON."""
DATA_DEPTH_MAX = 6
"""Dicts and lists of an entry's data inside each other."""
LOG_ENTRIES_MAX = 20_000
LOG_CHARACTERS_MAX = 4_000_000
"""Of a session; what comes after is left out, which the log says once."""
REPLY_BYTES_PER_FRAME_MAX = 2_097_152
"""Room for all entries and commands of a frame, whatever characters they are of."""
CRASHES_MAX = 3
"""Times a session's script process may die; at the last one the script is given up."""
_MEBIBYTE = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptLimits:
    """What a script's process may use.

    start_seconds   wall-clock time until it is ready
    start_cpu_ms    processor time until then: Python's start and the script's own lines
    call_cpu_ms     processor time of one frame's callbacks
    call_wall_ms    wall-clock time of them: for a script that waits instead of working
    cpu_seconds     processor time of a session
    memory_bytes    address space of the whole process, Python's own 20 MiB included
    """

    start_seconds: int = 20
    start_cpu_ms: int = 2_000
    call_cpu_ms: int = 250
    call_wall_ms: int = 5_000
    cpu_seconds: int = 1_800
    memory_bytes: int = 256 * _MEBIBYTE

    def __post_init__(self) -> None:
        for entry in fields(self):
            if getattr(self, entry.name) < 1:
                found = getattr(self, entry.name)
                raise InvalidInput(f"{entry.name}: expected at least 1, found {found}")
        if self.memory_bytes < 64 * _MEBIBYTE:
            raise InvalidInput(
                f"memory_bytes: expected at least 64 MiB, found {self.memory_bytes} bytes; "
                "Python itself needs 20 MiB"
            )
