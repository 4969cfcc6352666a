"""`dryclose demo` on the command line."""

from pathlib import Path
from typing import Any

import click

from harness.demo.options import DemoOptions

_PATH = click.Path(path_type=Path)


@click.command()
@click.option(
    "--connector", type=click.Path(path_type=Path), help="connector.toml of the connector to show.  [default: the reference engine]"
)
@click.option("--speed", type=click.FloatRange(0.2, 10), default=1.0, show_default=True, help="How fast people work; 1 can be followed.")
@click.option("--seed", type=click.IntRange(min=0), help="The same seed gives the same people and documents; drawn when left out.")
@click.option(
    "--port-base",
    type=click.IntRange(1024, 65530),
    help="The world on this port and those after it: each system and service at its own fixed place.",
)
@click.option("--no-surprises", is_flag=True, help="Throw no faults but those of the live page's buttons.")
@click.option("--no-browser-hint", is_flag=True, help="Print no link of the live page (for output that is kept).")
@click.option("--out", type=_PATH, help="Where state, crosswalks and history go.  [default: runs/demo-<id>]")
def demo(**chosen: Any) -> int:
    """Watch business play by itself, with faults, on the terminal and on a live page, until Ctrl-C.

    World and connector start; employees write documents, managers approve them, the connector posts them. The
    terminal tells who did what, where the money stands, which fault was thrown and how it healed. The live page shows the documents in
    flow, a trace of each, the books of each system, and has buttons for faults. Only this machine can open it.
    """
    from harness.demo.demo import demo as play  # noqa: PLC0415
    from harness.stage.loop import run_until_done  # noqa: PLC0415

    hint, surprises = not chosen.pop("no_browser_hint"), not chosen.pop("no_surprises")
    options = DemoOptions(**chosen, hint=hint, surprises=surprises)
    return run_until_done(play(options))
