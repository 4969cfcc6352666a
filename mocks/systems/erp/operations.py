"""The ERP's operations as a table: what it offers, what it may refuse, who handles it."""

from mocks.kit.operation import Operation, QueryParam
from mocks.systems.erp import models, refs
from mocks.systems.erp.budget import operations as budgets
from mocks.systems.erp.budget.statements import operations as statements
from mocks.systems.erp.budget.statements.desk import StatementDesk
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.registry import DOCUMENT_FILES
from mocks.systems.erp.masterdata import MasterData
from mocks.systems.erp.payments import operations as payments
from mocks.systems.erp.payments.desk import PaymentDesk
from mocks.systems.erp.stewardship import operations as stewardship
from mocks.systems.erp.stewardship.desk import StewardDesk
from mocks.systems.erp.vendors import operations as vendors
from mocks.systems.erp.vendors.bank_desk import BankDesk
from mocks.systems.erp.vendors.desk import VendorDesk

READ, WRITE, ACT = "erp.read", "erp.write", "erp.act"


def _text(name: str, doc: str, *, required: bool = False, length: int = 20) -> QueryParam:
    return QueryParam(name, doc, required, {"type": "string", "minLength": 1, "maxLength": length})


_COMPANY = _text("company_code", "company code", length=8)
_PERIOD = QueryParam("period", "as YYYY-MM; all when absent", False, {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"})
_DAY = QueryParam("date", "as YYYYMMDD; today when absent", False, {"type": "string", "pattern": models.DAY_PATTERN, "maxLength": 8})
_LEDGER = QueryParam("ledger", "actual (default) or memo", False, {"type": "string", "enum": ["actual", "memo"]})


def operations(erp: Erp, payment_desk: PaymentDesk, stewards: StewardDesk, stated: StatementDesk) -> tuple[Operation, ...]:
    """Every operation over one ERP's state."""
    data = MasterData(erp)
    documents = (operation for file in DOCUMENT_FILES for operation in file.operations(erp))
    files = vendors.operations(erp, desk := VendorDesk(erp), BankDesk(erp, desk))
    paid = payments.operations(erp, payment_desk)
    kept = stewardship.operations(stewards)
    return (*_enquiries(data), *documents, *budgets.operations(erp), *statements.operations(stated), *paid, *files, *kept, *_people(data))


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
