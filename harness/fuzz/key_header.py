"""The header of an operation that carries an idempotency key, and values that its schema allows."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import jsonschema

PREFIX = "dryclose-fuzz-"
WORDS = ("type", "format", "pattern", "minLength", "maxLength")  # of a schema, that OpenAPI 2 has in the parameter itself
NAMES = frozenset({"idempotency-key", "x-idempotency-key"})


@dataclass(frozen=True, slots=True)
class KeyHeader:
    """As the document declares it."""

    name: str
    schema: Mapping[str, Any]

    def value(self, word: str) -> str | None:
        """A key of ours for this word: the first of several forms that the schema allows; None when it allows none of them."""
        number = uuid5(NAMESPACE_OID, word)
        forms = (f"{PREFIX}{word}", str(number), f'"{PREFIX}{word}"', number.hex, number.hex[:16], str(number.int % 10**12))
        return next((form for form in forms if self._allows(form)), None)

    def _allows(self, form: str) -> bool:
        if self.schema.get("format") == "uuid" and not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", form):
            return False
        value = int(form) if self.schema.get("type") == "integer" and form.isdigit() else form
        try:
            return bool(jsonschema.Draft202012Validator(dict(self.schema)).is_valid(value))
        except (jsonschema.SchemaError, re.error, jsonschema.exceptions.UnknownType):
            return False


def key_header(parameters: Iterable[Mapping[str, Any]]) -> KeyHeader | None:
    """Of an operation with these parameters; None when it takes no key."""
    for each in parameters:
        if each.get("in") == "header" and str(each.get("name", "")).lower() in NAMES:
            schema = each.get("schema", {name: value for name, value in each.items() if name in WORDS})
            return KeyHeader(str(each["name"]), schema if isinstance(schema, dict) else {})
    return None
