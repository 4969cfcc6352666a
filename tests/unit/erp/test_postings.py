"""AP invoices and journals: accepted first, posted by a job, voided or reversed by a new document."""

from typing import Any

import pytest

from tests.unit.company.play import APPROVALS, COMPANY, World, changed, invoice_body, journal_body
from tests.unit.erp.test_orders import EXPIRED, lines_of

ROUTES = {"ap_invoice": ("erp.ap_invoice", "void", "US01", invoice_body), "journal_entry": ("erp.journal", "reverse", "DE01", journal_body)}
MODULES = {"ap_invoice": "AP", "journal_entry": "GL"}


def close(world: World, entity: str, module: str, step: str = "close", period: str = "2026-10") -> None:
    """The controller closes or reopens a period."""
    body = {"company_code": COMPANY.entity(entity).erp_company, "period": period, "module": module, "reason": "close"}
    world.call(f"erp.period.{step}", body, actor=COMPANY.controller(entity).erp_id)


def test_expense_by_accounts_payable() -> None:
    """PST-X04 as in GE3: hotel 240 with 40 tax on the card, train 75 paid by the employee."""
    world = World()
    accepted = world.call("erp.ap_invoice.create", invoice_body()).body
    assert lines_of(world) == []
    world.finish_jobs()
    number = accepted.document_number
    assert lines_of(world) == [
        ("5100", 20_000, number),
        ("5100", 7_500, number),
        ("1100", 4_000, number),
        ("1145", -24_000, number),
        ("2010", -7_500, number),
    ]
    who = COMPANY.requester("US01", "x").erp_id
    ledger = world.erp.core.ledger
    assert (ledger.open_items("1000", "2010"), ledger.open_items("1000", "1145")) == ({who: -7_500}, {who: -24_000})


@pytest.mark.requirement("R03.15")
def test_expense_by_journal_reaches_the_same_costs() -> None:
    """The payroll route credits 2030 instead of 2010; the expense balances are the same."""
    world = World()
    world.call("erp.journal.create", journal_body())
    world.finish_jobs()
    assert [line[:2] for line in lines_of(world)] == [("5100", 27_500), ("1100", 4_000), ("1145", -24_000), ("2030", -7_500)]


def test_yen_have_no_decimals_anywhere() -> None:
    """315 yen are 315 minor units, on the wire and in the books."""
    world = World()
    accepted = world.call("erp.ap_invoice.create", invoice_body("JP01")).body
    world.finish_jobs()
    assert sum(amount for _, amount, _ in lines_of(world) if amount and amount > 0) == 315
    assert world.call("erp.ap_invoice.read", path={"number": accepted.document_number}).body.total == "315"


@pytest.mark.requirement("R04.14")
@pytest.mark.parametrize("kind", ROUTES)
def test_acceptance_is_not_posting(kind: str) -> None:
    """202 with a job; the document's create effect and the confirmation come with the posting."""
    world = World()
    point, _, _, body = ROUTES[kind]
    reply = world.call(f"{point}.create", body(external_ref="r1"))
    job_id, number = reply.body.job_id, reply.body.document_number
    assert [(each.entity_type, each.effect, each.state) for each in world.effects] == [("posting_job", "create", "accepted")]
    assert reply.created == {"existing_id": number, "job_id": job_id, "existing_status": "accepted"}
    assert world.call("erp.job.read", path={"job_id": job_id}).body.status == "accepted"
    world.finish_jobs()
    assert world.call("erp.job.read", path={"job_id": job_id}).body.status == "posted"
    created = [each for each in world.effects if each.entity_type == kind]
    assert [(each.effect, each.state, each.amount_minor, each.ext_ref) for each in created] == [("create", "posted", 31_500, "r1")]
    event = world.events[-1]
    assert (event.type, event.subject) == ("posting.confirmed", job_id)
    assert event.data == {"job_id": job_id, "document_type": kind, "document_number": number, "external_ref": "r1", "status": "posted"}


