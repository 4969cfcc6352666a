"""docs/cli.md from the commands themselves."""

from collections.abc import Iterator

import click

from contracts.catalog import Catalog
from harness.commands import cli
from harness.docs.markdown import fence, page, table
from harness.errors import EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_NOT_ENOUGH_EVIDENCE, EXIT_PASS, EXIT_USAGE, EXIT_VIOLATION

WIDTH = 100
EXITS = {
    EXIT_PASS: "pass: no invariant was violated, and there was enough evidence to say so",
    EXIT_VIOLATION: "violation: at least one invariant was violated (`replay`: it happened again)",
    EXIT_NOT_ENOUGH_EVIDENCE: "not enough evidence: at some place a planned fault never fired, a required invariant examined nothing, "
    "the connector never started, the history is cut short, the disk is full",
    EXIT_USAGE: "usage or configuration: an argument, a scenario or a manifest is wrong, a run directory is damaged, "
    "the machine has too little memory; the message names file and line",
    EXIT_INTERNAL: "internal error: dryclose itself failed; details are in `crash.txt` of the run directory, "
    "or in a temporary file that the message names",
    EXIT_INTERRUPTED: "interrupted: Ctrl-C; no process is left, and the run directory is readable",
}


def cli_page(_: Catalog) -> str:
    """The page."""
    return page(
        "Command line",
        "`harness/commands.py`",
        "Every command prints its own help with `--help`. Messages go to standard error, one per problem, never a traceback.",
        "## Exit codes\n\n" + table(("code", "meaning"), ((str(code), meaning) for code, meaning in EXITS.items())),
        *(f"## {name}\n\n{fence(text, 'text')}" for name, text in helps()),
    )


def helps() -> Iterator[tuple[str, str]]:
    """Name and help of every command, in the order of the page."""
    yield from _helps(
        cli, click.Context(cli, info_name="dryclose", terminal_width=WIDTH, help_option_names=cli.context_settings["help_option_names"])
    )


def _helps(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from _helps(inner, click.Context(inner, info_name=name, parent=context, terminal_width=WIDTH))
