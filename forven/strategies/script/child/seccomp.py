"""The filter of system calls that holds a script's process: a list of what it may do, no more.

source  Linux: seccomp(2), Documentation/userspace-api/seccomp_filter.rst, asm/unistd.h
"""

import struct

ALLOW = 0x7FFF0000
KILL_PROCESS = 0x80000000
REFUSE = 0x00050001  # SECCOMP_RET_ERRNO with EPERM

_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_AT_LEAST = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_JUMP_SET = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K

_OFFSET_CALL = 0
_OFFSET_ARCHITECTURE = 4
_OFFSET_ARGUMENTS = 16
_PROT_EXEC = 4
_MAP_ANONYMOUS = 0x20
_X32_CALLS = 0x40000000

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CALLS = {
    "x86_64": {
        "read": 0,
        "write": 1,
        "mmap": 9,
        "mprotect": 10,
        "munmap": 11,
        "brk": 12,
        "rt_sigreturn": 15,
        "mremap": 25,
        "madvise": 28,
        "exit": 60,
        "exit_group": 231,
    },
    "aarch64": {
        "read": 63,
        "write": 64,
        "exit": 93,
        "exit_group": 94,
        "rt_sigreturn": 139,
        "brk": 214,
        "munmap": 215,
        "mremap": 216,
        "mmap": 222,
        "mprotect": 226,
        "madvise": 233,
    },
}
"""Every system call a script's process may make; five of them with certain arguments only."""

_FREE = ("munmap", "brk", "rt_sigreturn", "mremap", "exit", "exit_group")
_ADVICE = (4, 8, 14, 15)  # MADV_DONTNEED, FREE, HUGEPAGE, NOHUGEPAGE: what allocators give


def program(machine: str, read_descriptor: int, write_descriptor: int) -> bytes:
    """Return the filter as `struct sock_filter` rows.

    Reading is allowed from one descriptor, writing to the other, memory only if it is nobody's
    file and never to be executed, advice on it only as allocators give it; everything else is
    EPERM, another architecture the end.
    """
    calls = CALLS[machine]
    rows = [
        (_LOAD, 0, 0, _OFFSET_ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, ARCHITECTURES[machine]),
        (_RETURN, 0, 0, KILL_PROCESS),
        (_LOAD, 0, 0, _OFFSET_CALL),
    ]
    if machine == "x86_64":
        rows += [(_JUMP_AT_LEAST, 0, 1, _X32_CALLS), (_RETURN, 0, 0, KILL_PROCESS)]
    for name in _FREE:
        rows += [(_JUMP_EQUAL, 0, 1, calls[name]), (_RETURN, 0, 0, ALLOW)]
    rows += _on_descriptor(calls["read"], read_descriptor)
    rows += _on_descriptor(calls["write"], write_descriptor)
    rows += _of_memory(calls["mmap"], is_mapping=True)
    rows += _of_memory(calls["mprotect"], is_mapping=False)
    rows += _on_advice(calls["madvise"])
    rows.append((_RETURN, 0, 0, REFUSE))
    return b"".join(struct.pack("<HBBI", *row) for row in rows)


def _on_descriptor(call: int, descriptor: int) -> list[tuple[int, int, int, int]]:
    """Return rows that allow a call whose first argument is this descriptor, all 64 bits of it."""
    return [
        (_JUMP_EQUAL, 0, 6, call),
        (_LOAD, 0, 0, _argument(0) + 4),
        (_JUMP_EQUAL, 0, 3, 0),
        (_LOAD, 0, 0, _argument(0)),
        (_JUMP_EQUAL, 0, 1, descriptor),
        (_RETURN, 0, 0, ALLOW),
        (_RETURN, 0, 0, REFUSE),
    ]


def _of_memory(call: int, is_mapping: bool) -> list[tuple[int, int, int, int]]:
    """Return rows that allow a call for memory that is not executable, a mapping if anonymous."""
    flags = [(_LOAD, 0, 0, _argument(3)), (_JUMP_SET, 0, 1, _MAP_ANONYMOUS)] if is_mapping else []
    return [
        (_JUMP_EQUAL, 0, 4 + len(flags), call),
        (_LOAD, 0, 0, _argument(2)),
        (_JUMP_SET, 1 + len(flags), 0, _PROT_EXEC),
        *flags,
        (_RETURN, 0, 0, ALLOW),
        (_RETURN, 0, 0, REFUSE),
    ]


def _on_advice(call: int) -> list[tuple[int, int, int, int]]:
    """Return rows that allow a call whose third argument, an int, is one of a few."""
    jumps = [
        (_JUMP_EQUAL, len(_ADVICE) - number, 0, advice) for number, advice in enumerate(_ADVICE)
    ]
    return [
        (_JUMP_EQUAL, 0, len(_ADVICE) + 3, call),
        (_LOAD, 0, 0, _argument(2)),
        *jumps,
        (_RETURN, 0, 0, REFUSE),
        (_RETURN, 0, 0, ALLOW),
    ]


def _argument(number: int) -> int:
    """Return the offset of the low half of a call's argument."""
    return _OFFSET_ARGUMENTS + 8 * number
