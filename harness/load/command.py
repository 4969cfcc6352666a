"""`dryclose load` on the command line."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click

from harness.errors import UsageError
from harness.load.options import DEFAULT_MASTER_PORT, LoadOptions
from harness.stage.options import Network

EPILOG = (
    "Exit codes: 0 every limit held and every document was posted once, 1 a limit was missed or a document was not handled right, "
    "2 not enough evidence (the generator or the mock was the bottleneck), 3 usage or configuration, 4 internal error, 130 interrupted."
)
_PATH = click.Path(path_type=Path)


@click.command(name="load", epilog=EPILOG)
@click.option("--profile", default="smoke", show_default=True, help="smoke, month-end, quarter-end, stress, or path of a profile file.")
@click.option("--seed", type=click.IntRange(min=0), help="Repeat a load's documents and arrivals; drawn and printed when left out.")
@click.option("--connector", type=_PATH, help="connector.toml of the connector to load.  [default: the reference engine]")
@click.option("--attach", multiple=True, metavar="URL", help="Load a world that runs already: its control port, on this machine.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Locust processes that send.")
@click.option("--find-knee", is_flag=True, help="Raise the rate until a limit breaks, and print the sustainable one.")
@click.option("--master", is_flag=True, help="Wait for --workers senders that others start with `dryclose load --worker`.")
@click.option("--worker", is_flag=True, help="Send for a master elsewhere; nothing else is needed here.")
@click.option("--master-host", default="127.0.0.1", show_default=True, help="Where the master listens, or is found.")
@click.option("--master-port", type=click.IntRange(1024, 65535), help="Port of the master.  [default: 5557 with --master and --worker]")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address on which the mock systems listen.")
@click.option("--public-host", help="Name under which the senders and the connector reach them, when that is another one.")
@click.option("--out", type=_PATH, help="The run directory itself.  [default: runs/<run id>]")
@click.option("--quiet", is_flag=True, help="Print the summary only.")
def load(**given: Any) -> int:
    """Load: a month's end in two minutes, over HTTP, and the same judge over what came of it.

    People's documents arrive as on a close day, with ERP maintenance in the deadline hour; latency counts from the scheduled time.
    """
    from harness.stage.loop import run_until_done  # noqa: PLC0415

    _agree(**{name: bool(given[name]) for name in ("attach", "connector", "master", "worker", "find_knee")})
    master, worker = given.pop("master"), given.pop("worker")
    network = Network(host=given.pop("host"), public_host=given.pop("public_host"))
    if master:
        given |= {"remote": given["workers"], "master_port": given["master_port"] or DEFAULT_MASTER_PORT}
    return run_until_done(_chosen(LoadOptions(**given, network=network), worker=worker))


def _agree(*, attach: bool, connector: bool, master: bool, worker: bool, find_knee: bool) -> None:
    """Options that exclude each other."""
    for both, why in (
        (attach and connector, "--connector and --attach exclude each other: an attached world has its connector already"),
        (master and worker, "--master and --worker exclude each other: start them in two processes"),
        (master and find_knee, "--find-knee needs its senders on this machine: leave --master out"),
        (attach and find_knee, "--find-knee needs a world of its own: leave --attach out"),
        (worker and (attach or connector), "--worker only sends; what and where, the master says"),
    ):
        if both:
            raise UsageError(why)


def _chosen(options: LoadOptions, *, worker: bool) -> Coroutine[Any, Any, int]:
    """Which of the three this is."""
    if worker:
        from harness.load.worker import work  # noqa: PLC0415

        return work(options)
    if options.attach:
        from harness.load.attach import load_attached  # noqa: PLC0415

        return load_attached(options)
    from harness.load.play import load as load_own  # noqa: PLC0415

    return load_own(options)
