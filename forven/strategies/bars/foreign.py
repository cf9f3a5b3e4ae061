"""Somebody else's code: which is, where it failed, and what it asks for beside its bars."""

import os
import sys
import sysconfig
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

_TIMES = frozenset({"time", "time_ns", "localtime", "ctime"})
_DATES = frozenset({"now", "today", "utcnow"})
_FOLDERS = (
    *(sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    str(Path(__file__).resolve().parents[2]),
)
_INSTALLED = ("<", *(folder + os.sep for folder in _FOLDERS))


def is_own(file: str | None) -> bool:
    """Return whether a file is the user's: not Python's, no installed package's, not ours."""
    return file is not None and not file.startswith(_INSTALLED)


def text_of(error: BaseException) -> str:
    """Return an error's kind and text, even where its text cannot be had."""
    try:
        return f"{type(error).__name__}: {error}".removesuffix(": ")
    except Exception:  # noqa: BLE001 - somebody's __str__ fails
        return type(error).__name__


def place_of(error: BaseException) -> str:
    """Return where an error came from: the last line of the user's own, if there is one."""
    steps = traceback.extract_tb(error.__traceback__)
    own = [step for step in steps if is_own(step.filename)] or list(steps)
    if not own:
        return "no line is known"
    holder = "" if own[-1].name == "<module>" else f" of {own[-1].name}"
    return f"line {own[-1].lineno}{holder}"


def clock_asked(call: Callable[[], object]) -> str | None:
    """Call a function and return where the user's code first asked for the time, in words.

    A clock that only measures how long something takes (`time.perf_counter`) is no matter.
    """
    asked: list[str] = []

    def watch(frame: FrameType, event: str, called: Any) -> None:
        if event != "c_call" or asked or not _tells_time(called):
            return
        if is_own(frame.f_code.co_filename):
            asked.append(f"{called.__name__} in line {frame.f_lineno}")

    former = sys.getprofile()
    sys.setprofile(watch)
    try:
        call()
    finally:
        sys.setprofile(former)
    return asked[0] if asked else None


def _tells_time(called: Any) -> bool:
    """Return whether a function written in C tells the time of day."""
    holder, name = getattr(called, "__self__", None), getattr(called, "__name__", "")
    if isinstance(holder, type):
        return issubclass(holder, date) and name in _DATES
    return getattr(holder, "__name__", None) == "time" and name in _TIMES
