"""What the ERP offers about accruals: people propose, approve and reverse them; a connector may look."""

from collections.abc import Sequence

from mocks.kit.operation import Call, Operation, Refs
from mocks.systems.erp import refs
from mocks.systems.erp.accruals import models
from mocks.systems.erp.accruals.desk import KIND, accruals
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.example import Body, Example
from mocks.systems.erp.documents.operations import ACT, READ, REFERENCE

ONE = f"{KIND.path}/{{number}}"
STEP = ("NOT_FOUND", "PRECONDITION_FAILED", "INVALID_TRANSITION", "SEGREGATION_OF_DUTIES")
PROPOSE = (
    "DUPLICATE_REFERENCE", "CURRENCY_INVALID", "CODING_INVALID", "COST_CENTER_INACTIVE", "AMOUNT_MISMATCH", "ORDER_NOT_OPEN",
    "QUANTITY_EXCEEDED", "EMPLOYEE_UNKNOWN", "SEGREGATION_OF_DUTIES", "PERIOD_CLOSED",
)  # fmt: skip


def operations(erp: Erp) -> tuple[Operation, ...]:
    """Of the accountants of one ERP."""
    desk, one = accruals(erp), refs.number(KIND.name)

    def references(call: Call) -> Refs:
        body: models.AccrualPropose = call.body
        named = (cost.source_document for cost in body.costs if cost.source_document is not None)
        return Refs(source_ids=tuple(dict.fromkeys(named)), ext_ref=body.external_ref)

    return (
        Operation(
            f"{KIND.point}.propose", "POST", KIND.path, "actor", ACT, "Propose what a period owes and no books say", models.Accrual,
            desk.create, request=models.AccrualPropose, status=201, refs=references, errors=PROPOSE,
        ),
        Operation(
            f"{KIND.point}.find", "GET", KIND.path, "lookup", READ, "Accruals by external reference", models.AccrualPage, desk.find,
            query=(REFERENCE,), when_query="external_ref", refs=refs.reference,
        ),
        Operation(f"{KIND.point}.list", "GET", KIND.path, "list", READ, "All accruals", models.AccrualPage, desk.list),
        Operation(
            f"{KIND.point}.read", "GET", ONE, "read", READ, "One accrual", models.Accrual, desk.read, errors=("NOT_FOUND",), refs=one,
        ),
        Operation(
            f"{KIND.point}.approve", "POST", f"{ONE}/approve", "actor", ACT, "A second person approves: it is posted", models.Accrual,
            desk.approve, request=models.AccrualStep, errors=(*STEP, "LIMIT_EXCEEDED", "PERIOD_CLOSED"), refs=one,
        ),
        Operation(
            f"{KIND.point}.delete", "POST", f"{ONE}/delete", "actor", ACT, "Give a proposal up", models.Accrual, desk.delete,
            request=models.AccrualReason, errors=STEP, refs=one,
        ),
        Operation(
            f"{KIND.point}.reverse", "POST", f"{ONE}/reverse", "actor", ACT, "Reverse an accrual in the next period", models.Accrual,
            desk.undo, request=models.AccrualReason, errors=(*STEP, "PERIOD_CLOSED"), refs=one,
        ),
        Operation(
            f"{KIND.point}.reverse_due", "POST", f"{KIND.path}/reversals", "actor", ACT, "Reverse all accruals whose day has come",
            models.ReversedAccruals, desk.reverse_due, request=models.ReverseDue, errors=("CODING_INVALID", "SEGREGATION_OF_DUTIES"),
        ),
    )  # fmt: skip


def bodies(desks: Sequence[Example]) -> dict[str, tuple[Body, ...]]:
    """Valid requests, and what one rule each refuses, for fuzzing."""
    proposed = tuple(body for desk in desks for body in _proposed(desk))
    reason = {"reason": "fuzz"}
    return {
        f"{KIND.point}.propose": proposed,
        f"{KIND.point}.approve": ({},),
        f"{KIND.point}.delete": (reason,),
        f"{KIND.point}.reverse": (reason,),
        f"{KIND.point}.reverse_due": tuple({"company_code": desk.entity.erp_company} for desk in desks),
    }


def proposers(desks: Sequence[Example]) -> tuple[str, ...]:
    """Who may send each of those proposals."""
    return tuple(desk.person for desk in desks for _ in _proposed(desk))


def _proposed(desk: Example) -> tuple[Body, ...]:
    cost = {"gl_account": "5400", "cost_center": desk.cost_center, "amount": desk.total, "text": "Estimate"}
    valid = {"company_code": desk.entity.erp_company, "period": "2026-10", "currency": desk.entity.currency, "costs": [cost]}
    return (
        valid,
        {**valid, "external_ref": f"FUZZ-ACC-{desk.entity.key}"},
        {**valid, "costs": [{**cost, "source_document": f"REQ-ACC-{desk.entity.key}"}]},
        {**valid, "costs": [{**cost, "cost_center": "9999999"}]},
        {**valid, "costs": [{**cost, "order_number": "4500000404", "order_line": 10}]},
        {**valid, "period": "2025-01"},
        {**valid, "currency": "CHF"},
    )
