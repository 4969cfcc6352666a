"""The operations that every kind offers; its own file adds the one that creates it."""

from mocks.kit.operation import Operation, QueryParam
from mocks.systems.erp import models, refs
from mocks.systems.erp.documents.desk import DocumentDesk
from mocks.systems.erp.documents.kind import DocumentKind

READ, WRITE, ACT = "erp.read", "erp.write", "erp.act"
CREATE_RULES = (
    "DUPLICATE_REFERENCE",
    "CURRENCY_INVALID",
    "APPROVAL_EVIDENCE_MISSING",
    "SEGREGATION_OF_DUTIES",
    "LIMIT_EXCEEDED",
    "COST_CENTER_INACTIVE",
    "CODING_INVALID",
    "PERIOD_CLOSED",
)
CHANGE_RULES = ("NOT_FOUND", "PRECONDITION_FAILED", "INVALID_TRANSITION", "PERIOD_CLOSED")
REFERENCE = QueryParam("external_ref", "the sender's own id of the document", True, {"type": "string", "minLength": 1, "maxLength": 64})


def shared(
    of: DocumentKind, desk: DocumentDesk, *, plural: str, undoing: str, request: type = models.Reverse, more: tuple[str, ...] = ()
) -> tuple[Operation, ...]:
    """Find, list, read, take back. undoing: what taking back is called; request: its body; more: what else it may refuse."""
    one = refs.number(of.name)
    return (
        Operation(
            f"{of.point}.find", "GET", of.path, "lookup", READ, f"{plural} by external reference", of.page, desk.find,
            query=(REFERENCE,), when_query="external_ref", refs=refs.reference,
        ),
        Operation(f"{of.point}.list", "GET", of.path, "list", READ, f"All {of.noun}s", of.page, desk.list),
        Operation(
            f"{of.point}.read", "GET", f"{of.path}/{{number}}", "read", READ, f"One {of.noun}", of.record, desk.read,
            errors=("NOT_FOUND",), refs=one,
        ),
        Operation(
            f"{of.point}.{of.undo}", "POST", f"{of.path}/{{number}}/{of.undo}", "update", WRITE, undoing, of.record,
            desk.undo, request=request, errors=(*CHANGE_RULES, *more), refs=one, touch=desk.touch,
        ),
    )  # fmt: skip
