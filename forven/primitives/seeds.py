"""Random generators handed in by seed, so that the same plan gives the same bytes."""

import numpy as np


def generator(seed: int, *path: int) -> np.random.Generator:
    """Return the PCG64 generator of one branch, as in `generator(7, day, stream)`.

    Branches of one seed are independent, so work may be split over days and processes.
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *path])))
