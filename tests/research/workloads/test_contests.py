from dataclasses import replace

import pytest

from forven.research.workloads.contests import Contest, take_all
from forven.research.workloads.entrants import FLOOR, PEER
from forven.research.workloads.rows import NANOSECONDS, RATE, SPEED, TIME
from forven.research.workloads.sizes import BenchmarkFailed


def contest(*entrants, **options) -> Contest:
    given = {"unit": "things/s", "form": RATE, "rounds": 2, **options}
    return Contest(workload="work", label="some work", entrants=entrants, **given)


def taken(*entrants, **options):
    seen: list[str] = []
    taking = take_all([contest(*entrants, **options)], seen.append)
    return taking, seen


def test_rounds_alternate_and_the_first_is_not_counted(player) -> None:
    taking, seen = taken(player("a"), player("b", PEER))
    assert seen == ["work: a", "work: b"] * 3
    assert [row.samples for row in taking.rows] == [[2.0, 3.0]] * 2
    assert [row.entrant for row in taking.rows] == ["a", "b"]
    assert taking.versions == {"a": {"player": "1"}, "b": {"player": "1"}}


def test_the_steps_of_a_contest_are_the_times_an_observer_is_told(player) -> None:
    one = contest(player("a"), player("b"))
    assert one.steps == len(taken(player("a"), player("b"))[1])


def test_a_contest_without_further_rounds_counts_its_first(player) -> None:
    row = taken(player("a"), rounds=0)[0].rows[0]
    assert row.samples == [1.0]
    assert row.value == 10.0


def test_where_every_round_is_a_process_the_first_counts_and_is_not_called_cold(player) -> None:
    row = taken(player("a"), is_first_counted=True)[0].rows[0]
    assert row.samples == [1.0, 2.0, 3.0]
    assert row.cold_seconds is None


def test_a_figure_is_a_rate_or_nanoseconds_a_unit(player) -> None:
    assert taken(player("a"))[0].rows[0].value == pytest.approx(10 / 2.5)
    row = taken(player("a"), form=NANOSECONDS)[0].rows[0]
    assert row.value == pytest.approx(2.5e9 / 10)


def test_ratios_are_of_times_to_floors_and_of_speeds_to_others_by_unit(player) -> None:
    rows = taken(
        player("rust", seconds=1.0),
        player("numba", seconds=2.0),
        player("floor", FLOOR, seconds=0.5),
        player("peer", PEER, seconds=1.0, units=1),
    )[0].rows
    found = {(one.to, one.kind): one.ratio for one in rows[0].ratios}
    assert found == pytest.approx(
        {("floor", TIME): 2.0, ("peer", SPEED): 10.0, ("numba", SPEED): 2.0}
    )
    assert {one.to for one in rows[1].ratios} == {"floor", "peer"}
    assert rows[2].ratios == rows[3].ratios == []


def test_a_round_with_another_digest_is_refused(player) -> None:
    with pytest.raises(BenchmarkFailed, match="expected its rounds to agree"):
        taken(player("a", says=["x", "x", "y"]))


def test_two_backends_with_different_digests_are_refused(player) -> None:
    with pytest.raises(BenchmarkFailed, match=r"every backend to agree.*by a and .*by b"):
        taken(player("a", says=["x"]), player("b", says=["y"]))


def test_a_peer_may_have_another_digest_but_must_agree_on_the_part_it_shares(player) -> None:
    taken(player("a", agreements={"fills": "1"}), player("b", PEER, says=["y"]))
    with pytest.raises(BenchmarkFailed, match="everybody to agree on fills"):
        taken(
            player("a", agreements={"fills": "1"}),
            player("b", PEER, says=["y"], agreements={"fills": "2"}),
        )


def test_an_entrant_may_take_part_in_fewer_rounds(player) -> None:
    fewer = player("b", PEER)
    object.__setattr__(fewer, "rounds", 1)
    taking, seen = taken(player("a"), fewer)
    assert seen == ["work: a", "work: b", "work: a", "work: b", "work: a"]
    assert [len(row.samples) for row in taking.rows] == [2, 1]


def test_two_entrants_of_one_script_and_environment_keep_their_own_settings(player) -> None:
    one = replace(player("a", says=["x"]), environment={})
    other = replace(player("b", PEER, says=["y"], seconds=5.0), environment={})
    rows = taken(one, other)[0].rows
    assert rows[0].digest != rows[1].digest
    assert [row.samples for row in rows] == [[2.0, 3.0], [10.0, 15.0]]
