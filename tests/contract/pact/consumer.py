"""Consumer side: one interaction, the engine's real gateways against Pact's mock server, and the interaction as Pact writes it down."""

import asyncio
import json
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from contracts.catalog import load_errors, load_minor_units
from engine.clock import Entropy, WallClock
from engine.model.calls import Trace
from engine.model.failures import CallFailed
from engine.peers.bank import BankGateway
from engine.peers.breaker import Breaker
from engine.peers.caller import Peer, open_session
from engine.peers.consumption import ConsumptionGateway
from engine.peers.erp import ErpGateway
from engine.peers.erp_budgets import BudgetGateway
from engine.peers.erp_funds import FundsGateway
from engine.peers.erp_records import RecordGateway
from engine.peers.erp_statements import StatementGateway
from engine.peers.expense import ExpenseGateway
from engine.peers.hr import PersonnelGateway, StaffGateway
from engine.peers.invoice_listeners import InvoiceListeners
from engine.peers.invoicing import InvoicingGateway
from engine.peers.payables import PayablesGateway
from engine.peers.planning import PlanningGateway
from engine.peers.procurement import ProcurementGateway
from engine.peers.receiving import ReceivingGateway
from engine.peers.replicas import ReplicaGateway
from engine.peers.screening import ScreeningGateway
from engine.peers.sent_invoices import SentInvoicesGateway
from engine.peers.supplier_requests import SupplierRequestGateway
from engine.peers.tokens import Client, Tokens
from engine.peers.treasury import TreasuryGateway
from engine.work.facts import fact_of_event

os.environ.setdefault("PACT_DO_NOT_TRACK", "true")  # before the library is used for the first time

from pact import Pact, match

CONSUMER = "engine"
TOKEN, SPENT = "example-token", "spent-token"
CORRELATION = "dc-00000000000000c0"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PATIENCE_S = 5.0

State = tuple[str, dict[str, Any]]
Act = Callable[["Gateways"], Awaitable[Any]]
Check = Callable[[Any], None]


@dataclass(frozen=True)
class Request:
    """What the engine sends. Bodies are exact: they are what the provider is verified with."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    key: str | None = None
    if_match: int | None = None
    token: str = TOKEN


@dataclass(frozen=True)
class Answer:
    """What the engine relies on: the members that it reads, by type or by value."""

    status: int
    body: Any
    headers: Mapping[str, Any] = field(default_factory=dict)
    content_type: str = "application/json"


@dataclass(frozen=True)
class Case:
    """One interaction. `act` calls the engine; `check` looks at what it made of the answer (its value, or CallFailed)."""

    provider: str
    description: str
    states: tuple[State, ...]
    request: Request
    answer: Answer
    act: Act
    check: Check


@dataclass(frozen=True)
class MessageCase:
    """One event. `check` looks at the fact that the engine reads from it."""

    provider: str
    description: str
    states: tuple[State, ...]
    body: Any
    check: Check


@dataclass(frozen=True)
class Gateways:
    """The engine's calls, all of them to one address."""

    erp: ErpGateway
    procurement: ProcurementGateway
    expense: ExpenseGateway
    receiving: ReceivingGateway
    requests: SupplierRequestGateway
    screening: ScreeningGateway
    invoicing: InvoicingGateway
    treasury: TreasuryGateway
    bank: BankGateway
    tokens: Tokens
    budgets: BudgetGateway
    funds: FundsGateway
    planning: PlanningGateway
    payables: PayablesGateway
    listeners: InvoiceListeners
    sent_invoices: SentInvoicesGateway
    records: RecordGateway
    copies: ReplicaGateway
    statements: StatementGateway
    consumption: ConsumptionGateway
    personnel: PersonnelGateway
    staff: StaffGateway


class HeldToken(Tokens):
    """The token of the contract: it was fetched before."""

    def __init__(self, token: str) -> None:
        self._held = token

    async def get(self) -> str:
        return self._held

    def spoil(self, token: str) -> None:
        """The next one is no better."""


def gateways(url: str, token: str, session: aiohttp.ClientSession) -> Gateways:
    """The engine's gateways as its own wiring makes them, but with a token that is there already."""
    clock, entropy, errors = WallClock(), Entropy(1), load_errors()

    def breaker(name: str) -> Breaker:
        return Breaker(name, 0.05, 1.0, clock.monotonic, entropy)

    def peer(name: str) -> Peer:
        held = HeldToken(token)
        return Peer(
            name,
            url,
            session=lambda: session,
            tokens=held,
            breaker=breaker(name),
            slots=1,
            errors=errors,
            clock=clock,
            entropy=entropy,
        )

    client = Client(f"{url}/oauth/token", "example-client", "example-secret" if token == TOKEN else "wrong-secret")
    return Gateways(
        ErpGateway(peer("erp"), Trace(CORRELATION, TRACE)),
        ProcurementGateway(peer("procurement"), Trace(CORRELATION, TRACE)),
        ExpenseGateway(peer("expense"), Trace(CORRELATION, TRACE), load_minor_units()),
        ReceivingGateway(peer("procurement"), Trace(CORRELATION, TRACE)),
        SupplierRequestGateway(peer("procurement"), Trace(CORRELATION, TRACE)),
        ScreeningGateway(peer("screening"), Trace(CORRELATION, TRACE)),
        InvoicingGateway(peer("procurement"), Trace(CORRELATION, TRACE)),
        TreasuryGateway(peer("erp"), Trace(CORRELATION, TRACE)),
        BankGateway(peer("bank"), Trace(CORRELATION, TRACE)),
        Tokens(lambda: session, client, breaker=breaker("identity"), errors=errors, clock=clock),
        BudgetGateway(peer("erp"), Trace(CORRELATION, TRACE)),
        FundsGateway(peer("erp"), load_minor_units()),
        PlanningGateway(peer("planning"), Trace(CORRELATION, TRACE)),
        PayablesGateway(peer("erp"), Trace(CORRELATION, TRACE)),
        InvoiceListeners(peer("procurement"), Trace(CORRELATION, TRACE)),
        SentInvoicesGateway(peer("portal"), Trace(CORRELATION, TRACE)),
        RecordGateway(peer("erp"), Trace(CORRELATION, TRACE)),
        ReplicaGateway({name: peer(name) for name in ("procurement", "expense", "planning")}, Trace(CORRELATION, TRACE)),
        StatementGateway(peer("erp"), Trace(CORRELATION, TRACE)),
        ConsumptionGateway(peer("planning"), Trace(CORRELATION, TRACE)),
        PersonnelGateway(peer("hr"), Trace(CORRELATION, TRACE)),
        StaffGateway({name: peer(name) for name in ("procurement", "expense")}, Trace(CORRELATION, TRACE)),
    )


