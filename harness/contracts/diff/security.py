"""Who is let in: what operations ask for, and how the credentials are given."""

from collections.abc import Mapping
from typing import Any

from harness.contracts.diff.document import ApiDocument, Place
from harness.contracts.diff.schema import Comparison

Way = Mapping[str, list[str]]  # scopes by scheme: all of them are needed


def compare_security(comparison: Comparison, old: Place, new: Place) -> None:
    """Whoever could call before can still call: one of the new ways asks for nothing more than the old way did."""
    before, after = _ways(comparison.old, old), _ways(comparison.new, new)
    if before == after:
        return
    where = old.at("security")
    shut = [way for way in before if not any(_covers(way, each) for each in after)]
    if shut:
        comparison.lost(where, f"callers with {_rights(shut[0])} are no longer let in; expected now: {' or '.join(map(_rights, after))}")
    else:
        comparison.gained(where, f"asks for less than before: {' or '.join(map(_rights, after))}")


def _ways(document: ApiDocument, operation: Place) -> list[Way]:
    given = operation.at("security") if "security" in operation.members() else document.top().at("security")
    ways: list[Way] = [{name: place.at(name).texts() for name in place.members()} for place in given.entries()]
    return ways or [{}]


def _covers(has: Way, asks: Way) -> bool:
    return all(name in has and set(scopes) <= set(has[name]) for name, scopes in asks.items())


def _rights(way: Way) -> str:
    return " and ".join(f"{name} {' '.join(scopes)}".strip() for name, scopes in way.items()) or "nothing"


def compare_security_schemes(comparison: Comparison, old: Place, new: Place) -> None:
    """How credentials are given: in which header, from which address a token comes."""
    used = _schemes_used(comparison.old)
    for name in old.members():
        if name not in new.members():
            comparison.weighed.add(old.at(name).pointer)
            if name in used:
                comparison.lost(old.at(name), f"security scheme {name!r} is gone")
            else:
                comparison.gained(old.at(name), f"security scheme {name!r} is gone; nobody refers to it")
            continue
        before, after = comparison.pair(old.at(name), new.at(name))
        comparison.weighed.add(old.at(name).pointer)
        _flows(comparison, before.at("flows"), after.at("flows"))
        comparison.rest(before, after, frozenset({"flows"}))
    for name in new.members():
        if name not in old.members():
            comparison.gained(new.at(name), f"new security scheme {name!r}")


def _schemes_used(document: ApiDocument) -> set[str]:
    """Names of schemes that any `security` of the document asks for, or that something points at."""
    found: set[str] = set()
    waiting: list[Any] = [document.root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            for name, member in value.items():
                if name == "security" and isinstance(member, list):
                    found |= {scheme for way in member if isinstance(way, Mapping) for scheme in way}
                if name == "$ref" and isinstance(member, str):
                    found.add(member.rsplit("/", 1)[-1])
                waiting.append(member)
        elif isinstance(value, list):
            waiting += value
    return found


def _flows(comparison: Comparison, old: Place, new: Place) -> None:
    for name in old.members():
        if name not in new.members():
            comparison.lost(old.at(name), f"flow {name!r} is gone")
            continue
        comparison.rest(old.at(name), new.at(name), frozenset({"scopes", "availableScopes"}))
        for word in ("scopes", "availableScopes"):
            _scopes(comparison, old.at(name, word), new.at(name, word))
    for name in new.members():
        if name not in old.members():
            comparison.gained(new.at(name), f"new flow {name!r}")


def _scopes(comparison: Comparison, old: Place, new: Place) -> None:
    had: Mapping[str, Any] = old.members()
    has: Mapping[str, Any] = new.members()
    for name in had:
        if name not in has:
            comparison.lost(old.at(name), f"scope {name!r} is gone")
    for name in has:
        if name not in had:
            comparison.gained(new.at(name), f"new scope {name!r}")
