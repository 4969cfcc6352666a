"""What all parties agreed, read from the YAML files beside this module into frozen values.

`load_catalog()` reads the files each time: whoever wires a program calls it once and hands the result on.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml

from contracts.consistency import contradictions
from contracts.entries import (
    ANY_MEMBER,
    MEMBER_KINDS,
    AccountRule,
    CallPoint,
    Catalog,
    CatalogError,
    Crosswalk,
    DocumentKind,
    Due,
    ErrorClass,
    ErrorCode,
    EventType,
    Fault,
    Flow,
    History,
    LoadShare,
    Mode,
    Query,
    SystemEntry,
    Variants,
)

__all__ = [
    "ANY_MEMBER",
    "MEMBER_KINDS",
    "CallPoint",
    "Catalog",
    "CatalogError",
    "DocumentKind",
    "ErrorClass",
    "ErrorCode",
    "EventType",
    "Fault",
    "Flow",
    "History",
    "Mode",
    "SystemEntry",
    "load_catalog",
    "load_documents",
    "load_drift",
    "load_error_classes",
    "load_errors",
    "load_history",
    "load_minor_units",
    "load_systems",
]

_T = TypeVar("_T")

HERE = Path(__file__).parent


def load_catalog(folder: Path = HERE) -> Catalog:
    """Read every file. Raises CatalogError when an entry is malformed, an id appears twice, or two files contradict each other."""
    documents = load_documents(folder)
    catalog = Catalog(
        systems=load_systems(folder),
        documents=documents,
        faults=_by_id("faults", [_fault(entry) for entry in _read(folder, "faults")["faults"]], "id"),
        flows=_by_id("flows", sorted(_flows(folder, documents), key=lambda flow: flow.rank), "id"),
        shared_call_points=tuple(_call_point(entry) for entry in _read(folder, "shared")["call_points"]),
        errors=load_errors(folder),
        events=_by_id("events", [_build(EventType, entry, "events") for entry in _read(folder, "events")["events"]], "type"),
        minor_units=load_minor_units(folder),
        history=load_history(folder),
        drift=load_drift(folder),
        error_classes=load_error_classes(folder),
    )
    wrong = list(contradictions(catalog))
    if wrong:
        raise CatalogError("contracts contradict each other:\n" + "\n".join(f"  {line}" for line in wrong))
    return catalog


def load_systems(folder: Path = HERE) -> dict[str, SystemEntry]:
    """The systems and the world's own doors, by id."""
    raw = _read(folder, "systems")
    entries = [(entry, False) for entry in raw["systems"]] + [(entry, True) for entry in raw["services"]]
    values = [
        _build(SystemEntry, {"type": entry["id"], **entry, **_names(entry, "modules", "profiles"), "service": service}, "systems")
        for entry, service in entries
    ]
    return _by_id("systems", values, "id")


def load_documents(folder: Path = HERE) -> dict[str, DocumentKind]:
    """The kinds of documents, by id."""
    return _by_id("documents", [_document(entry) for entry in _read(folder, "documents")["documents"]], "id")


def load_drift(folder: Path = HERE) -> dict[str, dict[str, tuple[str, ...]]]:
    """The members that schema drift changes, by call point and kind."""
    raw = _read(folder, "drift")["points"]
    found = {str(point): {str(kind): tuple(paths) for kind, paths in kinds.items()} for point, kinds in raw.items()}
    unknown = sorted({kind for kinds in found.values() for kind in kinds} - set(MEMBER_KINDS))
    if unknown:
        raise CatalogError(f"drift.yaml: kinds of members {', '.join(unknown)}; expected {', '.join(MEMBER_KINDS)}")
    return found


def load_errors(folder: Path = HERE) -> dict[str, ErrorCode]:
    """The error codes by code."""
    entries = _read(folder, "errors")["errors"]
    renamed = [{**entry, "error_class": entry["class"]} for entry in entries]
    codes = [_build(ErrorCode, {key: value for key, value in entry.items() if key != "class"}, "errors") for entry in renamed]
    return _by_id("errors", codes, "code")


def load_error_classes(folder: Path = HERE) -> dict[str, ErrorClass]:
    """The classes of failures, by id."""
    entries = _read(folder, "errors")["classes"]
    return _by_id("errors", [ErrorClass(entry["class"], entry["side"], entry["doc"]) for entry in entries], "id")


def load_minor_units(folder: Path = HERE) -> dict[str, int]:
    """Number of decimals by ISO 4217 currency code."""
    return {str(code): int(digits) for code, digits in _read(folder, "currencies").items()}


