"""Every actor by the kind of document that it writes: one line each."""

from collections.abc import Mapping

from harness.actors.actor import Actor
from harness.actors.budget_check import ACTOR as BUDGET_CHECK
from harness.actors.budget_plan import ACTOR as BUDGET_PLAN
from harness.actors.budget_statement import ACTOR as BUDGET_STATEMENT
from harness.actors.employee_record import ACTOR as EMPLOYEE_RECORD
from harness.actors.expense_report import ACTOR as EXPENSE_REPORT
from harness.actors.invoice import ACTOR as INVOICE
from harness.actors.invoice_payment import ACTOR as INVOICE_PAYMENT
from harness.actors.master_record import ACTOR as MASTER_RECORD
from harness.actors.payment_run import ACTOR as PAYMENT_RUN
from harness.actors.receipt import ACTOR as RECEIPT
from harness.actors.requisition import ACTOR as REQUISITION
from harness.actors.supplier_request import ACTOR as SUPPLIER_REQUEST

ALL = (
    REQUISITION, EXPENSE_REPORT, RECEIPT, INVOICE, BUDGET_PLAN, SUPPLIER_REQUEST, PAYMENT_RUN, MASTER_RECORD, BUDGET_CHECK, INVOICE_PAYMENT,
    BUDGET_STATEMENT, EMPLOYEE_RECORD,
)  # fmt: skip
ACTORS: Mapping[str, Actor] = {actor.document: actor for actor in ALL}
