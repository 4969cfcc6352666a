"""The bank: camelCase, ISO dates, amounts as decimal text. A file is taken first and acknowledged later: it is its own job."""

from decimal import Decimal, InvalidOperation
from urllib.parse import quote

import msgspec

from engine.model.calls import Request, Trace
from engine.model.erp_documents import Draft, Found, Kind, PostingJob, TakeBack
from engine.model.failures import NEVER, CallFailed, one_of, other_shape
from engine.model.payments import BankFile, PaymentFileDraft, Rejected
from engine.peers.caller import Peer, decode

HOME = "/v1/payment-files"
POINT = "bank.payment_file"
READ = f"{POINT}.read"
STATES = {"received": "accepted", "accepted": "posted", "partially_accepted": "posted", "rejected": "rejected"}
"""The bank's words for a file in ours for a posting."""
PAYMENT_STATES = ("received", "accepted", "rejected", "cleared", "returned", "stopped")


class _Payment(msgspec.Struct, rename="camel"):
    end_to_end_id: str
    status: str
    reason_code: str | None = None
    reason: str | None = None


class _File(msgspec.Struct, rename="camel"):
    file_id: str
    status: str
    id: int | None = None
    control_sum: str | None = None
    reason_code: str | None = None
    reason: str | None = None
    transactions: list[_Payment] = []


class _Files(msgspec.Struct):
    items: list[_File]


_FILE = msgspec.json.Decoder(_File)
_FILES = msgspec.json.Decoder(_Files)


class BankGateway:
    """The calls of one payment run. What the bank said of a file last is kept for the rest of the run."""

    def __init__(self, peer: Peer, trace: Trace) -> None:
        self._peer = peer
        self._trace = trace
        self._acknowledged: dict[str, _File] = {}

    async def create(self, draft: Draft, key: str) -> Found:
        """The bank has the file, and will say what it thinks of it."""
        assert isinstance(draft, PaymentFileDraft)
        request = Request(f"{POINT}.upload", "POST", HOME, body=msgspec.json.encode(_body(draft.file)), key=key)
        return _found(request, decode(await self._peer.call(request, self._trace), _FILE))

    async def find(self, _kind: Kind, external_ref: str, /) -> Found | None:
        """The file with our message id."""
        request = Request(f"{POINT}.find", "GET", HOME, params={"messageId": external_ref})
        found = [_found(request, item) for item in decode(await self._peer.call(request, self._trace), _FILES).items]
        return found[0] if found else None

    async def read(self, _kind: Kind, number: str, /) -> Found:
        """One file by the bank's id of it."""
        return _found(_reading(number), await self._read(number))

    async def job(self, job_id: str) -> PostingJob:
        """What the bank says of a file."""
        file = await self._read(job_id)
        return PostingJob(_status(READ, file), file.file_id, file.reason_code, file.reason)

    async def rejected(self, file_id: str) -> tuple[Rejected, ...]:
        """The payments of a file that it took all the same."""
        file = self._acknowledged.get(file_id) or await self._read(file_id)
        return tuple(
            Rejected(each.end_to_end_id, each.reason_code, each.reason)
            for each in file.transactions
            if one_of(READ, "transactions[].status", each.status, PAYMENT_STATES) == "rejected"
        )

    async def undo(self, _kind: Kind, number: str, why: TakeBack, _key: str, /) -> None:
        """The bank takes no file back; people speak with it. Raises CallFailed."""
        said = f"{why.reason}, but the bank has file {number} and takes none back"
        raise CallFailed(f"{POINT}.upload", "business", "FILE_NOT_RETURNED", said, definite=True, retry=NEVER, owner="finance")

    async def _read(self, file_id: str) -> _File:
        file = decode(await self._peer.call(_reading(file_id), self._trace), _FILE)
        if _status(READ, file) == "posted":
            self._acknowledged[file_id] = file
        return file


def _reading(file_id: str) -> Request:
    return Request(READ, "GET", f"{HOME}/{quote(file_id, safe='')}")


def _status(operation: str, file: _File) -> str:
    return STATES[one_of(operation, "status", file.status, tuple(STATES))]


def _found(request: Request, file: _File) -> Found:
    try:
        total = Decimal(file.control_sum) if file.control_sum is not None else None
    except InvalidOperation as error:
        raise other_shape(request.operation, f"controlSum is {str(file.control_sum)[:60]!r}; expected decimal text") from error
    return Found(file.file_id, file.id, _status(request.operation, file), total, file.file_id)


def _body(file: BankFile) -> dict[str, object]:
    return {
        "messageId": file.message_id,
        "debtorName": file.debtor_name,
        "debtorAccount": file.debtor_account,
        "requestedExecutionDate": file.execution_date,
        "numberOfTransactions": file.count,
        "controlSum": file.control_sum,
        "transactions": [
            {
                "endToEndId": each.end_to_end_id,
                "instructedAmount": {"amount": each.amount, "currency": each.currency},
                "creditorName": each.creditor_name,
                "creditorAccount": each.creditor_account,
                "remittanceInformation": each.remittance,
            }
            for each in file.transfers
        ],
    }
