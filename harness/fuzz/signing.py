"""Signs generated events as Standard Webhooks, so that they get past the door. What an unsigned one meets is tried by the generator."""

import base64
import hashlib
import hmac

from requests import PreparedRequest
from requests.auth import AuthBase

from harness import wall

PREFIX = "whsec_"


class Signer(AuthBase):
    """Puts id, timestamp and signature over the body as it is on the wire."""

    def __init__(self, secret: str) -> None:
        self._key = base64.b64decode(secret.removeprefix(PREFIX))
        self._number = 0

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """The request, signed."""
        self._number += 1
        name, moment = f"evt_fuzz_{self._number}", str(int(wall.now_s()))
        body = request.body or b""
        raw = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""
        digest = hmac.digest(self._key, b".".join((name.encode(), moment.encode(), raw)), hashlib.sha256)
        request.headers.update(
            {"webhook-id": name, "webhook-timestamp": moment, "webhook-signature": "v1," + base64.b64encode(digest).decode()}
        )
        return request
