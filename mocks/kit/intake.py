"""Reads one request: headers, query, body within its bounds. Everything a stranger can send ends in a value or a Refusal."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from mocks.kit.idempotency import parse_key
from mocks.kit.limits import BODY_BYTES_MAX, DEPTH_MAX, too_deep
from mocks.kit.operation import Operation, QueryParam, Refusal
from mocks.kit.paging import LIMIT_DEFAULT, LIMIT_MAX, Cursors
from mocks.kit.wire import Receive

HEADER_TEXT = re.compile(r"[\x21-\x7e]{1,128}")
TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
ENTITY_TAG = re.compile(r'\*|(?:W/)?"[\x21\x23-\x7e]*"')  # RFC 9110, 8.8.3
ETAG = re.compile(r'(?:W/)?"(\d{1,9})"', re.ASCII)
NO_VERSION = -1  # an If-Match that names no version of ours matches nothing
HASH_LENGTH = 32
EXACT_MAX = 2**53  # above this a float stands for several integers


class BodyTooLarge(Exception):  # noqa: N818 (an answer, not a defect)
    """The body has more bytes than BODY_BYTES_MAX."""


async def read_body(headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
    """The whole body. Raises BodyTooLarge as soon as it is known to be too large."""
    declared = headers.get(b"content-length")
    if declared is None and b"transfer-encoding" not in headers:
        return b""
    if declared is not None and declared.isdigit() and int(declared) > BODY_BYTES_MAX:
        raise BodyTooLarge
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        body: bytes = message.get("body", b"")
        size += len(body)
        if size > BODY_BYTES_MAX:
            raise BodyTooLarge
        parts.append(body)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


@dataclass(slots=True)
class Incoming:
    """One request as it was sent. `refusal` is the first thing that is wrong with it."""

    headers: Mapping[bytes, bytes]
    path: str
    path_params: Mapping[str, str]
    query: Mapping[str, str]
    raw: bytes
    refusal: Refusal | None = None

    def header(self, name: bytes) -> str | None:
        """A header as text."""
        value = self.headers.get(name)
        return value.decode("latin-1") if value is not None else None


def parse_query(query_string: bytes) -> tuple[dict[str, str], Refusal | None]:
    """Query parameters by name; one that appears twice is refused."""
    if not query_string:
        return {}, None
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, max_num_fields=None)
    query = dict(pairs)
    if len(query) != len(pairs):
        return query, Refusal("INVALID_PARAMETER", "a query parameter appears twice; expected each once")
    return query, None


def check_param(param: QueryParam) -> Callable[[str], str | None]:
    """A check of one parameter's value: what is wrong with it, or None."""
    schema = param.schema
    pattern = re.compile(schema["pattern"]) if "pattern" in schema else None
    enum = schema.get("enum")
    longest = schema.get("maxLength", 200)

    def check(value: str) -> str | None:
        if schema.get("type") == "integer":
            return None if re.fullmatch(r"-?\d{1,18}", value, re.ASCII) else "expected a whole number"
        if enum is not None and value not in enum:
            return f"expected one of {', '.join(map(str, enum))}"
        if len(value) > longest or len(value) < schema.get("minLength", 0):
            return f"expected {schema.get('minLength', 0)} to {longest} characters"
        if pattern is not None and not pattern.fullmatch(value):
            return f"expected text like {schema['pattern']}"
        return None

    return check


