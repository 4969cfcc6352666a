"""What the ERP says of the money for an invoice, in the words of those who wait for it. The ERP's `paid` is a payment that was only issued;
theirs is money that has left the bank. To a supplier what the bank rejected is a payment that failed: nobody rejected its invoice."""

from collections.abc import Mapping

from engine.mapping.references import external_ref
from engine.mapping.rules import Unpostable
from engine.model.news import PaymentNews, StatusDraft

STATUSES = ("cleared", "rejected", "returned")
TO_REQUESTER: Mapping[str, str] = {"cleared": "paid", "rejected": "rejected", "returned": "returned"}
TO_SUPPLIER: Mapping[str, str] = {"cleared": "paid", "rejected": "payment_failed", "returned": "payment_returned"}


def status_draft(news: PaymentNews, words: Mapping[str, str]) -> StatusDraft:
    """Raises Unpostable for a status that nobody waits for."""
    told = words.get(news.status)
    if told is None:
        raise Unpostable(f"{news.source_id} is {news.status}, of which nobody is told; told is {', '.join(words)}")
    day = news.value_date
    return StatusDraft(
        external_ref=external_ref(news.source_id, news.sequence),
        sequence=news.sequence,
        status=told,
        payment_number=news.payment_number,
        value_date=f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else None,
        reason=news.reason,
    )
