from forven.research.workloads.rows import (
    RATE,
    SECONDS,
    Ratio,
    Row,
    figure_of,
    figure_text,
    ratios_text,
    seconds_text,
)


def row(**changes) -> dict:
    given = {
        "workload": "w",
        "label": "l",
        "entrant": "e",
        "kind": "ours",
        "value": 12_345.6,
        "unit": "bot-days/s",
        "samples": [3.0, 1.0, 2.0],
        "units": 5.0,
        "cold_seconds": None,
        "digest": "0" * 64,
    }
    return Row(**{**given, **changes}).as_dict()


def test_a_figure_is_that_of_the_median_round() -> None:
    assert figure_of(RATE, [3.0, 1.0, 2.0], 10) == 5.0
    assert figure_of(SECONDS, [3.0, 1.0, 2.0], 10) == 2.0


def test_texts_show_figure_range_and_ratios() -> None:
    assert figure_text(row()) == "12,346 bot-days/s"
    assert seconds_text(row()) == "2 s (1 to 3, 3 rounds)"
    assert seconds_text(row(samples=[2.0])) == "2 s"
    ratios = [
        Ratio(to="day floor", kind="time", ratio=1.934),
        Ratio(to="p", kind="speed", ratio=12),
    ]
    text = "1.93 x the time of day floor; 12.0 x the speed of p"
    assert ratios_text(row(ratios=ratios)) == text
