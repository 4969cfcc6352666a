"""What became of a document somewhere, and what whoever waits for it knows."""

from dataclasses import dataclass

from engine.model.sources import SourceStage


@dataclass(frozen=True, slots=True)
class PaymentNews:
    """How far an invoice is paid, in the ERP's words. sequence: counts every change of it. vendor_id, supplier_reference: whose it is, and
    that supplier's own number; None: it is no supplier's."""

    source_id: str
    sequence: int
    status: str
    stage: SourceStage
    company_code: str
    vendor_id: str | None
    supplier_reference: str | None
    payment_number: str | None
    value_date: str | None  # YYYYMMDD
    reason: str | None


@dataclass(frozen=True, slots=True)
class StatusDraft:
    """What whoever waits is to know. sequence: of the news that says so."""

    external_ref: str
    sequence: int
    status: str
    payment_number: str | None
    value_date: str | None  # ISO
    reason: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """Who waits, at one version, and what is known there; sequence 0: nothing yet."""

    listener_id: str
    version: int
    sequence: int
    status: str | None