@pytest.mark.requirement("R03.15", "R08.12")
@pytest.mark.parametrize("kind", ROUTES)
def test_a_period_that_closes_meanwhile_rejects_the_posting(kind: str) -> None:
    """The job checks again; the rejection says why, posts nothing, and frees the reference."""
    world = World()
    point, _, entity, body = ROUTES[kind]
    accepted = world.call(f"{point}.create", body(external_ref="r1")).body
    close(world, entity, MODULES[kind])
    world.finish_jobs()
    assert (world.events[-1].type, world.events[-1].data["code"]) == ("posting.rejected", "PERIOD_CLOSED")
    assert world.call(f"{point}.read", path={"number": accepted.document_number}).body.status == "rejected"
    assert lines_of(world) == []
    assert world.refused(f"{point}.create", body(external_ref="r1")) == "PERIOD_CLOSED"
    close(world, entity, MODULES[kind], "reopen")
    assert world.refused(f"{point}.create", body(external_ref="r1")) == "accepted"


@pytest.mark.requirement("R05.18")
@pytest.mark.parametrize("kind", ROUTES)
def test_a_posted_document_is_taken_back_by_a_new_one(kind: str) -> None:
    """Full reversal with its own number; the original keeps its lines; again changes nothing."""
    world = World()
    point, undo, entity, body = ROUTES[kind]
    number = world.call(f"{point}.create", body()).body.document_number
    world.finish_jobs()
    undone = world.call(f"{point}.{undo}", {"reason": "sent back"}, path={"number": number}).body
    assert undone.status == {"void": "voided", "reverse": "reversed"}[undo]
    reverse = next(each for each in world.effects if each.effect == "reverse")
    assert (reverse.entity_type, reverse.entity_id, reverse.parent_id) == (kind, undone.reversed_by, number)
    company = COMPANY.entity(entity).erp_company
    assert all(debit == credit for _, debit, credit in world.erp.core.ledger.totals(company, "actual", None))
    before = len(world.effects)
    assert world.call(f"{point}.{undo}", {"reason": "again"}, path={"number": number}).body == undone
    assert len(world.effects) == before
    assert world.refused(f"{point}.{undo}", {"reason": "x"}, path={"number": undone.reversed_by}) == "INVALID_TRANSITION"


@pytest.mark.parametrize("kind", ROUTES)
def test_an_accepted_document_is_withdrawn(kind: str) -> None:
    """Taken back before the job ran: nothing is ever posted, and nobody is told that it was."""
    world = World()
    point, undo, _, body = ROUTES[kind]
    accepted = world.call(f"{point}.create", body(external_ref="r1")).body
    assert world.call(f"{point}.{undo}", {"reason": "x"}, path={"number": accepted.document_number}).body.status == "withdrawn"
    world.finish_jobs()
    assert (lines_of(world), world.events) == ([], [])
    assert world.call("erp.job.read", path={"job_id": accepted.job_id}).body.status == "withdrawn"
    assert world.refused(f"{point}.create", body(external_ref="r1")) == "DUPLICATE_REFERENCE"


@pytest.mark.parametrize("kind", ROUTES)
def test_a_comment_on_an_accepted_document_books_nothing(kind: str) -> None:
    """A person edits it, then it is withdrawn: the books have heard of neither, only its version has."""
    world = World()
    point, undo, _, body = ROUTES[kind]
    number = world.call(f"{point}.create", body()).body.document_number
    edited, effects = world.erp.core.touch(world.bare(), kind, number)
    assert (edited.version, effects) == (2, ())
    world.call(f"{point}.{undo}", {"reason": "x"}, path={"number": number})
    assert not [effect for effect in world.effects if effect.entity_type == kind]


