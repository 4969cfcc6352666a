"""The ERP's treasury: payment runs and their files. snake_case, but the file is in the bank's own words."""

from decimal import Decimal, InvalidOperation
from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.failures import CallFailed, not_visible_yet, one_of, other_shape
from engine.model.payments import BankFile, Rejected, Transfer
from engine.model.sources import Change, PaymentRun, Recorded, Refusal, SourceStage
from engine.peers.caller import Peer, decode

STAGES = {
    "proposed": SourceStage.NOT_APPROVED,
    "reviewed": SourceStage.NOT_APPROVED,
    "approved": SourceStage.NOT_APPROVED,
    "deleted": SourceStage.NOT_APPROVED,
    "file_issued": SourceStage.APPROVED,
    "acknowledged": SourceStage.RECORDED,
    "rejected": SourceStage.REFUSED,
}
LISTED = "file_issued"  # what catch-up polling asks for: nothing takes an issued run back but what we write ourselves
HOME = "/payment-runs"
READ, FILE = "erp.payment_run.read", "erp.payment_run.file"
REASON_MAX, CODE_MAX = 500, 10


class _Paid(msgspec.Struct):
    payment_number: str
    version: int


class _Run(msgspec.Struct):
    number: str
    version: int
    status: str
    currency: str
    total: str
    payments: list[_Paid]
    bank_file_id: str | None = None
    correlation_id: str | None = None


class _Amount(msgspec.Struct):
    amount: str
    currency: str


class _Transfer(msgspec.Struct, rename="camel"):
    end_to_end_id: str
    instructed_amount: _Amount
    creditor_name: str
    creditor_account: str
    remittance_information: str = ""


class _File(msgspec.Struct, rename="camel"):
    message_id: str
    debtor_name: str
    debtor_account: str
    requested_execution_date: str
    number_of_transactions: int
    control_sum: str
    transactions: list[_Transfer]


class _Summary(msgspec.Struct):
    number: str
    status: str
    version: int
    updated_at: str


class _Page(msgspec.Struct):
    items: list[_Summary]
    next_cursor: str | None = None


_RUN = msgspec.json.Decoder(_Run)
_FILE = msgspec.json.Decoder(_File)
_PAGE = msgspec.json.Decoder(_Page)


class TreasuryGateway:
    """The calls of one payment run, or of one polling cycle."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace

    async def read(self, source_id: str) -> PaymentRun:
        """The run as it is now, without its file."""
        try:
            answer = await self._peer.call(Request(READ, "GET", _where(source_id)), self._trace)
        except CallFailed as failure:
            raise not_visible_yet(failure) from failure
        wire = decode(answer, _RUN)
        self._trace.adopt(wire.correlation_id)
        return PaymentRun(
            source_id=wire.number,
            version=wire.version,
            status=wire.status,
            stage=STAGES[one_of(READ, "status", wire.status, tuple(STAGES))],
            currency=wire.currency,
            total=_total(wire.total),
            file=None,
            payments={each.payment_number: each.version for each in wire.payments},
            recorded=Recorded(wire.bank_file_id) if wire.bank_file_id else None,
            correlation_id=wire.correlation_id,
        )

    async def file(self, source_id: str) -> BankFile:
        """The file of an issued run."""
        wire = decode(await self._peer.call(Request(FILE, "GET", f"{_where(source_id)}/file"), self._trace), _FILE)
        return BankFile(
            message_id=wire.message_id,
            debtor_name=wire.debtor_name,
            debtor_account=wire.debtor_account,
            execution_date=wire.requested_execution_date,
            count=wire.number_of_transactions,
            control_sum=wire.control_sum,
            transfers=tuple(
                Transfer(
                    each.end_to_end_id,
                    each.instructed_amount.amount,
                    each.instructed_amount.currency,
                    each.creditor_name,
                    each.creditor_account,
                    each.remittance_information,
                )
                for each in wire.transactions
            ),
        )

    async def record_rejected(self, payment: Rejected, version: int | None) -> None:
        """The bank does not carry this payment out. The same word again changes nothing there."""
        body = {"status": "rejected", **_why(payment.reason_code, payment.reason)}
        where = f"/payments/{quote(payment.end_to_end_id, safe='')}/bank-status"
        request = Request("erp.payment.record_status", "PUT", where, body=msgspec.json.encode(body), if_match=version)
        await self._peer.call(request, self._trace)

    async def record_acknowledged(self, source_id: str, version: int, *, file_id: str, is_whole: bool) -> None:
        """The bank has taken the file. The same word again changes nothing there."""
        body = {"status": "accepted" if is_whole else "partially_accepted", "bank_file_id": file_id}
        await self._record(source_id, version, body)

    async def record_refusal(self, source_id: str, version: int, refusal: Refusal) -> None:
        """The bank does not take the file."""
        code = refusal.code if len(refusal.code) <= CODE_MAX else None
        await self._record(source_id, version, {"status": "rejected", **_why(code, f"{refusal.code}: {refusal.reason}")})

    async def _record(self, source_id: str, version: int, body: dict[str, str]) -> None:
        where = f"{_where(source_id)}/bank-status"
        request = Request("erp.payment_run.record_status", "PUT", where, body=msgspec.json.encode(body), if_match=version)
        await self._peer.call(request, self._trace)

    async def changes(self, since: str | None, cursor: str | None, limit: int) -> tuple[list[Change], str | None]:
        """One page of what changed, oldest first, and the cursor of the next page."""
        params = {"status": LISTED, "limit": str(limit)}
        if since is not None:
            params["updated_since"] = since
        if cursor is not None:
            params["cursor"] = cursor
        page = decode(await self._peer.call(Request("erp.payment_run.list", "GET", HOME, params=params), self._trace), _PAGE)
        return [
            Change(item.number, item.status, STAGES.get(item.status, SourceStage.NOT_APPROVED), 1, item.version, item.updated_at)
            for item in page.items
        ], page.next_cursor


def _where(source_id: str) -> str:
    return f"{HOME}/{quote(source_id, safe='')}"


def _why(code: str | None, reason: str | None) -> dict[str, str]:
    return {**({"reason_code": code} if code else {}), **({"reason": reason[:REASON_MAX]} if reason else {})}


def _total(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise other_shape(READ, f"total is {text[:60]!r}; expected decimal text") from error
