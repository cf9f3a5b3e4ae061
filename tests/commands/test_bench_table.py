from forven.commands.bench_table import print_results


def test_the_table_names_work_once_and_warns_of_a_busy_machine(capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    row = {
        "label": "some work",
        "kind": "ours",
        "value": 5.0,
        "unit": "things/s",
        "seconds_median": 1.0,
        "seconds_min": 1.0,
        "seconds_max": 1.0,
        "rounds": 1,
        "cold_seconds": 2.5,
        "ratios": [{"to": "b", "kind": "speed", "ratio": 2.0}],
        "digest": "a" * 64,
    }
    print_results(
        {
            "forven": "1",
            "size": "tiny",
            "machine": {"cpu": "c", "cores": 2, "python": "p"},
            "rows": [{**row, "entrant": "rust"}, {**row, "entrant": "numba"}],
            "missing": [{"label": "some work", "entrant": "c", "reason": "run `make c`"}],
            "load": [3.0, 3.0],
        }
    )
    shown = capsys.readouterr().out
    assert shown.count("some work") == 1
    assert "2.00 x the speed of b" in shown
    assert "2.5 s" in shown
    assert "c: no rows: run `make c`" in shown
    assert "load average was 3.00" in shown
