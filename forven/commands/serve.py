"""`forven serve`: run bots on a feed, behind the HTTP API, until it is stopped."""

import click

from forven.commands.lazy import load

_KERNELS = ("session.advance", "frames.fill_quotes")


@click.command("serve")
@click.option("--feed", help="replay:DATASET, synthetic:SEED, or socket:PATH. [FORVEN_FEED]")
@click.option("--speed", help="Replayed seconds per second, or max. [FORVEN_FEED_SPEED, 1]")
@click.option("--from", "first_day", metavar="DATE", help="The feed's first trading day.")
@click.option("--to", "last_day", metavar="DATE", help="The feed's last trading day.")
@click.option(
    "--hold/--no-hold",
    default=True,
    show_default=True,
    help="Let a replayed day wait at its open for its first session.",
)
@click.option("--host", help="Address to listen at. [FORVEN_BIND_HOST, 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen at. [FORVEN_PORT, 8003]")
def command(**asked: object) -> None:
    """Run paper bots on a feed of live ticks, behind the HTTP API (docs/API.md).

    Ctrl-C stops gracefully: open sessions go on where they were when the server starts again.
    """
    load("forven.commands.serve_run", *_KERNELS).run(asked)
