"""Holds the bar kernels to the oracle over as many random worlds as there is time for.

`python -m tests.reference.bars.soak --scenarios 20000 --seed 1 --jobs 2`;
a world that differs is shown again by `--only SEED`.
"""

from tests.reference.bars.kernel_run import first_difference
from tests.reference.bars.runners import KERNELS
from tests.reference.soaking import soak_command


def compare(seed: int) -> str:
    """Return where oracle and kernels differ on the world of a seed, or nothing."""
    return first_difference(KERNELS, seed)


if __name__ == "__main__":
    soak_command("bars", "tests.reference.bars.soak", compare)()
