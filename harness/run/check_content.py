"""What was posted, against what was due: the judge's own rules over the small history of a `connector check`, as findings."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from contracts.catalog import Catalog
from harness.judge import Verdict, judge
from harness.judge.invariants import load_invariants
from harness.run.check_points import Finding, Journey

# Effects of rules that speak of what was posted and told. The others (lost, stuck, posted twice, ...) a check has seen with its own eyes.
CONTENT = frozenset({"posted wrong", "posted unasked", "told wrong", "left standing", "left behind"})
HINT = (
    "hold the body of that call (the calls stand below) against the contract page, member by member. Amounts are minor units; "
    "debits count positive, credits negative"
)


def content_findings(run_dir: Path, catalog: Catalog, journeys: Sequence[Journey]) -> list[Finding]:
    """One finding for each deviation; one for each posted document that has none."""
    return read_verdict(judge(run_dir, catalog), catalog, journeys)


def read_verdict(verdict: Verdict, catalog: Catalog, journeys: Sequence[Journey]) -> list[Finding]:
    """As content_findings, from a verdict that is there already."""
    about = {rule.id for rule in load_invariants() if rule.effect in CONTENT}
    asked = [rule for rule in verdict.invariants if rule["id"] in about]
    deviations = [(rule, row) for rule in asked if rule["status"] == "violated" for row in rule["rows"]]
    findings = [_deviation(rule, row, journeys, first=number == 0) for number, (rule, row) in enumerate(deviations)]
    findings += [
        Finding("wrong", f"{rule['id']} ({rule['title']}) could not be asked: {rule['error']}")
        for rule in asked
        if rule["status"] == "error"
    ]
    wrong = {row["txn_id"] for _, row in deviations}
    return [
        *findings,
        *(_agrees(journey, asked, catalog) for journey in journeys if journey.state == "posted" and journey.txn_id not in wrong),
    ]


def _deviation(rule: Mapping[str, Any], row: Mapping[str, Any], journeys: Iterable[Journey], *, first: bool) -> Finding:
    """Whose it is, where it was posted, what came and what was due. What to try is said once."""
    what = next((f"{journey.what}: " for journey in journeys if journey.txn_id == row["txn_id"]), "")
    where = f"at {row['call_point']}, " if row["call_point"] else ""
    return Finding("wrong", f"{what}{where}{row['story']} ({rule['id']})", HINT if first else None)


def _agrees(journey: Journey, asked: Iterable[Mapping[str, Any]], catalog: Catalog) -> Finding:
    """Says what was compared: what the flow declares, and how many rules had something of it before them."""
    flow = catalog.flows[journey.flow.id]
    compared = dict.fromkeys(word.replace("_", " ") for due in flow.due for word in due.compare)
    rules = sum(1 for rule in asked if rule["by_flow"].get(flow.id, {}).get("candidates"))
    return Finding("ok", f"{journey.what}: what was posted is what was due ({', '.join(compared)}; {rules} rules)")
