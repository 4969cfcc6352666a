"""What each ERP call says about whose it is. Never refuses: a body with nonsense simply says less."""

from collections.abc import Callable, Iterable
from typing import Any

from mocks.company.projections import ErpMaster
from mocks.kit.operation import Call, Refs
from mocks.systems.erp.models import Approval
from mocks.systems.erp.rules import quiet_minor


class CallRefs:
    """Reads references out of calls; knows the currencies' decimals."""

    def __init__(self, master: ErpMaster) -> None:
        self._decimals = {company.currency: company.decimals for company in master.companies.values()}

    def document(self, body: Any, keys: tuple[tuple[str, str], ...], minor: int | None) -> Refs:
        """Of a document to create."""
        return Refs(
            source_ids=_sources(body.approvals),
            ext_ref=body.external_ref,
            keys=keys,
            amount_minor=minor,
            currency=body.currency,
            src_version=body.source_revision,
        )

    def minor(self, text: str, currency: str) -> int | None:
        """Minor units of a decimal text; None when it is no amount."""
        return quiet_minor(text, self._decimals[currency]) if currency in self._decimals else None


def _sources(approvals: Iterable[Approval]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(approval.source_document for approval in approvals))


def centers(numbers: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Each cost centre once."""
    return tuple(("cost_center", number) for number in dict.fromkeys(numbers))


def supplier(call: Call) -> Refs:
    """Of a look at, or a change of, a supplier."""
    return Refs(keys=(("supplier", call.path["vendor_id"]),))


def coding(call: Call) -> Refs:
    """Of a coding check."""
    center = call.query.get("cost_center")
    return Refs(keys=(("cost_center", center),)) if center else Refs()


def job(call: Call) -> Refs:
    """Of a look at a job."""
    return Refs(parents=(("posting_job", call.path["job_id"]),))


def reference(call: Call) -> Refs:
    """Of a search by external reference."""
    return Refs(ext_ref=call.query.get("external_ref"))


def number(kind: str) -> Callable[[Call], Refs]:
    """Of a call on one document."""
    return lambda call: Refs(parents=((kind, call.path["number"]),))
