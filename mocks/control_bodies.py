"""Bodies and parameters of the control port: JSON in, JSON out, every mistake a Refusal."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from mocks.kit.intake import BodyTooLarge, Incoming, check_json, read_body, with_whole_numbers
from mocks.kit.operation import Refusal


def answer(body: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(msgspec.json.encode(body), status, media_type="application/json")


async def read_json(request: Request, shape: type[Any]) -> Any:
    """The decoded body. Raises Refusal when it is not of this shape."""
    headers = dict(request.scope["headers"])
    try:
        raw = await read_body(headers, request.receive)
    except BodyTooLarge:
        raise Refusal("PAYLOAD_TOO_LARGE", "the body is too large") from None
    refusal = check_json(Incoming(headers, request.url.path, {}, {}, raw))
    if refusal is not None:
        raise refusal
    try:
        return msgspec.convert(with_whole_numbers(msgspec.json.decode(raw)), shape)
    except msgspec.ValidationError as error:
        raise Refusal("VALIDATION_FAILED", str(error)) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Refusal("MALFORMED_REQUEST", "the body is not JSON") from None


def whole_number(request: Request, name: str, default: int) -> int:
    """A query parameter that counts. Raises Refusal when it is not a whole number from 0."""
    value = request.query_params.get(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit() and len(value) <= 12):
        raise Refusal("INVALID_PARAMETER", f"{name} is {value[:20]!r}; expected a whole number from 0")
    return int(value)
