"""The report counts by flow: coverage, evidence, and the chain of a case; an older verdict without these is shown as far as it goes."""

from pathlib import Path
from typing import Any

import pytest

from reports import summary_text
from reports.flows import chains, evidence, flow_lines
from reports.page import write_report
from tests.unit.reports.sample import CATALOG, passing, write_run

CELLS = {"applicable": 12, "planned": 12, "fired": 12, "judged": 11, "not_applicable": 3}


def verdict() -> dict[str, Any]:
    first, second = CATALOG.flows
    return {
        "by_experiment": [
            {"txn_id": "a-1", "flow": first, "role": "control", "verdict": "pass", "parent": None, "case": "a-1"},
            {"txn_id": "b-2", "flow": second, "role": "faulted", "verdict": "fail", "parent": "a-1", "case": "a-1"},
            {"txn_id": "b-3", "flow": second, "role": "solo", "verdict": "fail", "parent": None, "case": "b-3"},
        ],
        "coverage": {"by_flow": {first: CELLS, second: {**CELLS, "judged": 4}}},
        "invariants": [
            {
                "id": "C14",
                "by_flow": {
                    first: {"candidates": 7, "violations": 0, "required": True, "status": "ok"},
                    second: {"candidates": 0, "violations": 0, "required": True, "status": "vacuous"},
                },
            }
        ],
    }


def test_each_flow_has_its_own_line() -> None:
    """Three right orders are no evidence for a report: the line says which rule examined nothing."""
    lines = {line.id: line for line in flow_lines(verdict(), CATALOG)}
    first, second = (lines[flow] for flow in CATALOG.flows)
    assert (first.transactions, first.failed, first.judged, first.unexamined) == (1, 0, 11, ())
    assert (second.transactions, second.failed, second.judged, second.unexamined) == (1, 1, 4, ("C14",))
    assert [(one.flow, one.candidates) for one in evidence(verdict()["invariants"][0])] == list(zip(CATALOG.flows, (7, 0), strict=True))


def test_a_case_is_walked() -> None:
    assert chains(verdict()) == {"a-1": ("b-2",), "b-2": ("a-1",)}


@pytest.mark.parametrize("old", [{}, {"coverage": {}, "invariants": [{"id": "C01"}], "by_experiment": [{"txn_id": "x", "flow": "gone"}]}])
def test_an_older_verdict_is_shown_as_far_as_it_goes(old: dict[str, Any]) -> None:
    assert [line.id for line in flow_lines(old, CATALOG)] == [row["flow"] for row in old.get("by_experiment", ())]
    assert chains(old) == {}


def test_the_page_and_the_terminal_tell_it(tmp_path: Path) -> None:
    """Under the headline, and in ten seconds."""
    run = passing()
    run["verdict"]["coverage"]["by_flow"] = verdict()["coverage"]["by_flow"]
    page = write_report(write_run(tmp_path, run)).read_text("utf-8")
    assert 'id="flows"' in page
    assert "11 of 12" in page
    told = ", ".join(f"{flow} {n} of 12" for flow, n in zip(CATALOG.flows, (11, 4), strict=True))
    assert f"By flow: {told}." in " ".join(summary_text(run["verdict"]).split())
