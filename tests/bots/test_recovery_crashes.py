"""A host killed anywhere, any number of times: nothing lost, nothing doubled, not a byte different.

The killing is done by `soak.py` in a process of its own, which forks hosts and kills them.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

KILLS = int(os.environ.get("FORVEN_TEST_KILLS", "100"))
BOTS = 50
LIVE_MEDIAN_S = 10.0
"""A restart of fifty bots takes some 0.1 s; what loses its way takes minutes."""
LIMIT_S = 900


def soaked(folder: Path, *arguments: str) -> str:
    """Run a soak to its end and return what it reports."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bots.soak", "--folder", str(folder), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_host_killed_at_random_moments_leaves_what_an_undisturbed_one_does(tmp_path):
    told = soaked(tmp_path, "--kills", str(KILLS), "--bots", str(BOTS))
    print(told)
    words = r"(\d+) kills, (\d+) tapes torn, (\d+) told; restart to live p50 ([0-9.]+) s"
    kills, torn, tears_told, median = re.match(words, told).groups()
    assert int(kills) >= 0.3 * KILLS  # the days may end before the last kill
    assert int(tears_told) >= int(torn) // 2 > 0  # a tear after a day's last frame has none to tell
    assert float(median) < LIVE_MEDIAN_S


def test_a_host_killed_at_every_named_point_leaves_what_an_undisturbed_one_does(tmp_path):
    told = soaked(tmp_path, "--points", "1", "3", "--bots", "4")
    assert told.startswith("16 kills")
