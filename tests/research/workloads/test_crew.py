import pytest

from forven.research.workloads.crew import Crew
from forven.research.workloads.option_day import day_bots


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_bots_keep_their_order_and_their_journals_on_any_number_of_threads(
    day_settings, threads: int
) -> None:
    bots = day_bots(day_settings)[0]

    def digests(threads: int) -> tuple[list[str], int]:
        with Crew(bots.day, bots.plans, bots.cash, threads) as crew:
            crew.advance(20)
            crew.advance(bots.day.frame_count)
            return [result.digest for result in crew.results()], crew.state_bytes

    assert digests(threads) == digests(1)
