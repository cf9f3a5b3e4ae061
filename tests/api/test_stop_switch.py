"""The switch is turned once, and nobody who waits for it is forgotten."""

from api.stop_switch import StopSwitch


def test_actions_run_once_when_the_switch_is_turned_and_at_once_afterwards() -> None:
    switch, done = StopSwitch(), []
    switch.on_turn(lambda: done.append("first"))
    assert (switch.turned, done) == (False, [])
    switch.turn()
    switch.turn()
    switch.on_turn(lambda: done.append("late"))
    assert (switch.turned, done) == (True, ["first", "late"])
