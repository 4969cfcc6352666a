"""`python -m harness.docs [--check]`."""

import sys

import click

from harness.docs import ROOT, contract_files, differing, pages, write


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a file differs.")
def main(check: bool) -> None:
    """Write docs/*.md and contracts/{openapi,asyncapi}/*.json from the program's own registries."""
    if not (ROOT / "pyproject.toml").is_file():
        raise click.ClickException(f"{ROOT} is not the project's source tree: the pages are generated there, not in an installed package.")
    files = {**pages(), **contract_files()}
    changed = differing(files)
    if not check:
        write(files)
    for path in changed:
        click.echo(f"{'differs' if check else 'written'}: {path}")
    if not changed:
        click.echo("every generated file is up to date")
    sys.exit(1 if check and changed else 0)


main()
