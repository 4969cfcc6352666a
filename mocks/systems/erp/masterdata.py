"""Suppliers, coding combinations, periods, jobs and the trial balance: what is looked up, and what people change."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Literal, cast
from uuid import UUID

from mocks.company.money import to_text
from mocks.company.projections import ErpVendor
from mocks.kit.operation import Call, Effect, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.core import Erp, VendorState
from mocks.systems.erp.documents.store import PostingJob
from mocks.systems.erp.models import (
    AccountBalance,
    CodingCheck,
    Job,
    PeriodChange,
    PeriodList,
    PeriodState,
    Supplier,
    SupplierBlock,
    TrialBalance,
)
from mocks.systems.erp.periods import MODULES, month, shifted

RECORDS_SINCE = datetime(2024, 1, 1, tzinfo=UTC)
"""Creation time of everything that was there before the world opened."""

PERIODS_SHOWN = range(-2, 3)
_PERIOD = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class MasterData:
    """The desks for suppliers, periods and enquiries of one ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._changed_at: dict[str, datetime] = {}

    def read_supplier(self, call: Call) -> Reply:
        """erp.supplier.read"""
        vendor, state = self._vendor(call.path["vendor_id"])
        if call.query.get("company_code", vendor.company_code) != vendor.company_code:
            raise Refusal("NOT_FOUND", f"no supplier {vendor.vendor_id!r} in company {call.query['company_code']!r}")
        return Reply(self._supplier(vendor, state), version=state.version)

    def block_supplier(self, call: Call) -> Reply:
        """erp.supplier.block"""
        body: SupplierBlock = call.body
        rules.check_employee(self._erp.master, call.actor)
        vendor, state = self._vendor(call.path["vendor_id"])
        rules.check_version(call.if_match, state.version, f"supplier {vendor.vendor_id}")
        changed = replace(state, version=state.version + 1, **{f"{body.block}_block": body.on})
        self._erp.vendor_states[vendor.vendor_id] = changed
        self._changed_at[vendor.vendor_id] = call.now
        effect = Effect(
            "supplier",
            vendor.vendor_id,
            "update",
            version=changed.version,
            base_version=call.if_match,
            company=vendor.company_code,
            state=f"{body.block}_block:{'on' if body.on else 'off'}",
        )
        told = self._erp.tell_block(call, vendor.vendor_id)
        return Reply(self._supplier(vendor, changed), version=changed.version, effects=(effect, *told))

    def _vendor(self, vendor_id: str) -> tuple[ErpVendor, VendorState]:
        if vendor_id not in self._erp.master.vendors:
            raise Refusal("NOT_FOUND", f"no supplier {vendor_id!r}")
        return self._erp.vendor(vendor_id)

    def _supplier(self, vendor: ErpVendor, state: VendorState) -> Supplier:
        return Supplier(
            id=int(vendor.vendor_id[1:]),
            uuid=str(UUID(bytes=blake2b(vendor.vendor_id.encode(), digest_size=16).digest(), version=4)),
            version=state.version,
            created_at=RECORDS_SINCE,
            updated_at=self._changed_at.get(vendor.vendor_id, RECORDS_SINCE),
            exported=False,
            external_id=None,
            vendor_id=vendor.vendor_id,
            number=vendor.vendor_id,
            name=vendor.name,
            street=vendor.street,
            city=vendor.city,
            tax_number=vendor.tax_number,
            company_code=vendor.company_code,
            status="active" if vendor.active else "inactive",
            purchasing_block=state.purchasing_block,
            posting_block=state.posting_block,
            payment_block=state.payment_block,
            currency=vendor.currency,
            payment_terms=vendor.payment_terms,
        )

    def check_coding(self, call: Call) -> Reply:
        """erp.coding.check"""
        query = call.query
        on = rules.query_day(query["date"]) if "date" in query else call.now.date()
        problem = rules.coding_problem(
            self._erp.master, query["company_code"], query["gl_account"], query["cost_center"], project=query.get("project"), on=on
        )
        code, reason = problem or (None, None)
        return Reply(CodingCheck(valid=problem is None, reason=reason, code=cast("Any", code)))

    def read_job(self, call: Call) -> Reply:
        """erp.job.read"""
        job = self._erp.documents.job(call.path["job_id"])
        return Reply(_job_record(job), version=job.version)

    def list_periods(self, call: Call) -> Reply:
        """erp.period.list"""
        asked = call.query.get("company_code")
        if asked is not None and asked not in self._erp.master.companies:
            raise Refusal("INVALID_PARAMETER", f"company_code={asked!r}: expected one of {', '.join(self._erp.master.companies)}")
        today = call.now.date()
        return Reply(
            PeriodList(
                items=tuple(
                    PeriodState(
                        company_code=code, period=period, module=module, status=self._erp.periods.status(code, period, module, today)
                    )
                    for code in ([asked] if asked else self._erp.master.companies)
                    for period in (shifted(month(today), months) for months in PERIODS_SHOWN)
                    for module in MODULES
                )
            )
        )

    def close_period(self, call: Call) -> Reply:
        """erp.period.close"""
        return self._change_period(call, "close")

    def reopen_period(self, call: Call) -> Reply:
        """erp.period.reopen"""
        return self._change_period(call, "reopen")

    def _change_period(self, call: Call, step: Literal["close", "reopen"]) -> Reply:
        body: PeriodChange = call.body
        rules.check_employee(self._erp.master, call.actor)
        if body.company_code not in self._erp.master.companies:
            raise Refusal("NOT_FOUND", f"no company code {body.company_code!r}")
        if not _PERIOD.fullmatch(body.period):
            raise Refusal("VALIDATION_FAILED", f"period {body.period!r}: expected YYYY-MM")
        today = call.now.date()
        version = self._erp.periods.change(body.company_code, body.period, body.module, step=step, today=today)
        status = self._erp.periods.status(body.company_code, body.period, body.module, today)
        effect = Effect(
            "period",
            f"{body.company_code}/{body.period}/{body.module}",
            "update",
            version=version,
            company=body.company_code,
            period=body.period,
            state=status,
        )
        answer = PeriodState(company_code=body.company_code, period=body.period, module=body.module, status=status)
        return Reply(answer, version=version, effects=(effect,))

    def read_trial_balance(self, call: Call) -> Reply:
        """erp.trial_balance.read"""
        company = self._erp.master.companies.get(call.query["company_code"])
        if company is None:
            raise Refusal(
                "INVALID_PARAMETER", f"company_code={call.query['company_code']!r}: expected one of {', '.join(self._erp.master.companies)}"
            )
        ledger, period = call.query.get("ledger", "actual"), call.query.get("period")
        if ledger not in {"actual", "memo"}:
            raise Refusal("INVALID_PARAMETER", f"ledger={ledger!r}: expected actual or memo")
        if period is not None and not _PERIOD.fullmatch(period):
            raise Refusal("INVALID_PARAMETER", f"period={period!r}: expected YYYY-MM")
        totals = self._erp.ledger.totals(company.code, cast("Any", ledger), period)

        def text(minor: int) -> str:
            return to_text(minor, company.decimals)

        return Reply(
            TrialBalance(
                company_code=company.code,
                currency=company.currency,
                ledger=cast("Any", ledger),
                period=period,
                accounts=tuple(
                    AccountBalance(
                        gl_account=account,
                        name=self._erp.master.accounts[account].name,
                        debit=text(debit),
                        credit=text(credit),
                        balance=text(debit - credit),
                    )
                    for account, debit, credit in totals
                ),
                total_debit=text(sum(debit for _, debit, _ in totals)),
                total_credit=text(sum(credit for _, _, credit in totals)),
            )
        )


def _job_record(job: PostingJob) -> Job:
    return Job(
        id=job.id,
        uuid=job.uuid,
        version=job.version,
        created_at=job.created_at,
        updated_at=job.updated_at,
        exported=False,
        external_id=None,
        job_id=job.job_id,
        status=job.status,
        document_type=cast("Any", job.kind),
        document_number=job.number,
        external_ref=job.ext_ref,
        code=job.code,
        reason=job.reason,
    )
