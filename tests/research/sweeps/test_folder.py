"""What a kill, an editor or another process may have done to a sweep's folder."""

import json
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from forven.research.sweeps import plan as plan_module
from forven.research.sweeps.folder import OtherSweep, SweepFolder, UnsoundSweep
from forven.research.sweeps.lock import FolderInUse
from forven.research.sweeps.results import SweepResults
from forven.research.sweeps.running import Here, SweepRun, run_sweep
from tests.research.sweeps.plans import plan_of


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "a swéep"


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(plan_module, "CHUNK_RUNS", 9)


class Stopped(Exception):
    """Stands for a kill."""


def swept(folder=None, observer=None):
    return run_sweep(plan_of(), SweepRun(workers=Here(), folder=folder, observer=observer))


def unsealed(folder) -> dict:
    """Take the digest out of the manifest, as it is between the results and the digest."""
    path = folder / "sweep.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({name: manifest[name] for name in ("plan_hash", "plan")}))
    return manifest


@pytest.mark.parametrize("step", ["join_parts", "write_manifest", "clear_parts", "write_part"])
@pytest.mark.parametrize("is_after", [False, True])
def test_a_sweep_killed_before_or_after_any_write_ends_the_same(
    folder, monkeypatch, step, is_after
) -> None:
    wanted = swept().digest
    write = getattr(SweepFolder, step)
    seen = []

    def stopping(self, *arguments):
        last = 2 if step in ("write_manifest", "write_part") else 1
        seen.append(step)
        if is_after or len(seen) < last:
            write(self, *arguments)
        if len(seen) == last:
            raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(SweepFolder, step, stopping)
        with pytest.raises(Stopped):
            swept(folder)
    assert swept(folder).digest == wanted
    assert sorted(path.name for path in folder.iterdir()) == [
        "results.parquet", "sweep.json", "sweep.lock",
    ]  # fmt: skip


def test_results_without_a_digest_and_without_parts_are_taken_up(folder) -> None:
    wanted = swept(folder).digest
    unsealed(folder)
    ran = []
    assert swept(folder, lambda number, _: ran.append(number)).digest == wanted
    assert not ran
    assert json.loads((folder / "sweep.json").read_text())["digest"] == wanted


def test_results_without_a_digest_that_are_torn_or_of_other_parts_are_made_anew(folder) -> None:
    wanted = swept(folder).digest
    unsealed(folder)
    whole = (folder / "results.parquet").read_bytes()
    (folder / "results.parquet").write_bytes(whole[: len(whole) // 2])
    assert swept(folder).digest == wanted
    unsealed(folder)
    table = pq.read_table(folder / "results.parquet")
    kept = SweepFolder(folder, plan_of().hash)
    kept.write_part(0, table.slice(0, 9))
    doubled = table.set_column(1, "fast", table["slow"])
    pq.write_table(doubled, folder / "results.parquet")
    ran = []
    assert swept(folder, lambda number, _: ran.append(number)).digest == wanted
    assert ran == [0, 1, 2]


def test_what_a_kill_left_of_a_first_write_does_not_stop_a_sweep(folder) -> None:
    folder.mkdir()
    (folder / ".sweep.json.x1.part").write_text("{")
    (folder / ".results.parquet.x2.part").write_text("PAR1")
    (folder / "sweep.lock").touch()
    assert swept(folder).digest == swept().digest
    assert not list(folder.glob(".*"))


def test_a_flipped_byte_of_a_part_is_noticed(folder) -> None:
    def stop(number, _):
        if number == 1:
            raise Stopped

    with pytest.raises(Stopped):
        swept(folder, stop)
    path = folder / "parts" / "part-000000.parquet"
    torn = bytearray(path.read_bytes())
    torn[200] ^= 1
    path.write_bytes(torn)
    assert swept(folder).digest == swept().digest


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "no plan"),
        ("null", "no plan"),
        ('"x"', "no plan"),
        ('{"plan_hash": "HASH", "plan": []}', "no plan"),
        ('{"plan_hash": "HASH", "plan": null}', "no plan"),
        ('{"plan_hash": 1, "plan": {}}', "no hash"),
        ('{"plan_hash": "HASH", "plan": {"strategy": "other"}}', "changed since"),
        ('{"plan_hash": "HA', "Unterminated string"),
        ("", "Expecting value"),
        ("\xff", "codec"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_manifest_that_is_none_is_told_with_its_mend(folder, text, told) -> None:
    folder.mkdir()
    path = folder / "sweep.json"
    path.write_bytes(text.replace("HASH", plan_of().hash).encode("latin-1"))
    with pytest.raises(UnsoundSweep, match=f"{told}.*delete the folder .* run the same command"):
        swept(folder)
    with pytest.raises(UnsoundSweep, match=told):
        SweepResults.read(folder)
    assert [one.name for one in folder.iterdir()] == ["sweep.json"]


def test_a_second_process_in_the_folder_is_refused(folder) -> None:
    folder.mkdir()
    code = (
        "import sys; from pathlib import Path; from forven.research.sweeps.lock import held\n"
        "with held(Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(folder / "sweep.lock")]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(FolderInUse, match="another process"):
            swept(folder)
    finally:
        other.kill()
        other.communicate()
    assert swept(folder).digest == swept().digest


def test_a_folder_of_other_files_is_not_touched(folder) -> None:
    folder.mkdir()
    (folder / ".letter.part").write_text("mine")
    with pytest.raises(OtherSweep, match="other files"):
        swept(folder)
    assert [path.name for path in folder.iterdir()] == [".letter.part"]
