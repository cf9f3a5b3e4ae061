"""A soak says which world differs and ends with 1, or how many agree."""

from click.testing import CliRunner

from tests.reference.soaking import soak_command

DIFFERING = 3


def compare(seed: int) -> str:
    """Return a difference on one seed."""
    return f"seed {seed}, trade 0: 5 is not 6" if seed == DIFFERING else ""


def test_the_first_difference_ends_it_and_is_shown_again_by_its_seed() -> None:
    ran = CliRunner().invoke(soak_command("bars", "tests.soak", compare), ["--scenarios", "9"])
    assert ran.exit_code == 1
    assert "seed 3, trade 0: 5 is not 6" in ran.output
    assert "again: python -m tests.soak --only 3" in ran.output


def test_worlds_that_agree_are_counted() -> None:
    ran = CliRunner().invoke(
        soak_command("bars", "tests.soak", compare), ["--scenarios", "3", "--seed", "4"]
    )
    assert (ran.exit_code, "3 worlds agree" in ran.output) == (0, True)
