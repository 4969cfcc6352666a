"""What the ERP offers about master records."""

from mocks.kit.operation import Call, Operation, QueryParam, Refs
from mocks.systems.erp.documents.operations import READ
from mocks.systems.erp.stewardship import models
from mocks.systems.erp.stewardship.desk import PATH, StewardDesk

ACT = "erp.act"
ONE = f"{PATH}/{{number}}"
SINCE = QueryParam(
    "updated_since", "released at or after this ISO 8601 instant", False, {"type": "string", "format": "date-time", "maxLength": 40}
)
PERSON = ("EMPLOYEE_UNKNOWN",)
CHANGE = ("NOT_FOUND", "PRECONDITION_FAILED", *PERSON)


def operations(desk: StewardDesk) -> tuple[Operation, ...]:
    """Of the stewards of one ERP, and of whoever keeps copies of what they release."""
    point = "erp.master_record"
    return (
        Operation(
            f"{point}.list", "GET", PATH, "list", READ, "Released records in order of their last release", models.MasterRecordPage,
            desk.list, query=(SINCE,), errors=("INVALID_PARAMETER",),
        ),
        Operation(
            f"{point}.read", "GET", ONE, "read", READ, "One record as it is in force", models.MasterRecord, desk.read,
            errors=("NOT_FOUND",), refs=one,
        ),
        Operation(
            f"{point}.create", "POST", PATH, "actor", ACT, "A steward drafts a record", models.MasterRecord, desk.create,
            request=models.MasterRecordCreate, status=201, errors=(*PERSON, "CODING_INVALID", "DUPLICATE_REFERENCE"),
        ),
        Operation(
            f"{point}.change", "POST", f"{ONE}/change", "actor", ACT, "A steward drafts what is in force next", models.MasterRecord,
            desk.change, request=models.MasterRecordChange, errors=CHANGE, refs=one, acting="steward",
        ),
        Operation(
            f"{point}.release", "POST", f"{ONE}/release", "actor", ACT, "A second person puts a draft in force", models.MasterRecord,
            desk.release, request=models.MasterRecordRelease, errors=(*CHANGE, "INVALID_TRANSITION", "SEGREGATION_OF_DUTIES"),
            refs=one, acting="waits_for",
        ),
    )  # fmt: skip


def one(call: Call) -> Refs:
    """Of a call on one record."""
    return Refs(source_ids=(call.path["number"],))
