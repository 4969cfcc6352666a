"""The ERP as the kit serves it."""

from collections.abc import Collection, Mapping

from mocks.abilities.system_type import CompanyBooks, under
from mocks.company import Company
from mocks.company.projections import erp_master
from mocks.kit.operation import Operation, View
from mocks.systems.erp.audit import Audit
from mocks.systems.erp.budget.funds import final_view
from mocks.systems.erp.budget.publishing import published_view
from mocks.systems.erp.budget.statements.desk import StatementDesk
from mocks.systems.erp.core import Erp
from mocks.systems.erp.invoices.holds import hold_view
from mocks.systems.erp.operations import operations
from mocks.systems.erp.payments.desk import PaymentDesk
from mocks.systems.erp.stewardship.desk import StewardDesk
from mocks.systems.erp.subledgers import SubledgerRows
from mocks.systems.erp.vendors.book import VendorBook
from mocks.systems.erp.vendors.policy import LENIENT, USUAL
from mocks.systems.erp.vendors.views import bank_change_views, vendor_views

ENCUMBRANCE = "9200"


class ErpSystem:
    """One ERP with its own books. The run's namespace is not part of its ids: document numbers are drawn from each call's stream."""

    type = "erp"
    title = "Mock ERP"
    summary = (
        "Suppliers, master data, coding, budgets, purchase orders, goods receipts, AP invoices, journals, periods and a double-entry ledger"
    )
    event_types = (
        "posting.confirmed", "posting.rejected", "payment_run.issued", "payment.status_changed", "master_data.changed",
        "budget_statement.issued",
    )  # fmt: skip

    def __init__(
        self,
        company: Company,
        *,
        namespace: str,
        posting_delay_ms: int,
        instance: str = "erp",
        profiles: Collection[str] = (),
    ) -> None:
        self.name = instance
        self.namespace = namespace
        is_lenient = "lenient" in profiles
        self.core = Erp(
            erp_master(company), posting_delay_ms, books_as_told="books_as_told" in profiles, is_lenient=is_lenient,
            vendors=VendorBook(LENIENT if is_lenient else USUAL),
        )  # fmt: skip
        self.payments = PaymentDesk(self.core)
        self.stewards = StewardDesk(self.core)
        self.statements = StatementDesk(self.core)
        told = SubledgerRows(self.core).operations(operations(self.core, self.payments, self.stewards, self.statements))
        self.operations: tuple[Operation, ...] = under(self.name, self.type, told)
        self._audit = Audit(self.core.ledger, self.core.master.companies)

    def gauges(self) -> Mapping[str, Mapping[tuple[str, ...], float]]:
        """Whether the books add up, by company."""
        found = self._audit.look()
        return {
            "dryclose_world_journals": {(name,): each.journals for name, each in found.items()},
            "dryclose_world_journals_unbalanced": {(name,): each.unbalanced for name, each in found.items()},
            "dryclose_world_trial_balances_unbalanced": {(name,): each.trial_balances_off for name, each in found.items()},
        }

    def books(self) -> tuple[CompanyBooks, ...]:
        """The ledger of each company."""
        return tuple(self._company_books(code) for code in self.core.master.companies)

    def _company_books(self, code: str) -> CompanyBooks:
        accounts, ledger, company = self.core.master.accounts, self.core.ledger, self.core.master.companies[code]
        totals = ledger.totals(code, "actual", None)
        moved = tuple((number, accounts[number].name, debit, credit) for number, debit, credit in totals if debit or credit)
        liabilities = [number for number, account in accounts.items() if account.type == "liability"]
        return CompanyBooks(
            company=code,
            name=company.name,
            currency=company.currency,
            actual=moved,
            encumbered=ledger.balance(code, ENCUMBRANCE),
            payables=-sum(ledger.balance(code, number) for number in liabilities),
        )

    def final_views(self) -> list[View]:
        """Every document, job, budget, reservation, hold, payment, vendor that was created, change of bank details, master record that was
        released and budget statement that was issued, as it stands."""
        documents = [
            View(
                each.kind,
                each.number,
                each.status,
                each.version,
                amount_minor=each.amount_minor,
                currency=each.currency,
                company=each.company_code,
                period=each.period,
                ext_ref=each.ext_ref,
                parent_id=each.reverses,
                src_version=each.src_version,
                reason=each.reason,
            )
            for each in self.core.documents
        ]
        jobs = [
            View("posting_job", job.job_id, job.status, job.version, ext_ref=job.ext_ref, parent_id=job.number, reason=job.code)
            for job in self.core.documents.jobs.values()
        ]
        companies = self.core.master.companies
        budgets = [published_view(name, each, companies[each.company_code]) for name, each in self.core.published.items()]
        reservations = [final_view(kept) for kept in self.core.budget.reservations.values()]
        holds = [hold_view(hold) for hold in self.core.invoices.holds]
        vendors = vendor_views(self.core) + bank_change_views(self.core)
        records = self.stewards.book.final_views() + self.statements.book.final_views()
        return documents + jobs + budgets + reservations + holds + self.payments.book.final_views() + vendors + records
