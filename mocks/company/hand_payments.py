"""What a treasurer pays by hand: an invoice that its supplier sent through the portal and a clerk keyed in procurement and in the ERP, and
what the bank's statements say later."""

from dataclasses import dataclass, replace
from datetime import date

from mocks.company import billing, drafts, paying
from mocks.company.company import BUSINESS_START, Company
from mocks.company.drafts import Draft, Preparation
from mocks.company.model import CostCenter, Employee, Entity
from mocks.company.portal import sent_invoice
from mocks.company.receiving import account_of
from mocks.company.shapes import PLAIN, Shape
from mocks.company.streams import Stream

PAY, STATEMENT = "erp.invoice_payment.pay", "erp.invoice_payment.enter_statement"
NUMBER = "document_number"  # of the invoice in the ERP, as every later step knows it
REJECTED_ONE_IN = 3
REASONS = {"rejected": ("AC04", "closed account"), "returned": ("AC06", "blocked account")}


@dataclass(frozen=True, slots=True)
class Till:
    """Who pays, and who agrees to it. center: whose bill it is; on: its day."""

    entity: Entity
    treasurer: Employee
    boss: Employee
    clerk: Employee
    center: CostCenter
    on: date


def draft_hand_payment(
    company: Company,
    entity: str,
    key: str,
    amount_minor: int,
    *,
    cost_center: CostCenter | None = None,
    on: date = BUSINESS_START,
    shape: Shape = PLAIN,
    own: str | None = None,
) -> Draft:
    """`amount_minor` is what leaves the bank. own: tells it from another one with the same key. News: the payment clears, and days later
    the money comes back; or the bank rejects it, and a second one clears."""
    house, stream = company.entity(entity), Stream(company.seed, "payment by hand", entity, key)
    treasurer, clerk = company.requester(entity, key, shape), company.requester(entity, f"{key}/clerk")
    center = cost_center or stream.pick(company.cost_centers_of(entity))
    till = Till(house, treasurer, company.approval_chain(treasurer, amount_minor)[-1], clerk, center, on)
    is_rejected = stream.below(REJECTED_ONE_IN) == 0
    return Draft(
        system="erp",
        document="invoice_payment",
        entity=entity,
        actor=treasurer.erp_id,
        body={"approved_by": till.boss.erp_id},
        approvers=(),
        amount_minor=amount_minor,
        currency=house.currency,
        keys=(("cost_center", cost_center.erp_id),) if cost_center else (),
        before=_keyed(company, stream, till, amount_minor, own or key),
        news=((_said(till, "rejected"),), (_paid_again(till), _said(till, "cleared")))
        if is_rejected
        else ((_said(till, "cleared"),), (_said(till, "returned"),)),
    )


def _keyed(company: Company, stream: Stream, till: Till, amount_minor: int, own: str) -> tuple[Preparation, ...]:
    """The supplier sends it, and one clerk types what came twice: in the ERP, whose number it gets, and in procurement, where whoever asked
    for the goods looks. Nothing but the supplier's own number joins the three."""
    house, center, seller = till.entity, till.center, stream.pick(company.suppliers_of(till.entity.key))
    gross = paying.before_discount(amount_minor, seller.payment_terms)
    note, asked = drafts.asked_lines(house, stream, [gross], cost_centers=(center,), projects=(None,))
    number = f"{till.on:%y}-{Stream(company.seed, 'bill by hand', own).below(paying.REFERENCE_SPACE):07d}"
    item = paying.SupplierBill(seller, number, asked[0]["description"], gross, account_of(asked[0]["category"], till.on), center)
    stack = paying.Stack(house, till.clerk, company.approval_chain(till.clerk, gross), till.on, (item,))
    entry = paying.entry(stack)
    (typed,) = entry.body["items"]
    bill = billing.Bill(house, seller, number, till.on, gross, note, is_credit=False)
    body = billing.unordered_body(bill, asked, [billing.Taxed(gross, 0, billing.UNTAXED)])
    sent = sent_invoice(house, seller, number, till.on, gross)
    return (
        Preparation("portal.invoice.submit", sent.account, sent.body),
        replace(
            entry, body={**entry.body, "items": [{**typed, "external_ref": f"BY-HAND/{own}/{number}"[:64]}]}, tells={"documents/0": NUMBER}
        ),
        Preparation("procurement.invoice.enter", till.clerk.procurement_id, body, fills={"erpInvoiceNumber": NUMBER}),
    )


def _said(till: Till, status: str) -> Preparation:
    """The treasurer enters what the statement says."""
    code, reason = REASONS.get(status, (None, None))
    body = {"status": status, **({"reason_code": code, "reason": reason} if code else {})}
    return Preparation(STATEMENT, till.treasurer.erp_id, body, path={NUMBER: NUMBER})


def _paid_again(till: Till) -> Preparation:
    return Preparation(PAY, till.treasurer.erp_id, {"approved_by": till.boss.erp_id}, path={"number": NUMBER})