def play(case: Case) -> dict[str, Any]:
    """Run the engine against the mock of this one interaction; the interaction as Pact writes it. Raises what does not match."""
    pact = Pact(CONSUMER, case.provider).with_specification("V4")
    interaction = pact.upon_receiving(case.description)
    for name, params in case.states:
        interaction.given(name, params)
    request = case.request
    interaction.with_request(request.method, request.path)
    for name, value in request.query.items():
        interaction.with_query_parameter(name, value)
    for name, value in _headers(case).items():
        interaction.with_header(name, value)
    if isinstance(request.body, str):
        interaction.with_body(request.body, "application/x-www-form-urlencoded")
    elif request.body is not None:
        interaction.with_body(request.body, "application/json")
    interaction.will_respond_with(case.answer.status)
    for name, value in case.answer.headers.items():
        interaction.with_header(name, value)
    if case.answer.body is not None:
        interaction.with_body(case.answer.body, case.answer.content_type)
    with pact.serve(addr="127.0.0.1", raises=True) as server:
        outcome = asyncio.run(_act(case, str(server.url).rstrip("/")))
    case.check(outcome)
    return _written(pact)


def _headers(case: Case) -> dict[str, Any]:
    request = case.request
    if case.provider == "identity":
        return {}
    found: dict[str, Any] = {
        "Authorization": f"Bearer {request.token}",
        "Accept": "application/json",
        "X-Correlation-ID": CORRELATION,
        "traceparent": match.regex(f"00-{TRACE}-00f067aa0ba902b7-01", regex=r"00-[0-9a-f]{32}-[0-9a-f]{16}-01"),
    }
    if request.key is not None:
        found["Idempotency-Key"] = f'"{request.key}"'
    if request.if_match is not None:
        found["If-Match"] = f'"{request.if_match}"'
    return found


async def _act(case: Case, url: str) -> Any:
    async with open_session(PATIENCE_S) as session:
        try:
            return await case.act(gateways(url, case.request.token, session))
        except CallFailed as failure:
            return failure


def play_message(case: MessageCase) -> dict[str, Any]:
    """Have the engine read this one event; the interaction as Pact writes it. Raises what the engine cannot read."""
    pact = Pact(CONSUMER, case.provider).with_specification("V4")
    interaction = pact.upon_receiving(case.description, "Async")
    for name, params in case.states:
        interaction.given(name, params)
    interaction.with_body(case.body, "application/json")
    interaction.with_metadata(
        {
            "webhook-id": match.regex("msg_0123456789abcdef01234567", regex=r"msg_.+"),
            "webhook-timestamp": match.regex("1793178000", regex=r"\d{10}"),
            "webhook-signature": match.regex("v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=", regex=r"v1,[A-Za-z0-9+/=]+"),
            "x-correlation-id": match.like(CORRELATION),
        }
    )

    def receive(body: str | bytes | None, _metadata: dict[str, object]) -> None:
        assert body is not None
        case.check(fact_of_event(body.encode() if isinstance(body, str) else body, TRACE, CORRELATION))

    pact.verify(receive, "Async")
    return _written(pact)


def _written(pact: Pact) -> dict[str, Any]:
    """The one interaction of a pact, as the library's own file has it."""
    with tempfile.TemporaryDirectory() as folder:
        pact.write_file(folder, overwrite=True)
        (file,) = Path(folder).iterdir()
        (interaction,) = json.loads(file.read_text("utf-8"))["interactions"]
    assert isinstance(interaction, dict)
    return interaction


def problem(status: int, code: str, *, headers: Mapping[str, Any] | None = None, **extra: Any) -> Answer:
    """A refusal: RFC 9457 with the code that the engine decides by."""
    body = {
        "type": match.like(f"urn:dryclose:problem:{code}"),
        "title": match.like("Refused"),
        "status": status,
        "detail": match.like("why"),
        "instance": match.like("/path"),
        "code": code,
        **extra,
    }
    return Answer(status, body, headers or {}, "application/problem+json")


def refused(code: str, failure_class: str, *, definite: bool = True, retry: str = "no", **extra: str) -> Check:
    """The engine understood the refusal: its code, its class, what it may do next."""

    def check(outcome: Any) -> None:
        assert isinstance(outcome, CallFailed), outcome
        assert (outcome.code, outcome.failure_class, outcome.definite, outcome.retry) == (code, failure_class, definite, retry)
        assert {name: outcome.extra.get(name) for name in extra} == extra

    return check


def gives(expected: Any) -> Check:
    """The engine made exactly this of the answer."""

    def check(outcome: Any) -> None:
        assert outcome == expected, outcome

    return check
