import subprocess
from types import SimpleNamespace

import pytest

from forven.kernels import backend
from forven.research.workloads.backends import BACKENDS, available_backends
from forven.research.workloads.sizes import BenchmarkFailed


def answering(monkeypatch: pytest.MonkeyPatch, answers: dict[str, tuple[int, str, str]]) -> None:
    def run(command, env, **options):
        code, out, err = answers[env["FORVEN_BACKEND"]]
        return SimpleNamespace(returncode=code, stdout=out, stderr=err)

    monkeypatch.setattr(subprocess, "run", run)


def test_the_backend_in_use_is_available_and_the_others_say_why_not() -> None:
    found, missing = available_backends()
    assert backend.NAME in found
    assert set(found) | set(missing) == set(BACKENDS)
    assert not set(found) & set(missing)


def test_a_backend_that_is_not_there_is_missing_with_its_own_words(monkeypatch) -> None:
    refused = "Traceback\nforven.primitives.errors.BackendUnavailable: run `make rust`\n"
    answering(monkeypatch, {"rust": (1, "", refused), "numba": (0, "numba\n", "")})
    assert available_backends() == (("numba",), {"rust": "run `make rust`"})


def test_a_backend_that_breaks_is_no_missing_one(monkeypatch) -> None:
    answering(monkeypatch, {"rust": (139, "", "segfault"), "numba": (0, "numba\n", "")})
    with pytest.raises(BenchmarkFailed, match=r"rust: expected a backend .* exit 139: segfault"):
        available_backends()
