"""A server process for tests of its start and end: `python -m tests.api.served_process LOG`.

GET /slow answers after 0.6 s, GET /never does not, GET /stop turns the switch. With `--fail` the
application does not start. The log file gets a line when the application starts, when it is asked
for a slow answer, when that is done and when the application has stopped.
"""

import asyncio
import sys
from pathlib import Path

from starlette.types import Receive, Scope, Send

from api.serve import serve
from api.settings import Settings
from api.stop_switch import StopSwitch
from forven.primitives.errors import ForvenError


class Slow:
    """An application that takes its time, also to stop."""

    def __init__(self, log: Path, switch: StopSwitch) -> None:
        self._log = log
        self._switch = switch

    def note(self, text: str) -> None:
        with self._log.open("a") as file:
            file.write(text + "\n")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            if "--fail" in sys.argv:
                await send({"type": "lifespan.startup.failed", "message": "no host today"})
                return
            self.note("started")
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await asyncio.sleep(0.3)
            self.note("stopped")
            await send({"type": "lifespan.shutdown.complete"})
            return
        if scope["path"] in {"/slow", "/never"}:
            self.note("asked")
        if scope["path"] == "/slow":
            await asyncio.sleep(0.6)
            self.note("answered")
        if scope["path"] == "/never":
            await asyncio.sleep(60)
        if scope["path"] == "/stop":
            self._switch.turn()
        body = b'{"status":"ok","service":"forven"}'
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})


def main() -> int:
    """Serve until told to stop; print what is announced."""
    switch = StopSwitch()
    application = Slow(Path(sys.argv[1]), switch)
    try:
        serve(Settings.load(), application, switch, lambda text: print(text, flush=True))
    except ForvenError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
