import json
import sys

import pytest

from forven.strategies.bars.errors import InvalidBarStrategy
from forven.strategies.bars.files import Reloaded, strategies_of, strategy_of

HEAD = "from forven.strategies.bars.writing import Rules, bar_strategy, signal_strategy\n"
ONE = """
@bar_strategy(name="{name}", family="own", rule="A.", source="me")
def {name}(market, p):
    return Rules(enter_long=market.close > market.open)
"""


@pytest.fixture
def file(tmp_path):
    def written(text):
        path = tmp_path / "own.py"
        path.write_text(HEAD + text)
        return path

    return written


def test_a_file_gives_the_strategies_it_declares(file):
    path = file(ONE.format(name="a") + ONE.format(name="b"))
    assert list(strategies_of(path)) == ["a", "b"]
    assert strategy_of(path, "b").name == "b"
    with pytest.raises(InvalidBarStrategy, match="expected one strategy, found a, b"):
        strategy_of(path)
    with pytest.raises(InvalidBarStrategy, match="strategy 'c'"):
        strategy_of(path, "c")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = 1", "expected a strategy declared with @bar_strategy"),
        ("def (", "expected Python, found .* in line 2"),
        ("1 / 0", r"found ZeroDivisionError: division by zero \(line 2\)"),
        ("raise SystemExit(3)", "found SystemExit: 3"),
        ("raise GeneratorExit", r"found GeneratorExit .line 2"),
        ("x = '\0'", "expected Python, found .*null bytes"),
        ("import json\njson.loads('{')", r"JSONDecodeError: .* \(line 3\)"),
        ("bar_strategy(name='', family='a', rule='b', source='c')(print)", "expected a name"),
        (
            "bar_strategy(name='a', family='a', rule='b', source='c', mode=1)",
            "did you mean 'modes'",
        ),
        (ONE.format(name="a") + "b = a\n" + ONE.format(name="a"), "found the strategy 'a' twice"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_the_reason(file, text, found):
    with pytest.raises(InvalidBarStrategy, match=found):
        strategies_of(file(text))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidBarStrategy, match="expected a file, found none"):
        strategies_of(tmp_path / "none.py")


def test_ctrl_c_stops_the_loading_of_a_file(file):
    with pytest.raises(KeyboardInterrupt):
        strategies_of(file("raise KeyboardInterrupt"))


def test_a_file_of_another_encoding_is_refused_and_marks_and_line_ends_are_no_matter(tmp_path):
    path, text = tmp_path / "own.py", HEAD + ONE.format(name="a") + "# caf\u00e9\n"
    path.write_bytes(("# -*- coding: latin-1 -*-\n" + text).encode("latin-1"))
    with pytest.raises(InvalidBarStrategy, match=r"in UTF-8, found the byte 0xe9 at .*; save"):
        strategies_of(path)
    for data in (text.encode("utf-8-sig"), text.replace("\n", "\r\n").encode()):
        path.write_bytes(data)
        assert list(strategies_of(path)) == ["a"]


def test_what_a_file_prints_goes_to_standard_error(file, capsys):
    printing = """
print("loaded")
@signal_strategy(name="a", warmup=lambda p: 1)
def a(bars, p):
    print("called", end="")
"""
    strategy_of(file(printing)).written(None, None)
    assert capsys.readouterr() == ("", "loaded\ncalled")


def test_a_file_that_is_loaded_anew_has_forgotten_all_and_so_have_its_modules(
    file, tmp_path, monkeypatch
):
    (tmp_path / "kept_beside.py").write_text("calls = []\n")
    monkeypatch.syspath_prepend(tmp_path)
    counting = """
import json, kept_beside
calls = []
@signal_strategy(name="a", warmup=lambda p: 1)
def a(bars, p):
    calls.append(1)
    kept_beside.calls.append(1)
    return len(calls), len(kept_beside.calls), json
"""
    fresh = Reloaded(file(counting))
    one, other = fresh(), fresh()
    assert one.written(None, None)[:2] == (1, 1)
    assert one.written(None, None)[:2] == (2, 2)
    assert other.written(None, None)[:2] == (1, 1)
    assert fresh().written(None, None) == (1, 1, json)
    monkeypatch.delitem(sys.modules, "kept_beside")
