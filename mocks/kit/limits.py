"""Limits: request rate by client, size and depth of a body."""

import math
import re
from dataclasses import dataclass

BODY_BYTES_MAX = 256 * 1024
DEPTH_MAX = 32
# A string that never ends reaches to the end of the text: were it no match, every quote in it would be tried as a start again,
# and 250 KB of `\"` would take minutes.
JSON_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)


def too_deep(raw: bytes, limit: int = DEPTH_MAX) -> bool:
    """Whether arrays and objects nest deeper than `limit`. Counts brackets outside of strings; the text need not be valid."""
    if raw.count(b"[") + raw.count(b"{") <= limit:
        return False
    depth = 0
    for byte in JSON_STRING.sub(b"", raw):
        if byte in b"[{":
            depth += 1
            if depth > limit:
                return True
        elif byte in b"]}":
            depth -= 1
    return False


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_ns: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the limiter says about one request: whether it may pass, how many are left, seconds until one more."""

    allowed: bool
    left: int
    reset_s: int


class RateLimiter:
    """A token bucket for each client: `per_s` requests a second, as many at once."""

    def __init__(self, per_s: int) -> None:
        self.per_s = per_s
        self._buckets: dict[str, _Bucket] = {}

    def exhaust(self, client_id: str, now_ns: int, wait_s: int) -> None:
        """This client has no request left for so long."""
        self._buckets[client_id] = _Bucket(1.0 - self.per_s * wait_s, now_ns)

    def take(self, client_id: str, now_ns: int) -> Allowance:
        """One request of this client arrives at `now_ns` (monotonic)."""
        bucket = self._buckets.get(client_id)
        if bucket is None:
            bucket = self._buckets[client_id] = _Bucket(float(self.per_s), now_ns)
        bucket.tokens = min(float(self.per_s), bucket.tokens + (now_ns - bucket.at_ns) / 1e9 * self.per_s)
        bucket.at_ns = now_ns
        allowed = bucket.tokens >= 1.0
        if allowed:
            bucket.tokens -= 1.0
        missing = max(0.0, 1.0 - bucket.tokens)
        return Allowance(allowed, int(bucket.tokens), max(1, math.ceil(missing / self.per_s)))
