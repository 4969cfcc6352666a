"""The commands on employees: a clerk of HR hires or changes, a second one confirms, everybody else reads what is in force."""

from dataclasses import replace
from datetime import date
from typing import Any

from mocks.company.staffing import HrMaster
from mocks.company.stewardship import OPEN_END
from mocks.kit.ids import draw_id, draw_uuid, free
from mocks.kit.operation import Call, OutEvent, Refusal, Reply
from mocks.systems.hr.book import KIND, EmployeeBook, Employment, PersonnelFile, confirmed, drafted
from mocks.systems.hr.models import EmployeeChange, EmployeeHire, EmployeeRecord, EmployeeSummary, PayDetails
from mocks.workflow.rules import to_instant

HOME = "/v1/employees"
NEW_NUMBERS = (20_000_000, 10**7)  # of whoever is hired: from where on, and how many; who was there has another first digit
DATES = ("valid_from", "valid_to")


class PersonnelDesk:
    """The employees of one HR system. wanted: the number that the next one takes."""

    def __init__(self, master: HrMaster, seed: int) -> None:
        self.master = master
        self.book = EmployeeBook(master, seed)
        self.wanted: str | None = None

    # What a connector does.

    def list(self, call: Call) -> Reply:
        """hr.employee.list: each employee once, in order of the last change"""
        since = to_instant(call.query["changed_since"]) if "changed_since" in call.query else None
        found, after = self.book.page(call.after, since, call.limit)
        return Reply({"items": [_summary(each) for each in found], "next": after})

    def read(self, call: Call) -> Reply:
        """hr.employee.read: what is in force"""
        file, content = self._in_force(call)
        return Reply(self._wire(file, content), version=file.version)

    # What people of HR do.

    def read_account(self, call: Call) -> Reply:
        """hr.employee.bank_account: people of HR alone may see it"""
        self._clerk(call)
        file, content = self._in_force(call)
        return Reply(PayDetails(employee_no=file.number, version=file.version, bank_account=content.bank_account), version=file.version)

    def hire(self, call: Call) -> Reply:
        """hr.employee.hire: the first draft"""
        body: EmployeeHire = call.body
        clerk = self._clerk(call)
        content = Employment(
            body.name,
            body.company_code,
            body.cost_center,
            body.manager,
            "active",
            date.fromisoformat(body.valid_from),
            date.fromisoformat(body.valid_to),
            body.bank_account,
        )
        self._check(content, None)
        file = PersonnelFile(
            number=self._free_number(call),
            id=draw_id(call, KIND),
            uuid=draw_uuid(call, KIND),
            version=1,
            clerk=clerk,
            draft=content,
            in_force=None,
            revision=0,
            decided_at=None,
            correlation_id=call.correlation_id,
            created_at=call.now,
            updated_at=call.now,
        )
        self.book.put(file)
        created = {"existing_id": file.number}
        effects = (drafted(file, "create"),)
        return Reply(self._wire(file, content), version=1, location=f"{HOME}/{file.number}", created=created, effects=effects)

    def change(self, call: Call) -> Reply:
        """hr.employee.change: another draft takes the place of the one before"""
        body: EmployeeChange = call.body
        clerk, file = self._clerk(call), self._addressed(call)
        content = _revised(file.shown, body)
        self._check(content, file.number)
        changed = self.book.change(call, file, draft=content, clerk=clerk)
        return Reply(self._wire(changed, content), version=changed.version, effects=(drafted(changed, "update"),))

    def confirm(self, call: Call) -> Reply:
        """hr.employee.confirm: revision + 1; whoever wrote the draft may not"""
        clerk, file = self._clerk(call), self._addressed(call)
        if file.draft is None:
            raise Refusal("INVALID_TRANSITION", f"employee {file.number} has no draft to confirm", current_status="confirmed")
        if clerk != self._confirms(file):
            raise Refusal("SEGREGATION_OF_DUTIES", f"employee {file.number} waits for {self._confirms(file)}, not {clerk}")
        self._check(file.draft, file.number)
        members = {"draft": None, "in_force": file.draft, "revision": file.revision + 1, "decided_at": call.now}
        changed = self.book.change(call, file, **members)
        wire = self._wire(changed, file.draft)
        return Reply(wire, version=changed.version, effects=(confirmed(changed),), events=(_event(changed, file.draft),))

    # Steps.

    def _clerk(self, call: Call) -> str:
        if call.actor not in self.master.clerks:
            raise Refusal("SEGREGATION_OF_DUTIES", f"acting user {call.actor!r} is not of HR")
        return call.actor

    def _in_force(self, call: Call) -> tuple[PersonnelFile, Employment]:
        file = self.book.get(call.path["employee_no"])
        if file.in_force is None:
            raise Refusal("NOT_FOUND", f"employee {file.number} was never confirmed")
        return file, file.in_force

    def _addressed(self, call: Call) -> PersonnelFile:
        file = self.book.get(call.path["employee_no"])
        if call.if_match is not None and call.if_match != file.version:
            said = f"employee {file.number} has version {file.version}, If-Match says {call.if_match}"
            raise Refusal("PRECONDITION_FAILED", said, current_version=file.version)
        return file

    def _check(self, content: Employment, number: str | None) -> None:
        """Raises CODING_INVALID, EMPLOYEE_UNKNOWN, VALIDATION_FAILED."""
        if content.company not in self.master.companies:
            raise Refusal("CODING_INVALID", f"no company code {content.company!r}; there are {', '.join(self.master.companies)}")
        if self.master.cost_centers.get(content.cost_center) != content.company:
            raise Refusal("CODING_INVALID", f"{content.cost_center!r} is no active cost centre of company {content.company}")
        if content.manager is not None and self.book.employed(content.manager) is None:
            raise Refusal("EMPLOYEE_UNKNOWN", f"manager {content.manager!r} does not work here")
        if number is not None and number in self.book.line_above(content.manager):
            raise Refusal("CODING_INVALID", f"manager {content.manager} reports to {number}")
        if content.valid_to < content.valid_from:
            raise Refusal("VALIDATION_FAILED", f"valid_to {content.valid_to} is before valid_from {content.valid_from}")
        if content.status == "left" and content.valid_to == OPEN_END:
            raise Refusal("VALIDATION_FAILED", "whoever left has a last day: valid_to")

    def _confirms(self, file: PersonnelFile) -> str:
        """The next clerk after the one who wrote the draft."""
        clerks = self.master.clerks
        return clerks[(clerks.index(file.clerk or clerks[-1]) + 1) % len(clerks)]

    def _free_number(self, call: Call) -> str:
        wanted, self.wanted = self.wanted, None
        if wanted is not None and wanted not in self.book:
            return wanted
        first, space = NEW_NUMBERS
        return free(lambda name: f"{first + call.draw(name) % space}", f"{KIND}.number", self.book.__contains__)

    def _wire(self, file: PersonnelFile, shown: Employment) -> EmployeeRecord:
        return EmployeeRecord(
            id=file.id,
            uuid=file.uuid,
            version=file.version,
            created_at=file.created_at,
            updated_at=file.updated_at,
            exported=False,
            external_id=None,
            employee_no=file.number,
            name=shown.name,
            company_code=shown.company,
            cost_center=shown.cost_center,
            manager=shown.manager,
            valid_from=shown.valid_from.isoformat(),
            valid_to=shown.valid_to.isoformat(),
            status="draft" if file.draft is shown else shown.status,
            revision=file.revision or None,
            changed_at=file.decided_at,
            clerk=file.clerk,
            waits_for=self._confirms(file) if file.draft is not None else None,
            correlation_id=file.correlation_id,
        )


def _revised(before: Employment, body: EmployeeChange) -> Employment:
    names = {"name": "name", "company_code": "company", "cost_center": "cost_center", "manager": "manager", "status": "status"}
    said: dict[str, Any] = {own: value for name, own in names.items() if (value := getattr(body, name)) is not None}
    said |= {name: date.fromisoformat(value) for name in DATES if (value := getattr(body, name)) is not None}
    if body.bank_account is not None:
        said["bank_account"] = body.bank_account
    return replace(before, **said)


def _summary(file: PersonnelFile) -> EmployeeSummary:
    assert file.in_force is not None
    assert file.decided_at is not None
    return EmployeeSummary(
        id=file.id,
        uuid=file.uuid,
        version=file.version,
        created_at=file.created_at,
        updated_at=file.updated_at,
        exported=False,
        external_id=None,
        employee_no=file.number,
        status=file.in_force.status,
        revision=file.revision,
        changed_at=file.decided_at,
    )


def _event(file: PersonnelFile, content: Employment) -> OutEvent:
    data = {"employee_no": file.number, "revision": file.revision, "version": file.version, "status": content.status}
    return OutEvent("employee.changed", file.number, data)
