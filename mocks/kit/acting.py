"""People's operations in process, over the same commands as over HTTP."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from mocks.kit.commits import Origin
from mocks.kit.exchange import record_action
from mocks.kit.mechanics import Mechanics
from mocks.kit.operation import Call, Operation, Refusal, Reply, System


class Actors:
    """Employees, approvers, controllers."""

    def __init__(self, mechanics: Mechanics, systems: Iterable[System]) -> None:
        self._mechanics = mechanics
        named = {operation.call_point: (system.name, operation) for system in systems for operation in system.operations}
        self._operations: dict[str, tuple[str, Operation]] = {name: one for name, one in named.items() if one[1].kind == "actor"}
        self._reads = {name: operation for name, (_, operation) in named.items() if operation.kind == "read"}

    def correlation(self, txn_id: str | None, *otherwise: object) -> str:
        """One correlation id for everything that people do in one transaction."""
        parts = ("correlation", txn_id) if txn_id else ("correlation", *otherwise)
        return f"dc-{self._mechanics.streams.draw(*parts):016x}"

    def act(self, call_point: str, *, path: Mapping[str, str], body: Mapping[str, Any] | None, actor: str, txn_id: str | None) -> Reply:
        """Carry out one operation. Raises Refusal when a rule says no, KeyError for an operation that people do not have."""
        node, operation = self._operations[call_point]
        mechanics = self._mechanics
        attempt = mechanics.traffic.arrival(txn_id, call_point)
        correlation = self.correlation(txn_id, call_point, attempt)
        drawn = (txn_id, call_point, attempt)
        call = self._call(operation, drawn, body=body, path=dict(path), actor=actor, correlation_id=correlation)
        reply = operation.handler(call)
        origin = Origin(node, call_point, txn_id, None, correlation)
        record_action(mechanics, node, call_point, reply, origin, actor=actor)
        mechanics.commits.apply(reply, call, origin)
        return reply

    def look(self, call_point: str, *, path: Mapping[str, str]) -> Any:
        """What a document looks like to people. It changes nothing, so nobody writes it down. Raises Refusal where there is none."""
        operation = self._reads[call_point]
        return operation.handler(self._call(operation, (call_point,), path=dict(path))).body

    def _call(self, operation: Operation, drawn: tuple[object, ...], *, body: Mapping[str, Any] | None = None, **more: Any) -> Call:
        mechanics = self._mechanics
        known: dict[str, Any] = {"query": {}, "client_id": "people", "actor": None, "if_match": None, "correlation_id": ""}
        body = convert(operation, body)
        return Call(**{**known, **more}, body=body, now=mechanics.business.now(), draw=mechanics.streams.drawer(*drawn))


def convert(operation: Operation, body: Mapping[str, Any] | None) -> Any:
    """The typed body. Raises Refusal VALIDATION_FAILED as the HTTP route would."""
    if operation.request is None:
        return None
    try:
        return msgspec.convert(dict(body or {}), operation.request)
    except msgspec.ValidationError as error:
        raise Refusal("VALIDATION_FAILED", str(error)) from None