def load_history(folder: Path = HERE) -> History:
    """The history schema."""
    raw = _read(folder, "history")
    kinds = {str(kind): tuple(entry["needs"]) for kind, entry in raw["kinds"].items()}
    unknown = sorted({name for needs in kinds.values() for name in needs} - set(raw["columns"]))
    if unknown:
        raise CatalogError(f"history.yaml: kinds need columns that are not declared: {', '.join(unknown)}")
    return History(columns=raw["columns"], kinds=kinds, docs={kind: entry["doc"] for kind, entry in raw["kinds"].items()})


def _read(folder: Path, name: str) -> Any:
    return yaml.load((folder / f"{name}.yaml").read_text("utf-8"), Loader=_LOADER)  # noqa: S506 (both loaders are the safe ones)


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _fault(entry: dict[str, Any]) -> Fault:
    lists = ("acts", "at", "veils")
    modes = tuple(_build(Mode, {**mode, **{name: tuple(mode.get(name, ())) for name in lists}}, "faults") for mode in entry["modes"])
    tuples = {name: tuple(entry.get(name, ())) for name in ("at", "recoverable_at")}
    if "kinds" in entry:
        tuples["kinds"] = tuple(entry["kinds"])
    return _build(Fault, {**entry, **tuples, "modes": modes}, "faults")


def _flows(folder: Path, documents: Mapping[str, DocumentKind]) -> Iterator[Flow]:
    for path in sorted((folder / "flows").glob("*.yaml")):
        entry = _read(folder / "flows", path.stem)
        if entry.get("id") != path.stem:
            raise CatalogError(f"flows/{path.name}: declares id {entry.get('id')!r}; the file name says {path.stem!r}")
        yield _flow(entry, documents)


def _flow(entry: dict[str, Any], documents: Mapping[str, DocumentKind]) -> Flow:
    source = entry.pop("source", None)
    if source not in documents:
        raise CatalogError(f"flows/{entry['id']}.yaml: source {source!r} is not in documents.yaml")
    built = {
        "source_document": source,
        "source_system": documents[source].system,
        "settled_by": tuple(entry.get("settled_by", ())),
        "due": tuple(_due(each) for each in entry.get("due", ())),
        "call_points": tuple(_call_point(point) for point in entry["call_points"]),
        "variants": _variants(entry.get("variants")),
        "query": _query(entry.get("query")),
        "load": _build(LoadShare, entry["load"], "flows") if entry.get("load") else None,
    }
    return _build(Flow, {**entry, **built}, "flows")


def _due(entry: dict[str, Any]) -> Due:
    tuples: dict[str, Any] = {name: tuple(entry[name]) for name in ("documents", "compare") if name in entry}
    return _build(Due, {**entry, **tuples}, "flows")


def _variants(entry: dict[str, Any] | None) -> Variants | None:
    return _build(Variants, {**{k: v for k, v in entry.items() if k != "from"}, "source": entry["from"]}, "flows") if entry else None


def _query(entry: dict[str, Any] | None) -> Query | None:
    if entry is None:
        return None
    return _build(Query, {**entry, "answers": {str(word): tuple(states) for word, states in entry["answers"].items()}}, "flows")


def _document(entry: dict[str, Any]) -> DocumentKind:
    states = {str(state): str(meaning) for meaning, states in entry["states"].items() for state in states}
    walks = {
        str(kind): Crosswalk(walk["file"], walk["from"], walk["to"], walk.get("company"))
        for kind, walk in entry.get("crosswalks", {}).items()
    }
    rules = tuple(_build(AccountRule, rule, "documents") for rule in entry.get("accounts", ()))
    tuples = {name: tuple(entry.get(name, ())) for name in ("dimensions", "implied", "acts", "may_lack")}
    return _build(DocumentKind, {**entry, **tuples, "states": states, "crosswalks": walks, "accounts": rules}, "documents")


def _names(entry: dict[str, Any], *members: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(entry.get(name, ())) for name in members}


def _call_point(entry: dict[str, Any]) -> CallPoint:
    return _build(CallPoint, {**entry, "callback_of": tuple(entry.get("callback_of", ()))}, "flows")


def _build(cls: type[_T], entry: dict[str, Any], name: str) -> _T:
    try:
        return cls(**entry)
    except TypeError as error:
        raise CatalogError(f"{name}.yaml: entry {entry.get('id') or entry.get('code') or entry.get('type')!r}: {error}") from None


def _by_id(name: str, values: list[_T], member: str) -> dict[str, _T]:
    found: dict[str, _T] = {}
    for value in values:
        key = getattr(value, member)
        if key in found:
            raise CatalogError(f"{name}.yaml: {member} {key!r} appears twice")
        found[key] = value
    return found
