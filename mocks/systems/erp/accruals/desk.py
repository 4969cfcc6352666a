"""Accruals: one accountant proposes, another one approves and so posts, and the first day of the next period takes them back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import msgspec

from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.accruals import models
from mocks.systems.erp.accruals.gathering import Found, parked, told
from mocks.systems.erp.core import Erp, document_effect, update_effect
from mocks.systems.erp.documents.desk import DocumentDesk, head
from mocks.systems.erp.documents.kind import DocumentKind
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.ledger import Entry
from mocks.systems.erp.models import Approval
from mocks.systems.erp.periods import first_day, month, shifted

ACCRUED = "2110"
KIND = DocumentKind(
    name="accrual",
    noun="accrual",
    point="erp.accrual",
    path="/accruals",
    undo="reverse",
    module="GL",
    ledger="actual",
    numbers=("64", "65"),
    transitions={("proposed", "approve"): "posted", ("proposed", "delete"): "deleted", ("posted", "undo"): "reversed"},
    record=models.Accrual,
    page=models.AccrualPage,
    party=lambda _request: None,
)


def reverse_on(period: str) -> date:
    """The first day of the next period."""
    return first_day(shifted(period, 1))


class Accruals(DocumentDesk):
    """Of one ERP."""

    def create(self, call: Call) -> Reply:
        """erp.accrual.propose"""
        body: models.AccrualPropose = call.body
        erp = self._erp
        who = rules.check_employee(erp.master, call.actor)
        erp.documents.refuse_repeat(KIND.name, body.external_ref)
        company = rules.company_of(erp.master, body.company_code, body.currency)
        rules.check_person(erp.master, who, company)
        on = reverse_on(body.period) - timedelta(days=1)
        self._check_period(company, body.period, call.now.date())
        found = self._gathered(body, company, on)
        lines = tuple(each.line(number, company.decimals) for number, each in enumerate(found, 1))
        asked = models.Proposed(
            company_code=company.code,
            period=body.period,
            document_date=rules.to_yyyymmdd(call.now.date()),
            external_ref=body.external_ref,
            source_revision=None,
            lines=lines,
            proposed_by=who,
        )
        total = sum(each.minor for each in found)
        document = erp.start(call, KIND, asked, company, amount_minor=total, posting_date=on, entries=_entries(found), status="proposed")
        return Reply(
            self.record(document, company),
            version=document.version,
            location=f"{KIND.path}/{document.number}",
            created={"existing_id": document.number, "existing_status": document.status},
            effects=(document_effect(document, "create"),),
        )

    def _check_period(self, company: ErpCompany, period: str, today: date) -> None:
        """It has begun, and is open. Raises PERIOD_CLOSED."""
        if period > month(today):
            raise Refusal("PERIOD_CLOSED", f"period {period} has not begun", period=period, module=KIND.module)
        self._erp.periods.require_open(company.code, first_day(period), KIND.module, today)

    def _gathered(self, body: models.AccrualPropose, company: ErpCompany, on: date) -> list[Found]:
        known = self._known(company, body.period)
        named = [cost.source_document for cost in body.costs if cost.source_document is not None]
        twice = next((name for name in named if name in known), None)
        if twice is not None:
            raise Refusal("DUPLICATE_REFERENCE", f"{twice} is accrued for {body.period} already", existing_id=known[twice])
        found = [*parked(self._erp, company, on, known.__contains__), *(told(self._erp, company, on, cost) for cost in body.costs)]
        if not found:
            raise Refusal("AMOUNT_MISMATCH", f"company {company.code} has nothing to accrue for {body.period}")
        return found

    def _known(self, company: ErpCompany, period: str) -> dict[str, str]:
        """Which documents are accrued for a period, and by which accrual."""
        live = (each for each in self._erp.documents if each.kind == KIND.name and each.status in {"proposed", "posted"})
        return {
            line.source_document: each.number
            for each in live
            if (each.company_code, each.period) == (company.code, period)
            for line in each.request.lines
            if line.source_document is not None
        }

    def approve(self, call: Call) -> Reply:
        """erp.accrual.approve: posted on the last day of its period"""
        document = self._of_call(call)
        after = document.step("approve")
        who = rules.check_employee(self._erp.master, call.actor)
        asked: models.Proposed = document.request
        if who == asked.proposed_by:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{who} proposed {document.number} and cannot approve it")
        rules.check_authority(self._erp.master, who, abs(document.amount_minor))
        self._erp.periods.require_open(document.company_code, document.posting_date, KIND.module, call.now.date())
        evidence = Approval(step=1, approver=who, decided_at=call.now.isoformat(), source_document=document.number)
        approved = msgspec.structs.replace(asked, approvals=(evidence,))
        changed = self._erp.documents.change(document, status=after, request=approved, updated_at=call.now)
        return self._reply(changed, (update_effect(changed, call.if_match), *self._erp.enter(changed)))

    def delete(self, call: Call) -> Reply:
        """erp.accrual.delete"""
        document = self._of_call(call)
        after = document.step("delete")
        rules.check_employee(self._erp.master, call.actor)
        changed = self._erp.documents.change(document, status=after, reason=call.body.reason, updated_at=call.now)
        return self._reply(changed, (update_effect(changed, call.if_match),))

    def undo(self, call: Call) -> Reply:
        """erp.accrual.reverse: on the first day of the next period, or the first open one after it; again changes nothing"""
        document = self._of_call(call)
        rules.check_employee(self._erp.master, call.actor)
        return self._reply(*self._reversed(call, document, call.body.reason))

    def reverse_due(self, call: Call) -> Reply:
        """erp.accrual.reverse_due: all whose day has come"""
        rules.check_employee(self._erp.master, call.actor)
        code, today = call.body.company_code, call.now.date()
        if code not in self._erp.master.companies:
            raise Refusal("CODING_INVALID", f"no company code {code!r}")
        posted = [each for each in self._erp.documents if (each.kind, each.status, each.company_code) == (KIND.name, "posted", code)]
        done: list[str] = []
        failed: list[str] = []
        effects: list[Effect] = []
        for document in posted:
            if reverse_on(document.period) > today:
                continue
            try:
                effects += self._reversed(_drawing(call, document.number), document, "the first day of the next period")[1]
            except Refusal:  # no open period takes it: it is still there to be seen, and tried again
                failed.append(document.number)
            else:
                done.append(document.number)
        return Reply(models.ReversedAccruals(reversed=tuple(done), failed=tuple(failed)), effects=tuple(effects))

    def _reversed(self, call: Call, document: Document, reason: str) -> tuple[Document, tuple[Effect, ...]]:
        if document.status == "reversed":
            return document, ()
        document.step("undo")
        day = self._erp.periods.first_open_day(document.company_code, reverse_on(document.period), KIND.module, call.now.date())
        return self._erp.undo(call, document, reason=reason, posting_date=day)

    def _of_call(self, call: Call) -> Document:
        document = self._erp.documents.get(KIND.name, call.path["number"])
        rules.check_version(call.if_match, document.version, f"{KIND.noun} {document.number}")
        return document

    def record(self, document: Document, company: ErpCompany) -> models.Accrual:
        """The accrual on the wire."""
        asked: models.Proposed = document.request
        return models.Accrual(
            **head(document, company),
            period=asked.period,
            posting_date=rules.to_yyyymmdd(document.posting_date),
            reverse_on=rules.to_yyyymmdd(reverse_on(asked.period)),
            proposed_by=asked.proposed_by,
        )


def _entries(found: Sequence[Found]) -> tuple[Entry, ...]:
    """The cost of each, and what is owed for it under the document that says so (PST-A03, PST-X10)."""
    costs = [Entry(each.charge.account, each.minor, each.charge.cost_center, text=each.text, project=each.charge.project) for each in found]
    return (*costs, *(Entry(ACCRUED, -each.minor, item=each.source) for each in found))


def _drawing(call: Call, name: str) -> Call:
    """The call, with draws of its own for one of several documents, whose versions it does not name."""

    def draw(what: str) -> int:
        return call.draw(f"{name}/{what}")

    return replace(call, draw=draw, if_match=None)


def accruals(erp: Erp) -> Accruals:
    """The desk of one ERP."""
    return Accruals(erp, KIND)
