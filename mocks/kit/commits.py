"""Carries out what a reply says: commit rows at their instant, the attribution index, deferred work, events."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import attrgetter

from mocks.kit.attribution import AttributionIndex
from mocks.kit.books import Books
from mocks.kit.clock import BusinessClock
from mocks.kit.operation import Call, Deferred, Effect, OutEvent, Refusal, Reply
from mocks.kit.recorder import Recorder
from mocks.kit.scheduler import Scheduler
from mocks.kit.streams import Streams

EFFECT_COLUMNS = Effect.__struct_fields__
effect_values = attrgetter(*EFFECT_COLUMNS)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a change came from: which system, whose transaction, which request (op_id None: a person or deferred work)."""

    node: str
    call_point: str
    txn_id: str | None = None
    op_id: int | None = None
    correlation_id: str = ""
    traceparent: str | None = None
    sut_gen: int | None = None


def logged(origin: Origin) -> dict[str, dict[str, str]]:
    """What a line of the log says about where it comes from."""
    return {"fields": {"system": origin.node, "call_point": origin.call_point, "correlation_id": origin.correlation_id}}


@dataclass(frozen=True, slots=True)
class Committed:
    """What was written: number of the first commit row, ids of the changed documents."""

    commit_seq: int | None
    effect_ids: str | None


NOTHING = Committed(None, None)
Emit = Callable[[OutEvent, Origin], None]


class Commits:
    """Applies replies of handlers to the world around the core."""

    def __init__(
        self,
        *,
        recorder: Recorder,
        index: AttributionIndex,
        books: Books,
        scheduler: Scheduler,
        business: BusinessClock,
        streams: Streams,
        emit: Emit,
    ) -> None:
        self._recorder = recorder
        self._index = index
        self._books = books
        self._scheduler = scheduler
        self._business = business
        self._streams = streams
        self._emit = emit

    def apply(self, reply: Reply, call: Call, origin: Origin, follow_up: Refusal | None = None) -> Committed:
        """Record the effects, then start what follows from them. follow_up: why the deferred work will be turned down."""
        committed = self._record(reply.effects, origin) if reply.effects else NOTHING
        if origin.txn_id is not None and reply.created is not None:
            # An accepted document has a number before it has effects: whoever cancels it by that number means this transaction.
            kind = self._books.document_of(origin.call_point)
            self._index.learn_document(origin.txn_id, kind, str(reply.created["existing_id"]), origin.node)
        for number, deferred in enumerate(reply.deferred):
            self._defer(deferred, number, call, origin, follow_up)
        for event in reply.events:
            self._emit(event, origin)
        return committed

    def _record(self, effects: tuple[Effect, ...], origin: Origin) -> Committed:
        txn_id = origin.txn_id
        shared = {
            "op_id": origin.op_id,
            "call_point": origin.call_point,
            "txn_id": txn_id,
            "flow": self._books.flow_of(txn_id),
            "corr_id": origin.correlation_id or None,
            "sut_gen": origin.sut_gen,
        }
        common = {name: value for name, value in shared.items() if value is not None}
        first: int | None = None
        for effect in effects:
            columns = common.copy()
            for name, value in zip(EFFECT_COLUMNS, effect_values(effect), strict=True):
                if value is not None:
                    columns[name] = value
            seq = self._recorder.append("commit", origin.node, columns)
            first = first or seq
        if txn_id is not None:
            self._index.learn_effects(txn_id, effects, origin.node)
        if txn_id is not None or any(effect.covers for effect in effects):
            self._books.apply(txn_id, effects, origin.node)
        return Committed(first, " ".join(dict.fromkeys(effect.entity_id for effect in effects)))

    def _defer(self, deferred: Deferred, number: int, call: Call, origin: Origin, follow_up: Refusal | None) -> None:
        own = replace(origin, op_id=None)  # nobody waits for it: the work is the system's own
        op = origin.op_id if origin.op_id is not None else self._recorder.seq
        draw = self._streams.drawer(origin.txn_id, origin.call_point, "deferred", deferred.name, number, op if origin.txn_id is None else 0)

        def work() -> None:
            later = replace(call, body=None, now=self._business.now(), draw=draw)
            try:
                reply = deferred.refuse(later, follow_up) if follow_up and deferred.refuse else deferred.run(later)
            except Refusal:
                return  # the document was withdrawn meanwhile: there is nothing left to do
            self.apply(reply, later, own)

        self._scheduler.later(deferred.delay_ms / 1000, work)
