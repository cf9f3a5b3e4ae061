"""The report of a run over bars: offline, safe with hostile texts, whole or not at all."""

import errno
import json
import os
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from forven.primitives.errors import CannotWrite
from forven.research.report.assembly import plotting_library
from forven.research.runs.report import report_html
from tests.research.report.test_page import CHROMIUM, parsed
from tests.research.runs.backtests import HOSTILE, crossed, ran

NODE = shutil.which("node")


@pytest.fixture(scope="module")
def page():
    return report_html(crossed())


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / "own.py"
    path.write_text(
        "from forven.strategies.bars.writing import Rules, bar_strategy\n"
        f"@bar_strategy(name={HOSTILE!r}, family='own', rule='<img src=x onerror=alert(2)>',\n"
        "              source='s')\n"
        "def own(market, p):\n"
        "    return Rules(enter_long=market.close > market.open)\n"
    )
    return report_html(ran(strategy=path, train_pct=None))


def test_the_page_loads_nothing(page) -> None:
    markup = parsed(page)
    assert markup.loaded == []
    assert not {"link", "iframe", "img", "object", "embed", "base"} & set(markup.tags)
    assert markup.policy.startswith("default-src 'none'") and "http" not in markup.policy
    for part in files("forven.research.runs").iterdir():
        if part.name.endswith((".html", ".js")):
            text = part.read_text("utf-8")
            assert not re.search(r"https?:|url\(|@import|fetch\(|XMLHttp", text)
            assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", text)


def test_hostile_names_stay_text(hostile_page) -> None:
    markup = parsed(hostile_page)
    assert HOSTILE not in hostile_page
    assert hostile_page.count("<script") - plotting_library().count("<script") == 3
    assert json.loads(markup.data)["name"] == HOSTILE
    assert "<img" not in hostile_page.replace(plotting_library(), "")


def test_every_element_that_the_script_fills_is_there(page) -> None:
    script = files("forven.research.runs").joinpath("report.js").read_text("utf-8")
    asked = set(re.findall(r'(?:byId|fillTable|newPlot)\("([a-z-]+)"', script))
    assert len(asked) > 10
    assert asked <= set(re.findall(r'\bid="([a-z-]+)"', page.split("<script")[0]))


def test_the_same_result_gives_the_same_bytes(page) -> None:
    assert report_html(ran(policy={"sizing_mode": "full"})) == page


def test_a_full_disk_leaves_the_old_report(tmp_path, monkeypatch) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")

    def full(self, content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CannotWrite, match="No space left"):
        crossed().write_report(path)
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.skipif(NODE is None, reason="needs node in PATH")
def test_the_script_is_sound(tmp_path) -> None:
    path = tmp_path / "page.js"
    parts = [files("forven.research.report"), files("forven.research.runs")]
    names = ["elements.js", "report.js"]
    path.write_text("\n".join(p.joinpath(n).read_text() for p, n in zip(parts, names, strict=True)))
    done = subprocess.run([NODE, "--check", str(path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(CHROMIUM is None, reason="needs a chromium in PATH")
@pytest.mark.parametrize("kind", ["ordinary", "hostile", "idle"])
def test_a_browser_draws_the_page_to_its_end(kind, page, hostile_page, tmp_path) -> None:
    idle = {"policy": {"sizing_mode": "fixed", "fixed_size": "0.000001"}}
    html = {"ordinary": page, "hostile": hostile_page}.get(kind) or report_html(ran(**idle))
    path = tmp_path / "report.html"
    path.write_text(html, "utf-8")
    switches = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync"
    quiet = "--disable-background-networking --disable-component-update --virtual-time-budget=3000"
    done = subprocess.run(
        [CHROMIUM, *switches.split(), *quiet.split(), f"--user-data-dir={tmp_path / 'profile'}",
         "--dump-dom", path.as_uri()],
        capture_output=True,
        text=True,
        timeout=90,
    )  # fmt: skip
    assert 'data-ready="yes"' in done.stdout
