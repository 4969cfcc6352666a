"""States of the ERP's payments: a run in each status that people bring about, and a payment after each word of the bank."""

from collections.abc import Callable
from typing import Any, Literal

from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Refusal
from mocks.systems.erp.payments.desk import PaymentDesk

Company = Literal["1000", "2000", "3000"]
ISSUED = ("review", "approve", "issue")
STEPS = {
    "proposed": (),
    "reviewed": ("review",),
    "approved": ("review", "approve"),
    "deleted": ("delete",),
    "file_issued": ISSUED,
    "acknowledged": ISSUED,
    "rejected": ISSUED,
}
WORDS = {"acknowledged": "accepted", "rejected": "rejected"}  # of the bank


class RunGiven(Parameters, frozen=True, kw_only=True):
    """A payment run with one payment of 100.00 (or 100 yen) to an employee; without `number` one is drawn and answered."""

    number: Name | None = None
    status: Literal["proposed", "reviewed", "approved", "deleted", "file_issued", "acknowledged", "rejected"] = "file_issued"
    company_code: Company = "1000"
    external_ref: Name | None = None
    bank_file_id: Name | None = None


class PaymentGiven(Parameters, frozen=True, kw_only=True):
    """The one payment of a run, after the bank's word. number: of the run."""

    number: Name | None = None
    status: Literal["issued", "accepted", "rejected", "stopped", "cleared", "returned"] = "issued"
    company_code: Company = "1000"


class RunGone(Parameters, frozen=True, kw_only=True):
    """The number that no payment run has."""

    number: Name = "PR00000404"


DeskOf = Callable[[Stage], PaymentDesk]
CompanyOf = Callable[[Stage, str], ErpCompany]


def states(desk_of: DeskOf, company_of: CompanyOf, owe: Callable[[Stage, ErpCompany], str]) -> tuple[State, ...]:
    """desk_of: the payments of the ERP that a contract is about; owe: an employee's invoice is posted; answers its number."""

    def lead(stage: Stage, given: RunGiven) -> Any:
        company, desk = company_of(stage, given.company_code), desk_of(stage)
        if given.number is not None and given.number in desk.book.runs:
            raise Refusal("INVALID_TRANSITION", f"payment run {given.number} exists already: send a teardown first")
        owe(stage, company)
        desk.wanted = given.number
        today = stage.mechanics.business.now()
        body = {"company_code": company.code, "pay_on": today.strftime("%Y%m%d"), "next_run_on": f"{today.year + 1}1231"}
        reference = {"external_ref": given.external_ref} if given.external_ref else {}
        entity = next(each for each in stage.company.entities if each.erp_company == company.code)
        proposer = stage.company.requester(entity.key, "provider state").erp_id
        run = stage.act("erp.payment_run.propose", actor=proposer, body={**body, **reference})
        decider = run.next_actor
        for step in STEPS[given.status]:
            reason = {"reason": "provider state"} if step == "delete" else {}
            run = stage.act(f"erp.payment_run.{step}", actor=decider, path={"number": run.number}, body=reason)
        if given.status in WORDS:
            word = {"status": WORDS[given.status], **({"bank_file_id": given.bank_file_id} if given.bank_file_id else {})}
            run = stage.perform("erp.payment_run.record_status", path={"number": run.number}, body=word).body
        return run

    def payment_run(stage: Stage, given: RunGiven) -> Values:
        run = lead(stage, given)
        return {"number": run.number, "version": run.version, "payment_number": run.payments[0].payment_number}

    def payment(stage: Stage, given: PaymentGiven) -> Values:
        run = lead(stage, RunGiven(number=given.number, company_code=given.company_code))
        found = run.payments[0]
        path = {"payment_number": found.payment_number}
        if given.status != "issued":
            word = {"status": given.status, **({"amount": found.amount} if given.status == "cleared" else {})}
            found = stage.perform("erp.payment.record_status", path=path, body=word).body
        return {**path, "number": run.number, "version": found.version}

    return (
        State("a payment run exists", "with one payment to an employee; in this status", RunGiven, payment_run),
        State("a payment of the ERP exists", "after this word of the bank", PaymentGiven, payment),
        State("there is no payment run", "with this number (so it is in every state; for readers)", RunGone, _gone),
    )


def _gone(_stage: Stage, given: RunGone) -> Values:
    return {"number": given.number}
