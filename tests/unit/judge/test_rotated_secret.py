"""A retired secret is proven by the record: somebody signed in with the new one behind it, or was refused with an older one."""

from pathlib import Path

import pytest

from harness.judge.synthetic import Row, Scribe
from tests.unit.judge.history_builder import clean_run, insert, judged, one

TXN, PHASE = "p2p-000008", "run-F-B12-identity"
POINT = "identity.token.issue"
CELL: Row = {
    "flow": "requisition-to-po",
    "call_point": "identity",
    "fault_id": "F-B12",
    "mode": "retired",
    "status": "planned",
    "reason": None,
}
GOOD: Row = {"status": 200}
REFUSED: Row = {"status": 401, "code": "INVALID_CLIENT"}


def sign_in(number: int, secret_no: int, answer: Row, phase: str = PHASE) -> list[Row]:
    """The rows of one request for a token."""
    outcome = "rejected" if answer.get("code") else "no_effect"
    common: Row = {"node": "identity", "phase": phase, "op_id": 60_000 + number, "call_point": POINT, "attempt": 60_000 + number}
    request: Row = {"kind": "request", "method": "POST", "route": "/oauth/token", "sut_gen": 1, "txn_attr": "none", "secret_no": secret_no}
    decision: Row = {"kind": "decision", "server_outcome": outcome, **answer}
    end: Row = {"kind": "response_end", "client_view": "fail" if answer.get("code") else "ok", **answer}
    return [{**common, **row} for row in (request, decision, end)]


def rotated(*behind: list[Row], before: list[Row] | None = None) -> Scribe:
    """The clean run, in which 8 is open when the first of two secrets is retired; then these sign-ins."""
    scribe = clean_run()
    plan = next(entry for entry in scribe.plan if entry["txn_id"] == TXN)
    plan |= {"role": "run", "steps": [], "window": {"fault_id": "F-B12", "mode": "retired", "target": "identity", "duration_ms": 0}}
    index, joined = one(scribe, kind="experiment", txn_id=TXN)
    joined["role"] = "run"
    mark: Row = {"kind": "fault_fired", "node": "harness", "phase": PHASE, "call_point": "identity", "experienced_by": TXN}
    fired: Row = {**mark, "fault_id": "F-B12", "mode": "retired", "secret_no": 2}
    rows = [*(before or []), fired, *(row for each in behind for row in each)]
    insert(scribe, index + 1, *({"t_mono_ns": joined["t_mono_ns"] + n, **row} for n, row in enumerate(rows, start=1)))
    return scribe


def cell_of(scribe: Scribe, folder: Path) -> str:
    """The verdict of the cell."""
    (cell,) = [row for row in judged(scribe, folder, cells=(CELL,)).coverage["matrix"] if row["fault_id"] == "F-B12"]
    return str(cell["verdict"])


@pytest.mark.parametrize("behind", [sign_in(1, 2, GOOD), sign_in(1, 1, REFUSED)], ids=["with-the-new-one", "refused-with-the-old-one"])
def test_a_sign_in_behind_it_proves_it(tmp_path: Path, behind: list[Row]) -> None:
    """Either shows that the first secret is not what is good any more."""
    assert cell_of(rotated(behind), tmp_path) == "pass"


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ([], []),
        (sign_in(1, 2, GOOD), []),
        ([], sign_in(1, 2, GOOD, phase="kill-1")),
        ([], sign_in(1, 2, REFUSED)),
        ([], sign_in(1, 1, {"status": 503, "code": "UNAVAILABLE"})),
        ([], [*sign_in(1, 2, GOOD), *sign_in(2, 1, GOOD)]),
    ],
    ids=["nobody", "only-before", "only-in-a-later-wave", "the-new-one-refused", "another-refusal", "the-old-one-still-good"],
)
def test_without_it_nothing_was_shown(tmp_path: Path, before: list[Row], behind: list[Row]) -> None:
    """The mark alone proves nothing."""
    assert cell_of(rotated(behind, before=before), tmp_path) == "void"
