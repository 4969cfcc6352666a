"""States of invoices that were paid by hand: after the payment, and after each word of the bank."""

from collections.abc import Callable
from typing import Literal

from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Refusal
from mocks.systems.erp.payments.states import Company, CompanyOf, DeskOf

POINT = "erp.invoice_payment"


class PaidGiven(Parameters, frozen=True, kw_only=True):
    """A supplier's invoice that another system sent, paid by hand; without `number` one is drawn and answered."""

    number: Name | None = None
    external_ref: Name = "EXAMPLE-PAID-1"
    status: Literal["paid", "cleared", "rejected", "returned"] = "cleared"
    company_code: Company = "1000"


class PaidGone(Parameters, frozen=True, kw_only=True):
    """The number of no supplier invoice."""

    number: Name = "5100000404"


Owe = Callable[[Stage, ErpCompany, str | None, str], str]


def states(desk_of: DeskOf, company_of: CompanyOf, owe: Owe) -> tuple[State, ...]:
    """desk_of: the payments of the ERP that a contract is about; owe: a supplier's invoice is posted under a number (None: a drawn one) and
    a reference; answers its number."""

    def paid(stage: Stage, given: PaidGiven) -> Values:
        company, book = company_of(stage, given.company_code), desk_of(stage).book
        if given.number is not None and given.number in book.invoices:
            raise Refusal("INVALID_TRANSITION", f"{given.number} is paid already: send a teardown first")
        number = owe(stage, company, given.number, given.external_ref)
        entity = next(each for each in stage.company.entities if each.erp_company == company.code)
        payer = stage.company.requester(entity.key, "provider state")
        boss = stage.company.controller(entity.key).erp_id
        stage.act(f"{POINT}.pay", actor=payer.erp_id, path={"number": number}, body={"approved_by": boss})
        if given.status != "paid":
            said = {"status": given.status}
            stage.act(f"{POINT}.enter_statement", actor=payer.erp_id, path={"document_number": number}, body=said)
        known = book.invoices.get(number)
        return {"number": number, "version": known.version, "payment_number": known.payment, "external_ref": known.ext_ref}

    return (
        State("an invoice is paid by hand", "one that another system sent, after the payment or this word of the bank", PaidGiven, paid),
        State("no invoice has the number", "in the ERP (so it is in every state; for readers)", PaidGone, _gone),
    )


def _gone(_stage: Stage, given: PaidGone) -> Values:
    return {"number": given.number}
