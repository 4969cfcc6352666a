"""The plain words of the demo. A flow or fault that is declared later is spelled from its own name."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from contracts.catalog import DocumentKind, SystemEntry, load_documents, load_systems

_OTHER_OBJECTS: Mapping[str, str] = MappingProxyType({"job": "the posting job", "coding": "the coding", "supplier": "the supplier"})
_VERBS: Mapping[str, str] = MappingProxyType(
    {
        "create": "creates {}",
        "read": "reads {}",
        "find": "looks up {} by its reference",
        "check": "checks {}",
        "cancel": "cancels {}",
        "void": "voids {}",
        "reverse": "reverses {}",
        "list": "polls for {}",
        "record_order": "tells {} its order number",
        "record_posting": "tells {} that it was posted",
        "record_refusal": "tells {} that it was refused",
    }
)
_ACTS: Mapping[str, str] = MappingProxyType(
    {
        "create": "writes it",
        "submit": "hands it in",
        "approve": "approves",
        "propose": "proposes it",
        "review": "looks it through",
        "issue": "has it sent",
        "reject": "rejects it",
        "send_back": "sends it back",
        "revise": "repairs it",
        "amend": "changes it",
        "withdraw": "withdraws it",
        "recall": "recalls it",
        "reverse_approval": "takes the approval back",
        "comment": "comments on it",
    }
)
_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "F-A3": "lost response",
        "F-A8": "slow answer",
        "F-B1": "throttled",
        "F-B5": "maintenance",
        "F-B8": "error after booking",
        "F-B10": "token revoked",
        "F-B17": "says it exists",
        "F-D1": "duplicate webhook",
        "F-D4": "late webhook",
        "F-D5": "lost webhook",
    }
)
_STORIES: Mapping[str, str] = MappingProxyType(
    {
        "F-A3": "{system} did what was asked, but its answer never reached the connector",
        "F-A8": "{system} answers so slowly that the connector gives up waiting",
        "F-B1": "{system} says: too many requests, come back in a second",
        "F-B5": "{system} is down for maintenance; every call gets 503",
        "F-B8": "{system} did what was asked, and answered 500",
        "F-B10": "the connector's token is worth nothing any more",
        "F-B17": "{system} booked it silently, and says that it exists already",
        "F-D1": "the same webhook is delivered twice",
        "F-D4": "the webhook comes late",
        "F-D5": "the webhook is never delivered",
    }
)


@cache
def _systems() -> Mapping[str, SystemEntry]:
    return load_systems()


@cache
def _documents() -> Mapping[str, DocumentKind]:
    return load_documents()


def system_name(system: str) -> str:
    """A system as the audience calls it."""
    entry = _systems().get(system)
    return entry.title if entry else system


def document_name(entity_type: str) -> str:
    """`purchase order`."""
    kind = _documents().get(entity_type)
    return kind.name if kind else entity_type.replace("_", " ")


def books_of(entity_type: str) -> str:
    """The system in whose books such a document stands: `ERP`."""
    kind = _documents().get(entity_type)
    return system_name(kind.system) if kind else "books"


def call_words(call_point: str) -> str:
    """What the connector does at a call point: `creates the purchase order`."""
    _, what, verb = ["", "", *call_point.split(".")][-3:]
    named = next((f"the {kind.name}" for kind in _documents().values() if kind.short == what), None)
    thing = named or _OTHER_OBJECTS.get(what, f"the {what.replace('_', ' ')}")
    return _VERBS.get(verb, f"{verb.replace('_', ' ')}s {{}}").format(thing)


def act_words(call_point: str) -> str:
    """What a person does: `approves`."""
    verb = call_point.rpartition(".")[2]
    return _ACTS.get(verb, verb.replace("_", " "))


def fault_label(fault_id: str, name: str) -> str:
    """A fault on a badge: `lost response`."""
    return _LABELS.get(fault_id, name.replace("_", " "))


def fault_story(fault_id: str, name: str, system: str) -> str:
    """What a fault means, as one clause."""
    entry = _systems().get(system)
    subject = f"the {entry.title}" if entry and entry.modules else system_name(system)
    return _STORIES.get(fault_id, f"{name.replace('_', ' ')} at {subject}").format(system=subject)
