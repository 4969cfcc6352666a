"""`python -m harness.bench [SECTION...]`: print the figures."""

import click
from rich.console import Console
from rich.table import Table

from harness.bench.sections import SECTIONS


@click.command()
@click.argument("sections", nargs=-1, type=click.Choice(list(SECTIONS)))
def main(sections: tuple[str, ...]) -> None:
    """Measure SECTIONS (all of them by default), each beside a baseline of the same run."""
    console = Console()
    table = Table("figure", "value", "baseline", "ratio", title="dryclose bench")
    for name in sections or tuple(SECTIONS):
        console.print(f"measuring {name} ...", style="dim")
        for figure in SECTIONS[name]():
            table.add_row(figure.name, figure.value, figure.baseline, figure.ratio)
    console.print(table)


if __name__ == "__main__":
    main()
