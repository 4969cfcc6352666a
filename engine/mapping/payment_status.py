"""What the ERP says of the money for an invoice, in procurement's words. The ERP's `paid` is a payment that was only issued; procurement's
`paid` is money that has left the bank."""

from collections.abc import Mapping

from engine.mapping.references import external_ref
from engine.mapping.rules import Unpostable
from engine.model.news import PaymentNews, StatusDraft

TOLD: Mapping[str, str] = {"cleared": "paid", "rejected": "rejected", "returned": "returned"}


def status_draft(news: PaymentNews) -> StatusDraft:
    """Raises Unpostable for a status that nobody waits for."""
    told = TOLD.get(news.status)
    if told is None:
        raise Unpostable(f"{news.source_id} is {news.status}, of which nobody is told; told is {', '.join(TOLD)}")
    day = news.value_date
    return StatusDraft(
        external_ref=external_ref(news.source_id, news.sequence),
        sequence=news.sequence,
        status=told,
        payment_number=news.payment_number,
        value_date=f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else None,
        reason=news.reason,
    )
