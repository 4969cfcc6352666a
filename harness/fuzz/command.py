"""`dryclose fuzz` on the command line."""

from pathlib import Path
from typing import Any

import click

from harness.fuzz.options import EXAMPLES, SYSTEMS, FuzzOptions, header_of, seconds_of


@click.command()
@click.option("--system", "systems", multiple=True, type=click.Choice(SYSTEMS), help="Fuzz this one only; may be repeated.  [default: all]")
@click.option("--examples", type=click.IntRange(1, 10_000), default=EXAMPLES, show_default=True, help="Examples for each operation.")
@click.option("--budget", metavar="TIME", help="Go on until this much time is used up: 90s, 10m, 2h; shared by the systems.")
@click.option("--seed", type=click.IntRange(min=0), help="Repeat a run; drawn and printed when left out.")
@click.option("--out", type=click.Path(path_type=Path), help="Where the report goes.  [default: runs/fuzz-<id>]")
@click.option("--url", metavar="URL", help="Fuzz your own connector instead: the address of its OpenAPI document, on this machine.")
@click.option("--header", "headers", multiple=True, metavar="NAME:VARIABLE", help="With --url: a header; value from the environment.")
@click.option("--webhook-secret", metavar="VARIABLE", help="With --url: sign every request as an event, with the secret in this variable.")
@click.option("--quiet", is_flag=True, help="Print the summary only.")
def fuzz(**chosen: Any) -> int:
    """Send what the published documents allow, and what they do not, to every system, and look at each answer and at the books.

    Every mock, the token endpoint, the control port and the reference engine, each in a world of its own; or with --url any OpenAPI
    document of yours. Exits 0 without findings, 1 with findings, 2 when not everything was tried or nothing was accepted.
    """
    systems, headers, budget = chosen.pop("systems"), chosen.pop("headers"), chosen.pop("budget")
    if chosen["url"] is not None and systems:
        raise click.UsageError("--url and --system exclude each other: either one document of yours, or our systems")
    if chosen["url"] is None and headers:
        raise click.UsageError("--header belongs to --url: our own systems need no credentials from you")
    if chosen["url"] is None and chosen["webhook_secret"] is not None:
        raise click.UsageError("--webhook-secret belongs to --url: events to our own engine are signed already")
    options = FuzzOptions(
        systems=tuple(dict.fromkeys(systems)) or SYSTEMS,
        budget_s=seconds_of(budget) if budget is not None else None,
        headers=tuple(header_of(each) for each in headers),
        **chosen,
    )
    from harness.fuzz.run import fuzz as fuzz_run  # noqa: PLC0415
    from harness.stage.loop import run_until_done  # noqa: PLC0415

    return run_until_done(fuzz_run(options))
