"""The report page: offline, safe with hostile names, whole or not at all, and it runs."""

import errno
import json
import os
import re
import shutil
import subprocess
from html import escape
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from forven.primitives.errors import CannotWrite
from forven.research.report.assembly import plotting_library
from forven.research.report.page import report_html
from tests.research.conftest import SPREAD, run

HOSTILE = "</script><script>alert(1)</script>"
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)


class Markup(HTMLParser):
    """Collects tags, what they would load, and the text of the data element."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loaded: list[tuple[str, str]] = []
        self.data = ""
        self.title = ""
        self.policy = ""
        self._inside = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self._inside = given.get("id", tag)
        self.loaded += [
            (tag, name) for name in given if name in ("src", "href", "srcset", "action")
        ]
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside == "data":
            self.data += data
        if self._inside == "title":
            self.title += data


def parsed(html: str) -> Markup:
    markup = Markup()
    markup.feed(html)
    return markup


@pytest.fixture(scope="module")
def page(spread):
    return report_html(spread)


@pytest.fixture(scope="module")
def hostile_page(catalog):
    strategy = SPREAD | {"name": HOSTILE, "description": "<img src=x onerror=alert(2)> & <b>"}
    return report_html(run(catalog, strategy=strategy, last_day="2024-01-03"))


def test_the_page_loads_nothing(page):
    markup = parsed(page)
    assert markup.loaded == []
    assert not {"link", "iframe", "img", "object", "embed", "base"} & set(markup.tags)
    assert markup.policy.startswith("default-src 'none'")
    assert "http" not in markup.policy


def test_our_own_markup_style_and_scripts_name_no_address():
    for part in files("forven.research.report").iterdir():
        if part.name.endswith((".html", ".css", ".js")):
            text = part.read_text("utf-8")
            assert not re.search(r"https?:|//[a-z]+\.|url\(|@import|fetch\(|XMLHttp", text), (
                part.name
            )


def test_hostile_names_stay_text(hostile_page):
    markup = parsed(hostile_page)
    assert hostile_page.count("<script") - plotting_library().count("<script") == 3
    assert HOSTILE not in hostile_page
    assert markup.title == f"{HOSTILE}: backtest"
    assert escape(HOSTILE) in hostile_page
    assert json.loads(markup.data)["title"] == HOSTILE
    assert "<img" not in hostile_page.replace(plotting_library(), "")


def test_the_scripts_never_write_markup():
    for part in files("forven.research.report").iterdir():
        if part.name.endswith(".js"):
            text = part.read_text("utf-8")
            assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", text)


def test_the_page_says_its_size_and_how_to_make_it_again(page, spread):
    stated = float(re.search(r"One file of ([0-9.]+) MB", page).group(1))
    assert stated == pytest.approx(len(page.encode()) / 1e6, abs=0.15)
    commands = json.loads(parsed(page).data)["provenance"]["commands"]
    assert commands == list(spread.provenance.commands)


def test_the_same_result_gives_the_same_bytes(catalog, page):
    assert report_html(run(catalog, jobs=2)) == page


def test_a_year_of_sessions_stays_a_page_that_opens(page, spread):
    """What grows with the sessions, times 21, beside the library that does not."""
    grown = len(page) - len(plotting_library())
    assert 250 / len(spread.records) * grown < 5_000_000


def test_a_full_disk_leaves_the_old_report(spread, tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old")

    def full(self, content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CannotWrite, match=r"report\.html: could not be written \(No space left"):
        spread.write_report(path)
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.skipif(CHROMIUM is None, reason="needs a chromium in PATH")
@pytest.mark.parametrize("kind", ["ordinary", "hostile", "idle"])
def test_a_browser_draws_the_page_to_its_end(kind, page, hostile_page, tuesdays, tmp_path):
    html = {"ordinary": page, "hostile": hostile_page, "idle": report_html(tuesdays)}[kind]
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
    shown = done.stdout
    assert 'data-ready="yes"' in shown
    assert shown.count('class="main-svg"') >= 8, "two layers of each of four charts"
    assert "onerror=" not in re.sub(r"<script.*?</script>", "", shown, flags=re.DOTALL).replace(
        "&lt;img src=x onerror=alert(2)&gt;", ""
    )
