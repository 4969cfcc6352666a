"""The ERP's operations as a table: what it offers, what it may refuse, who handles it."""

from mocks.kit.operation import Operation, QueryParam
from mocks.systems.erp import models, refs
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents import Kind
from mocks.systems.erp.journals import GeneralLedger
from mocks.systems.erp.masterdata import MasterData
from mocks.systems.erp.payables import Payables
from mocks.systems.erp.posting import PostingDesk
from mocks.systems.erp.purchasing import Purchasing

READ, WRITE, ACT = "erp.read", "erp.write", "erp.act"

_DOCUMENT_RULES = (
    "DUPLICATE_REFERENCE",
    "CURRENCY_INVALID",
    "APPROVAL_EVIDENCE_MISSING",
    "SEGREGATION_OF_DUTIES",
    "LIMIT_EXCEEDED",
    "COST_CENTER_INACTIVE",
    "CODING_INVALID",
    "PERIOD_CLOSED",
)
_CHANGE_RULES = ("NOT_FOUND", "PRECONDITION_FAILED", "INVALID_TRANSITION", "PERIOD_CLOSED")


def _text(name: str, doc: str, *, required: bool = False, length: int = 20) -> QueryParam:
    return QueryParam(name, doc, required, {"type": "string", "minLength": 1, "maxLength": length})


