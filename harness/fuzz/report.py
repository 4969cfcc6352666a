"""What a fuzz run leaves: a summary for people, findings.json for programs, junit.xml for CI."""

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from harness.errors import EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_NOT_ENOUGH_EVIDENCE, EXIT_PASS, EXIT_VIOLATION
from harness.fuzz.findings import Finding
from harness.fuzz.outcome import FuzzResult

SCHEMA = 1
SUMMARY, FINDINGS, JUNIT = "summary.txt", "findings.json", "junit.xml"
SHOWN = 20
COUNTS = {"tests": "", "failures": "failure", "errors": "error", "skipped": "skipped"}  # of JUnit, with the element that is counted
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd]")


@dataclass(slots=True)
class Report:
    """A whole run. again: the command line that repeats it."""

    seed: int
    again: Sequence[str]
    directory: Path
    versions: dict[str, str]
    outcomes: list[FuzzResult] = field(default_factory=list)
    interrupted: bool = False

    @property
    def findings(self) -> list[Finding]:
        """Of all systems."""
        return [finding for outcome in self.outcomes for finding in outcome.findings]

    @property
    def doubts(self) -> list[str]:
        """Why a run without findings is still no pass."""
        doubts = [f"{outcome.system}: {doubt}" for outcome in self.outcomes for doubt in outcome.doubts]
        return doubts if self.outcomes else ["nothing was exercised"]

    @property
    def exit_code(self) -> int:
        """Findings are findings, also of a run that was interrupted later."""
        if self.interrupted:
            return EXIT_INTERRUPTED
        if self.findings:
            return EXIT_VIOLATION
        if any(outcome.broken for outcome in self.outcomes):
            return EXIT_INTERNAL
        return EXIT_NOT_ENOUGH_EVIDENCE if self.doubts else EXIT_PASS

    def document(self) -> dict[str, Any]:
        """findings.json."""
        return {
            "schema": SCHEMA,
            "seed": self.seed,
            "again": shlex.join(self.again),
            "exit_code": self.exit_code,
            "interrupted": self.interrupted,
            "versions": self.versions,
            "systems": [_system(outcome) for outcome in self.outcomes],
            "findings": [finding.document() for finding in self.findings],
        }

    def text(self) -> str:
        """The summary."""
        return "\n".join(_lines(self)) + "\n"

    def write(self) -> None:
        """All three files."""
        (self.directory / SUMMARY).write_text(self.text(), "utf-8", errors="backslashreplace")
        document = json.dumps(self.document(), indent=1, ensure_ascii=True)
        (self.directory / FINDINGS).write_text(document + "\n", "utf-8")
        root = junit(self)
        ET.indent(root)
        (self.directory / JUNIT).write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def _system(outcome: FuzzResult) -> dict[str, Any]:
    return {
        "system": outcome.system,
        "operations": len(outcome.operations),
        "exercised": len(outcome.exercised),
        "accepted": len(outcome.accepted),
        "never_tried": outcome.untried,
        "never_accepted": outcome.refused,
        "requests": dict(outcome.cases),
        "statuses": dict(sorted(outcome.statuses.items())),
        "codes": dict(sorted(outcome.codes.items())),
        "own_checks": dict(sorted(outcome.examined.items())),
        "doubts": outcome.doubts,
        "notes": outcome.notes,
        "seconds": round(outcome.seconds, 1),
    }


def _lines(report: Report) -> Iterator[str]:
    yield f"dryclose fuzz  seed {report.seed}{'  (interrupted)' if report.interrupted else ''}"
    yield ""
    yield f"{'system':<12} {'operations':>10} {'accepted':>9} {'requests':>9} {'codes':>6} {'findings':>9} {'seconds':>8}"
    for each in report.outcomes:
        operations = f"{len(each.exercised)}/{len(each.operations)}"
        yield (
            f"{each.system:<12} {operations:>10} {len(each.accepted):>9} {sum(each.cases.values()):>9} {len(each.codes):>6}"
            f" {len(each.findings):>9} {each.seconds:>8.1f}"
        )
    yield ""
    yield from _own_checks(report.outcomes)
    for number, finding in enumerate(report.findings[:SHOWN], 1):
        yield from _finding(number, finding)
    if len(report.findings) > SHOWN:
        yield f"... and {len(report.findings) - SHOWN} more in {FINDINGS}"
    yield from (f"note: {outcome.system}: {note}" for outcome in report.outcomes for note in outcome.notes)
    yield from (f"not enough evidence: {doubt}" for doubt in report.doubts)
    yield _verdict(report)
    yield f"again: {shlex.join(report.again)}"
    yield f"report: {report.directory}"


def _own_checks(outcomes: Iterable[FuzzResult]) -> Iterator[str]:
    sums: dict[str, int] = {}
    for outcome in outcomes:
        for name, count in outcome.examined.items():
            sums[name] = sums.get(name, 0) + count
    if sums:
        yield "own checks, and how much each of them looked at:"
        yield from (f"  {name:<36} {count:>8}" for name, count in sorted(sums.items()))
        yield ""


def _finding(number: int, finding: Finding) -> Iterator[str]:
    where = f"{finding.system}  {finding.operation or '(books)'}"
    answered = "" if finding.status is None else f", answered {finding.status}"
    yield f"{number}. {where}  {finding.title}{answered}  [{finding.check}, {finding.phase}, {finding.count} times]"
    yield from (f"   {line}" for line in finding.message.splitlines()[:8])
    yield from (f"   {step}" for step in finding.steps)
    yield ""


def _verdict(report: Report) -> str:
    if report.findings:
        return f"FINDINGS: {len(report.findings)}"
    if report.interrupted or report.doubts:
        return "no findings so far, and not enough evidence"
    return "no findings"


def junit(report: Report) -> ET.Element:
    """One suite for each system, one case for each operation and one for the whole."""
    root = ET.Element("testsuites", {"name": f"dryclose fuzz {report.seed}"})
    for outcome in report.outcomes:
        suite = ET.SubElement(root, "testsuite", {"name": outcome.system, "time": f"{outcome.seconds:.1f}"})
        _operations(suite, outcome)
        whole = _case(suite, outcome, "evidence")
        if outcome.doubts or outcome.interrupted:
            ET.SubElement(whole, "error", {"message": "not enough evidence"}).text = _xml("\n".join(outcome.doubts) or "interrupted")
        _count(suite)
    for name in COUNTS:
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    return root


def _operations(suite: ET.Element, outcome: FuzzResult) -> None:
    by_operation: dict[str, list[Finding]] = {label: [] for label in sorted(outcome.exercised.union(outcome.operations))}
    for finding in outcome.findings:
        by_operation.setdefault(finding.operation or finding.check, []).append(finding)
    for label, findings in by_operation.items():
        case = _case(suite, outcome, label)
        if findings:
            text = "\n\n".join("\n".join(_finding(number, one)) for number, one in enumerate(findings, 1))
            ET.SubElement(case, "failure", {"message": _xml("; ".join(one.title for one in findings))}).text = _xml(text)
        elif label in outcome.untried:
            ET.SubElement(case, "skipped", {"message": "never tried"})


def _case(suite: ET.Element, outcome: FuzzResult, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", {"classname": f"fuzz.{outcome.system}", "name": _xml(name)})


def _count(suite: ET.Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for plural, name in COUNTS.items():
        if name:
            suite.set(plural, str(sum(case.find(name) is not None for case in cases)))


def _xml(text: str) -> str:
    """The text without what no XML may hold."""
    return NOT_XML.sub("\ufffd", text)
