"""What was kept back from suppliers goes to the authorities, period by period (PST-Y05)."""

from collections import defaultdict

from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp
from mocks.systems.erp.invoices.tax import WITHHELD
from mocks.systems.erp.ledger import Entry, Journal
from mocks.systems.erp.payments.posting import BANK
from mocks.systems.erp.periods import Module, month
from mocks.systems.erp.settling import models

MODULE: Module = "AP"


class RemittanceDesk:
    """Of one ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._for: defaultdict[tuple[str, str], int] = defaultdict(int)  # minor units, by company and the period in which it was kept back
        self._in: defaultdict[tuple[str, str], int] = defaultdict(int)  # the same by the period in which it was paid
        self._made = 0

    def remit(self, call: Call) -> Reply:
        """erp.withholding.remit: all that was kept back in a period and not paid yet"""
        body: models.RemitWithholding = call.body
        erp = self._erp
        payer = rules.check_employee(erp.master, call.actor)
        company = erp.master.companies.get(body.company_code)
        if company is None:
            raise Refusal("CODING_INVALID", f"no company code {body.company_code!r}")
        for person in (payer, body.approved_by):
            rules.check_person(erp.master, person, company)
        if payer == body.approved_by:
            raise Refusal("SEGREGATION_OF_DUTIES", f"{payer} pays the authorities and cannot approve that")
        owed = self._owed(company, body.period)
        if owed <= 0:
            raise Refusal("INVALID_TRANSITION", f"company {company.code} owes nothing that was kept back in {body.period}")
        rules.check_authority(erp.master, body.approved_by, owed)
        today = call.now.date()
        erp.periods.require_open(company.code, today, MODULE, today)
        self._for[company.code, body.period] += owed
        self._in[company.code, month(today)] += owed
        self._made += 1
        number = f"WH-{company.code}-{body.period}/{self._made}"
        entries = (Entry(WITHHELD, owed), Entry(BANK, -owed))
        effects = erp.ledger.post(Journal(number, "actual", company.code, company.currency, month(today), entries))
        answer = models.WithholdingRemittance(
            number=number,
            company_code=company.code,
            period=body.period,
            posting_date=rules.to_yyyymmdd(today),
            currency=company.currency,
            amount=to_text(owed, company.decimals),
            approved_by=body.approved_by,
        )
        return Reply(answer, created={"existing_id": number}, effects=effects)

    def _owed(self, company: ErpCompany, period: str) -> int:
        """What bills of the period kept back, less what was paid of that. What the account paid in the period was for whichever."""
        moved = {account: credit - debit for account, debit, credit in self._erp.ledger.totals(company.code, "actual", period)}
        return moved.get(WITHHELD, 0) + self._in[company.code, period] - self._for[company.code, period]