def test_a_reversal_goes_to_the_first_open_period() -> None:
    """October closed: the void is posted on the first of November; an explicit October date is refused."""
    world = World()
    number = world.call("erp.ap_invoice.create", invoice_body()).body.document_number
    world.finish_jobs()
    close(world, "US01", "AP")
    asked = {"reason": "x", "posting_date": "20261028"}
    assert world.refused("erp.ap_invoice.void", asked, path={"number": number}) == "PERIOD_CLOSED"
    world.call("erp.ap_invoice.void", {"reason": "x"}, path={"number": number})
    assert {each.period for each in world.effects if each.effect == "reverse"} == {"2026-11"}
    assert world.erp.core.ledger.totals("1000", "actual", "2026-11") != []


def test_a_repeat_names_the_document_and_the_job() -> None:
    """Pending documents hold their reference too."""
    world = World()
    world.call("erp.ap_invoice.create", invoice_body(external_ref="r1"))
    assert world.refused("erp.ap_invoice.create", invoice_body(external_ref="r1")) == "DUPLICATE_REFERENCE"
    found = world.call("erp.ap_invoice.find", query={"external_ref": "r1"}).body["items"]
    assert [item.status for item in found] == ["accepted"]


WHO = COMPANY.requester("US01", "x").erp_id


def journal(line: int, **members: Any) -> dict[str, Any]:
    """A journal in which members of one line are replaced."""
    return changed(journal_body(), line, **members)


REFUSALS = {
    "stranger": ("erp.ap_invoice.create", invoice_body(personnel_no="1"), "EMPLOYEE_UNKNOWN"),
    "colleague abroad": ("erp.ap_invoice.create", invoice_body(personnel_no=COMPANY.requester("JP01", "x").erp_id), "EMPLOYEE_UNKNOWN"),
    "own approval": ("erp.ap_invoice.create", invoice_body(approvals=[{**APPROVALS[0], "approver": WHO}]), "SEGREGATION_OF_DUTIES"),
    "nobody approved": ("erp.ap_invoice.create", invoice_body(approvals=[]), "APPROVAL_EVIDENCE_MISSING"),
    "total is net": ("erp.ap_invoice.create", invoice_body(total="275.00"), "AMOUNT_MISMATCH"),
    "cost centre closed": ("erp.ap_invoice.create", changed(invoice_body(), cost_center=EXPIRED), "COST_CENTER_INACTIVE"),
    "cost to a control account": ("erp.ap_invoice.create", changed(invoice_body(), gl_account="1145"), "CODING_INVALID"),
    "period over": ("erp.ap_invoice.create", invoice_body(posting_date="20260815"), "PERIOD_CLOSED"),
    "euros with one decimal": ("erp.journal.create", journal(0, debit="275.0"), "CURRENCY_INVALID"),
    "unbalanced": ("erp.journal.create", journal(0, debit="276.00"), "JOURNAL_UNBALANCED"),
    "both sides": ("erp.journal.create", journal(0, credit="275.00"), "JOURNAL_UNBALANCED"),
    "no side": ("erp.journal.create", journal(0, debit="0.00"), "JOURNAL_UNBALANCED"),
    "cost without cost centre": ("erp.journal.create", journal(0, cost_center=None), "CODING_INVALID"),
    "trade payables by hand": ("erp.journal.create", journal(3, gl_account="2000"), "CODING_INVALID"),
    "journal for a stranger": ("erp.journal.create", journal(3, personnel_no="1"), "EMPLOYEE_UNKNOWN"),
    "journal period over": ("erp.journal.create", journal_body(posting_date="20260831"), "PERIOD_CLOSED"),
    "journal nobody approved": ("erp.journal.create", journal_body(approvals=[]), "APPROVAL_EVIDENCE_MISSING"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_posting_that_breaks_a_rule_is_refused_at_once(name: str) -> None:
    """Synchronously, with its own code, and without a job."""
    call_point, body, code = REFUSALS[name]
    assert World().refused(call_point, body) == code
