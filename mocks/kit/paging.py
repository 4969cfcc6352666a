"""Keyset paging: opaque cursors that only the list that issued them accepts."""

import base64
import binascii
import hmac
from hashlib import sha256
from itertools import count
from typing import Any

import msgspec

LIMIT_DEFAULT = 50
LIMIT_MAX = 200
TAG_BYTES = 8
CURSOR_LENGTH_MAX = 1000


def paged(body: bytes, page: str) -> bytes | None:
    """A page of a list, spoilt as `page` (contracts/faults.yaml) says; None when it has nothing to show that on.

    short: fewer than was asked for, and a cursor (the list was asked so); repeated: its last item twice; omitted: without its last item.
    """
    answer = msgspec.json.decode(body)
    items = answer.get("items")
    if not items or (page in {"short", "expired"} and not answer.get("next_cursor")):
        return None
    if page == "repeated":
        items.append(items[-1])
    elif page == "omitted":
        items.pop()
    return msgspec.json.encode(answer)


class Cursors:
    """Encodes sort keys. Signed, so that nobody builds or edits one; date-times survive the round trip."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._expired: set[str] = set()

    def encode(self, call_point: str, key: tuple[Any, ...]) -> str:
        """The cursor after the item with this sort key; another one than any that has expired."""
        cursors = (self._signed(msgspec.msgpack.encode([call_point, issue, *key])) for issue in count())
        return next(cursor for cursor in cursors if cursor not in self._expired)

    def _signed(self, payload: bytes) -> str:
        return base64.urlsafe_b64encode(self._tag(payload) + payload).rstrip(b"=").decode()

    def expire(self, cursor: str) -> None:
        """It is good for nothing from now on."""
        self._expired.add(cursor)

    def decode(self, call_point: str, cursor: str) -> tuple[Any, ...] | None:
        """The sort key, or None when this list did not issue the cursor."""
        if cursor in self._expired or not cursor.isascii() or not 0 < len(cursor) <= CURSOR_LENGTH_MAX:
            return None
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        tag, payload = raw[:TAG_BYTES], raw[TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(payload)):
            return None
        issued_for, _, *key = msgspec.msgpack.decode(payload)
        return tuple(key) if issued_for == call_point else None

    def _tag(self, payload: bytes) -> bytes:
        return hmac.digest(self._secret, payload, sha256)[:TAG_BYTES]
