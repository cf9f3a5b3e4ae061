"""Seeds: the same branch gives the same numbers, another branch others."""

import numpy as np

from forven.primitives.seeds import generator


def test_the_same_branch_gives_the_same_numbers():
    assert generator(7, 3, 1).random(5).tolist() == generator(7, 3, 1).random(5).tolist()


def test_branches_differ_from_each_other_and_from_their_root():
    drawn = [
        generator(*path).random() for path in ((7,), (8,), (7, 1), (7, 2), (7, 1, 2), (7, 2, 1))
    ]
    assert len(set(drawn)) == len(drawn)


def test_the_generator_is_the_one_whose_bits_are_fixed():
    assert isinstance(generator(1).bit_generator, np.random.PCG64)
    assert generator(7, 3).integers(1 << 32) == np.random.Generator(
        np.random.PCG64(np.random.SeedSequence([7, 3]))
    ).integers(1 << 32)
