"""AsyncAPI 3 documents compared: operations, channels, messages with payload and headers."""

from harness.contracts.diff.change import Direction, shown
from harness.contracts.diff.document import ApiDocument, Place
from harness.contracts.diff.openapi import compare_components
from harness.contracts.diff.schema import Comparison

ROOT = frozenset({"asyncapi", "info", "defaultContentType", "servers", "channels", "operations", "components"})
OPERATION = frozenset({"action", "channel", "messages"})
CHANNEL = frozenset({"address", "messages"})
MESSAGE = frozenset({"payload", "headers", "contentType"})
FORMAT = "schemaFormat"


def compare_asyncapi(comparison: Comparison) -> None:
    """Everything of two documents. An event that the document sends is read by its consumers; one that it only receives is sent by them."""
    sent = _sent(comparison.old)
    old, new = comparison.old.top(), comparison.new.top()
    _servers(comparison, old.at("servers"), new.at("servers"))
    _operations(comparison, old.at("operations"), new.at("operations"))
    _channels(comparison, old.at("channels"), new.at("channels"), sent)
    _messages(comparison, old.at("components", "messages"), new.at("components", "messages"), sent)
    compare_components(comparison)
    comparison.rest(old, new, ROOT)
    for name in ("asyncapi", "defaultContentType"):  # messages that rely on the default are compared with it
        if old.at(name).value != new.at(name).value:
            comparison.gained(old.at(name), f"{name} changed from {shown(old.at(name).value)} to {shown(new.at(name).value)}")


def _sent(document: ApiDocument) -> set[str]:
    """Pointers of the messages that a `send` operation names."""
    found: set[str] = set()
    operations = document.top().at("operations")
    for name in operations.members():
        operation = document.follow(operations.at(name))
        if operation.members().get("action") == "send":
            found |= {document.follow(place).pointer for place in _events(document, operation).values()}
    return found


def _events(document: ApiDocument, operation: Place) -> dict[str, Place]:
    """The messages of an operation by name: those that it lists, or else all of its channel."""
    if "messages" in operation.members():
        return {_name(place): place for place in operation.at("messages").entries()}
    messages = document.follow(operation.at("channel")).at("messages")
    return {name: messages.at(name) for name in messages.members()}


def _name(place: Place) -> str:
    ref = place.members().get("$ref")
    return str(ref).rsplit("/", 1)[-1].replace("~1", "/").replace("~0", "~") if ref else place.pointer


def _servers(comparison: Comparison, old: Place, new: Place) -> None:
    for name in old.members():
        if name in new.members():
            comparison.rest(*comparison.pair(old.at(name), new.at(name)), frozenset())
        else:
            comparison.lost(old.at(name), f"server {name!r} is gone")
    for name in new.members():
        if name not in old.members():
            comparison.gained(new.at(name), f"new server {name!r}")


def _operations(comparison: Comparison, old: Place, new: Place) -> None:
    for name in old.members():
        if name in new.members():
            _operation(comparison, *comparison.pair(old.at(name), new.at(name)), name)
        else:
            comparison.lost(old.at(name), f"operation {name!r} is gone")
    for name in new.members():
        if name not in old.members():
            comparison.gained(new.at(name), f"new operation {name!r}")


def _operation(comparison: Comparison, before: Place, after: Place, name: str) -> None:
    comparison.changed(before.at("action"), after.at("action"), "action")
    channels = comparison.pair(before.at("channel"), after.at("channel"))
    if channels[0].pointer != channels[1].pointer:
        comparison.lost(before.at("channel"), "it goes over another channel now")
    had, has = _events(comparison.old, before), _events(comparison.new, after)
    for event, place in had.items():
        if event in has:
            comparison.pair(place, has[event])
        else:
            comparison.lost(place, f"event {event!r} is no longer part of operation {name!r}")
    for event, place in has.items():
        if event not in had:
            comparison.gained(place, f"event {event!r} is part of operation {name!r} now")
    comparison.rest(before, after, OPERATION)


def _channels(comparison: Comparison, old: Place, new: Place, sent: set[str]) -> None:
    for name in old.members():
        if name not in new.members():
            comparison.lost(old.at(name), f"channel {name!r} is gone")
            continue
        before, after = comparison.pair(old.at(name), new.at(name))
        comparison.changed(before.at("address"), after.at("address"), "address")
        _messages(comparison, before.at("messages"), after.at("messages"), sent)
        comparison.rest(before, after, CHANNEL)
    for name in new.members():
        if name not in old.members():
            comparison.gained(new.at(name), f"new channel {name!r}")


def _messages(comparison: Comparison, old: Place, new: Place, sent: set[str]) -> None:
    for name in old.members():
        if name in new.members():
            _message(comparison, *comparison.pair(old.at(name), new.at(name)), sent)
        else:
            comparison.lost(old.at(name), f"event {name!r} is gone")
    for name in new.members():
        if name not in old.members():
            comparison.gained(new.at(name), f"new event {name!r}")


def _message(comparison: Comparison, before: Place, after: Place, sent: set[str]) -> None:
    direction: Direction = "response" if before.pointer in sent else "request"
    was, now = _content_type(comparison.old, before), _content_type(comparison.new, after)
    if was != now:
        comparison.lost(before.at("contentType"), f"content type changed from {shown(was)} to {shown(now)}")
    for part in ("payload", "headers"):
        _part(comparison, before.at(part), after.at(part), part, direction)
    comparison.rest(before, after, MESSAGE)


def _content_type(document: ApiDocument, message: Place) -> object:
    return message.members().get("contentType", document.root.get("defaultContentType"))


def _part(comparison: Comparison, old: Place, new: Place, part: str, direction: Direction) -> None:
    """Payload or headers."""
    if old.value is None and new.value is None:
        return
    if new.value is None:
        comparison.lost(old, f"the {part} are gone" if part == "headers" else "the payload is gone")
    elif old.value is None:
        comparison.gained(new, f"new {part}")
    else:
        _multi_format(comparison, old, new, direction)


def _multi_format(comparison: Comparison, old: Place, new: Place, direction: Direction) -> None:
    """A multi-format schema wraps what it says in `schema`. What is no JSON Schema (Avro, say) is not weighed."""
    followed = comparison.old.follow(old), comparison.new.follow(new)
    formats = [each.value.get(FORMAT) if isinstance(each.value, dict) else None for each in followed]
    if formats[0] != formats[1]:
        comparison.lost(old.at(FORMAT), f"schema format changed from {shown(formats[0])} to {shown(formats[1])}")
    inner = [there.at("schema") if given else here for given, here, there in zip(formats, (old, new), followed, strict=True)]
    if all(_is_json_schema(given) for given in formats):
        comparison.schemas(inner[0], inner[1], direction)
    else:
        comparison.weighed |= {each.pointer for each in followed}
        comparison.unweighed(inner[0], inner[1], "value")


def _is_json_schema(given: object) -> bool:
    return given is None or any(word in str(given) for word in ("schema+json", "schema+yaml", "vnd.aai.asyncapi", "vnd.oai.openapi"))
