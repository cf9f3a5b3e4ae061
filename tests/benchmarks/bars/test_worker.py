from benchmarks.bars.sweeping import Sweep
from benchmarks.bars.worker import prepare, versions


def test_a_round_of_the_work_that_is_named_comes_as_a_document(settings) -> None:
    told = prepare({**settings, "work": "sweep"})()
    assert told["digest"] == Sweep(settings).round().digest
    assert told["seconds"] > 0


def test_versions_name_the_backend() -> None:
    assert versions()["backend"] in ("rust", "numba")
