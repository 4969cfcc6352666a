"""The command line: `dryclose verify | up | judge | replay | report | connector check | redrive-check | list | doctor`.

Exit codes: 0 pass, 1 violation, 2 not enough evidence, 3 usage or configuration, 4 internal error, 130 interrupted.
What a command needs is imported inside it, so that `dryclose list` does not wait for a database driver.
"""

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contracts.catalog import CatalogError, load_catalog
from harness.canary import expectation, run_canary
from harness.contracts.commands import contracts
from harness.crash import crash_message
from harness.demo_command import demo
from harness.errors import EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_PASS, EXIT_USAGE, DrycloseError, InternalError, UsageError
from harness.fuzz.command import fuzz
from harness.load.command import load
from harness.shortage import shortage
from harness.stage.options import LOOPBACK, Network, RedriveOptions, ReplayOptions, UpOptions, VerifyOptions

if TYPE_CHECKING:
    from harness.judge.guest_rules import GuestRule

EPILOG = "Exit codes: 0 pass, 1 violation, 2 not enough evidence, 3 usage or configuration, 4 internal error, 130 interrupted."
_PATH = click.Path(path_type=Path)


def run(arguments: Sequence[str]) -> int:
    """Carry out one command line; the exit code. Prints one message when something is wrong, never a traceback."""
    try:
        code = cli.main(args=list(arguments), prog_name="dryclose", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else EXIT_PASS
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted")
        return EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 (the last line of defence: a person gets a message, the details go to a file)
        return _explain(error, arguments)


def _explain(error: Exception, arguments: Sequence[str]) -> int:
    """One message on standard error, and the exit code that goes with it."""
    if isinstance(error, click.ClickException):
        _usage_error(error)
        return EXIT_USAGE
    known = error if isinstance(error, DrycloseError) and not isinstance(error, InternalError) else _known(error) or shortage(error)
    if known is None and isinstance(error, InternalError):
        known = error
    if known is not None:
        _say(known.message)
        return known.exit_code
    _say(crash_message(error, arguments))
    return EXIT_INTERNAL


def _known(error: Exception) -> DrycloseError | None:
    """Errors of rooms that know no exit codes."""
    from reports import ReportError  # noqa: PLC0415

    return UsageError(str(error)) if isinstance(error, ReportError | CatalogError) else None


def _usage_error(error: click.ClickException) -> None:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        with contextlib.suppress(OSError):
            click.echo(error.format_message())
        return
    more = f"\nTry: {error.ctx.command_path} --help" if isinstance(error, click.UsageError) and error.ctx is not None else ""
    _say(error.format_message() + more)


def _say(message: str) -> None:
    with contextlib.suppress(OSError):  # a full disk behind standard error: the exit code still tells
        click.echo(f"dryclose: {message}", err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120}, epilog=EPILOG)
@click.version_option(package_name="dryclose", message="dryclose %(version)s")
def cli() -> None:
    """A dry run of the financial close for an integration, before it goes live.

    dryclose starts mock finance systems, runs your connector against them through hundreds of small experiments with faults, and
    judges from what the systems saw whether every document was posted exactly once.
    """