class Reader:
    """Reads requests of one operation."""

    def __init__(self, operation: Operation, cursors: Cursors, translate: Callable[[Operation, bytes], bytes] | None = None) -> None:
        """translate: the body as it came, as JSON with the operation's own members."""
        self._operation = operation
        self._translate = translate
        self._cursors = cursors
        self._decoder: msgspec.json.Decoder[Any] | None = msgspec.json.Decoder(operation.request) if operation.request else None
        self._params = tuple((param, check_param(param)) for param in operation.query)
        self._encoder = msgspec.json.Encoder(order="sorted")

    def check_query(self, query: Mapping[str, str]) -> Refusal | None:
        """What is wrong with the parameters, if anything."""
        for param, check in self._params:
            value = query.get(param.name)
            if value is None:
                if param.required:
                    return Refusal("INVALID_PARAMETER", f"query parameter {param.name!r} is missing: {param.doc}")
            elif wrong := check(value):
                return Refusal("INVALID_PARAMETER", f"query parameter {param.name!r} has a value that is not valid: {wrong}")
        return None

    def page(self, query: Mapping[str, str]) -> tuple[int, tuple[Any, ...] | None, Refusal | None]:
        """Limit and sort key to go on after."""
        limit = query.get("limit")
        size = LIMIT_DEFAULT
        if limit is not None:
            if not re.fullmatch(r"\d{1,3}", limit, re.ASCII) or not 1 <= int(limit) <= LIMIT_MAX:
                return size, None, Refusal("INVALID_PARAMETER", f"limit is {limit[:20]!r}; expected 1 to {LIMIT_MAX}")
            size = int(limit)
        cursor = query.get("cursor")
        if cursor is None:
            return size, None, None
        after = self._cursors.decode(self._operation.call_point, cursor)
        if after is None:
            return size, None, Refusal("INVALID_CURSOR", "this list did not issue the cursor; start again without one")
        return size, after, None

    def body(self, incoming: Incoming) -> tuple[Any, str | None, Refusal | None]:
        """Decoded body, hash of its canonical form, and what is wrong."""
        if self._decoder is None:
            return None, None, None
        raw, refusal = self._raw(incoming)
        if refusal is not None:
            return None, None, refusal
        try:
            free = msgspec.json.decode(raw)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return None, None, Refusal("MALFORMED_REQUEST", "the body is not JSON")
        digest = sha256(self._encoder.encode(free)).hexdigest()[:HASH_LENGTH]
        try:
            return self._decoder.decode(raw), digest, None
        except msgspec.ValidationError:
            try:  # JSON knows one kind of number: 1.0 is the integer 1
                return msgspec.convert(with_whole_numbers(free), self._decoder.type), digest, None
            except msgspec.ValidationError as error:
                return None, digest, Refusal("VALIDATION_FAILED", str(error))

    def _raw(self, incoming: Incoming) -> tuple[bytes, Refusal | None]:
        """The body in the operation's own members."""
        refusal = check_json(incoming)
        if refusal is not None or self._translate is None:
            return incoming.raw, refusal
        try:
            return self._translate(self._operation, incoming.raw), None
        except Refusal as wrong:
            return b"", wrong


def with_whole_numbers(value: Any) -> Any:
    """Decoded JSON in which floats without a fraction are integers."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= EXACT_MAX:
        return int(value)
    if isinstance(value, list):
        return [with_whole_numbers(each) for each in value]
    if isinstance(value, dict):
        return {name: with_whole_numbers(each) for name, each in value.items()}
    return value


def check_json(incoming: Incoming) -> Refusal | None:
    """Whether the body may be parsed at all: declared as JSON, there, not nested too deep."""
    kind = incoming.headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if kind != b"application/json":
        found = kind[:60].decode("latin-1") or "nothing"
        return Refusal("UNSUPPORTED_MEDIA_TYPE", f"content-type is {found}; expected application/json")
    if not incoming.raw:
        return Refusal("MALFORMED_REQUEST", "the body is empty; expected a JSON object")
    if too_deep(incoming.raw):
        return Refusal("MALFORMED_REQUEST", f"the body nests deeper than {DEPTH_MAX} levels")
    return None


def idempotency_key(incoming: Incoming) -> tuple[str | None, Refusal | None]:
    """The key that the client sent, if it sent one."""
    header = incoming.header(b"idempotency-key")
    if header is None:
        return None, None
    key = parse_key(header)
    if key is None:
        return None, Refusal(
            "INVALID_PARAMETER", "Idempotency-Key is not valid; expected a quoted string or a bare token of 1 to 255 characters"
        )
    return key, None


def wrong_tag(if_match: str | None) -> Refusal | None:
    """What is wrong with If-Match, if it is not even an entity tag. A tag that is none of ours is proper, and matches nothing."""
    if if_match is None or ENTITY_TAG.fullmatch(if_match.strip()):
        return None
    return Refusal("INVALID_PARAMETER", f'If-Match is {if_match[:40]!r}; expected an entity tag such as "4", in quotes, or *')


def version_of(if_match: str | None) -> int | None:
    """The version that If-Match names; None when it names none or any; NO_VERSION when it is not one of our tags."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = ETAG.fullmatch(if_match.strip())
    return int(found.group(1)) if found else NO_VERSION


def correlation_of(incoming: Incoming) -> str:
    """The client's correlation id when it is fit to be passed on, otherwise nothing."""
    value = incoming.header(b"x-correlation-id")
    return value if value is not None and HEADER_TEXT.fullmatch(value) else ""


def traceparent_of(incoming: Incoming) -> str | None:
    """The W3C trace context when it is well formed."""
    value = incoming.header(b"traceparent")
    return value if value is not None and TRACEPARENT.fullmatch(value) else None
