"""Budget that one place gives to another one, because the owners of both said so (PST-A09)."""

from datetime import date

from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.kit.ids import draw_id, draw_uuid, free
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.budget.funds import exceeded, expired
from mocks.systems.erp.budget.ledger import Overdrawn, Spending
from mocks.systems.erp.budget.models import BudgetPlace, BudgetTransferCreate, BudgetTransferRecord
from mocks.systems.erp.budget.versions import Bucket
from mocks.systems.erp.core import Erp
from mocks.systems.erp.ledger import Entry, Journal
from mocks.systems.erp.periods import month

TRANSFER = "budget_transfer"
BUDGET = "9000"
OWNERS_MIN = 2


class TransferDesk:
    """Of one ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._made: set[str] = set()
        self._by_reference: dict[str, str] = {}

    def create(self, call: Call) -> Reply:
        """erp.budget_transfer.create"""
        body: BudgetTransferCreate = call.body
        erp = self._erp
        self._refuse_repeat(body.external_ref)
        company = rules.company_of(erp.master, body.company_code, body.currency)
        on = rules.to_day(body.document_date)
        amount = self._amount(body, company)
        self._check_owners(body, amount, company)
        erp.periods.require_open(company.code, on, "PO", call.now.date())
        erp.budget.expire(call.now)
        giving, receiving = (Spending("1", self._bucket(place, company), place.period, amount) for place in (body.giving, body.receiving))
        number = free(lambda name: f"T{call.draw(name) % 16**12:012X}", f"{TRANSFER}.number", self._made.__contains__)
        try:
            erp.budget.transfer(number, giving, receiving)
        except Overdrawn as over:
            raise exceeded(over, company) from None
        self._made.add(number)
        if body.external_ref is not None:
            self._by_reference[body.external_ref] = number
        entries = (Entry(BUDGET, amount, body.receiving.cost_center), Entry(BUDGET, -amount, body.giving.cost_center))
        lines = erp.ledger.post(Journal(number, "memo", company.code, company.currency, month(on), entries))
        effects = (_effect(number, body, amount, on), *lines, *expired(erp.budget))
        return Reply(_record(call, number, body, company, amount), version=1, created={"existing_id": number}, effects=effects)

    def _refuse_repeat(self, external_ref: str | None) -> None:
        number = self._by_reference.get(external_ref or "")
        if number is not None:
            raise Refusal("DUPLICATE_REFERENCE", f"{TRANSFER} {number} has external_ref {external_ref!r}", existing_id=number)

    @staticmethod
    def _amount(body: BudgetTransferCreate, company: ErpCompany) -> int:
        amount = rules.minor(body.amount, company)
        if body.giving == body.receiving or amount == 0:
            raise Refusal("AMOUNT_MISMATCH", "a transfer moves something to another place")
        return amount

    def _bucket(self, place: BudgetPlace, company: ErpCompany) -> Bucket:
        return Bucket(company.code, place.cost_center, place.account_group, place.project or "")

    def _check_owners(self, body: BudgetTransferCreate, amount: int, company: ErpCompany) -> None:
        """Both owners agreed, and if they are one person, somebody else too."""
        owners = []
        for number in (body.giving.cost_center, body.receiving.cost_center):
            center = self._erp.master.cost_centers.get(number)
            if center is None or center.company_code != company.code:
                raise Refusal("CODING_INVALID", f"no cost centre {number!r} in company {company.code}")
            owners.append(center.owner)
        rules.check_evidence(self._erp.master, body.approvals, None, amount, company)
        approvers = {approval.approver for approval in body.approvals}
        missing = [owner for owner in owners if owner is not None and owner not in approvers]
        if missing:
            raise Refusal("APPROVAL_EVIDENCE_MISSING", f"{missing[0]} answers for the budget and did not agree")
        if len(approvers) < OWNERS_MIN:
            raise Refusal("SEGREGATION_OF_DUTIES", "one person alone cannot transfer budget")


def _effect(number: str, body: BudgetTransferCreate, amount: int, on: date) -> Effect:
    return Effect(
        TRANSFER,
        number,
        "create",
        version=1,
        src_version=body.source_revision,
        amount_minor=amount,
        currency=body.currency,
        company=body.company_code,
        period=month(on),
        document_date=on.isoformat(),
        approvers=" ".join(dict.fromkeys(approval.approver for approval in body.approvals)),
        ext_ref=body.external_ref,
        state="posted",
    )


def _record(call: Call, number: str, body: BudgetTransferCreate, company: ErpCompany, amount: int) -> BudgetTransferRecord:
    return BudgetTransferRecord(
        id=draw_id(call, TRANSFER),
        uuid=draw_uuid(call, TRANSFER),
        version=1,
        created_at=call.now,
        updated_at=call.now,
        exported=False,
        external_id=None,
        transfer_number=number,
        company_code=company.code,
        currency=company.currency,
        document_date=body.document_date,
        external_ref=body.external_ref,
        source_revision=body.source_revision,
        giving=body.giving,
        receiving=body.receiving,
        amount=to_text(amount, company.decimals),
        reason=body.reason,
        approvals=body.approvals,
    )
