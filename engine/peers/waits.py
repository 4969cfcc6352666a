"""How long to wait before the next attempt: what the system asked for, and exponential backoff with jitter."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from engine.clock import Entropy

CAP_FACTOR = 16  # the longest backoff, in bases
JITTER = 0.25  # added, never taken away: the third gap stays longer than the first
DATE_MARGIN_S = 0.1  # an HTTP-date has whole seconds, and clocks differ
SKEW_S = 2.0  # Date has whole seconds and is as old as the answer took
RETRY_AFTER_MAX_S = 24 * 3600.0


def backoff_s(base_s: float, attempt: int, entropy: Entropy, *, cap_factor: float = CAP_FACTOR) -> float:
    """Seconds to wait after the n-th failed attempt (n from 1)."""
    delay = base_s * min(2.0 ** (max(attempt, 1) - 1), cap_factor)
    return delay * (1.0 + JITTER * entropy.fraction())


def retry_after_s(header: str | None, now: datetime, server_date: str | None = None) -> float | None:
    """Seconds that a Retry-After header asks for, or None when it is absent or unreadable.

    An HTTP-date is measured against our clock; where the server's own Date shows that its clock is another one, against
    both, and the longer wait wins: too late is harmless, too early is not.
    """
    if not header:
        return None
    text = header.strip()
    if text.isdigit():
        return min(float(text), RETRY_AFTER_MAX_S)
    moment = _http_date(text)
    if moment is None:
        return None
    sent = _http_date(server_date) if server_date else None
    wait = (moment - now).total_seconds()
    if sent is not None and abs((now - sent).total_seconds()) > SKEW_S:
        wait = max(wait, (moment - sent).total_seconds())
    return min(max(wait, 0.0) + DATE_MARGIN_S, RETRY_AFTER_MAX_S)


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
