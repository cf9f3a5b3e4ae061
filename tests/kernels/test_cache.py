"""Where compiled kernels lie: one folder a state of their sources and of numba, found unloaded."""

import subprocess
import sys

import pytest

from forven.kernels import cache
from forven.primitives.errors import BackendUnavailable


def test_the_folder_is_known_without_loading_numba_or_the_metadata_of_packages():
    program = (
        "import sys; from forven.kernels.cache import are_compiled, cache_folder\n"
        "cache_folder(); are_compiled(('session.advance',))\n"
        "print(sorted({'numba', 'numpy', 'importlib.metadata'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_another_numba_has_another_folder(monkeypatch, tmp_path):
    former = cache.sources_digest()
    version = tmp_path / "_version.py"
    monkeypatch.setattr(cache, "_numba_version", lambda: version)
    version.write_text("1.0")
    first = cache.sources_digest()
    version.write_text("2.0")
    assert len({former, first, cache.sources_digest()}) == 3


def test_kernels_are_compiled_once_each_has_its_file(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    wanted = ("session.advance", "frames.fill_quotes")
    assert cache.are_compiled(())
    assert not cache.are_compiled(wanted)
    folder = cache.cache_folder() / "jit_1"
    folder.mkdir(parents=True)
    (folder / "session.advance-1.py311.1.nbc").touch()
    assert not cache.are_compiled(wanted)
    (folder / "frames.fill_quotes-1.py311.1.nbc").touch()
    assert cache.are_compiled(wanted)


def test_a_missing_numba_is_said(monkeypatch):
    monkeypatch.setattr(cache, "find_spec", lambda name: None)
    with pytest.raises(BackendUnavailable, match="expected numba to be installed, found none"):
        cache.sources_digest()
