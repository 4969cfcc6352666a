"""What the ERP offers about budgets."""

from mocks.kit.operation import Call, Operation, QueryParam, Refs
from mocks.systems.erp import models, refs
from mocks.systems.erp.budget.desk import BudgetDesk
from mocks.systems.erp.budget.funds import KIND
from mocks.systems.erp.budget.models import (
    Approve,
    BudgetStatus,
    BudgetVersionCreate,
    BudgetVersionRecord,
    Release,
    Reservation,
    ReservationCreate,
    ReservationPage,
)
from mocks.systems.erp.budget.publishing import VersionDesk
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.operations import READ, REFERENCE, WRITE

PATH = "/budget-reservations"
ONE = f"{PATH}/{{reservation_id}}"
CHANGE = ("NOT_FOUND", "PRECONDITION_FAILED", "INVALID_TRANSITION")
VERSIONS = "/budget-versions"
YEAR = QueryParam("fiscal_year", "the calendar year in which it begins", False, {"type": "integer", "minimum": 2000, "maximum": 2099})
PUBLISH = ("CURRENCY_INVALID", "CODING_INVALID", "COST_CENTER_INACTIVE", "AMOUNT_MISMATCH", "VERSION_CONFLICT")
RESERVE = (
    "DUPLICATE_REFERENCE", "CURRENCY_INVALID", "COST_CENTER_INACTIVE", "CODING_INVALID", "AMOUNT_MISMATCH", "BUDGET_EXCEEDED",
)  # fmt: skip


def operations(erp: Erp) -> tuple[Operation, ...]:
    """Of the desk for funds of one ERP, and of the one for budgets themselves."""
    return (*_funds(erp), *_versions(erp))


def _text(name: str, doc: str, *, required: bool = True) -> QueryParam:
    return QueryParam(name, doc, required, {"type": "string", "minLength": 1, "maxLength": 20})


COMPANY = _text("company_code", "company code")


def _versions(erp: Erp) -> tuple[Operation, ...]:
    desk = VersionDesk(erp)

    def published(call: Call) -> Refs:
        body: BudgetVersionCreate = call.body
        keys = refs.centers([body.cost_center]) if body.cost_center is not None else ()
        return Refs(ext_ref=body.external_ref, keys=keys, src_version=body.sequence)

    return (
        Operation(
            "erp.budget_version.create", "POST", VERSIONS, "create", WRITE, "Put a budget in the place of the one before",
            BudgetVersionRecord, desk.publish, request=BudgetVersionCreate, status=201, errors=PUBLISH, refs=published,
        ),
        Operation(
            "erp.budget_version.read", "GET", VERSIONS, "read", READ, "The budget that is in force", BudgetVersionRecord, desk.read,
            query=(COMPANY, _text("cost_center", "cost centre", required=False), YEAR), errors=("INVALID_PARAMETER",), refs=refs.coding,
        ),
    )  # fmt: skip


def _funds(erp: Erp) -> tuple[Operation, ...]:
    desk = BudgetDesk(erp)
    own = refs.CallRefs(erp.master)

    def references(call: Call) -> Refs:
        body: ReservationCreate = call.body
        return Refs(
            ext_ref=body.external_ref,
            keys=refs.centers(line.cost_center for line in body.lines),
            amount_minor=own.minor(body.total, body.currency),
            currency=body.currency,
            src_version=body.source_revision,
        )

    def one(call: Call) -> Refs:
        return Refs(parents=((KIND, call.path["reservation_id"]),))

    bucket = (
        COMPANY, _text("cost_center", "cost centre"), _text("gl_account", "account"), _text("project", "project", required=False),
    )  # fmt: skip
    day = QueryParam("date", "as YYYYMMDD; today when absent", False, {"type": "string", "pattern": models.DAY_PATTERN, "maxLength": 8})
    return (
        Operation(
            "erp.budget.read", "GET", "/budget-status", "read", READ, "What a cost centre may still spend on a group of accounts",
            BudgetStatus, desk.read_status, errors=("INVALID_PARAMETER",), query=(*bucket, day), refs=refs.coding,
        ),
        Operation(
            "erp.budget_reservation.create", "POST", PATH, "create", WRITE, "Check and reserve funds in one step", Reservation,
            desk.reserve, request=ReservationCreate, status=201, errors=RESERVE, refs=references,
        ),
        Operation(
            "erp.budget_reservation.find", "GET", PATH, "lookup", READ, "Reservations by external reference", ReservationPage,
            desk.find, query=(REFERENCE,), refs=refs.reference,
        ),
        Operation(
            "erp.budget_reservation.read", "GET", ONE, "read", READ, "One reservation", Reservation, desk.read, errors=("NOT_FOUND",),
            refs=one,
        ),
        Operation(
            "erp.budget_reservation.approve", "POST", f"{ONE}/approve", "update", WRITE,
            "The document was approved: its reservation becomes a pre-encumbrance", Reservation, desk.approve, request=Approve,
            errors=CHANGE, refs=one,
        ),
        Operation(
            "erp.budget_reservation.release", "POST", f"{ONE}/release", "update", WRITE,
            "Give reserved or pre-encumbered funds back", Reservation, desk.release, request=Release, errors=CHANGE, refs=one,
        ),
    )  # fmt: skip
