"""One request, from its arrival to the end of its answer."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import Any

from contracts.catalog import Catalog
from mocks.kit.attribution import Attribution
from mocks.kit.commits import NOTHING, Origin, logged
from mocks.kit.dialect import HOUSE, HouseDialect
from mocks.kit.idempotency import Scope as KeyScope
from mocks.kit.intake import Incoming, Reader, correlation_of, traceparent_of
from mocks.kit.limits import Allowance
from mocks.kit.mechanics import Mechanics
from mocks.kit.operation import NO_REFS, Call, Operation, Refs, Refusal, Reply
from mocks.kit.outcome import Outcome
from mocks.kit.streams import Drawer, joined
from mocks.kit.tokens import Token
from mocks.kit.wire import Headers

LOG = logging.getLogger("dryclose.world")
REPLAYED = (b"idempotency-replayed", b"true")
NOT_OWN_TRUTH = frozenset({"DUPLICATE_REFERENCE", "IDEMPOTENCY_KEY_IN_PROGRESS"})  # the request repeats one that had its own effect
OVERTAKE_SHARE_OF_TIMEOUT = 0.5  # F-D6: an answer waits for its callback at most so long
SPEECHLESS = Refusal("INTERNAL_ERROR", "the system failed while it carried out the request")


@dataclass(slots=True)
class Exchange:
    """What is known about one request."""

    incoming: Incoming
    op_id: int
    attempt: int
    token: Token | None
    call: Call
    refs: Refs
    origin: Origin
    flow: str | None
    idem_key: str | None
    body_hash: str | None
    refusal: Refusal | None
    allowance: Allowance | None = None
    follow_up: Refusal | None = None  # a fault turns down what this request leaves for later


class Endpoint:
    """One operation of one system, ready to serve."""

    def __init__(self, node: str, operation: Operation, mechanics: Mechanics, dialect: HouseDialect = HOUSE) -> None:
        self.node = node
        self.operation = operation
        self.mechanics = mechanics
        self.dialect = dialect
        self._reader = Reader(operation, mechanics.cursors, dialect.request)
        self._changes = operation.method != "GET"
        self._callbacks = callbacks_of(mechanics.catalog, operation.call_point)
        # Two instances of a system have the same paths; a key used at one says nothing at the other.
        entry = mechanics.catalog.systems.get(node)
        self._keyed = f"{node} " if entry is not None and entry.type != node else ""

    # --- arrival

    def open(self, incoming: Incoming, conn_id: str) -> Exchange:
        """Read, attribute, number and record a request. Decides nothing yet; what is wrong with it stands in `refusal`."""
        mechanics = self.mechanics
        token = self._token(incoming)
        call, drawer, idem_key, body_hash, refusal = self._read(incoming, token)
        refs = self._refs(call, refusal)
        etag_in = incoming.header(b"if-match")
        text = incoming.path.encode() + incoming.raw
        found = self._joined(call, token) or mechanics.index.find(refs, idem_key, text, self.node)
        txn_id = found.txn_id
        if txn_id is not None:
            mechanics.index.learn_call(txn_id, refs, idem_key)
        call_point = self.operation.call_point
        attempt = mechanics.traffic.arrival(txn_id, call_point)
        drawer.prefix = joined(txn_id, call_point, attempt)
        op_id = mechanics.traffic.op_id()
        flow = mechanics.books.flow_of(txn_id)
        by_connector = token is not None and token.client_id == mechanics.connector_id
        if by_connector:
            now_ns = mechanics.clock.mono_ns()
            mechanics.traffic.saw(call_point, flow, changes=self._changes, now_ns=now_ns, txn_id=txn_id, attempt=attempt)
        trace = traceparent_of(incoming)
        if not call.correlation_id:
            # nobody but `refs` has seen the call yet, and its draws are complete only now
            object.__setattr__(call, "correlation_id", f"dc-{drawer('correlation'):016x}")
        gen = mechanics.recorder.sut_gen if by_connector else None
        origin = Origin(self.node, call_point, txn_id, op_id, call.correlation_id, trace, gen)
        mechanics.recorder.write(
            "request",
            self.node,
            op_id=op_id,
            call_point=call_point,
            attempt=attempt,
            method=self.operation.method,
            route=self.operation.path,
            txn_id=txn_id,
            txn_attr=found.how,
            flow=flow,
            idem_key=idem_key,
            ext_ref=refs.ext_ref,
            etag_in=etag_in,
            body_hash=body_hash,
            token_id=token.token_id if token else None,
            corr_id=call.correlation_id,
            conn_id=conn_id,
            sut_gen=gen,
            amount_minor=refs.amount_minor,
            currency=refs.currency,
            src_version=refs.src_version,
            owner=call.actor,
        )
        if token is None and _bearer(incoming) is not None:
            mechanics.recorder.write("stranger", self.node, op_id=op_id, call_point=call_point, reason="token", conn_id=conn_id)
        return Exchange(incoming, op_id, attempt, token, call, refs, origin, flow, idem_key, body_hash, refusal)

    def _joined(self, call: Call, token: Token | None) -> Attribution | None:
        """A person's request may say whose it is; a connector's never may."""
        if self.operation.kind != "actor" or token is None or self.operation.scope not in token.scopes:
            return None
        txn_id = self.mechanics.joining.transaction(call.correlation_id, self.operation.call_point)
        return Attribution(txn_id, "corr") if txn_id is not None else None

    def _token(self, incoming: Incoming) -> Token | None:
        """Who comes, also with a token that is no longer live: whether it may pass is decided later."""
        sent = _bearer(incoming)
        return self.mechanics.tokens.identify(sent) if sent is not None else None

    def _read(self, incoming: Incoming, token: Token | None) -> tuple[Call, Drawer, str | None, str | None, Refusal | None]:
        operation = self.operation
        refusal = incoming.refusal or self._reader.check_query(incoming.query)
        body, body_hash = None, None
        idem_key = if_match = None
        limit, after = 50, None
        if self._changes:
            idem_key, wrong_key = self.dialect.key(incoming)
            if_match, wrong_version = self.dialect.named_version(incoming)
            if incoming.refusal is None:
                body, body_hash, wrong_body = self._reader.body(incoming)
                refusal = refusal or wrong_body
            refusal = refusal or wrong_key or wrong_version
        elif operation.kind in {"list", "lookup"}:
            limit, after, wrong_page = self._reader.page(incoming.query)
            refusal = refusal or wrong_page
        drawer = self.mechanics.streams.drawer()
        call = Call(
            path=incoming.path_params,
            query=incoming.query,
            body=body,
            now=self.mechanics.business.now(),
            client_id=token.client_id if token else "",
            actor=incoming.header(b"x-acting-user") if operation.kind == "actor" else None,
            if_match=if_match,
            correlation_id=correlation_of(incoming),
            draw=drawer,
            limit=limit,
            after=after,
        )
        return call, drawer, idem_key, body_hash, refusal

    def _refs(self, call: Call, refusal: Refusal | None) -> Refs:
        if refusal is None:
            return self.operation.refs(call)
        try:  # a broken request still says whose it is, as far as it can be read
            return self.operation.refs(call)
        except (AttributeError, TypeError, KeyError, ValueError):
            return NO_REFS

    # --- decision

    def gate(self, exchange: Exchange) -> Refusal | None:
        """What keeps this request from being served, in the order in which a real system would notice."""
        refusal = self._not_authorised(exchange) or self._throttled(exchange) or exchange.refusal
        if refusal is None and self.operation.kind == "actor" and not exchange.call.actor:
            return Refusal("INVALID_PARAMETER", "header X-Acting-User is missing; expected the id of the person who acts")
        return refusal

    def _not_authorised(self, exchange: Exchange) -> Refusal | None:
        token = exchange.token
        if token is None:
            sent = b"authorization" in exchange.incoming.headers
            code, detail = ("TOKEN_INVALID", "the bearer token is not known") if sent else ("TOKEN_MISSING", "no bearer token was sent")
            return Refusal(code, detail)
        if token.revoked or token.expires_ns <= self.mechanics.clock.mono_ns():
            return Refusal("TOKEN_INVALID", "the bearer token has expired or was revoked; get a new one")
        if self.operation.scope not in token.scopes:
            return Refusal("INSUFFICIENT_SCOPE", f"this operation needs scope {self.operation.scope}")
        return None

    def _throttled(self, exchange: Exchange) -> Refusal | None:
        limiter = self.mechanics.limiter
        if limiter is None or exchange.token is None or self.operation.kind == "actor":  # people click; the limit is for API clients
            return None
        exchange.allowance = limiter.take(exchange.token.client_id, self.mechanics.clock.mono_ns())
        if exchange.allowance.allowed:
            return None
        return Refusal("RATE_LIMITED", f"more than {limiter.per_s} requests a second; wait {exchange.allowance.reset_s} s")

    def perform(self, exchange: Exchange) -> Outcome:
        """Serve the request: replay it when its key was served before, otherwise execute it once."""
        scope = self.key_scope(exchange)
        if scope is None:
            return self.execute(exchange)
        store = self.mechanics.idempotency
        verdict = store.begin(scope, exchange.body_hash or "")
        if verdict.outcome is not None:
            return replace(
                verdict.outcome, headers=[*verdict.outcome.headers, REPLAYED], truth="replayed", effect_ids=None, commit_seq=None
            )
        if verdict.what == "in_progress":
            return self.refused(
                exchange, Refusal("IDEMPOTENCY_KEY_IN_PROGRESS", "the first request with this key has not finished; ask again")
            )
        if verdict.what == "reused":
            return self.refused(exchange, Refusal("IDEMPOTENCY_KEY_REUSED", "this key was used with another payload"))
        return self.execute_and_keep(exchange, scope)

    def key_scope(self, exchange: Exchange) -> KeyScope | None:
        """Under what the key of this request is kept; None when it carries none."""
        if exchange.idem_key is None:
            return None
        return KeyScope(exchange.call.client_id, f"{self._keyed}{self.operation.method} {exchange.incoming.path}", exchange.idem_key)

    def execute_and_keep(self, exchange: Exchange, scope: KeyScope | None) -> Outcome:
        """Execute a request whose key is reserved."""
        outcome = self.execute(exchange)
        if scope is not None:
            if outcome.executed:
                self.mechanics.idempotency.finish(scope, outcome)
            else:
                self.mechanics.idempotency.abandon(scope)
        return outcome

    def execute(self, exchange: Exchange) -> Outcome:
        """Run the handler: the one place where something changes."""
        try:
            reply = self.operation.handler(exchange.call)
        except Refusal as refusal:
            return self.refused(exchange, refusal)
        except Exception:  # whatever breaks inside, the client gets a problem document and the log gets the trace
            LOG.exception("handler of %s failed", self.operation.call_point, extra=logged(exchange.origin))
            return self.refused(exchange, SPEECHLESS)
        origin = exchange.origin
        if self.operation.kind == "actor":
            origin = replace(origin, op_id=None)  # whatever follows is a person's doing, not a call's
            record_action(self.mechanics, self.node, self.operation.call_point, reply, origin, actor=exchange.call.actor)
        changed = bool(reply.effects)
        anything = changed or reply.events or reply.deferred
        committed = self.mechanics.commits.apply(reply, exchange.call, origin, exchange.follow_up) if anything else NOTHING
        if self.operation.kind != "actor":
            if changed:
                self.mechanics.traffic.saw_commit(origin.txn_id, self.mechanics.clock.mono_ns())
        elif origin.txn_id is not None:
            self.mechanics.joining.learn(origin.txn_id, reply.effects)
        headers: Headers = [self.dialect.content_type]
        etag = None
        if reply.version is not None:
            etag = self.dialect.etag(reply.version)
            headers.append((b"etag", etag.encode()))
        if reply.location is not None:
            headers.append((b"location", reply.location.encode("latin-1")))
        return Outcome(
            status=reply.status or self.operation.status,
            headers=headers,
            body=self.dialect.answer(self.operation, self._body(reply)),
            truth="committed" if changed else "no_effect",
            effect_ids=committed.effect_ids,
            commit_seq=committed.commit_seq,
            etag=etag,
            reply=reply,
        )

    def _body(self, reply: Reply) -> Any:
        body = reply.body
        if isinstance(body, dict) and "next" in body and "items" in body:
            key = body["next"]
            cursor = self.mechanics.cursors.encode(self.operation.call_point, tuple(key)) if key is not None else None
            return {"items": body["items"], "next_cursor": cursor}
        return body

    async def let_overtake(self, exchange: Exchange) -> None:
        """F-D6: where it is planned, the answer waits until the event that confirms or rejects its document was delivered."""
        mechanics, txn_id = self.mechanics, exchange.origin.txn_id
        if self._callbacks and txn_id and mechanics.plans.waiting(txn_id, self._callbacks, "before_response"):
            await mechanics.outbox.overtaken(txn_id, mechanics.settings.client_timeout_ms * OVERTAKE_SHARE_OF_TIMEOUT / 1000)

    # --- answers that are not the handler's

    def refused(self, exchange: Exchange, refusal: Refusal) -> Outcome:
        """The problem document of a refusal."""
        truth = "no_effect" if refusal.code in NOT_OWN_TRUTH else "rejected"
        return self.problem(
            exchange, refusal.code, refusal.detail, truth=truth, extra=refusal.extra, retry_after_s=self._wait(exchange, refusal)
        )

    def _wait(self, exchange: Exchange, refusal: Refusal) -> float | None:
        return exchange.allowance.reset_s if exchange.allowance and refusal.code == "RATE_LIMITED" else None

    def problem(
        self,
        exchange: Exchange,
        code: str,
        detail: str,
        *,
        truth: str,
        extra: Mapping[str, Any] | None = None,
        retry_after_s: float | None = None,
        as_date: bool = False,
        status: int | None = None,
    ) -> Outcome:
        """A problem document with its headers."""
        problems = self.mechanics.problems
        headers: Headers = [self.dialect.problem_type]
        retry_after_ms = None
        if retry_after_s is not None:
            value, retry_after_ms = retry_after(retry_after_s, self.mechanics.clock.wall_s(), as_date=as_date)
            headers.append((b"retry-after", value.encode()))
        status = status or problems.status(code)
        if status == 401:
            headers.append((b"www-authenticate", b'Bearer realm="dryclose"'))
        body = self.dialect.problem(problems, code, detail, instance=exchange.incoming.path, extra=extra, status=status)
        return Outcome(status, headers, body, truth, code=code, retry_after_ms=retry_after_ms)

    def headers_for(self, exchange: Exchange, outcome: Outcome) -> Headers:
        """The headers of this answer to this request."""
        origin = exchange.origin
        headers = [
            *outcome.headers,
            (b"content-length", str(len(outcome.body)).encode()),
            (b"x-correlation-id", origin.correlation_id.encode("latin-1")),
        ]
        if origin.traceparent:
            headers.append((b"traceparent", origin.traceparent.encode()))
        if exchange.allowance is not None and self.mechanics.limiter is not None:
            headers.append((b"ratelimit-policy", f'"client";q={self.mechanics.limiter.per_s};w=1'.encode()))
            headers.append((b"ratelimit", f'"client";r={exchange.allowance.left};t={exchange.allowance.reset_s}'.encode()))
        return headers

    # --- what is recorded

    def record_decision(self, exchange: Exchange, outcome: Outcome) -> None:
        """What the mock decided."""
        self._record(
            "decision",
            exchange,
            server_outcome=outcome.truth,
            status=outcome.status,
            code=outcome.code,
            effect_ids=outcome.effect_ids,
            commit_seq=outcome.commit_seq,
        )

    def record_left(self, exchange: Exchange) -> None:
        """The client was gone before its answer: an outage cut the connection, it gave up waiting, or it was killed."""
        self._record("conn_event", exchange, reason="client_left")

    def record_end(self, exchange: Exchange, **columns: Any) -> None:
        """The end of the answer, with what a correct client may conclude from it."""
        self._record("response_end", exchange, **columns)

    def _record(self, kind: str, exchange: Exchange, **columns: Any) -> None:
        origin = exchange.origin
        self.mechanics.recorder.write(
            kind,
            self.node,
            op_id=exchange.op_id,
            call_point=origin.call_point,
            attempt=exchange.attempt,
            txn_id=origin.txn_id,
            flow=exchange.flow,
            sut_gen=origin.sut_gen,
            **columns,
        )

    def call_again(self, exchange: Exchange) -> Exchange:
        """The same request, carried out now (a late commit)."""
        return replace(exchange, call=replace(exchange.call, now=self.mechanics.business.now()))


def callbacks_of(catalog: Catalog, call_point: str) -> tuple[str, ...]:
    """Call points of the events that tell what became of what this one accepted."""
    return tuple(point.id for flow in catalog.flows.values() for point in flow.call_points if call_point in point.callback_of)


def retry_after(seconds: float, wall_s: float, *, as_date: bool) -> tuple[str, int]:
    """The header's value, and how many milliseconds it asks for. A date has no fractions, so it may ask for a little less."""
    if not as_date:
        whole = max(1, round(seconds))
        return str(whole), whole * 1000
    moment = int(wall_s + seconds)
    return formatdate(moment, usegmt=True), max(0, int((moment - wall_s) * 1000))


def record_action(mechanics: Mechanics, node: str, call_point: str, reply: Reply, origin: Origin, *, actor: str | None) -> None:
    """A person did something in a mock."""
    effect = reply.effects[0] if reply.effects else None
    mechanics.recorder.write(
        "source_action",
        node,
        call_point=call_point,
        txn_id=origin.txn_id,
        flow=mechanics.books.flow_of(origin.txn_id),
        entity_type=effect.entity_type if effect else "",
        entity_id=effect.entity_id if effect else "",
        state=(effect.state if effect else None) or "",
        version=effect.version if effect else None,
        company=effect.company if effect else None,
        period=effect.period if effect else None,
        amount_minor=effect.amount_minor if effect else None,
        currency=effect.currency if effect else None,
        src_version=effect.src_version if effect else None,
        cost_center=effect.cost_center if effect else None,
        owner=actor,
        corr_id=origin.correlation_id or None,
    )


def _bearer(incoming: Incoming) -> str | None:
    """The bearer token that was sent, whatever it is worth."""
    header = incoming.headers.get(b"authorization")
    if header is None or header[:7].lower() != b"bearer ":
        return None
    return header[7:].strip().decode("latin-1")
