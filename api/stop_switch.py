"""How a route asks the server to stop: one switch, shared by the application and `serve`."""

import threading
from collections.abc import Callable


class StopSwitch:
    """Turned once, from any thread; whoever waits for it is called at once, or when it comes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turned = False
        self._actions: list[Callable[[], None]] = []

    @property
    def turned(self) -> bool:
        """Whether the server was asked to stop."""
        return self._turned

    def turn(self) -> None:
        """Ask the server to stop gracefully; asking again changes nothing."""
        with self._lock:
            if self._turned:
                return
            self._turned = True
            actions = self._actions
            self._actions = []
        for action in actions:
            action()

    def on_turn(self, action: Callable[[], None]) -> None:
        """Call `action` when the switch is turned, now if it was."""
        with self._lock:
            if not self._turned:
                self._actions.append(action)
                return
        action()
