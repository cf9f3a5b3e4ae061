"""A measurement: the same work by several entrants in turn, and how they stand beside each other.

Round by round, so that all of them meet the same machine; results that must agree are compared.
"""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial

from forven.research.workloads.entrants import OURS, Entrant, Process
from forven.research.workloads.rows import Row, figure_of, paired_ratio
from forven.research.workloads.sizes import BenchmarkFailed
from forven.research.workloads.taken import Taken

Observer = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """One piece of work and who does it.

    unit, form         of the figure, as in `rows.figure_of`
    rounds             beyond the first, which loads and warms
    is_first_counted   the first round is as good as any other: every round is a process of its own
    missing            who should take part and cannot, and why
    """

    workload: str
    label: str
    unit: str
    form: str
    rounds: int
    entrants: tuple[Entrant, ...]
    is_first_counted: bool = False
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """How often an observer is told of something done."""
        return sum(1 + self.rounds_of(entrant) for entrant in self.entrants)

    def rounds_of(self, entrant: Entrant) -> int:
        """Return how many of the rounds an entrant takes part in."""
        return self.rounds if entrant.rounds is None else min(entrant.rounds, self.rounds)


@dataclass(slots=True, kw_only=True)
class _Race:
    """An entrant's process, and what it has done in a contest."""

    process: Process
    first: Taken
    cold: float | None
    rounds: list[Taken] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Taking:
    """The rows of contests, and of each entrant the versions of what it ran."""

    rows: list[Row] = field(default_factory=list)
    versions: dict[str, dict[str, str]] = field(default_factory=dict)


def take_all(contests: Iterable[Contest], observer: Observer) -> Taking:
    """Take contests one after the other, processes kept from one to the next.

    Processes of a workload end with it, so that none of them holds memory in the next one.
    """
    taking = Taking()
    by_workload: dict[str, list[Contest]] = {}
    for contest in contests:
        by_workload.setdefault(contest.workload, []).append(contest)
    for own in by_workload.values():
        with ExitStack() as stack:
            processes: dict[tuple[str, ...], Process] = {}
            for contest in own:
                for entrant in contest.entrants:
                    if entrant.process_key not in processes:
                        process = processes[entrant.process_key] = Process(entrant)
                        stack.callback(process.close)
                    taking.versions[entrant.name] = processes[entrant.process_key].versions
                taking.rows += take(contest, processes, observer)
    return taking


def take(
    contest: Contest, processes: dict[tuple[str, ...], Process], observer: Observer
) -> list[Row]:
    """Return the rows of one contest; BenchmarkFailed if two results differ that must not."""
    races: dict[str, _Race] = {}
    for entrant in contest.entrants:
        process = processes[entrant.process_key]
        first, cold = process.open(entrant.settings)
        races[entrant.name] = _Race(process=process, first=first, cold=cold)
        observer(f"{contest.workload}: {entrant.name}")
    for number in range(contest.rounds):
        for entrant in contest.entrants:
            race = races[entrant.name]
            if number < contest.rounds_of(entrant):
                race.rounds.append(race.process.round())
                observer(f"{contest.workload}: {entrant.name}")
    check_digests(contest, {name: [race.first, *race.rounds] for name, race in races.items()})
    rows = [_row(contest, entrant, races[entrant.name]) for entrant in contest.entrants]
    return [_with_ratios(row, rows) for row in rows]


def check_digests(contest: Contest, taken: dict[str, list[Taken]]) -> None:
    """Refuse a contest in which a round, a backend or a peer computed something else."""
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    for entrant in contest.entrants:
        for one in taken[entrant.name]:
            claims = {("its rounds", entrant.name): one.digest}
            if entrant.kind == OURS:
                claims["every backend", ""] = one.digest
            claims |= {("everybody", part): digest for part, digest in one.agreements.items()}
            for claim, digest in claims.items():
                who, known = seen.setdefault(claim, (entrant.name, digest))
                if digest != known:
                    raise BenchmarkFailed(
                        f"{contest.label}: expected {claim[0]} to agree{' on ' * bool(claim[1])}"
                        f"{claim[1]}, found {known} by {who} and {digest} by {entrant.name}"
                    )


def _row(contest: Contest, entrant: Entrant, race: _Race) -> Row:
    """Return the row of one entrant, without ratios."""
    is_counted = contest.is_first_counted or not race.rounds
    counted = [race.first, *race.rounds] if is_counted else race.rounds
    samples = [one.seconds for one in counted]
    units = counted[-1].units
    if any(one.units != units for one in counted):
        raise BenchmarkFailed(f"{contest.label}: expected {entrant.name} to do as much each round")
    details = {**counted[-1].details, "rss_peak_bytes": float(race.process.rss_peak_bytes)}
    return Row(
        workload=contest.workload,
        label=contest.label,
        entrant=entrant.name,
        kind=entrant.kind,
        value=figure_of(contest.form, samples, units),
        unit=contest.unit,
        samples=samples,
        units=units,
        cold_seconds=None if contest.is_first_counted else race.cold,
        digest=counted[-1].digest,
        details=details,
    )


def _with_ratios(row: Row, rows: list[Row]) -> Row:
    """Return one of our rows with its ratios to all others; any other row as it is.

    Of two backends the first is put beside the other.
    """
    if row.kind != OURS:
        return row
    ours = [other for other in rows if other.kind == OURS]
    others = [other for other in rows if other.kind != OURS]
    if row is ours[0]:
        others += ours[1:]
    return replace(row, ratios=list(map(partial(paired_ratio, row), others)))
