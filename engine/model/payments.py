"""Payments on their way to the bank, and what it says of them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from engine.model.erp_documents import Coding, Kind


@dataclass(frozen=True, slots=True)
class Transfer:
    """What one payee gets."""

    end_to_end_id: str
    amount: str
    currency: str
    creditor_name: str
    creditor_account: str
    remittance: str


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file as the ERP issued it; amounts are decimal text, because it is carried and not made."""

    message_id: str
    debtor_name: str
    debtor_account: str
    execution_date: str  # ISO
    count: int
    control_sum: str
    transfers: tuple[Transfer, ...]


@dataclass(frozen=True, slots=True)
class PaymentFileDraft:
    """A file to be uploaded. Its message id is the number of the run: the bank takes no second file with it."""

    kind: ClassVar[Kind] = "payment_file"
    posted_on: ClassVar[date | None] = None
    file: BankFile
    total: Decimal

    @property
    def external_ref(self) -> str:
        """The message id."""
        return self.file.message_id

    def codings(self) -> tuple[Coding, ...]:
        """None: what is paid is booked already."""
        return ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A payment of a file that the bank does not carry out. reason_code: of ISO 20022."""

    end_to_end_id: str
    reason_code: str | None
    reason: str | None
