"""What a saved program is, shown to a reader."""

from forven.strategies.saved import read_program
from forven.strategies.snapshot import snapshot_of
from tests.strategies.documents import SPREAD


def test_a_structured_program_is_shown_with_its_sentences():
    strategy = read_program("structured", SPREAD)
    snapshot = snapshot_of(strategy)
    assert snapshot["source_hash"] == strategy.hash
    assert snapshot["kind"] == "structured"
    assert snapshot["says"][0].startswith("Leg 0: Sell 1 put")
    assert read_program("structured", snapshot["config"]).hash == strategy.hash


def test_a_script_is_shown_as_its_text():
    strategy = read_program("script", "class Quiet:\n    def on_frame(self, ctx):\n        pass\n")
    snapshot = snapshot_of(strategy)
    assert snapshot["says"] == ["Runs the class Quiet of a script."]
    assert read_program("script", snapshot["source"]).hash == snapshot["source_hash"]
