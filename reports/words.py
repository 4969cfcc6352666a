"""The plain words of verdicts, outcomes, exit codes and invariants: one place, so that page, terminal and CI say the same."""

from collections.abc import Mapping
from types import MappingProxyType

TIMES = "\u00d7"
DASH = "\u2013"
VERDICTS = ("fail", "contaminated", "inconclusive", "void", "pass", "not_applicable")  # the order in which a cell shows its worst

RUN_WORD: Mapping[str, str] = MappingProxyType(
    {
        "pass": "Pass",
        "fail": "Fail",
        "inconclusive": "Not enough evidence",
        "error": "Error",
        "incomplete": "Incomplete run",
    }
)

EXIT_WHY: Mapping[int, str] = MappingProxyType(
    {
        0: "no invariant was violated and there was enough evidence to say so",
        1: "at least one invariant was violated",
        2: "there was not enough evidence for a verdict; this is neither a pass nor a fail of the connector",
        3: "the command or a configuration file was wrong; nothing was judged",
        4: "dryclose itself failed; the connector is not to blame",
        130: "the run was interrupted",
    }
)

GLYPH: Mapping[str, str] = MappingProxyType(
    {"pass": "✓", "fail": "✕", "void": "○", "inconclusive": "?", "contaminated": "≈", "not_applicable": "\u2013"}
)

VERDICT_MEANS: Mapping[str, str] = MappingProxyType(
    {
        "pass": "the fault reached the connector and nothing went wrong",
        "fail": "an invariant is violated",
        "void": "the planned fault did not reach the connector as planned, so this says nothing",
        "inconclusive": "the transaction had not settled when the time was up",
        "contaminated": "fault-free neighbours suffered too, so the plan alone is not to blame",
        "not_applicable": "not played: the scenario leaves it out, or it cannot happen here",
    }
)

STATUS_WORD: Mapping[str, str] = MappingProxyType(
    {
        "ok": "holds",
        "violated": "violated",
        "vacuous": "examined nothing",
        "not_applicable": "not applicable",
        "error": "could not be checked",
        "warned": "warning",
    }
)

OUTCOME_WORD: Mapping[str, str] = MappingProxyType(
    {
        "posted": "posted once",
        "refused": "refused to the source",
        "undone": "undone",
        "parked": "parked",
        "lost": "lost",
        "double": "posted more than once",
        "open": "still open",
    }
)


FAMILY_WORD: Mapping[str, str] = MappingProxyType({"none": "no fault", "all": "in all"})


def whose(origin: str) -> str:
    """The mark of an invariant that came with --invariants; ours need none."""
    return "your rule" if origin == "user" else ""


def word(name: str) -> str:
    """`not_applicable` as people write it."""
    return name.replace("_", " ")
