"""The verifier's mismatches in plain words: what the consumer expects, what came, where."""

import json
import re
from collections.abc import Iterator
from typing import Any

LONGEST = 120
PART = re.compile(r"\[(?:'([^']*)'|\"([^\"]*)\"|(\d+|\*))\]|\.?([^.\[\]]+)")


def reasons(mismatch: dict[str, Any] | None) -> tuple[str, ...]:
    """Every difference as one sentence, the status first."""
    if mismatch is None:
        return ("the verifier says that it failed, and not why",)
    if mismatch.get("type") == "error":
        return (f"no answer could be compared: {mismatch.get('message', 'unknown error')}",)
    differences = mismatch.get("mismatches", ())
    refused = [each for each in differences if each.get("type") == "StatusMismatch" and _refused(each)]
    found = [(each.get("type") != "StatusMismatch", sentence) for each in refused or differences for sentence in _sentences(each)]
    return tuple(dict.fromkeys(sentence for _, sentence in sorted(found, key=lambda each: each[0])))


def _refused(each: dict[str, Any]) -> bool:
    """A refusal came where none was expected: its body differs in every member, which says nothing more."""
    return str(each.get("expected")) < "400" <= str(each.get("actual"))


def _sentences(each: dict[str, Any]) -> Iterator[str]:
    kind, said = each.get("type"), str(each.get("mismatch") or each.get("description") or "")
    expected, actual = _value(each.get("expected")), _value(each.get("actual"))
    if kind == "StatusMismatch":
        yield f"status: expected {expected}, got {actual}"
    elif kind == "HeaderMismatch":
        yield f"header {each.get('key')}: " + ("it is missing" if "missing" in said else f"expected {expected}, got {actual}")
    elif kind == "MetadataMismatch":
        yield f"message header {each.get('key')}: expected {expected}, got {actual}"
    elif kind == "BodyTypeMismatch":
        yield f"body: expected {expected}, got {actual}"
    elif kind == "BodyMismatch":
        yield from _body(pointer(str(each.get("path", "$"))), said, expected, actual)
    else:
        yield said or f"{kind}: expected {expected}, got {actual}"


def _body(where: str, said: str, expected: str, actual: str) -> Iterator[str]:
    missing = re.search(r"missing the following keys: (.+)$", said)
    unexpected = re.search(r"contains? unexpected (?:keys|entries)[^:]*: (.+)$", said)
    if missing:
        for name in missing.group(1).split(", "):
            yield f"{where.rstrip('/')}/{name}: the member is missing"
    elif unexpected:
        yield f"{where}: unexpected members {unexpected.group(1)}"
    elif "to be equal to" in said:
        yield f"{where}: expected exactly {expected}, got {actual}"
    elif "to be the same type" in said or "to be an integer" in said or "to be a" in said:
        wanted = said.rsplit("to be ", 1)[1]
        yield f"{where}: expected {wanted.replace('the same type as', 'a value of the type of')}, got {actual}"
    elif "to match" in said:
        yield f"{where}: expected text that matches {said.rsplit('to match ', 1)[1]}, got {actual}"
    else:
        yield f"{where}: {said or f'expected {expected}, got {actual}'}"


def _value(value: Any) -> str:
    """Readable and short; the verifier quotes JSON texts."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if text == "":
        return "nothing"
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."


def pointer(path: str) -> str:
    """JSON pointer of a verifier's path: $.lines[0].amount is /lines/0/amount; $ is the whole body."""
    parts = ["".join(found) for found in PART.findall(path.removeprefix("$"))]
    return "/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts) if parts else "/"
