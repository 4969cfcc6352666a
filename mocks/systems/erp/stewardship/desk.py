"""The commands on master records: a steward drafts, a second person releases, everybody else reads what is in force."""

from dataclasses import replace
from typing import Any

from mocks.company.model import Account
from mocks.company.projections import ErpCostCenter, ErpProject
from mocks.company.stewardship import OPEN_END
from mocks.kit.ids import draw_id, draw_uuid, free
from mocks.kit.operation import Call, OutEvent, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.stewardship.book import KIND, Attributes, RecordBook, Stewarded, drafted, released
from mocks.systems.erp.stewardship.models import MasterRecord, MasterRecordChange, MasterRecordCreate, MasterRecordSummary
from mocks.workflow.rules import to_instant

PATH = "/master-records"
NUMBER_SPACE = 10**8
UNKNOWN_FUNCTION = "GEN"  # of a cost centre that the company did not begin with


class StewardDesk:
    """The records of one ERP. What is released is what its own rules of coding go by. wanted: the number that the next one takes."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.book = RecordBook()
        self.wanted: str | None = None
        self._chart = frozenset(erp.master.accounts)  # what the company began with

    # What a connector does.

    def list(self, call: Call) -> Reply:
        """erp.master_record.list: each record once, in order of its last release"""
        since = to_instant(call.query["updated_since"]) if "updated_since" in call.query else None
        found, after = self.book.page(call.after, since, call.limit)
        return Reply({"items": [_summary(each) for each in found], "next": after})

    def read(self, call: Call) -> Reply:
        """erp.master_record.read: what is in force"""
        record = self.book.get(call.path["number"])
        if record.in_force is None:
            raise Refusal("NOT_FOUND", f"master record {record.number} was never released")
        return Reply(self._wire(record, record.in_force), version=record.version)

    # What people do.

    def create(self, call: Call) -> Reply:
        """erp.master_record.create: a steward writes the first draft"""
        body: MasterRecordCreate = call.body
        self._check_company(body.company_code)
        steward = self._person(call.actor, body.company_code)
        self._check_code(body)
        content = Attributes(body.name, body.responsible, rules.to_day(body.valid_from), rules.to_day(body.valid_to), body.active)
        self._check(content, body.company_code)
        self.book.refuse_repeat((body.kind, body.company_code, body.code))
        record = Stewarded(
            number=self._free_number(call),
            id=draw_id(call, KIND),
            uuid=draw_uuid(call, KIND),
            version=1,
            kind=body.kind,
            company=body.company_code,
            code=body.code,
            steward=steward,
            draft=content,
            in_force=None,
            revision=0,
            released_at=None,
            correlation_id=call.correlation_id,
            created_at=call.now,
            updated_at=call.now,
        )
        self.book.put(record)
        wire, created = self._wire(record, content), {"existing_id": record.number}
        return Reply(wire, version=1, location=f"{PATH}/{record.number}", created=created, effects=(drafted(record, "create"),))

    def change(self, call: Call) -> Reply:
        """erp.master_record.change: a steward drafts what shall be in force next; another draft takes the place of the one before"""
        body: MasterRecordChange = call.body
        record, steward = self._acted(call)
        content = self._revised(record.shown, body)
        self._check(content, record.company)
        changed = self.book.change(call, record, draft=content, steward=steward)
        return Reply(self._wire(changed, content), version=changed.version, effects=(drafted(changed, "update"),))

    def release(self, call: Call) -> Reply:
        """erp.master_record.release: revision + 1; whoever wrote the draft may not"""
        record, person = self._acted(call)
        if record.draft is None:
            raise Refusal("INVALID_TRANSITION", f"master record {record.number} has no draft to release", current_status="released")
        if person != self._releaser(record):
            raise Refusal("SEGREGATION_OF_DUTIES", f"master record {record.number} waits for {self._releaser(record)}, not {person}")
        self._check(record.draft, record.company)
        members = {"draft": None, "in_force": record.draft, "revision": record.revision + 1, "released_at": call.now}
        changed = self.book.change(call, record, **members)
        self._obey(changed, record.draft)
        wire = self._wire(changed, record.draft)
        return Reply(wire, version=changed.version, effects=(released(changed),), events=(_event(changed, record.draft),))

    # Steps.

    def _acted(self, call: Call) -> tuple[Stewarded, str]:
        record = self.book.get(call.path["number"])
        rules.check_version(call.if_match, record.version, f"master record {record.number}")
        return record, self._person(call.actor, record.company)

    def _check_company(self, code: str) -> None:
        if code not in self._erp.master.companies:
            raise Refusal("CODING_INVALID", f"no company code {code!r}; there are {', '.join(self._erp.master.companies)}")

    def _check_code(self, body: MasterRecordCreate) -> None:
        """A code that stands for something in another company is not given twice."""
        if body.kind == "gl_account":  # of one chart, and each company has its own record of an account
            return
        known = self._codes(body.kind).get(body.code)
        if known is not None and known.company_code != body.company_code:
            raise Refusal("CODING_INVALID", f"{body.kind} {body.code} is one of company {known.company_code}")

    def _codes(self, kind: str) -> "dict[str, ErpCostCenter] | dict[str, ErpProject]":
        return self._erp.master.cost_centers if kind == "cost_center" else self._erp.master.projects

    def _person(self, person: str | None, company: str) -> str:
        known = self._erp.master.people.get(person or "")
        if known is None or known.company_code != company:
            raise Refusal("EMPLOYEE_UNKNOWN", f"{person!r} does not work for company {company}")
        return known.personnel_no

    def _check(self, content: Attributes, company: str) -> None:
        self._person(content.responsible, company)
        if content.valid_to < content.valid_from:
            raise Refusal("VALIDATION_FAILED", f"valid_to {content.valid_to} is before valid_from {content.valid_from}")

    def _revised(self, before: Attributes, body: MasterRecordChange) -> Attributes:
        said: dict[str, Any] = {name: value for name in ("name", "responsible", "active") if (value := getattr(body, name)) is not None}
        said |= {name: rules.to_day(value) for name in ("valid_from", "valid_to") if (value := getattr(body, name)) is not None}
        return replace(before, **said)

    def _releaser(self, record: Stewarded) -> str:
        """Whoever may approve most in the record's company, and did not write the draft."""
        people = self._erp.master.people.values()
        able = [each for each in people if each.company_code == record.company and each.personnel_no != record.steward]
        return max(able, key=lambda each: (each.limit_minor is None, each.limit_minor or 0, each.personnel_no)).personnel_no

    def _obey(self, record: Stewarded, content: Attributes) -> None:
        """From now on coding is checked against it."""
        master = self._erp.master
        if record.kind == "gl_account":
            self._open_account(record, content)
            return
        if record.kind == "project":
            master.projects[record.code] = ErpProject(record.code, record.company, content.active)
            return
        known = master.cost_centers.get(record.code)
        function = known.function if known else UNKNOWN_FUNCTION
        end = None if content.valid_to == OPEN_END else content.valid_to
        master.cost_centers[record.code] = ErpCostCenter(record.code, record.company, function, content.active, end, content.responsible)

    def _open_account(self, record: Stewarded, content: Attributes) -> None:
        """An account is blocked in one company by itself. A new one is for expenses, and open in no company but this one."""
        master, code = self._erp.master, record.code
        if code not in self._chart:
            if code not in master.accounts:
                master.blocked_accounts.update((company, code) for company in master.companies)
            first, last = content.valid_from, content.valid_to
            master.accounts[code] = Account(code, content.name, "expense", journal=True, valid_from=first, valid_to=last)
        (master.blocked_accounts.discard if content.active else master.blocked_accounts.add)((record.company, code))

    def _free_number(self, call: Call) -> str:
        wanted, self.wanted = self.wanted, None
        if wanted is not None and wanted not in self.book:
            return wanted
        return free(lambda name: f"MD{call.draw(name) % NUMBER_SPACE:08d}", f"{KIND}.number", self.book.__contains__)

    def _wire(self, record: Stewarded, shown: Attributes) -> MasterRecord:
        is_draft = record.draft is shown
        return MasterRecord(
            id=record.id,
            uuid=record.uuid,
            version=record.version,
            created_at=record.created_at,
            updated_at=record.updated_at,
            exported=False,
            external_id=None,
            number=record.number,
            kind=record.kind,
            company_code=record.company,
            code=record.code,
            name=shown.name,
            responsible=shown.responsible,
            valid_from=rules.to_yyyymmdd(shown.valid_from),
            valid_to=rules.to_yyyymmdd(shown.valid_to),
            active=shown.active,
            status="draft" if is_draft else shown.status,
            revision=record.revision or None,
            released_at=record.released_at,
            steward=record.steward,
            waits_for=self._releaser(record) if record.draft is not None else None,
            correlation_id=record.correlation_id,
        )


def _summary(record: Stewarded) -> MasterRecordSummary:
    content = record.in_force
    assert content is not None
    assert record.released_at is not None
    return MasterRecordSummary(
        id=record.id,
        uuid=record.uuid,
        version=record.version,
        created_at=record.created_at,
        updated_at=record.updated_at,
        exported=False,
        external_id=None,
        number=record.number,
        kind=record.kind,
        company_code=record.company,
        code=record.code,
        status=content.status,
        revision=record.revision,
        released_at=record.released_at,
    )


def _event(record: Stewarded, content: Attributes) -> OutEvent:
    data = {
        "number": record.number,
        "kind": record.kind,
        "revision": record.revision,
        "version": record.version,
        "status": content.status,
    }
    return OutEvent("master_data.changed", record.number, data)
