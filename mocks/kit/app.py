"""A system as a FastAPI application: its declarations and pages are FastAPI's, its routes run lean."""

import logging
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mocks.kit.dialect import HOUSE, JSON_TYPE, HouseDialect
from mocks.kit.exchange import Endpoint, Exchange
from mocks.kit.faults import Meeting, meet
from mocks.kit.intake import BodyTooLarge, Incoming, correlation_of, parse_query, read_body
from mocks.kit.limits import BODY_BYTES_MAX
from mocks.kit.mechanics import Mechanics
from mocks.kit.openapi import document
from mocks.kit.operation import Refusal, System
from mocks.kit.outcome import Outcome
from mocks.kit.routing import Found, Routes, select
from mocks.kit.wire import Headers, Receive, Scope, Send, Wire

LOG = logging.getLogger("dryclose.world")
PAGES = frozenset({"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"})
HEALTH = "/health"
HEALTHY = b'{"status":"ok"}'


class LeanRoute(Route):
    """Declares one operation in the application's route table; requests are dispatched before Starlette sees them."""

    def __init__(self, endpoint: Endpoint) -> None:
        async def serve(_request: Request) -> Response:
            raise RuntimeError("a lean route is dispatched by its application")

        operation = endpoint.operation
        super().__init__(operation.path, serve, methods=[operation.method], name=operation.call_point, include_in_schema=True)
        self.lean = endpoint