_COMPANY = _text("company_code", "company code", length=8)
_REFERENCE = _text("external_ref", "the sender's own id of the document", required=True, length=64)
_PERIOD = QueryParam("period", "as YYYY-MM; all when absent", False, {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"})
_DAY = QueryParam("date", "as YYYYMMDD; today when absent", False, {"type": "string", "pattern": models.DAY_PATTERN, "maxLength": 8})
_LEDGER = QueryParam("ledger", "actual (default) or memo", False, {"type": "string", "enum": ["actual", "memo"]})


def operations(erp: Erp) -> tuple[Operation, ...]:
    """Every operation over one ERP's state."""
    data = MasterData(erp)
    return (*_enquiries(data), *_orders(erp), *_invoices(erp), *_journals(erp), *_people(data))


def _enquiries(data: MasterData) -> tuple[Operation, ...]:
    required = (_text("company_code", "company code", required=True, length=8),)
    coding = (
        _text("gl_account", "account", required=True),
        _text("cost_center", "cost centre", required=True),
        _text("project", "project"),
    )
    return (
        Operation(
            "erp.supplier.read", "GET", "/suppliers/{vendor_id}", "read", READ, "One supplier and its blocks", models.Supplier,
            data.read_supplier, errors=("NOT_FOUND",), query=(_COMPANY,), refs=refs.supplier,
        ),
        Operation(
            "erp.coding.check", "GET", "/coding-combinations", "read", READ, "Whether a combination may be posted", models.CodingCheck,
            data.check_coding, errors=("INVALID_PARAMETER",), query=(*required, *coding, _DAY), refs=refs.coding,
        ),
        Operation(
            "erp.job.read", "GET", "/jobs/{job_id}", "read", READ, "What became of an accepted document", models.Job,
            data.read_job, errors=("NOT_FOUND",), refs=refs.job,
        ),
        Operation(
            "erp.period.list", "GET", "/periods", "read", READ, "Periods around today", models.PeriodList,
            data.list_periods, errors=("INVALID_PARAMETER",), query=(_COMPANY,),
        ),
        Operation(
            "erp.trial_balance.read", "GET", "/trial-balance", "read", READ, "Movements by account; they add up to zero",
            models.TrialBalance, data.read_trial_balance, errors=("INVALID_PARAMETER",), query=(*required, _PERIOD, _LEDGER),
        ),
    )  # fmt: skip


def _orders(erp: Erp) -> tuple[Operation, ...]:
    desk = Purchasing(erp)
    one = refs.number("purchase_order")
    path = "/purchase-orders"
    return (
        Operation(
            "erp.po.create", "POST", path, "create", WRITE, "Create a purchase order", models.PurchaseOrder, desk.create,
            request=models.PurchaseOrderCreate, status=201, refs=refs.CallRefs(erp.master).order,
            errors=(*_DOCUMENT_RULES, "SUPPLIER_UNKNOWN", "SUPPLIER_BLOCKED", "AMOUNT_MISMATCH"),
        ),
        Operation(
            "erp.po.find", "GET", path, "lookup", READ, "Purchase orders by external reference", models.PurchaseOrderPage, desk.find,
            query=(_REFERENCE,), when_query="external_ref", refs=refs.reference,
        ),
        Operation("erp.po.list", "GET", path, "list", READ, "All purchase orders", models.PurchaseOrderPage, desk.list),
        Operation(
            "erp.po.read", "GET", f"{path}/{{number}}", "read", READ, "One purchase order", models.PurchaseOrder, desk.read,
            errors=("NOT_FOUND",), refs=one,
        ),
        Operation(
            "erp.po.cancel", "POST", f"{path}/{{number}}/cancel", "update", WRITE, "Cancel a purchase order", models.PurchaseOrder,
            desk.cancel, request=models.Cancel, errors=_CHANGE_RULES, refs=one, touch=desk.touch,
        ),
    )  # fmt: skip


def _invoices(erp: Erp) -> tuple[Operation, ...]:
    desk = Payables(erp)
    create = Operation(
        "erp.ap_invoice.create", "POST", "/ap-invoices", "create", WRITE, "Accept an AP invoice; a job posts it", models.Accepted,
        desk.create, request=models.ApInvoiceCreate, status=202, refs=refs.CallRefs(erp.master).invoice,
        errors=(*_DOCUMENT_RULES, "EMPLOYEE_UNKNOWN", "AMOUNT_MISMATCH"),
    )  # fmt: skip
    return (create, *_posted("ap_invoice", "AP invoice", "void", desk.desk))


def _journals(erp: Erp) -> tuple[Operation, ...]:
    desk = GeneralLedger(erp)
    create = Operation(
        "erp.journal.create", "POST", "/journal-entries", "create", WRITE, "Accept a journal; a job posts it", models.Accepted,
        desk.create, request=models.JournalEntryCreate, status=202, refs=refs.CallRefs(erp.master).journal,
        errors=(*_DOCUMENT_RULES, "EMPLOYEE_UNKNOWN", "JOURNAL_UNBALANCED"),
    )  # fmt: skip
    return (create, *_posted("journal_entry", "journal", "reverse", desk.desk))


def _posted(kind: Kind, noun: str, undo: str, desk: PostingDesk) -> tuple[Operation, ...]:
    room, path = ("ap_invoice", "/ap-invoices") if kind == "ap_invoice" else ("journal", "/journal-entries")
    record = models.ApInvoice if kind == "ap_invoice" else models.JournalEntry
    page = models.ApInvoicePage if kind == "ap_invoice" else models.JournalEntryPage
    one = refs.number(kind)
    return (
        Operation(
            f"erp.{room}.find", "GET", path, "lookup", READ, f"{noun}s by external reference", page, desk.find,
            query=(_REFERENCE,), when_query="external_ref", refs=refs.reference,
        ),
        Operation(f"erp.{room}.list", "GET", path, "list", READ, f"All {noun}s", page, desk.list),
        Operation(
            f"erp.{room}.read", "GET", f"{path}/{{number}}", "read", READ, f"One {noun}", record, desk.read, errors=("NOT_FOUND",), refs=one
        ),
        Operation(
            f"erp.{room}.{undo}", "POST", f"{path}/{{number}}/{undo}", "update", WRITE, f"Take a {noun} back by a new document", record,
            desk.undo, request=models.Reverse, errors=_CHANGE_RULES, refs=one, touch=desk.touch,
        ),
    )  # fmt: skip


def _people(data: MasterData) -> tuple[Operation, ...]:
    return (
        Operation(
            "erp.supplier.block", "POST", "/suppliers/{vendor_id}/block", "actor", ACT, "Set or lift a block", models.Supplier,
            data.block_supplier, request=models.SupplierBlock, refs=refs.supplier,
            errors=("NOT_FOUND", "PRECONDITION_FAILED", "SEGREGATION_OF_DUTIES"),
        ),
        Operation(
            "erp.period.close", "POST", "/periods/close", "actor", ACT, "Close a period of a module", models.PeriodState,
            data.close_period, request=models.PeriodChange, errors=("NOT_FOUND", "INVALID_TRANSITION", "SEGREGATION_OF_DUTIES"),
        ),
        Operation(
            "erp.period.reopen", "POST", "/periods/reopen", "actor", ACT, "Reopen a closed period", models.PeriodState,
            data.reopen_period, request=models.PeriodChange, errors=("NOT_FOUND", "INVALID_TRANSITION", "SEGREGATION_OF_DUTIES"),
        ),
    )  # fmt: skip