def _network_options(command: Any) -> Any:
    """Where the mocks listen, shared by every command that opens a world."""
    options = (
        click.option(
            "--port-base",
            type=click.IntRange(1024, 65530),
            help="The world on this port and those after it: each system and service at its own fixed place.",
        ),
        click.option("--host", default="127.0.0.1", show_default=True, help="Address on which the mock systems listen."),
        click.option("--public-host", help="Name under which the connector reaches them, when that is another one."),
        click.option(
            "--control-host",
            default="127.0.0.1",
            show_default=True,
            help="Address on which the control port listens, which no connector has business with.",
        ),
        click.option(
            "--callback-host", "callback_hosts", multiple=True, help="Further host that may receive webhooks (loopback always may)."
        ),
        click.option(
            "--credentials",
            type=_PATH,
            metavar="FILE",
            help="Secrets that several runs share; written (mode 0600) when it is not there.  [default: new ones for each run]",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _network(callback_hosts: tuple[str, ...], **given: Any) -> Network:
    return Network(callback_hosts=(*LOOPBACK, *callback_hosts), **given)


def _invariants_option(command: Any) -> Any:
    """Rules of the user's own, for the commands that judge."""
    return click.option(
        "--invariants", multiple=True, type=_PATH, metavar="DIR", help="Ask the rules in this directory too (docs/own-rules.md)."
    )(command)


def _rules(folders: tuple[Path, ...]) -> "tuple[GuestRule, ...]":
    from harness.judge.guest_rules import read_guest_rules  # noqa: PLC0415 (loads a database driver)

    return read_guest_rules(folders, load_catalog()) if folders else ()


@cli.command(epilog=EPILOG)
@click.option("--scenario", default="standard", show_default=True, help="Name (`dryclose list scenarios`) or path of a scenario file.")
@click.option("--seed", type=click.IntRange(min=0), help="Repeat a run's plan and data; drawn and printed when left out.")
@click.option("--connector", type=_PATH, help="connector.toml of the connector to verify.  [default: the reference engine]")
@click.option("--out", type=_PATH, help="The run directory itself.  [default: runs/<run id>]")
@click.option("--quiet", is_flag=True, help="Print the summary only.")
@click.option("--strict", is_flag=True, help="What is only warned of otherwise (rules of conduct) fails the run.")
@_invariants_option
@_network_options
def verify(scenario: str, seed: int | None, connector: Path | None, invariants: tuple[Path, ...], **given: Any) -> int:
    """Verify a connector: world, experiments, verdict, report.

    Scenarios named canary-... bring a bad connector and must end with exit code 1; a canary that is not caught ends with 4.
    """
    rules = _rules(invariants)
    expected = expectation(scenario, tuple(rule.invariant.id for rule in rules)) if connector is None else None
    from harness.run.verify import verify as verify_run  # noqa: PLC0415
    from harness.stage.loop import run_until_done  # noqa: PLC0415

    chosen = {name: given.pop(name) for name in ("out", "quiet", "strict")}
    options = VerifyOptions(scenario=scenario, seed=seed, connector=connector, network=_network(**given), rules=rules, **chosen)
    if expected is None:
        return run_until_done(verify_run(options))
    return run_canary(options, expected, lambda chosen: run_until_done(verify_run(chosen)), click.echo)


@cli.command(epilog=EPILOG)
@click.option("--scenario", default="standard", show_default=True, help="Name or path of the scenario that gives world and waits.")
@click.option("--seed", type=click.IntRange(min=0), help="The same seed gives the same master data.")
@click.option("--connector", type=_PATH, help="connector.toml of the connector to keep running.  [default: the reference engine]")
@click.option("--env", is_flag=True, help="Start no connector; print the environment for one that you start yourself.")
@click.option("--out", type=_PATH, help="Where state, crosswalks and history go.  [default: runs/<run id>]")
@_network_options
def up(scenario: str, seed: int | None, connector: Path | None, env: bool, out: Path | None, **network: Any) -> int:
    """Keep the world (and a connector) running for people and for load, until Ctrl-C."""
    from harness.stage.loop import run_until_done  # noqa: PLC0415
    from harness.stage.up import up as keep_up  # noqa: PLC0415

    options = UpOptions(scenario=scenario, seed=seed, connector=connector, env=env, out=out, network=_network(**network))
    return run_until_done(keep_up(options))


@cli.command(epilog=EPILOG)
@click.argument("run_dir", metavar="RUN", type=_PATH)
@_invariants_option
def judge(run_dir: Path, invariants: tuple[Path, ...]) -> int:
    """Judge a stored run again (also a truncated one) and rewrite its verdict and reports.

    The rules of your own that the run was asked are asked again; --invariants takes others in their place.
    """
    from harness.judge import judge_and_close, write_closing, write_verdict  # noqa: PLC0415
    from harness.judge.guests import prove  # noqa: PLC0415
    from harness.stage.directory import RunDirectory  # noqa: PLC0415
    from reports import summary_text, write_ctrf, write_junit, write_report  # noqa: PLC0415

    directory = RunDirectory.open(run_dir)
    rules = _rules(invariants)
    if rules:
        prove(rules, load_catalog())
        directory.keep_rules(rules)
    verdict, closed = judge_and_close(directory.path)
    write_verdict(directory.path, verdict)
    write_closing(directory.path, closed)
    write_junit(directory.path)
    write_ctrf(directory.path)
    click.echo(summary_text(verdict.document(), report=write_report(directory.path)))
    return verdict.exit_code


@cli.command(epilog=EPILOG)
@click.argument("run_dir", metavar="RUN", type=_PATH)
@click.argument("txn_id", metavar="TXN")
@click.option("--repeats", type=click.IntRange(1, 100), default=3, show_default=True, help="How often to try.")
@click.option("--out", type=_PATH, help="Run directory of the replay.  [default: inside RUN]")
@_network_options
def replay(run_dir: Path, txn_id: str, repeats: int, out: Path | None, **network: Any) -> int:
    """Run one transaction of a stored run again, alone, with the same fault plan. Exits 1 when it fails again."""
    from harness.run.replay import replay as replay_run  # noqa: PLC0415
    from harness.stage.loop import run_until_done  # noqa: PLC0415

    options = ReplayOptions(run=run_dir, txn_id=txn_id, repeats=repeats, out=out, network=_network(**network))
    return run_until_done(replay_run(options))


@cli.command(epilog=EPILOG)
@click.argument("run_dir", metavar="RUN", type=_PATH)
def report(run_dir: Path) -> int:
    """Write report.html of a stored run and print where it is."""
    from harness.stage.directory import RunDirectory  # noqa: PLC0415
    from reports import write_report  # noqa: PLC0415

    click.echo(str(write_report(RunDirectory.open(run_dir).path)))
    return EXIT_PASS


@cli.command(epilog=EPILOG)
@click.argument("run_dir", metavar="RUN", type=_PATH)
@click.option("--at", metavar="INSTANT", help="Business time, as 2026-10-31T18:00:00+00:00.  [default: the end of the run]")
@click.option("--json", "as_json", is_flag=True, help="Print what reconciliation.json would hold.")
def reconcile(run_dir: Path, at: str | None, as_json: bool) -> int:
    """Reconcile the books of a stored run at any instant: budgets, commitments, invoices, actuals, GR/IR by age, accruals.

    A break is no violation, so it changes no exit code. Nothing is written.
    """
    import json  # noqa: PLC0415

    from harness.judge import closing_as_of  # noqa: PLC0415
    from harness.stage.directory import RunDirectory  # noqa: PLC0415
    from reports import closing_text  # noqa: PLC0415

    document = closing_as_of(RunDirectory.open(run_dir).path, load_catalog(), at)
    click.echo(json.dumps(document, indent=1) if as_json else closing_text(document, load_catalog()))
    return EXIT_PASS


@cli.command(name="redrive-check", epilog=EPILOG)
@click.option("--connector", type=_PATH, help="connector.toml of the connector whose redrive is tried.  [default: the reference engine]")
@click.option("--seed", type=click.IntRange(min=0), help="Repeat a run's data; drawn and printed when left out.")
@click.option("--out", type=_PATH, help="The run directory itself.  [default: runs/<run id>]")
@click.option("--quiet", is_flag=True, help="Print the result only.")
@_network_options
def redrive_check(connector: Path | None, seed: int | None, out: Path | None, quiet: bool, **network: Any) -> int:
    """Prove the connector's own redrive of parked items: one, several, all, repeated, and a dry run, as far as it offers them.

    Documents are refused for good until the connector parks them; then the causes are taken away. Each redrive has to bring its
    items, and no others, to exactly one posting, also when it is told twice or when an item was posted meanwhile. The proofs are
    printed, and stored in redrive.json of the run directory, beside the history. Exits 2 when nothing was parked or no redrive is
    offered.
    """
    from harness.run.redrive_check import redrive_check as check_redrive  # noqa: PLC0415
    from harness.stage.loop import run_until_done  # noqa: PLC0415

    options = RedriveOptions(connector=connector, seed=seed, out=out, quiet=quiet, network=_network(**network))
    return run_until_done(check_redrive(options))


@cli.group()
def connector() -> None:
    """Look at one connector."""


@connector.command(name="check", epilog=EPILOG)
@click.argument("manifest", type=_PATH)
@_network_options
def connector_check(manifest: Path, **network: Any) -> int:
    """Start a connector, send a document of each flow per entity, and say what works, what was posted wrong and what to try."""
    from harness.run.check import check  # noqa: PLC0415
    from harness.stage.loop import run_until_done  # noqa: PLC0415

    return run_until_done(check(manifest, network=_network(**network)))


@cli.group(name="list")
def list_() -> None:
    """What can be named: flows, faults, invariants, scenarios."""


@list_.command(name="flows")
def list_flows() -> None:
    """The business processes and their call points."""
    from harness.listing import flows_text  # noqa: PLC0415

    click.echo(flows_text(load_catalog()))


@list_.command(name="faults")
def list_faults() -> None:
    """The fault vocabulary."""
    from harness.listing import faults_text  # noqa: PLC0415

    click.echo(faults_text(load_catalog()))


@list_.command(name="invariants")
def list_invariants() -> None:
    """What is asserted about every history."""
    from harness.judge.invariants import load_invariants  # noqa: PLC0415
    from harness.listing import invariants_text  # noqa: PLC0415

    click.echo(invariants_text((one.id, one.severity, one.kind, one.title) for one in load_invariants()))


@list_.command(name="scenarios")
def list_scenarios() -> None:
    """The scenarios that come with dryclose."""
    from harness.listing import scenarios_text  # noqa: PLC0415

    click.echo(scenarios_text(load_catalog()))


@cli.command(epilog=EPILOG)
def doctor() -> int:
    """Check whether this machine can run a verification, and say what to do when it cannot."""
    from harness.doctor import examine, findings_text  # noqa: PLC0415

    findings = examine()
    click.echo(findings_text(findings))
    return EXIT_PASS if all(finding.ok for finding in findings) else EXIT_USAGE


cli.add_command(contracts)
cli.add_command(load)
cli.add_command(demo)
cli.add_command(fuzz)
