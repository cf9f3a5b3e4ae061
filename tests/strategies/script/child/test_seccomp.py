"""The filter, run by an interpreter of its instructions: both machines, every call there is."""

import struct

import pytest

from forven.strategies.script.child import seccomp

READ, WRITE = 3, 4
ALLOW, REFUSE, KILL = seccomp.ALLOW, seccomp.REFUSE, seccomp.KILL_PROCESS
MACHINES = tuple(seccomp.CALLS)


def verdict(machine, call, *arguments, architecture=None):
    """Run the filter over one call as the kernel does."""
    number = seccomp.ARCHITECTURES[machine] if architecture is None else architecture
    words = [*arguments, *[0] * 6][:6]
    data = struct.pack("<IIQ6Q", call, number, 0, *words)
    rows = list(struct.iter_unpack("<HBBI", seccomp.program(machine, READ, WRITE)))
    assert len(rows) < 4096
    at = accumulator = 0
    while True:
        code, yes, no, value = rows[at]
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
            at += 1
            continue
        if code == 0x06:
            return value
        holds = {
            0x15: accumulator == value,
            0x35: accumulator >= value,
            0x45: bool(accumulator & value),
        }[code]
        at += 1 + (yes if holds else no)


@pytest.mark.parametrize("machine", MACHINES)
def test_only_the_listed_calls_can_be_allowed(machine):
    allowed = {
        call
        for call in range(600)
        for arguments in ((READ,), (WRITE,), (0, 0, 0, 0x22), (0, 0, 4))
        if verdict(machine, call, *arguments) == ALLOW
    }
    assert allowed == set(seccomp.CALLS[machine].values())


@pytest.mark.parametrize("machine", MACHINES)
def test_reading_and_writing_have_one_descriptor_each(machine):
    calls = seccomp.CALLS[machine]
    for descriptor in (0, 1, 2, 3, 4, 5, 2**32 + READ, 2**32 + WRITE, 2**64 - 1):
        expected = ALLOW if descriptor == READ else REFUSE
        assert verdict(machine, calls["read"], descriptor) == expected
        expected = ALLOW if descriptor == WRITE else REFUSE
        assert verdict(machine, calls["write"], descriptor) == expected


@pytest.mark.parametrize("machine", MACHINES)
def test_memory_is_never_executable_nor_a_file(machine):
    calls = seccomp.CALLS[machine]
    assert verdict(machine, calls["mmap"], 0, 4096, 3, 0x22) == ALLOW
    assert verdict(machine, calls["mmap"], 0, 4096, 7, 0x22) == REFUSE
    assert verdict(machine, calls["mmap"], 0, 4096, 4, 0x22) == REFUSE
    assert verdict(machine, calls["mmap"], 0, 4096, 1, 0x02, 3) == REFUSE
    assert verdict(machine, calls["mprotect"], 0, 4096, 3) == ALLOW
    assert verdict(machine, calls["mprotect"], 0, 4096, 5) == REFUSE


@pytest.mark.parametrize("machine", MACHINES)
def test_memory_takes_the_advice_of_allocators_and_no_other(machine):
    call = seccomp.CALLS[machine]["madvise"]
    taken = {advice for advice in range(200) if verdict(machine, call, 0, 4096, advice) == ALLOW}
    assert taken == {4, 8, 14, 15}
    assert verdict(machine, call, 0, 4096, 100) == REFUSE  # a page of memory declared broken


@pytest.mark.parametrize("machine", MACHINES)
def test_another_architecture_is_the_end(machine):
    for architecture in (0x40000003, 0, 0xC00000F3):  # 32-bit x86, nothing, RISC-V
        assert verdict(machine, 0, READ, architecture=architecture) == KILL


def test_the_second_numbering_of_x86_is_the_end():
    assert verdict("x86_64", 0x40000000, READ) == KILL
    assert verdict("x86_64", 0x40000001, WRITE) == KILL


@pytest.mark.parametrize(
    ("machine", "names"),
    [
        ("x86_64", {2: "open", 41: "socket", 56: "clone", 57: "fork", 59: "execve", 62: "kill"}),
        ("x86_64", {101: "ptrace", 257: "openat", 310: "process_vm_readv", 435: "clone3"}),
        ("aarch64", {56: "openat", 117: "ptrace", 129: "kill", 198: "socket", 220: "clone"}),
        ("aarch64", {221: "execve", 270: "process_vm_readv", 435: "clone3", 425: "io_uring_setup"}),
    ],
)
def test_what_an_attack_needs_is_refused(machine, names):
    assert {name for call, name in names.items() if verdict(machine, call) != REFUSE} == set()
