"""Where scripts may run: what this platform can enforce, and the refusal where it cannot."""

import os
import platform
import sys
from collections.abc import Mapping

from forven.primitives.errors import ForvenError
from forven.strategies.script.child import seccomp

UNSANDBOXED = "FORVEN_SCRIPTS_UNSANDBOXED"
_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


class ScriptsUnavailable(ForvenError):
    """Scripts are not run on this platform; the text says what is missing and what to do."""


def sandbox_machine(
    system: str = sys.platform,
    machine: str = platform.machine(),
    environment: Mapping[str, str] = os.environ,
) -> str:
    """Return for which machine the filter of system calls is made; empty: without the filter.

    errors  ScriptsUnavailable where there is no such filter and nobody has asked to do without
    """
    name = _MACHINES.get(machine.lower(), "")
    if system == "linux" and name in seccomp.CALLS and sys.maxsize > 2**32:
        return name
    if system != "win32" and environment.get(UNSANDBOXED) == "1":
        return ""
    mend = f"set {UNSANDBOXED}=1 to run scripts you trust with resource limits only"
    if system == "win32":
        mend = "run forven in a Linux machine or in WSL"
    raise ScriptsUnavailable(
        f"scripts: expected Linux on x86-64 or aarch64, whose kernel can confine them; found "
        f"{system} on {machine}; {mend}"
    )
