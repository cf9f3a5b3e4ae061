"""Restricts the process it runs in, before any code of a script: limits, then the call filter."""

import ctypes
import os
import resource
import signal
import sys

from forven.primitives.errors import ForvenError
from forven.strategies.script.child import seccomp

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_ROW_BYTES = 8

# Nothing of these is needed: no file is opened or written, no process made, no memory locked.
_NONE = ("RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_MEMLOCK")


class SandboxFailed(ForvenError):
    """A restriction could not be put in place, so no script is run."""


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("rows", ctypes.c_char_p))


def set_limits(memory_bytes: int, cpu_seconds: int) -> None:
    """Set the limits of the operating system; SandboxFailed where Linux refuses one."""
    wanted = dict.fromkeys(_NONE, 0)
    wanted |= {"RLIMIT_AS": memory_bytes, "RLIMIT_CPU": cpu_seconds}
    for name, most in wanted.items():
        number = getattr(resource, name, None)
        try:
            if number is not None:
                resource.setrlimit(number, (most, most))
        except (OSError, ValueError) as cause:
            if sys.platform == "linux":
                raise SandboxFailed(
                    f"sandbox: expected {name} to be set to {most}, found {cause}"
                ) from None


def confine(machine: str, read_descriptor: int, write_descriptor: int, parent: int) -> None:
    """Give up privileges and all system calls but the filter's, for good; try that it holds.

    machine  a key of `seccomp.CALLS`     parent  the process that started this one
    errors   SandboxFailed: the process must not run a script
    """
    library = ctypes.CDLL(None, use_errno=True)
    _set(library, _PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SandboxFailed("sandbox: expected the session's process as parent, found it gone")
    _set(library, _PR_SET_DUMPABLE, 0)
    _set(library, _PR_SET_NO_NEW_PRIVS, 1)
    rows = seccomp.program(machine, read_descriptor, write_descriptor)
    program = _Program(len(rows) // _ROW_BYTES, rows)
    _set(library, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program))
    _try_to_leave()


def _set(library: ctypes.CDLL, option: int, *values: int) -> None:
    """Call prctl; SandboxFailed if it refuses."""
    arguments = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    if library.prctl(option, *arguments) != 0:
        reason = os.strerror(ctypes.get_errno())
        raise SandboxFailed(f"sandbox: expected prctl option {option} to be set, found {reason}")


def _try_to_leave() -> None:
    """Make a few calls that must be refused; SandboxFailed if one is not."""
    tries = {
        "opening a file": lambda: os.open(os.devnull, os.O_RDONLY),
        "a new process": os.fork,
        "a signal": lambda: os.kill(1, 0),
    }
    for what, attempt in tries.items():
        try:
            attempt()
        except PermissionError:
            continue
        except OSError as cause:
            raise SandboxFailed(f"sandbox: expected {what} to be EPERM, found {cause}") from None
        raise SandboxFailed(f"sandbox: expected {what} to be refused, found it allowed")
