"""Signs generated events as Standard Webhooks, so that they get past the door. What an unsigned one meets is tried by the generator."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from requests import PreparedRequest
from requests.auth import AuthBase

from harness import wall

PREFIX = "whsec_"
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
PLACEHOLDER = "v1," + base64.b64encode(b"0" * 32).decode()
"""What the generator takes for the credential of a signed operation; the signer puts the right one in its place."""


class Signer(AuthBase):
    """Puts id, timestamp and signature over the body as it is on the wire. Raises ValueError for a secret that is none."""

    def __init__(self, secret: str) -> None:
        self._key = key_of(secret)
        self._number = 0

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """The request, signed."""
        self._number += 1
        name, moment = f"evt_fuzz_{self._number}", str(int(wall.now_s()))
        request.headers.update({ID: name, TIMESTAMP: moment, SIGNATURE: self._over(name, moment, _raw(request.body))})
        return request

    def renew(self, request: PreparedRequest) -> PreparedRequest:
        """Signed anew over another body, as the same event."""
        name, moment = str(request.headers[ID]), str(request.headers[TIMESTAMP])
        request.headers[SIGNATURE] = self._over(name, moment, _raw(request.body))
        return request

    def signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether these headers carry a signature of ours over this body."""
        name, moment, found = (headers.get(each, "") for each in (ID, TIMESTAMP, SIGNATURE))
        return hmac.compare_digest(self._over(name, moment, body).encode(), found.encode())

    def _over(self, name: str, moment: str, raw: bytes) -> str:
        digest = hmac.digest(self._key, b".".join((name.encode("latin-1"), moment.encode("latin-1"), raw)), hashlib.sha256)
        return "v1," + base64.b64encode(digest).decode()


def key_of(secret: str) -> bytes:
    """The key in `whsec_<base64>`. Raises ValueError."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
    if not key:
        raise ValueError("it is empty")
    return key


def _raw(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""
