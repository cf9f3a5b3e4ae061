import pytest

from forven.strategies.script.platforms import ScriptsUnavailable, sandbox_machine


@pytest.mark.parametrize(
    ("machine", "name"),
    [("x86_64", "x86_64"), ("AMD64", "x86_64"), ("aarch64", "aarch64"), ("arm64", "aarch64")],
)
def test_linux_confines_scripts_on_two_machines(machine, name):
    assert sandbox_machine("linux", machine, {}) == name
    assert sandbox_machine("linux", machine, {"FORVEN_SCRIPTS_UNSANDBOXED": "1"}) == name


@pytest.mark.parametrize(
    ("system", "machine"), [("darwin", "arm64"), ("linux", "riscv64"), ("freebsd14", "amd64")]
)
def test_elsewhere_scripts_are_refused_unless_somebody_asks(system, machine):
    for environment in ({}, {"FORVEN_SCRIPTS_UNSANDBOXED": "yes"}):
        with pytest.raises(ScriptsUnavailable, match="set FORVEN_SCRIPTS_UNSANDBOXED=1 to run"):
            sandbox_machine(system, machine, environment)
    assert sandbox_machine(system, machine, {"FORVEN_SCRIPTS_UNSANDBOXED": "1"}) == ""


def test_windows_is_refused_whatever_is_asked():
    with pytest.raises(ScriptsUnavailable, match="run forven in a Linux machine or in WSL"):
        sandbox_machine("win32", "AMD64", {"FORVEN_SCRIPTS_UNSANDBOXED": "1"})
