"""What may be paid: open items of suppliers and employees' invoices, each as one payable, and which of them a run takes.

A run takes what would be late at the next one, and what would lose its discount by then (domain.md 6).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from mocks.company.accounts import BankAccount
from mocks.company.money import share_half_up
from mocks.kit.operation import Refusal
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.ap_invoice import AP_EMPLOYEES
from mocks.systems.erp.documents.ap_invoice import KIND as EMPLOYEE_INVOICES
from mocks.systems.erp.documents.store import Document
from mocks.systems.erp.invoices.book import DOCUMENT as SUPPLIER_INVOICES
from mocks.systems.erp.payables import OpenItem
from mocks.systems.erp.vendors import accounts


@dataclass(frozen=True, slots=True)
class Payable:
    """One document for which somebody gets money; negative: a credit that is set off.

    payee: vendor id or personnel number; item: its key on the control account; open_minor: in its own currency; booked_minor: that in the
    company's currency at the rate of the document; currency: None, the company's own one;
    discount_minor: what is left out when it is paid until discount_until; blocks: why it is not paid, one word each.
    """

    document: str
    company_code: str
    payee: str
    account: str
    item: str
    reference: str
    open_minor: int
    due_on: date
    discount_minor: int = 0
    discount_until: date | None = None
    blocks: frozenset[str] = frozenset()
    functional_minor: int | None = None
    currency: str | None = None

    @property
    def booked_minor(self) -> int:
        """What of it stands on the account."""
        return self.open_minor if self.functional_minor is None else self.functional_minor

    def discount_on(self, day: date) -> int:
        """What is left out when it is paid on that day."""
        return self.discount_minor if self.discount_until is not None and day <= self.discount_until else 0

    def is_taken(self, day: date, next_day: date) -> bool:
        """Whether it belongs into the run of that day, when the next run is on next_day."""
        return self.due_on < next_day or (self.discount_on(day) != 0 and self.discount_on(next_day) == 0)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A payee or a document that a run leaves out, and why. payee: None of a document that nobody knows."""

    payee: str | None
    document: str | None
    reason: str


class Payables:
    """Of all companies of one ERP. settled: employees' invoices that are paid; suppliers' open items know it themselves."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.settled: set[str] = set()

    def of(self, company_code: str) -> Iterator[Payable]:
        """Everything that is open, whether it is due or not."""
        yield from self._of_suppliers(company_code)
        for document in self._erp.documents:
            if document.kind == EMPLOYEE_INVOICES.name and document.company_code == company_code:
                found = self._of_employee(document)
                if found is not None:
                    yield found

    def _of_suppliers(self, company_code: str) -> Iterator[Payable]:
        for item in self._erp.payables.of(company_code):
            if item.currency == self._erp.master.companies[company_code].currency:
                yield _of_item(item)

    def _of_employee(self, document: Document) -> Payable | None:
        """What an employee gets is due at once, whole, and without a discount."""
        if document.status != "posted" or document.number in self.settled:
            return None
        owed = -sum(entry.amount_minor for entry in document.entries if entry.account == AP_EMPLOYEES)
        payee = document.party or ""
        reference = document.ext_ref or document.number
        day = document.posting_date
        return Payable(document.number, document.company_code, payee, AP_EMPLOYEES, payee, reference, owed, day) if owed else None

    def now(self, before: Payable) -> Payable | None:
        """The same payable as it is now; None when nothing of it is open."""
        if before.account == AP_EMPLOYEES:
            return self._of_employee(self._erp.documents.get(EMPLOYEE_INVOICES.name, before.document))
        item = self._erp.payables.get(before.document)
        return _of_item(item) if item is not None and item.open_minor else None

    def of_supplier(self, document: str) -> Payable | None:
        """What is open of a supplier's invoice; None when that is nothing. Raises NOT_FOUND."""
        item = self._erp.payables.get(document)
        if item is None:
            raise Refusal("NOT_FOUND", f"no supplier is owed anything for {document!r}")
        if not item.open_minor:
            return None
        if item.currency == self._erp.master.companies[item.company_code].currency:
            return _of_item(item)
        return replace(_of_item(item), functional_minor=item.functional_open_minor, currency=item.currency)

    def look(self, document: str) -> tuple[str, int, int]:
        """Company, open amount and its decimals of a supplier's or employee's invoice. Raises NOT_FOUND."""
        item = self._erp.payables.get(document)
        if item is not None:
            return item.company_code, item.open_minor, self._erp.master.currencies[item.currency]
        invoice = self._erp.documents.get(EMPLOYEE_INVOICES.name, document)
        payable = self._of_employee(invoice)
        decimals = self._erp.master.companies[invoice.company_code].decimals
        return invoice.company_code, payable.open_minor if payable else 0, decimals

    def missing(self, company_code: str, number: str) -> Exclusion:
        """Of a document of which nothing is open in this company, and its currency: whether the company knows it."""
        item = self._erp.payables.get(number)
        if item is not None and item.company_code == company_code and item.open_minor:
            return Exclusion(item.vendor_id, number, "other_currency")
        for kind in (SUPPLIER_INVOICES, EMPLOYEE_INVOICES.name):
            try:
                document = self._erp.documents.get(kind, number)
            except Refusal:
                continue
            if document.company_code == company_code:
                return Exclusion(document.party, number, "nothing_open")
        return Exclusion(None, number, "unknown")

    def bank_account(self, payee: str, on: date) -> BankAccount | None:
        """The account that is in force on a day."""
        found = accounts.in_force(self._erp, payee, on)
        return accounts.spelled(found.details) if found is not None else None

    def objection(self, payee: str, on: date) -> str | None:
        """Why nobody pays this payee on a day, if nobody does."""
        if payee in self._erp.master.vendors:
            vendor, state = self._erp.vendor(payee)
            if not vendor.active or state.payment_block:
                return "payment_block" if vendor.active else "inactive"
        return None if self.bank_account(payee, on) is not None else "no_bank_details"


def _of_item(item: OpenItem) -> Payable:
    return Payable(
        document=item.document,
        company_code=item.company_code,
        payee=item.vendor_id,
        account=item.account,
        item=item.document,
        reference=item.reference,
        open_minor=item.open_minor,
        due_on=item.due_on,
        discount_minor=share_half_up(item.open_minor, item.terms.discount_percent, 100),
        discount_until=item.discount_until,
        blocks=item.blocks,
    )


@dataclass(frozen=True, slots=True)
class Selection:
    """What a run takes, by payee, and what it leaves out."""

    taken: dict[str, tuple[Payable, ...]]
    left_out: tuple[Exclusion, ...]


def select(payables: Payables, due: Iterable[Payable], *, pay_on: date, payees_max: int) -> Selection:
    """One payment of a day for each payee, when a positive amount is left after credits."""
    by_payee: dict[str, list[Payable]] = {}
    left_out: list[Exclusion] = []
    for each in due:
        objection = payables.objection(each.payee, pay_on)
        if objection is not None:
            left_out.append(Exclusion(each.payee, each.document, objection))
        elif each.blocks:
            left_out.append(Exclusion(each.payee, each.document, " ".join(sorted(each.blocks))))
        else:
            by_payee.setdefault(each.payee, []).append(each)
    taken: dict[str, tuple[Payable, ...]] = {}
    for payee, items in by_payee.items():
        if sum(each.open_minor for each in items) <= 0:
            left_out.append(Exclusion(payee, None, "nothing_left_after_credits"))
        elif len(taken) == payees_max:
            left_out.append(Exclusion(payee, None, "file_is_full"))
        else:
            taken[payee] = tuple(items)
    return Selection(taken, tuple(left_out))
