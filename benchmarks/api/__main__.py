"""`python -m benchmarks.api`: the floor, then a server with a thousand bots; a table and a file."""

import json
import os
from pathlib import Path
from typing import Any

import click

from benchmarks.api.measuring import Sizes, floors, thousand_bots
from benchmarks.field import ROOT
from forven.primitives.storage import write_whole

OUTPUT = ROOT / "build" / "bench" / "api.json"
TARGET_SHARE = 0.7
TARGET_P99_MS = 10.0


def rows_of(results: dict[str, Any]) -> list[str]:
    """Return the results as lines, each beside what it is measured against."""
    lines = [f"{'':24}{'per second':>12}{'p50 ms':>10}{'p99 ms':>10}"]
    floor, bots = results.get("floor", {}), results.get("bots", {})
    lines += [_load_line(f"floor {name}", load) for name, load in floor.items()]
    for name, load in bots.get("reads", {}).items():
        lines.append(_load_line(f"bots: {name}", load))
    for name in ("quiet", "sockets"):
        if name in bots:
            frames = bots[name]
            lines.append(
                f"{name:24}frames p50 {frames['frame_p50_ms']} ms, "
                f"p99 {frames['frame_p99_ms']} ms, speed {frames['speed']}, "
                f"{frames['resident_mb']} MB, {frames['processor_share']} processors"
            )
    if floor and "reads" in bots:
        share = bots["reads"]["bot"]["per_second"] / floor["hello"]["per_second"]
        paced = bots["reads"]["positions_paced"]["p99_ms"]
        lines.append(f"small read beside the floor: {share:.0%} (aim {TARGET_SHARE:.0%})")
        lines.append(f"positions p99: {paced} ms (aim {TARGET_P99_MS:.0f} ms)")
    return lines


def _load_line(name: str, load: dict[str, Any]) -> str:
    """Return a load as a line."""
    wrong = f"  {load['not_200']} not 200" if load["not_200"] else ""
    return f"{name:24}{load['per_second']:>12,}{load['p50_ms']:>10}{load['p99_ms']:>10}{wrong}"


@click.command("api")
@click.option("--bots", default=Sizes().bots, show_default=True)
@click.option("--speed", default=Sizes().speed, show_default=True, help="Of the feed.")
@click.option("--seconds", default=Sizes().seconds, show_default=True, help="For each load.")
@click.option("--clients", default=Sizes().clients, show_default=True, help="Sockets, 0: none.")
@click.option("--deaf", default=Sizes().deaf, show_default=True, help="Of them, that never read.")
@click.option("--floor/--no-floor", default=True)
@click.option("--output", type=click.Path(path_type=Path), default=OUTPUT, show_default=True)
def main(output: Path, floor: bool, **sizes: Any) -> None:
    """Measure the API beside its framework's floor, on a machine that does nothing else."""
    os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / "build" / "kernels"))
    asked = Sizes(**sizes)
    results: dict[str, Any] = {"processors": os.cpu_count(), "asked": sizes}
    if floor:
        results["floor"] = floors(asked)
    if asked.bots:
        results["bots"] = thousand_bots(asked)
    output.parent.mkdir(parents=True, exist_ok=True)
    write_whole(output, (json.dumps(results, indent=1) + "\n").encode())
    click.echo("\n".join(rows_of(results)))


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.api")
