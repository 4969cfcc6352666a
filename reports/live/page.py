"""The live page as one self-contained document: template, style and script inline, allowed by their digests and nothing else."""

from dataclasses import dataclass

from markupsafe import Markup

from reports.templating import LIVE_TEMPLATES, digest, environment


@dataclass(frozen=True, slots=True)
class Link:
    """The API documentation of one system."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class LiveFacts:
    """What does not change while the page is open. path: where the control room is on its port."""

    connector: str
    run_id: str
    seed: int
    links: tuple[Link, ...]
    path: str = "/room"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the board."""

    stage: str
    title: str
    means: str


@dataclass(frozen=True, slots=True)
class Button:
    """One fault that people may throw. kind: `switch` stays on until it is pressed again, `once` meets the next document."""

    name: str
    title: str
    kind: str
    means: str


COLUMNS = (
    Column("approval", "In approval", "people decide"),
    Column("approved", "Approved", "the webhook is on its way"),
    Column("connector", "In the connector", "taken up, not yet confirmed"),
    Column("posted", "Posted", "booked, and the source knows"),
    Column("stopped", "Refused or parked", "with a reason and an owner"),
)
BUTTONS = (
    Button("maintenance", "ERP maintenance", "switch", "every call to the ERP is answered 503 until you end it"),
    Button("slow", "Slow ERP", "switch", "the ERP takes longer than the connector waits"),
    Button("lost", "Lost response", "once", "the ERP books the next document, but its answer gets lost"),
    Button("duplicate", "Duplicate webhook", "once", "the next approval is delivered twice"),
)


def render_live(facts: LiveFacts) -> tuple[str, str]:
    """The page, and the Content-Security-Policy that it is to be sent with."""
    style, script = (LIVE_TEMPLATES / "live.css").read_text("utf-8"), (LIVE_TEMPLATES / "live.js").read_text("utf-8")
    # The two files are ours and must reach the browser byte by byte, or their digests would not match.
    page = (
        environment(LIVE_TEMPLATES)
        .get_template("live.html.j2")
        .render(
            facts=facts,
            columns=COLUMNS,
            buttons=BUTTONS,
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
        )
    )
    policy = (
        f"default-src 'none'; style-src '{digest(style)}'; script-src '{digest(script)}'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    )
    return page, policy
