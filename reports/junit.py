"""junit.xml: one suite per flow with one test case per experiment, and a suite `run` with the verdict and every invariant.

How the five verdicts appear, because JUnit knows only four: pass is a passed case; fail is a `failure` with plan, stories, money
and replay command; void, inconclusive and contaminated are `skipped` with the reason, since they say nothing about the connector.
So that a run without enough evidence cannot look green, the case `verdict` of the suite `run` is an `error` whenever the run ended
with another verdict than pass or fail, and so is a required invariant that examined nothing. Each invariant has the property `origin`:
dryclose, or user for a rule that came with --invariants, whose name says so too.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from reports.fields import Record, clip, count, rows, text, whole
from reports.headline import exit_code_of, headline, verdict_of
from reports.money import violation_money
from reports.reading import RunFiles, read_run, write_whole
from reports.violations import by_transaction, plan_of
from reports.words import EXIT_WHY, OUTCOME_WORD, STATUS_WORD, whose

Violations = Mapping[str, list[Record]]


def write_junit(run_dir: Path) -> Path:
    """Write junit.xml into the run directory. Raises ReportError."""
    files = read_run(run_dir)
    root = junit_tree(files)
    ET.indent(root)
    return write_whole(run_dir / "junit.xml", '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n")


def junit_tree(files: RunFiles) -> ET.Element:
    """The document as a tree."""
    verdict = files.verdict or {}
    suites = [_run_suite(files)]
    experiments = judged_experiments(verdict)
    violations = by_transaction(rows(verdict, "violations"))
    for flow in dict.fromkeys(text(row, "flow", "no flow") for row in experiments):
        suite = ET.Element("testsuite", {"name": flow})
        suite.append(_properties({"run_id": files.run_id, "seed": text(verdict, "seed")}))
        suite.extend(_experiment_case(files, row, violations) for row in experiments if text(row, "flow", "no flow") == flow)
        suites.append(_counted(suite))
    root = ET.Element("testsuites", {"name": f"dryclose {files.run_id}"})
    root.extend(suites)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    return root


def judged_experiments(verdict: Record) -> list[Record]:
    """The experiments that the run counts; repeats of a violation alone are evidence about it, not cases of their own."""
    return [row for row in rows(verdict, "by_experiment") if text(row, "role") != "solo"]


def story_lines(violations: Iterable[Record]) -> list[str]:
    """What a person needs to understand and repeat the violations of one transaction."""
    lines = []
    for violation in violations:
        money = violation_money(violation)
        lines.append(f"{text(violation, 'invariant')}: {text(violation, 'story')}{f' Money at risk: {money}.' if money else ''}")
        lines.append(f"plan: {plan_of(violation)}")
        if command := text(violation, "replay"):
            lines.append(f"replay: {command}")
    return list(dict.fromkeys(lines))


def experiment_name(row: Record) -> str:
    """The plan comes first: it stays the same when the seed changes."""
    return f"{text(row, 'plan', 'no fault')} [{text(row, 'template')} {text(row, 'txn_id')}]"


def reason_of(row: Record) -> str:
    """Why an experiment says nothing."""
    why = text(row, "why")
    return f"{text(row, 'verdict', 'no verdict')}: {why}" if why else text(row, "verdict", "no verdict")


def invariant_name(row: Record) -> str:
    """`C01 No source document is posted twice`; a rule of the user's own says that it is one."""
    mark = whose(text(row, "origin"))
    return f"{text(row, 'id')} {mark and mark + ': '}{text(row, 'title')}"


def invariant_says(row: Record) -> str:
    """`violated: 540 rows examined, 15 violations`."""
    status = text(row, "status")
    return f"{STATUS_WORD.get(status, status)}: {whole(row, 'candidates'):,} rows examined, {count(whole(row, 'violations'), 'violation')}"


def _experiment_case(files: RunFiles, row: Record, violations: Violations) -> ET.Element:
    txn, kind = text(row, "txn_id"), text(row, "verdict")
    case = ET.Element(
        "testcase",
        {"classname": f"{text(row, 'flow', 'no flow')}.{text(row, 'wave', 'no wave')}", "name": experiment_name(row), "time": "0"},
    )
    properties = {
        "run_id": files.run_id,
        "seed": text(files.verdict or {}, "seed"),
        "txn_id": txn,
        "plan": text(row, "plan"),
        "role": text(row, "role"),
    }
    outcome, broken = text(row, "outcome"), violations.get(txn, [])
    if broken:
        properties["cause"] = text(broken[0], "cause")
    case.append(_properties(properties | {"verdict": kind, "outcome": OUTCOME_WORD.get(outcome, outcome)}))
    if kind == "fail":
        message = clip(text(broken[0], "story"), 300) if broken else reason_of(row)
        failure = ET.SubElement(
            case, "failure", {"message": message, "type": " ".join(dict.fromkeys(text(v, "invariant") for v in broken)) or "fail"}
        )
        failure.text = "\n".join(story_lines(broken)) or reason_of(row)
    elif kind != "pass":
        ET.SubElement(case, "skipped", {"message": reason_of(row)})
    return case


def _run_suite(files: RunFiles) -> ET.Element:
    verdict = files.verdict or {}
    suite = ET.Element("testsuite", {"name": "run"})
    suite.append(_properties({"run_id": files.run_id, "seed": text(verdict, "seed")}))
    suite.append(_verdict_case(files))
    suite.extend(_invariant_case(row) for row in rows(verdict, "invariants"))
    return _counted(suite)


def _verdict_case(files: RunFiles) -> ET.Element:
    banner = headline(files)
    case = ET.Element("testcase", {"classname": "run", "name": "verdict", "time": "0"})
    kind = verdict_of(files.verdict)
    if kind == "pass":
        return case
    said = "\n".join((banner.tested, *banner.reasons))
    tag = "failure" if kind == "fail" else "error"
    why = EXIT_WHY.get(exit_code_of(files.verdict), "") if files.verdict else ""
    ET.SubElement(case, tag, {"message": f"{banner.title} {why}".strip(), "type": kind}).text = said
    return case


def _invariant_case(row: Record) -> ET.Element:
    status = text(row, "status")
    case = ET.Element("testcase", {"classname": "run.invariants", "name": invariant_name(row), "time": "0"})
    case.append(
        _properties(
            {
                "origin": text(row, "origin"),
                "severity": text(row, "severity"),
                "candidates": str(whole(row, "candidates")),
                "violations": str(whole(row, "violations")),
            }
        )
    )
    said = invariant_says(row)
    if status == "violated":
        ET.SubElement(case, "failure", {"message": said, "type": text(row, "id")})
    elif status == "error" or (status == "vacuous" and row.get("required") is True):
        ET.SubElement(case, "error", {"message": said, "type": text(row, "id")})
    elif status in {"vacuous", "not_applicable"}:
        ET.SubElement(case, "skipped", {"message": said})
    return case


def _properties(values: Mapping[str, str]) -> ET.Element:
    properties = ET.Element("properties")
    for name, value in values.items():
        if value:
            ET.SubElement(properties, "property", {"name": name, "value": value})
    return properties


def _counted(suite: ET.Element) -> ET.Element:
    cases = suite.findall("testcase")
    counts = {"tests": len(cases)} | {plural: sum(1 for case in cases if case.find(tag) is not None) for tag, plural in _TAGS.items()}
    for name, value in counts.items():
        suite.set(name, str(value))
    suite.set("time", "0")
    return suite


_TAGS = {"failure": "failures", "error": "errors", "skipped": "skipped"}
