"""Functions that load their module when first called."""

import subprocess
import sys

import pytest

from forven.primitives.late import LateModule


def test_a_module_is_loaded_by_the_first_call_and_not_before() -> None:
    script = (
        "import sys; from forven.primitives.late import LateModule; "
        "scale = LateModule('colorsys').rgb_to_hls; before = 'colorsys' in sys.modules; "
        "print(before, scale(0.0, 0.0, b=1.0)[1], 'colorsys' in sys.modules, repr(scale))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["False", "0.5", "True", "colorsys.rgb_to_hls"], done.stderr


def test_what_is_not_there_is_told_by_the_call() -> None:
    with pytest.raises(AttributeError, match="no_such"):
        LateModule("colorsys").no_such()
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        LateModule("no_such_module").anything()


def test_names_of_python_itself_are_not_functions_of_it() -> None:
    assert not hasattr(LateModule("colorsys"), "__deepcopy__")
