"""What the ERP offers about budgets."""

from mocks.kit.operation import Call, Operation, QueryParam, Refs
from mocks.systems.erp import models, refs
from mocks.systems.erp.budget.desk import BudgetDesk
from mocks.systems.erp.budget.funds import KIND
from mocks.systems.erp.budget.models import (
    Approve,
    BudgetStatus,
    BudgetTransferCreate,
    BudgetTransferRecord,
    BudgetVersionCreate,
    BudgetVersionRecord,
    BudgetYearClose,
    BudgetYearRecord,
    Release,
    Reservation,
    ReservationCreate,
    ReservationPage,
)
from mocks.systems.erp.budget.publishing import VersionDesk
from mocks.systems.erp.budget.transfers import TransferDesk
from mocks.systems.erp.budget.year_end import YearEndDesk
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

TRANSFER = (
    "DUPLICATE_REFERENCE", "CURRENCY_INVALID", "CODING_INVALID", "AMOUNT_MISMATCH", "APPROVAL_EVIDENCE_MISSING", "SEGREGATION_OF_DUTIES",
    "LIMIT_EXCEEDED", "PERIOD_CLOSED", "BUDGET_EXCEEDED",
)  # fmt: skip


def operations(erp: Erp) -> tuple[Operation, ...]:
    """Of the desk for funds of one ERP, and of the one for budgets themselves."""
    desk, own = BudgetDesk(erp), refs.CallRefs(erp.master)
    return (_status(desk), *_versions(VersionDesk(erp)), *_reservations(desk, own), *_movements(erp, own))


def _text(name: str, doc: str, *, required: bool = True) -> QueryParam:
    return QueryParam(name, doc, required, {"type": "string", "minLength": 1, "maxLength": 20})


COMPANY = _text("company_code", "company code")


def _status(desk: BudgetDesk) -> Operation:
    bucket = (
        COMPANY, _text("cost_center", "cost centre"), _text("gl_account", "account"), _text("project", "project", required=False),
    )  # fmt: skip
    yyyymmdd = {"type": "string", "pattern": models.DAY_PATTERN, "maxLength": 8}
    day = QueryParam("date", "whose months count, as YYYYMMDD; today when absent", False, yyyymmdd)
    as_of = QueryParam("as_of", "how it stood at the end of that day (UTC), as YYYYMMDD; now when absent", False, yyyymmdd)
    return Operation(
        "erp.budget.read", "GET", "/budget-status", "read", READ, "What a cost centre may still spend on a group of accounts",
        BudgetStatus, desk.read_status, errors=("INVALID_PARAMETER",), query=(*bucket, day, as_of), refs=refs.coding,
    )  # fmt: skip


def _versions(desk: VersionDesk) -> tuple[Operation, ...]:
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
            "erp.budget_version.enter", "POST", f"{VERSIONS}/entry", "actor", "erp.act", "A controller types a budget",
            BudgetVersionRecord, desk.enter,
            request=BudgetVersionCreate, status=201, errors=("EMPLOYEE_UNKNOWN", *PUBLISH), refs=published,
        ),
        Operation(
            "erp.budget_version.read", "GET", VERSIONS, "read", READ, "The budget that is in force", BudgetVersionRecord, desk.read,
            query=(COMPANY, _text("cost_center", "cost centre", required=False), YEAR), errors=("INVALID_PARAMETER",), refs=refs.coding,
        ),
    )  # fmt: skip


def _reservations(desk: BudgetDesk, own: refs.CallRefs) -> tuple[Operation, ...]:
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

    return (
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


def _movements(erp: Erp, own: refs.CallRefs) -> tuple[Operation, ...]:
    def references(call: Call) -> Refs:
        body: BudgetTransferCreate = call.body
        centers = refs.centers((body.giving.cost_center, body.receiving.cost_center))
        return own.document(body, centers, own.minor(body.amount, body.currency))

    return (
        Operation(
            "erp.budget_transfer.create", "POST", "/budget-transfers", "create", WRITE, "Move budget to another place",
            BudgetTransferRecord, TransferDesk(erp).create, request=BudgetTransferCreate, status=201, errors=TRANSFER, refs=references,
        ),
        Operation(
            "erp.budget_year.close", "POST", "/budget-years/close", "actor", "erp.act",
            "End a budget year: what is open lapses, or is carried forward", BudgetYearRecord, YearEndDesk(erp).close,
            request=BudgetYearClose,
            errors=("NOT_FOUND", "INVALID_TRANSITION", "SEGREGATION_OF_DUTIES", "PERIOD_CLOSED"),
        ),
    )  # fmt: skip
