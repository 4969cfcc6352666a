"""`dryclose contracts verify | publish | diff`."""

from pathlib import Path
from typing import Any

import click

EPILOG = (
    "Exit codes: 0 kept or compatible, 1 broken or breaking, 2 nothing (or not everything) could be verified, 3 usage, 130 interrupted."
)
_PATH = click.Path(path_type=Path)


@click.group()
def contracts() -> None:
    """Consumer contracts: verify pacts, hand them to a broker, compare versions of a document."""


@contracts.command(epilog=EPILOG)
@click.option(
    "--pact", "pacts", type=_PATH, multiple=True, help="A consumer's pact file; may be repeated.  [default: all of ours, contracts/pacts]"
)
@click.option(
    "--provider", help="Which of our systems stands for the provider: erp, procurement, bank and so on, identity, or erp-events and so on."
)
@click.option(
    "--url", help="Verify a real system at this address instead of our mock, so that drift shows. It receives every request of the pact."
)
@click.option(
    "--header", "headers", multiple=True, help="'Name: value' on every request to --url; ${VARIABLE} is taken from the environment."
)
@click.option("--state-url", help="With --url: where provider states are set (POST {state, params, action}).")
@click.option("--state-header", "state_headers", multiple=True, help="As --header, on every request to --state-url.")
def verify(**options: Any) -> int:
    """Verify pacts: does a provider keep what a consumer expects?

    Without options: the reference engine's pacts against our mocks. With --pact: which expectations of your consumer our mock would break.
    """
    from harness.contracts.outcome import exit_code, lines  # noqa: PLC0415
    from harness.contracts.verify import VerifyOptions  # noqa: PLC0415
    from harness.contracts.verify import verify as verify_pacts  # noqa: PLC0415
    from harness.stage.interrupt import or_interrupted  # noqa: PLC0415
    from harness.stage.loop import run_until_done  # noqa: PLC0415

    async def body() -> int:
        outcomes = await verify_pacts(VerifyOptions(**options), lambda text: click.echo(text, err=True))
        for outcome in outcomes:
            for line in lines(outcome):
                click.echo(line)
        return exit_code(outcomes)

    return run_until_done(or_interrupted(body()))


@contracts.command(epilog=EPILOG)
@click.option("--broker", required=True, help="Base address of the Pact Broker.")
@click.option("--version", help="Version of the consumer.  [default for our own pacts: dryclose's version]")
@click.option("--branch", help="Branch that this version of the consumer is on.")
@click.option("--token-env", metavar="NAME", help="Name of the environment variable that holds the broker's token.")
@click.option(
    "--pact", "pacts", type=_PATH, multiple=True, help="A consumer's pact file; needs --version; may be repeated.  [default: all of ours]"
)
@click.option("--provider", help="Which of our systems stands for the provider of --pact.")
@click.option("--provider-version", help="Version under which results are published.  [default: dryclose's version]")
@click.option("--pacts-only", is_flag=True, help="Publish no verification results.")
def publish(**options: Any) -> int:
    """Verify pacts, then hand pacts and results to a Pact Broker.

    Without --token-env the usual variables count: PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD.
    """
    from harness.contracts.outcome import exit_code, lines  # noqa: PLC0415
    from harness.contracts.publish import PublishOptions  # noqa: PLC0415
    from harness.contracts.publish import publish as publish_pacts  # noqa: PLC0415
    from harness.errors import EXIT_PASS  # noqa: PLC0415
    from harness.stage.interrupt import or_interrupted  # noqa: PLC0415
    from harness.stage.loop import run_until_done  # noqa: PLC0415

    async def body() -> int:
        outcomes = await publish_pacts(PublishOptions(**options), lambda text: click.echo(text, err=True))
        for outcome in outcomes:
            for line in lines(outcome):
                click.echo(line)
        return EXIT_PASS if options["pacts_only"] else exit_code(outcomes)

    return run_until_done(or_interrupted(body()))


@contracts.command(epilog=EPILOG)
@click.argument("old", type=_PATH)
@click.argument("new", type=_PATH)
@click.option(
    "--direction",
    type=click.Choice(["request", "response", "both"]),
    default="both",
    show_default=True,
    help="For a JSON Schema: others write it (request), others read it (response), or both. OpenAPI and AsyncAPI say it themselves.",
)
def diff(old: Path, new: Path, direction: str) -> int:
    """Compare two versions of an OpenAPI, AsyncAPI or JSON Schema document. Exits 1 when a change breaks whoever relied on OLD."""
    from harness.contracts.diff import compare, load_document  # noqa: PLC0415
    from harness.contracts.diff.change import line  # noqa: PLC0415
    from harness.errors import EXIT_PASS, EXIT_VIOLATION  # noqa: PLC0415

    changes = compare(load_document(old), load_document(new), direction)  # type: ignore[arg-type]
    for change in changes:
        click.echo(line(change))
    breaking = sum(change.breaking for change in changes)
    click.echo(f"{breaking} breaking, {len(changes) - breaking} compatible" if changes else "no changes")
    return EXIT_VIOLATION if breaking else EXIT_PASS
