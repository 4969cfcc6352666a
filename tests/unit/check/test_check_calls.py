"""The calls of a `connector check`, as lines for people."""

from harness.run import check_calls
from harness.run.check_points import Journey
from tests.shipped import CATALOG

FLOW = CATALOG.flows["requisition-to-po"]
JOURNEY = Journey("t-1", FLOW, "requisition REQ-1 (US01)", "posted", 0.1, acked=202, sent=True, bad_copies={}, parked=None)


def call(op_id: int, point: str, status: int | None, *, txn_id: str | None = "t-1", code: str | None = None, made=()) -> list[dict]:
    """The rows of one call."""
    head = {"op_id": op_id, "call_point": point, "t_mono_ns": op_id * 1_000_000, "txn_id": txn_id}
    rows = [{**head, "kind": "request", "method": "POST", "route": "/things"}]
    rows += [{**head, "kind": "commit", "effect": "create", **columns} for columns in made]
    return rows + ([{**head, "kind": "decision", "status": status, "code": code}] if status else [])


def text(*rows: dict) -> list[str]:
    """The lines without their alignment."""
    return [" ".join(line.split()) for line in check_calls.lines(rows, [JOURNEY])]


def test_calls_stand_with_their_document_in_order() -> None:
    """Two calls of one document, one of none, with status and refusal."""
    order = {"entity_type": "purchase_order", "entity_id": "45", "state": "created"}
    line = {"entity_type": "journal_line", "entity_id": "45/1"}
    assert text(
        *call(1, "identity.token.issue", 200, txn_id=None),
        *call(2, "erp.po.create", 409, code="CODING_INVALID"),
        *call(3, "erp.po.create", 201, made=[order, line]),
    ) == [
        "calls of requisition-to-po",
        "requisition REQ-1 (US01)",
        "1 0.002 s POST /things erp.po.create 409 CODING_INVALID",
        "2 0.003 s POST /things erp.po.create 201 purchase order 45 created",
        "made of it: purchase order 45 created",
        "calls of no document",
        "1 0.001 s POST /things identity.token.issue 200",
    ]


def test_a_call_without_an_answer_and_a_document_without_calls() -> None:
    """Both are said."""
    assert "1 0.001 s POST /things erp.po.create no answer" in text(*call(1, "erp.po.create", None))
    assert text()[1] == "requisition REQ-1 (US01): none"


def test_people_make_no_calls_of_the_connector() -> None:
    """A request with an owner is a person's."""
    rows = [{**row, "owner": "U1001"} for row in call(1, "procurement.requisition.approve", 200)]
    assert text(*rows)[1] == "requisition REQ-1 (US01): none"
