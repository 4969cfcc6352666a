"""docs/documents.md from contracts/systems.yaml and contracts/documents.yaml."""

from contracts.catalog import Catalog, DocumentKind
from harness.docs.markdown import code, codes, page, table

LEAD = """What stands in a world, and what flows speak of. A system is declared once, with a port slot that never moves; a kind of document
is declared once, with what each of its states means. Planner, mocks, judge, reports and pages read these declarations; none of them knows
a name."""

MEANINGS = """A state means: **open** nothing is due (yet, or any more); **approved** what it stands for is due; **accepted** taken and
not booked yet; **posted** booked, or the source knows that it is; **refused** its owner was told why not, or the system turned it down
later; **dead** it stands for nothing any more. A kind that nobody approves is due as soon as it is posted or approved at birth."""

HEADER = ("kind", "people say", "system", "states", "period of", "coded by", "lines")


def documents_page(catalog: Catalog) -> str:
    """The page."""
    systems = table(
        ("id", "serves", "people say", "variable", "port slot", "posting modules", "stands"),
        (
            (
                code(entry.id),
                code(entry.type),
                entry.title,
                code(entry.variable or ""),
                str(entry.slot),
                ", ".join(entry.modules),
                "on request of a scenario (`systems`)" if entry.optional else "always",
            )
            for entry in catalog.systems.values()
        ),
    )
    return page(
        "Systems and kinds of documents",
        "`contracts/systems.yaml`, `contracts/documents.yaml`",
        LEAD,
        f"## Systems\n\nWith `--port-base` a system listens on base + slot.\n\n{systems}",
        f"## Kinds of documents\n\n{MEANINGS}",
        table(
            ("kind", "people say", "system", "states", "period of", "coded by", "lines"),
            (_row(kind) for kind in catalog.documents.values()),
        ),
    )


def _row(kind: DocumentKind) -> tuple[str, ...]:
    by_meaning: dict[str, list[str]] = {}
    for state, meaning in kind.states.items():
        by_meaning.setdefault(meaning, []).append(state)
    states = "; ".join(f"{meaning}: {', '.join(found)}" for meaning, found in by_meaning.items())
    return (code(kind.id), kind.name, code(kind.system), states, kind.module or "", codes([kind.coded_by or ""]), codes([kind.lines or ""]))
