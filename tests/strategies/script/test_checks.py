import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from forven.primitives.errors import InvalidStrategy
from forven.strategies.script.checks import SOURCE_BYTES_MAX, outline_of
from tests.strategies.script.made_scripts import on_frame

SOUND = on_frame("pass")


def with_line(line):
    return on_frame(line)


def test_an_outline_names_the_class_its_modules_and_deltas():
    text = on_frame(
        "ctx.log(ctx.chain.calls[0].delta)", before="import math\nfrom decimal import *"
    )
    with pytest.raises(InvalidStrategy, match=r"line 2: expected names after import, found \*"):
        outline_of(text)
    outline = outline_of(text.replace("import *", "import Decimal"))
    assert (outline.class_name, outline.modules) == ("Made", ("decimal", "math"))
    assert outline.uses_deltas
    assert not outline_of(SOUND).uses_deltas


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("x =", "line 1: expected Python, found an error"),
        (SOUND + "\0", "expected Python text, found a null character"),
        ("#" * (SOURCE_BYTES_MAX + 1), "source: expected at most 65536 bytes, found 65537"),
        ("x = '\ud800'", "expected Unicode text, found half of a surrogate pair"),
        ("class A: pass", "expected one class with a method on_frame.* found none; write one"),
        (SOUND + SOUND.replace("Made", "Two"), "one class .* found Made, Two; keep one"),
        ("def f():\n class A:\n  def on_frame(self, ctx): 1", "one class .* found none"),
        ("class A:\n async def on_frame(self, ctx): 1", r"on_frame\(self, ctx\), found async"),
        ("class A:\n @f\n def on_frame(self, ctx): 1", "found on_frame with a decorator"),
        ("class A:\n def on_frame(self): 1", "found on_frame with 1 parameters"),
        ("class A:\n def on_frame(self, ctx, x): 1", "found on_frame with 3 parameters"),
        ("class A:\n def on_frame(self, ctx, *, x): 1", "found on_frame with 2 parameters"),
        (SOUND + "    def on_fill(self, ctx): 1", r"on_fill\(self, ctx, fill\), found on_fill"),
        (SOUND + "    def on_tick(self, ctx): 1", "expected a callback, found on_tick"),
        (SOUND + "    def __init__(self, size): 1", r"expected __init__\(self\), found"),
    ],
)
def test_a_text_that_is_no_strategy_is_refused(text, error):
    with pytest.raises(InvalidStrategy, match=error):
        outline_of(text)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("import os", "line 4: expected an import of one of bisect, .* found os"),
        ("from os import path", "found os"),
        ("import math, socket", "found socket"),
        ("import collections.abc", "found collections.abc"),
        ("from . import math", r"found \."),
        ("from math import _sin", "expected public names, found _sin"),
        ("open('a')", "line 4: expected names of a script, found open; a script has no files"),
        ("eval('1')", "found eval"),
        ("exec('1')", "found exec"),
        ("__import__('os')", "found __import__"),
        ("globals()", "found globals"),
        ("().__class__", "expected a public attribute, found .__class__"),
        ("(x for x in ()).gi_frame", "found .gi_frame"),
        ("int.mro()", "found .mro"),
        ("ctx.__dict__", "found .__dict__"),
        ("ctx._account", None),
    ],
)
def test_what_leads_out_of_a_script_is_refused_with_its_line(line, error):
    if error is None:
        assert outline_of(with_line(line)).class_name == "Made"
        return
    with pytest.raises(InvalidStrategy, match=error):
        outline_of(with_line(line))


@pytest.mark.parametrize(
    "text",
    [
        SOUND.replace("ctx):", "ctx, *rest):"),
        SOUND.replace("ctx):", "ctx, size=1):"),
        SOUND + "\nclass Other:\n    def __init__(self, size): super().__init__()\n",
    ],
)
def test_what_can_be_called_is_accepted(text):
    assert outline_of(text).class_name == "Made"


HOSTILE = {
    "minus": "x = " + "-" * 60_000 + "1",
    "attributes": "a" + ".b" * 30_000,
    "sums": "x = 1" + "+1" * 30_000,
    "not": "x = " + "not " * 15_000 + "1",
    "lambdas": "x = " + "lambda:" * 9_000 + "1",
    "choices": "x = " + "a if b else " * 5_000 + "c",
    "powers": "x = 1" + "**1" * 20_000,
    "calls": "a" + "()" * 30_000,
    "elif": "if a: pass\n" + "elif a: pass\n" * 4_500,
    "brackets": "(" * 60_000,
    "formats": 'f"' + "{a" * 1_000 + '"',
    "alternatives": "match a:\n case " + "|".join(["1"] * 30_000) + ": pass",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_text_made_to_break_the_parser_is_refused(text):
    with ThreadPoolExecutor(1) as threads, pytest.raises(InvalidStrategy):
        threads.submit(outline_of, text).result()
    with pytest.raises(InvalidStrategy):
        outline_of(text)
    assert sys.getrecursionlimit() >= 1_000
