"""docs/invariants.md from the headers of the files in harness/judge/invariants/."""

from contracts.catalog import Catalog
from harness.docs.markdown import page, table
from harness.judge.invariants import FOLDER, HEADER, KINDS, MOMENTS, OPTIONAL, SEVERITIES, Invariant, load_invariants

LEAD = """What has to hold in every history, whatever happened. Each invariant is one SQL file over the recorded history, with the
number of rows that it examined
(**candidates**), the rows that violate it, the money that is at stake, and the rows of the timeline that explain it. An invariant that
examined nothing
proves nothing: it is shown as such, and when the scenario requires it, the run ends with exit code 2.
[Rules of your own](own-rules.md) are files of the same form, over the same [tables](history.md)."""

KIND_SAYS = {
    "fail": "a violation fails the experiment and the run",
    "warn": "a violation is a warning: a connector may be right another way",
    "void": "a violation means that the experiment says nothing",
}
MOMENT_SAYS = {"history": "at every moment, also when it was put right later", "rest": "at rest: after healing, quiescence and redrive"}


def invariants_page(_: Catalog) -> str:
    """The page."""
    found = load_invariants()
    groups = [(severity, [one for one in found if one.severity == severity]) for severity in SEVERITIES]
    return page(
        "Invariants",
        "`harness/judge/invariants/`",
        LEAD,
        "\n".join(f"- **{kind}**: {KIND_SAYS[kind]}." for kind in KINDS),
        "Severities, the worst first: " + ", ".join(SEVERITIES) + ". Judged:",
        "\n".join(f"- **{moment}**: {MOMENT_SAYS[moment]}." for moment in MOMENTS),
        *(f"## Severity: {severity}\n\n{_table(group)}" for severity, group in groups if group),
    )


def _table(group: list[Invariant]) -> str:
    return table(("id", "what must hold", "family", "kind", "judged", "remark"), (_row(one) for one in group))


def _row(one: Invariant) -> tuple[str, ...]:
    return (f"**{one.id}**", one.title, one.family, one.kind, one.at, remark(one.id))


def remark(invariant_id: str) -> str:
    """The free comment of the file: every comment line before the first section that is no header."""
    lines = []
    for line in next(FOLDER.rglob(f"{invariant_id}.sql")).read_text("utf-8").splitlines():
        if line.startswith("-- section:"):
            break
        key = line.removeprefix("--").partition(":")[0].strip()
        if line.startswith("--") and key not in HEADER + OPTIONAL:
            lines.append(line.removeprefix("--").strip())
    return " ".join(lines)
