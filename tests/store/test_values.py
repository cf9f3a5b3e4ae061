from forven.store.values import batched, values_of
from tests.store.made_rows import BOUNDS, LISTING, SESSION


def test_values_are_the_fields_one_level_deep() -> None:
    assert list(values_of(LISTING)) == ["root", "underlying", "multiplier", "symbols"]
    assert values_of(SESSION)["bounds"] is BOUNDS


def test_keys_come_in_runs_that_lose_none() -> None:
    for count in (0, 1, 400, 401, 1_000):
        runs = list(batched(range(count)))
        assert [key for run in runs for key in run] == list(range(count))
        assert all(0 < len(run) <= 400 for run in runs)
