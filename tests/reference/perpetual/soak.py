"""Holds the perpetual kernels to the oracle over as many random worlds as there is time for.

`python -m tests.reference.perpetual.soak --scenarios 20000 --seed 1 --jobs 2`;
a world that differs is shown again by `--only SEED`.
"""

from tests.reference.perpetual.kernel_run import first_difference
from tests.reference.perpetual.runners import KERNELS
from tests.reference.soaking import soak_command


def compare(seed: int) -> str:
    """Return where oracle and kernels differ on the world of a seed, or nothing."""
    return first_difference(KERNELS, seed)


if __name__ == "__main__":
    soak_command("perpetual", "tests.reference.perpetual.soak", compare)()
