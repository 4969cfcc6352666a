"""AsyncAPI 3 documents compared: operations, channels, messages with payload and headers."""

from harness.contracts.diff.change import Direction
from harness.contracts.diff.document import Place
from harness.contracts.diff.openapi import components
from harness.contracts.diff.schema import Comparison


def compare_asyncapi(comparison: Comparison) -> None:
    """Everything of two documents. An event that the document sends is read by its consumers; one that it only receives is sent by them."""
    sent = _sent(comparison)
    old, new = comparison.old.top(), comparison.new.top()
    _operations(comparison, old.at("operations"), new.at("operations"))
    _channels(comparison, old.at("channels"), new.at("channels"), sent)
    _messages(comparison, old.at("components", "messages"), new.at("components", "messages"), sent)
    components(comparison, "schemas")


def _sent(comparison: Comparison) -> set[str]:
    """Pointers of the messages that a `send` operation names."""
    document = comparison.old
    found: set[str] = set()
    operations = document.top().at("operations")
    for name in operations.members():
        operation = document.follow(operations.at(name))
        if operation.members().get("action") != "send":
            continue
        places = list(operation.at("messages").entries())
        if not places:  # all messages of the channel
            messages = document.follow(operation.at("channel")).at("messages")
            places = [messages.at(key) for key in messages.members()]
        found |= {document.follow(place).pointer for place in places}
    return found


def _operations(comparison: Comparison, old: Place, new: Place) -> None:
    for name in old.members():
        before, after = comparison.old.follow(old.at(name)), comparison.new.follow(new.at(name))
        if name not in new.members():
            comparison.lost(old.at(name), f"operation {name!r} is gone")
            continue
        if before.members().get("action") != after.members().get("action"):
            change = f"action changed from {before.members().get('action')!r} to {after.members().get('action')!r}"
            comparison.lost(before.at("action"), change)
        if comparison.old.follow(before.at("channel")).pointer != comparison.new.follow(after.at("channel")).pointer:
            comparison.lost(before.at("channel"), "it goes over another channel now")
        has = {_name(place) for place in after.at("messages").entries()}
        for place in before.at("messages").entries():
            if has and _name(place) not in has:
                comparison.lost(place, f"event {_name(place)!r} is no longer part of operation {name!r}")
    for name in new.members():
        if name not in old.members():
            comparison.gained(new.at(name), f"new operation {name!r}")


def _name(place: Place) -> str:
    ref = place.members().get("$ref")
    return str(ref).rsplit("/", 1)[-1].replace("~1", "/").replace("~0", "~") if ref else place.pointer


def _channels(comparison: Comparison, old: Place, new: Place, sent: set[str]) -> None:
    for name in old.members():
        if name not in new.members():
            comparison.lost(old.at(name), f"channel {name!r} is gone")
            continue
        before, after = comparison.old.follow(old.at(name)), comparison.new.follow(new.at(name))
        if before.members().get("address") != after.members().get("address"):
            change = f"address changed from {before.members().get('address')!r} to {after.members().get('address')!r}"
            comparison.lost(before.at("address"), change)
        _messages(comparison, before.at("messages"), after.at("messages"), sent)
    for name in new.members():
        if name not in old.members():
            comparison.gained(new.at(name), f"new channel {name!r}")


def _messages(comparison: Comparison, old: Place, new: Place, sent: set[str]) -> None:
    for name in old.members():
        if name not in new.members():
            comparison.lost(old.at(name), f"event {name!r} is gone")
            continue
        before, after = comparison.old.follow(old.at(name)), comparison.new.follow(new.at(name))
        direction: Direction = "response" if before.pointer in sent else "request"
        if before.members().get("contentType") != after.members().get("contentType"):
            was, now = before.members().get("contentType"), after.members().get("contentType")
            comparison.lost(before.at("contentType"), f"content type changed from {was!r} to {now!r}")
        for part in ("payload", "headers"):
            _part(comparison, before.at(part), after.at(part), part, direction)
    for name in new.members():
        if name not in old.members():
            comparison.gained(new.at(name), f"new event {name!r}")


def _part(comparison: Comparison, old: Place, new: Place, part: str, direction: Direction) -> None:
    """Payload or headers; a multi-format schema wraps what it says in `schema`."""
    if old.value is None and new.value is None:
        return
    if new.value is None:
        comparison.lost(old, f"the {part} are gone" if part == "headers" else "the payload is gone")
    elif old.value is None:
        comparison.gained(new, f"new {part}")
    else:
        inner = [each.at("schema") if "schemaFormat" in each.members() else each for each in (old, new)]
        comparison.schemas(inner[0], inner[1], direction)
