"""Finds the endpoint of a path in a tree of segments: no regular expression, no linear search."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mocks.kit.exchange import Endpoint


@dataclass(slots=True)
class Node:
    """One position in the tree of paths."""

    literals: dict[str, "Node"] = field(default_factory=dict)
    parameter: "Node | None" = None
    name: str = ""  # of the parameter that leads to this node
    methods: dict[str, list[Endpoint]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A path that exists: what its methods are, and the values of its parameters."""

    methods: Mapping[str, list[Endpoint]]
    params: Mapping[str, str]


class Routes:
    """Every endpoint of one system by path and method."""

    def __init__(self) -> None:
        self._root = Node()

    def add(self, endpoint: Endpoint) -> None:
        """Make an endpoint reachable. Two may share path and method when at most one of them has no `when_query`."""
        node = self._root
        for segment in endpoint.operation.path.strip("/").split("/"):
            node = _child(node, segment)
        siblings = node.methods.setdefault(endpoint.operation.method, [])
        if any(each.operation.when_query == endpoint.operation.when_query for each in siblings):
            raise ValueError(f"{endpoint.operation.call_point}: {endpoint.operation.method} {endpoint.operation.path} is served twice")
        siblings.append(endpoint)
        siblings.sort(key=lambda each: each.operation.when_query is None)

    def find(self, path: str) -> Found | None:
        """The path's methods, or None when nothing is there."""
        node = self._root
        params: dict[str, str] = {}
        for segment in path[1:].split("/"):
            child = node.literals.get(segment)
            if child is None:
                child = node.parameter
                if child is None or not segment:
                    return None
                params[child.name] = segment
            node = child
        return Found(node.methods, params) if node.methods else None


def _child(node: Node, segment: str) -> Node:
    if not segment.startswith("{"):
        return node.literals.setdefault(segment, Node())
    name = segment.strip("{}")
    if node.parameter is None:
        node.parameter = Node(name=name)
    if node.parameter.name != name:
        raise ValueError(f"two names for one position of a path: {node.parameter.name!r} and {name!r}")
    return node.parameter


def select(endpoints: list[Endpoint], query: Mapping[str, str]) -> Endpoint:
    """The endpoint that serves this query: the one whose `when_query` is present, otherwise the one without."""
    for endpoint in endpoints:
        if endpoint.operation.when_query is None or endpoint.operation.when_query in query:
            return endpoint
    return endpoints[-1]