class SystemApp(FastAPI):
    """One mock system over HTTP."""

    def __init__(self, system: System, mechanics: Mechanics, *, version: str, token_url: str, dialect: HouseDialect = HOUSE) -> None:
        super().__init__(title=system.title, summary=system.summary, version=version, telemetry={"auto_configure": False})
        self.system = system
        self.mechanics = mechanics
        self.dialect = dialect
        self.served = 0  # requests that came, whatever became of them
        self._token_url = token_url
        for endpoint in self.renew(system):
            self.router.routes.append(LeanRoute(endpoint))

    def renew(self, system: System) -> list[Endpoint]:
        """Serve this system's books from now on: the same operations, over a state of their own."""
        self.system = system
        self._table = Routes()
        endpoints = [Endpoint(system.name, each, self.mechanics, self.dialect) for each in self.dialect.operations(system.operations)]
        for endpoint in endpoints:
            self._table.add(endpoint)
        return endpoints

    def openapi(self) -> dict[str, Any]:
        """The declaration, built from the operations at its first use."""
        if not self.openapi_schema:
            self.openapi_schema = document(self.system, self.mechanics.catalog, version=self.version, token_url=self._token_url)
        return self.openapi_schema

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Dispatch: lean routes first; FastAPI serves its own pages."""
        if scope["type"] != "http" or scope["path"] in PAGES:
            await super().__call__(scope, receive, send)
        elif scope["path"] == HEALTH:
            await Wire(scope, receive, send).answer(200, [JSON_TYPE, (b"content-length", str(len(HEALTHY)).encode())], HEALTHY)
        else:
            await self._dispatch(scope, receive, send)

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.served += 1
        wire = Wire(scope, receive, send)
        found = self._table.find(self.dialect.path(scope["path"]))
        endpoints = found.methods.get(scope["method"]) if found else None
        if endpoints is None or found is None:
            await self._nowhere(scope, wire, found)
            return
        query, refusal = parse_query(scope["query_string"])
        headers = dict(scope["headers"])
        raw = b""
        try:
            raw = await read_body(headers, receive)
        except BodyTooLarge:
            refusal = Refusal("PAYLOAD_TOO_LARGE", f"the body has more than {BODY_BYTES_MAX} bytes")
        incoming = Incoming(headers, scope["path"], found.params, query, raw, refusal)
        await self._serve(select(endpoints, query), incoming, wire, str(scope["client"][1]) if scope.get("client") else "")

    async def _serve(self, endpoint: Endpoint, incoming: Incoming, wire: Wire, conn_id: str) -> None:
        exchange = endpoint.open(incoming, conn_id)
        if self.mechanics.spans is not None:
            self.mechanics.spans.arrived(exchange.op_id, exchange.origin, exchange.attempt, endpoint.operation.method)
        window = self.mechanics.windows.answering(endpoint.node)
        if window is not None:
            mode = window.mode
            outcome = endpoint.problem(
                exchange,
                mode.code or "MAINTENANCE",
                "the system is down for maintenance",
                truth="not_reached",
                retry_after_s=mode.retry_after_s,
            )
            await self._answer(endpoint, exchange, outcome, wire, fault_id=window.fault.id, mode=mode.id)
            return
        refusal = endpoint.gate(exchange)
        if refusal is not None:
            await self._answer(endpoint, exchange, endpoint.refused(exchange, refusal), wire)
            return
        armed = self.mechanics.plans.take(exchange.origin.txn_id, exchange.origin.call_point, exchange.attempt)
        if armed is not None:
            await meet(Meeting(endpoint, exchange, armed, wire))
            return
        if endpoint.operation.kind == "list" and exchange.call.client_id == self.mechanics.connector_id:
            await self._list(endpoint, exchange, wire)
            return
        await self._answer(endpoint, exchange, endpoint.perform(exchange), wire)

    async def _list(self, endpoint: Endpoint, exchange: Exchange, wire: Wire) -> None:
        """A list that the connector reads: it belongs to no transaction, so what happens to it happens to all that wait for it."""
        shared = self.mechanics.shared.next(exchange.origin.call_point)
        if shared is not None:
            await meet(Meeting(endpoint, exchange, shared.step, wire, shared))
            return
        await self._answer(endpoint, exchange, endpoint.perform(exchange), wire)
        self.mechanics.shared.served(exchange.origin.call_point)

    async def _answer(self, endpoint: Endpoint, exchange: Exchange, outcome: Outcome, wire: Wire, **fault: str) -> None:
        endpoint.record_decision(exchange, outcome)
        if outcome.executed:
            await endpoint.let_overtake(exchange)
        sent = await wire.answer(outcome.status, endpoint.headers_for(exchange, outcome), outcome.body)
        if not sent:
            endpoint.record_left(exchange)
        endpoint.record_end(
            exchange,
            status=outcome.status,
            client_view=self.mechanics.problems.view(outcome.status, outcome.code) if sent else "info",
            code=outcome.code,
            retry_after_ms=outcome.retry_after_ms,
            etag_out=outcome.etag,
            bytes_out=wire.bytes_out,
            **fault,
        )

    async def _nowhere(self, scope: Scope, wire: Wire, found: Found | None) -> None:
        """A path or method that does not exist: recorded too, because a connector that gets an address wrong should see it."""
        mechanics = self.mechanics
        path, method = scope["path"], scope["method"]
        code = "NOT_FOUND" if found is None else "METHOD_NOT_ALLOWED"
        call_point = f"{self.system.name}.unknown"
        op_id = mechanics.traffic.op_id()
        common = {"op_id": op_id, "call_point": call_point, "attempt": mechanics.traffic.arrival(None, call_point)}
        mechanics.recorder.write("request", self.system.name, **common, method=method, route=path[:200], txn_attr="none")
        mechanics.recorder.write("decision", self.system.name, **common, server_outcome="rejected", code=code)
        detail = "nothing is at this path" if found is None else f"this path does not take {method}"
        status = mechanics.problems.status(code)
        body = self.dialect.problem(mechanics.problems, code, detail, instance=path, extra=None, status=status)
        correlation = correlation_of(Incoming(dict(scope["headers"]), path, {}, {}, b""))
        headers: Headers = [self.dialect.problem_type, (b"content-length", str(len(body)).encode())]
        if correlation:
            headers.append((b"x-correlation-id", correlation.encode("latin-1")))
        if found is not None:
            headers.append((b"allow", ", ".join(sorted(found.methods)).encode()))
        await wire.answer(status, headers, b"" if method == "HEAD" else body)
        mechanics.recorder.write("response_end", self.system.name, **common, status=status, code=code, client_view="fail")
