"""The commands over bars that the README shows, as they stand there."""

import re
import shlex
import shutil
from pathlib import Path

from forven.market.bars.synthetic import random_bars
from forven.market.calendar import trading_calendar
from forven.market.catalog import Catalog
from forven.market.synthetic.dataset import FIRST_SYNTHETIC_DAY, synthesize, synthetic_sessions
from forven.market.synthetic.spec import SyntheticSpec
from forven.strategies.examples import examples_folder

README = Path(__file__).resolve().parents[2] / "README.md"


def commands() -> list[str]:
    """Return the command lines of the section on bars and sweeps."""
    section = README.read_text("utf-8").split("## Bars and sweeps")[1].split("## ")[0]
    block = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert block is not None
    return block[1].splitlines()


def candles() -> str:
    """Return a file as many sources write them: a time of opening, prices and a volume."""
    bars = random_bars(500, 3)
    prices = [bars.floats(name) for name in ("open", "high", "low", "close", "volume")]
    rows = zip((bars.ends_ns // 1_000_000_000 - 3_600).tolist(), *prices, strict=True)
    lines = [",".join(str(value) for value in row) for row in rows]
    return "\n".join(["timestamp,open,high,low,close,volume", *lines, ""])


def test_every_command_over_bars_does_what_it_says(here, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "candles.csv").write_text(candles())
    shutil.copytree(examples_folder(), tmp_path / "examples")
    sessions = synthetic_sessions(trading_calendar(), FIRST_SYNTHETIC_DAY, 8)
    spec = SyntheticSpec(seed=7, frame_seconds=60)
    synthesize(Catalog(tmp_path), "mine", spec, sessions, lambda day: None)
    lines = commands()
    assert len(lines) >= 6
    for line in lines:
        program, *words = shlex.split(line)
        done = here(tmp_path, *words)
        assert (program, done.status) == ("forven", 0), f"{line}: {done.err}"
        assert done.out
    assert (tmp_path / "sweep.html").stat().st_size > 1_000_000
    assert (tmp_path / "report.html").stat().st_size > 1_000_000
