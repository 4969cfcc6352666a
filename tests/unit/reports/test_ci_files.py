"""junit.xml and ctrf.json: every experiment a test case, and no run without enough evidence looks green."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from reports import write_ctrf, write_junit
from tests.unit.reports.sample import failing, hostile, passing, write_run

CTRF_TEST_MEMBERS = {"name", "status", "duration", "suite", "message", "trace", "rawStatus", "tags", "extra"}


def junit(folder: Path, run: dict[str, dict[str, Any]]) -> ET.Element:
    """The parsed junit.xml of a run."""
    return ET.parse(write_junit(write_run(folder, run))).getroot()


def ctrf(folder: Path, run: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The parsed ctrf.json of a run."""
    document = json.loads(write_ctrf(write_run(folder, run)).read_text())
    assert isinstance(document, dict)
    return document


def test_one_suite_per_flow_and_one_for_the_run(tmp_path: Path) -> None:
    """Suites are the run and each flow; the counts add up to the verdict's."""
    root = junit(tmp_path, failing())
    assert [suite.get("name") for suite in root] == ["run", "requisition-to-po", "expense-to-posting"]
    flows = list(root)[1:]
    assert sum(int(suite.get("tests", "")) for suite in flows) == 503
    assert sum(int(suite.get("failures", "")) for suite in flows) == 32
    assert sum(int(suite.get("skipped", "")) for suite in flows) == 12
    assert int(root.get("tests", "")) == sum(int(suite.get("tests", "")) for suite in root)


def test_a_failure_carries_its_story(tmp_path: Path) -> None:
    """A failed case has seed, run id and plan as properties, and story, money and replay command as text."""
    root = junit(tmp_path, failing())
    case = next(
        case for case in root.iter("testcase") if case.find("failure") is not None and case.get("classname", "").startswith("requisition")
    )
    properties = {entry.get("name"): entry.get("value") for entry in case.iter("property")}
    assert properties["run_id"] == "r7k2"
    assert properties["seed"] == "42"
    assert properties["plan"] in (case.get("name") or "")
    failure = case.find("failure")
    assert failure is not None
    assert "dryclose replay runs/r7k2" in (failure.text or "")


def test_what_says_nothing_is_skipped_with_the_reason(tmp_path: Path) -> None:
    """void and inconclusive experiments are skipped cases."""
    messages = [skipped.get("message", "") for suite in list(junit(tmp_path, failing()))[1:] for skipped in suite.iter("skipped")]
    assert {message.split(":")[0] for message in messages} == {"void", "inconclusive"}
    assert all("the fault never fired" in message for message in messages)


@pytest.mark.parametrize(
    ("kind", "tag"), [("pass", None), ("fail", "failure"), ("inconclusive", "error"), ("error", "error"), (None, "error")]
)
def test_the_verdict_is_a_case_of_its_own(tmp_path: Path, kind: str | None, tag: str | None) -> None:
    """Only a pass leaves the case `verdict` green; an incomplete run is an error."""
    run = passing()
    if kind is None:
        del run["verdict"]
    else:
        run["verdict"]["verdict"] = kind
    case = next(case for case in junit(tmp_path, run).iter("testcase") if case.get("name") == "verdict")
    assert [child.tag for child in case] == ([tag] if tag else [])
    verdict = next(test for test in ctrf(tmp_path, run)["results"]["tests"] if test["name"] == "verdict")
    assert verdict["status"] == ("failed" if tag else "passed")


def test_solo_repeats_are_no_cases(tmp_path: Path) -> None:
    """A violation that was repeated alone counts once."""
    run = passing()
    run["verdict"]["by_experiment"].append(run["verdict"]["by_experiment"][0] | {"txn_id": "p2p-009999", "role": "solo", "verdict": "fail"})
    assert "p2p-009999" not in ET.tostring(junit(tmp_path, run), encoding="unicode")
    assert "p2p-009999" not in json.dumps(ctrf(tmp_path, run))


def test_hostile_texts_stay_well_formed(tmp_path: Path) -> None:
    """Markup, control characters and broken surrogates in names give valid XML and JSON."""
    root = junit(tmp_path, failing(say=hostile))
    assert "<script>alert('" in "".join(case.get("name", "") for case in root.iter("testcase"))
    assert ctrf(tmp_path, failing(say=hostile))["reportFormat"] == "CTRF"


def test_ctrf_keeps_the_format(tmp_path: Path) -> None:
    """The members that the format requires are there, with its types, and no others; the summary adds up."""
    document = ctrf(tmp_path, failing())
    results = document["results"]
    assert set(document) == {"reportFormat", "specVersion", "generatedBy", "results"}
    assert set(results) == {"tool", "summary", "tests", "environment"}
    summary = results["summary"]
    assert all(isinstance(summary[name], int) for name in ("tests", "passed", "failed", "skipped", "pending", "other", "start", "stop"))
    assert summary["tests"] == len(results["tests"]) == sum(summary[name] for name in ("passed", "failed", "skipped", "pending", "other"))
    assert summary["stop"] - summary["start"] == 31_000
    for test in results["tests"]:
        assert set(test) <= CTRF_TEST_MEMBERS
        assert test["name"]
        assert isinstance(test["duration"], int)
        assert test["suite"]


@pytest.mark.parametrize("content", ["", "[]", '{"by_experiment": [1, {}], "invariants": [{}], "violations": [null]}'])
def test_damaged_verdicts_give_files(tmp_path: Path, content: str) -> None:
    """CI gets its files after a torn run too, and they are not green."""
    (tmp_path / "verdict.json").write_text(content)
    root = ET.parse(write_junit(tmp_path)).getroot()
    assert int(root.get("errors", "0")) > 0
    assert json.loads(write_ctrf(tmp_path).read_text())["results"]["summary"]["failed"] > 0
