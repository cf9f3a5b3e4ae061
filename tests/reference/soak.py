"""Holds the session kernels to the oracle over as many random worlds as there is time for.

`python -m tests.reference.soak --scenarios 20000 --seed 1 --jobs 2`;
a world that differs is shown again by `--only SEED`.
"""

from tests.reference.kernel_run import first_difference
from tests.reference.soaking import soak_command

if __name__ == "__main__":
    soak_command("session", "tests.reference.soak", first_difference)()
