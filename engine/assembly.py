"""Which flows the engine serves, and what each is put together from: one entry a flow, read by the bootstrap."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.clock import Clock, Entropy
from engine.flows import (
    budget_publication,
    consumption_to_planning,
    employee_replication,
    expense_to_posting,
    invoice_to_posting,
    master_data_replication,
    payment_run_to_bank,
    payment_status,
    receipt_to_grir,
    requisition_check,
    requisition_to_po,
    supplier_onboarding,
)
from engine.flows.budget_publication import BudgetHooks
from engine.flows.consumption_to_planning import ConsumptionHooks
from engine.flows.employee_replication import EmployeeHooks
from engine.flows.expense_to_posting import ExpenseHooks
from engine.flows.invoice_to_posting import InvoiceHooks
from engine.flows.master_data_replication import MasterDataHooks
from engine.flows.obligations import Patience
from engine.flows.payment_run_to_bank import PaymentHooks
from engine.flows.payment_status import PaymentStatusHooks, Requesters, Suppliers
from engine.flows.ports import Erp, Target
from engine.flows.posting import Hooks, PostingRun
from engine.flows.receipt_to_grir import ReceiptHooks
from engine.flows.replicating import RecordHooks, ReplicatingRun
from engine.flows.requisition_check import RequisitionCheck
from engine.flows.requisition_to_po import RequisitionHooks
from engine.flows.supplier_onboarding import OnboardingHooks, ScreenedErp
from engine.flows.telling import NewsHooks, TellingRun
from engine.mapping.rules import Rules
from engine.model.calls import Trace
from engine.model.checks import BudgetQuestion, Said
from engine.peers.bank import BankGateway
from engine.peers.caller import Peer
from engine.peers.consumption import ConsumptionGateway
from engine.peers.erp import ErpGateway
from engine.peers.erp_budgets import BudgetGateway
from engine.peers.erp_funds import FundsGateway
from engine.peers.erp_records import RecordGateway
from engine.peers.erp_statements import StatementGateway
from engine.peers.expense import ExpenseGateway
from engine.peers.hr import PersonnelGateway, StaffGateway
from engine.peers.invoice_listeners import InvoiceListeners
from engine.peers.invoicing import InvoicingGateway
from engine.peers.payables import PayablesGateway
from engine.peers.planning import PlanningGateway
from engine.peers.procurement import ProcurementGateway
from engine.peers.receiving import ReceivingGateway
from engine.peers.replicas import ReplicaGateway
from engine.peers.screening import ScreeningGateway
from engine.peers.sent_invoices import SentInvoicesGateway
from engine.peers.supplier_requests import SupplierRequestGateway
from engine.peers.treasury import TreasuryGateway
from engine.peers.waits import backoff_s
from engine.store.documents import Claim
from engine.web.checks import Answering
from engine.work.poller import Lister
from engine.work.runner import Flow

SYSTEMS = (
    "erp",
    "procurement",
    "expense",
    "planning",
    "bank",
    "screening",
    "hr",
    "portal",
)  # whom the engine calls, by the ids of contracts/systems.yaml


@dataclass(frozen=True, slots=True)
class Parts:
    """What every run is made from. peers: by system; rules: those in force when a run begins; poll_base_s: first look at a job;
    retry_base_s: first wait after a failure."""

    peers: Mapping[str, Peer]
    rules: Callable[[], Rules]
    clock: Clock
    minor_units: Mapping[str, int]
    patience: Patience
    poll_base_s: float
    retry_base_s: float


@dataclass(frozen=True, slots=True)
class ServedFlow:
    """One flow: the systems that it needs, how a run of it is made, how its source is polled."""

    id: str
    systems: tuple[str, ...]
    run: Callable[[Parts, Claim, Trace], Flow]
    lister: Callable[[Parts, Trace], Lister]


def _requisition(parts: Parts, erp: Erp, trace: Trace) -> RequisitionHooks:
    return RequisitionHooks(ProcurementGateway(parts.peers["procurement"], trace), erp, parts.rules(), parts.minor_units)


def _expense(parts: Parts, erp: Erp, trace: Trace) -> ExpenseHooks:
    return ExpenseHooks(ExpenseGateway(parts.peers["expense"], trace, parts.minor_units), erp, parts.rules(), parts.minor_units)


def _receipt(parts: Parts, erp: Erp, trace: Trace) -> ReceiptHooks:
    return ReceiptHooks(ReceivingGateway(parts.peers["procurement"], trace), erp, parts.rules())


def _budget(parts: Parts, _claim: Claim, trace: Trace) -> BudgetHooks:
    planning, control = PlanningGateway(parts.peers["planning"], trace), BudgetGateway(parts.peers["erp"], trace)
    return BudgetHooks(planning, control, parts.rules(), parts.minor_units)


def _consumption(parts: Parts, _claim: Claim, trace: Trace) -> ConsumptionHooks:
    statements, planning = StatementGateway(parts.peers["erp"], trace), ConsumptionGateway(parts.peers["planning"], trace)
    return ConsumptionHooks(statements, planning, parts.rules(), parts.minor_units)


def _invoice(parts: Parts, erp: Erp, trace: Trace) -> InvoiceHooks:
    return InvoiceHooks(InvoicingGateway(parts.peers["procurement"], trace), erp, parts.rules(), parts.minor_units)


def _posting(hooks: Callable[[Parts, Erp, Trace], Hooks[Any, Any]]) -> Callable[[Parts, Claim, Trace], Flow]:
    """Runs of a flow that turns one approved document into one ERP document."""

    def run(parts: Parts, claim: Claim, trace: Trace) -> Flow:
        erp = ErpGateway(parts.peers["erp"], trace)
        return _run(parts, claim, hooks(parts, erp, trace), erp)

    return run


def _records(parts: Parts, claim: Claim, trace: Trace) -> MasterDataHooks:
    owner, keepers = RecordGateway(parts.peers["erp"], trace), ReplicaGateway(parts.peers, trace)
    return MasterDataHooks(owner, keepers, parts.rules(), claim.progress.copies)


def _employees(parts: Parts, claim: Claim, trace: Trace) -> EmployeeHooks:
    owner, keepers = PersonnelGateway(parts.peers["hr"], trace), StaffGateway(parts.peers, trace)
    return EmployeeHooks(owner, keepers, parts.rules(), claim.progress.copies)


def _replicating(hooks: Callable[[Parts, Claim, Trace], RecordHooks[Any, Any, Any]]) -> Callable[[Parts, Claim, Trace], Flow]:
    """Runs of a flow that keeps a copy of a record."""

    def run(parts: Parts, claim: Claim, trace: Trace) -> Flow:
        at = parts.clock.now().timestamp()
        return ReplicatingRun(source_id=claim.key.source_id, hooks=hooks(parts, claim, trace), progress=claim.progress, at=at)

    return run


def _payment_status(parts: Parts, trace: Trace) -> PaymentStatusHooks:
    requesters = Requesters(InvoiceListeners(parts.peers["procurement"], trace))
    suppliers = Suppliers(SentInvoicesGateway(parts.peers["portal"], trace), parts.rules())
    return PaymentStatusHooks(PayablesGateway(parts.peers["erp"], trace), (requesters, suppliers))


def _telling(hooks: Callable[[Parts, Trace], NewsHooks[Any]]) -> Callable[[Parts, Claim, Trace], Flow]:
    """Runs of a flow that carries news back."""

    def run(parts: Parts, claim: Claim, trace: Trace) -> Flow:
        at = parts.clock.now().timestamp()
        return TellingRun(source_id=claim.key.source_id, hooks=hooks(parts, trace), progress=claim.progress, at=at)

    return run


def _onboarding(parts: Parts, claim: Claim, trace: Trace) -> Flow:
    """One vendor for one request, screened before it is created."""
    erp = ScreenedErp(ErpGateway(parts.peers["erp"], trace), ScreeningGateway(parts.peers["screening"], trace), claim.progress.clearances)
    requests = SupplierRequestGateway(parts.peers["procurement"], trace)
    return _run(parts, claim, OnboardingHooks(requests, erp, parts.rules(), parts.minor_units), erp)


def _payment(parts: Parts, claim: Claim, trace: Trace) -> Flow:
    """A run of the flow that takes payment files to the bank."""
    bank = BankGateway(parts.peers["bank"], trace)
    return _run(parts, claim, PaymentHooks(TreasuryGateway(parts.peers["erp"], trace), bank), bank)


def _run(parts: Parts, claim: Claim, hooks: Hooks[Any, Any], target: Target) -> Flow:
    return PostingRun(
        source_id=claim.key.source_id,
        hooks=hooks,
        progress=claim.progress,
        erp=target,
        patience=parts.patience,
        at=parts.clock.now().timestamp(),
        poll_base_s=parts.poll_base_s,
        news=claim.news,
    )


SERVED: tuple[ServedFlow, ...] = (
    ServedFlow(
        requisition_to_po.FLOW,
        ("erp", "procurement"),
        _posting(_requisition),
        lambda parts, trace: ProcurementGateway(parts.peers["procurement"], trace),
    ),
    ServedFlow(
        expense_to_posting.FLOW,
        ("erp", "expense"),
        _posting(_expense),
        lambda parts, trace: ExpenseGateway(parts.peers["expense"], trace, parts.minor_units),
    ),
    ServedFlow(
        receipt_to_grir.FLOW,
        ("erp", "procurement"),
        _posting(_receipt),
        lambda parts, trace: ReceivingGateway(parts.peers["procurement"], trace),
    ),
    ServedFlow(
        budget_publication.FLOW,
        ("erp", "planning"),
        _replicating(_budget),
        lambda parts, trace: PlanningGateway(parts.peers["planning"], trace),
    ),
    ServedFlow(
        invoice_to_posting.FLOW,
        ("erp", "procurement"),
        _posting(_invoice),
        lambda parts, trace: InvoicingGateway(parts.peers["procurement"], trace),
    ),
    ServedFlow(
        payment_run_to_bank.FLOW,
        ("erp", "bank"),
        _payment,
        lambda parts, trace: TreasuryGateway(parts.peers["erp"], trace),
    ),
    ServedFlow(
        payment_status.FLOW,
        ("erp", "procurement", "portal"),
        _telling(_payment_status),
        lambda parts, trace: PayablesGateway(parts.peers["erp"], trace),
    ),
    ServedFlow(
        supplier_onboarding.FLOW,
        ("erp", "procurement", "screening"),
        _onboarding,
        lambda parts, trace: SupplierRequestGateway(parts.peers["procurement"], trace),
    ),
    ServedFlow(
        master_data_replication.FLOW,
        ("erp", "procurement", "expense", "planning"),
        _replicating(_records),
        lambda parts, trace: RecordGateway(parts.peers["erp"], trace),
    ),
    ServedFlow(
        consumption_to_planning.FLOW,
        ("erp", "planning"),
        _replicating(_consumption),
        lambda parts, trace: StatementGateway(parts.peers["erp"], trace),
    ),
    ServedFlow(
        employee_replication.FLOW,
        ("hr", "procurement", "expense"),
        _replicating(_employees),
        lambda parts, trace: PersonnelGateway(parts.peers["hr"], trace),
    ),
)


@dataclass(frozen=True, slots=True)
class AnsweredFlow:
    """One flow in which somebody waits for an answer: the question's name, and how what answers it is made."""

    id: str
    question: str
    systems: tuple[str, ...]
    answering: Callable[[Parts, Entropy], Answering]


def _requisition_check(parts: Parts, entropy: Entropy) -> Answering:
    funds = FundsGateway(parts.peers["erp"], parts.minor_units)
    check = RequisitionCheck(funds, parts.rules, parts.clock, lambda failed: backoff_s(parts.retry_base_s, failed, entropy))

    async def answer(question: BudgetQuestion, correlation_id: str | None) -> Said:
        trace = Trace.of_document(question.reference, None, {}, entropy)
        trace.adopt(correlation_id)
        return await check.answer(question, trace)

    return answer


ANSWERED: tuple[AnsweredFlow, ...] = (
    AnsweredFlow(requisition_check.FLOW, requisition_check.QUESTION, ("erp", "procurement"), _requisition_check),
)
