"""What all parties agreed, as frozen values; `catalog.py` reads them from the YAML files beside this module."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

ANY_MEMBER = "any"
KINDS_OF_FLOW = ("document", "state", "status", "query")
KINDS_OF_CALL_POINT = ("read", "lookup", "create", "update", "event", "ask", "list", "token")
SHARED_KINDS = frozenset({"list", "token"})  # calls that carry no transaction: a fault there meets whoever waits for the answer
CARDINALITIES = ("one", "one_per_line", "covers_many", "none")
MEANINGS = ("open", "approved", "accepted", "posted", "refused", "dead")
ACTS = (
    "reverse_approval",
    "cancel",
    "recall",
    "amend",
    "block_supplier",
    "list_party",
    "more_news",
    "transfer_author",
    "end_author",
)  # what people do to a document that a connector has to follow
# What a posting is held against in its source, unless a flow says otherwise; a record also by its state, and only in what its flow names.
COMPARED = ("amount", "company", "cost_center", "project", "party", "account", "approvers", "period", "dates")
SIDES = ("passes", "refused", "access", "own")  # what a class of failures says to be in the way
RECORD_ASPECTS = ("state", "amount", "company", "cost_center", "project", "party", "account", "dates")
ACCOUNT_ROLES = ("gr_ir", "trade_payables", "accrued")  # what an account of a system's books is for, where that is reconciled
WHOLE_SYSTEM = "system"  # of Fault.at: a window over everything that a system offers
# what a mock may have decided where its books were handled as `commit` says: a read changes nothing, a repeat is a replay
LIMIT_STATES = ("within", "over")  # how an amount stands to the record that limits it
DECISIONS: Mapping[str | None, tuple[str, ...]] = {
    "none": ("not_reached",),
    "once": ("committed", "replayed", "no_effect"),
    "later": ("committed", "deferred", "replayed", "no_effect"),
    "silent": ("committed", "replayed", "no_effect"),
    None: (),
}
MEMBER_KINDS = ("required", "code", "state", "number", "optional", "given")


class CatalogError(Exception):
    """A catalogue file contradicts itself: which file, which entry, what was expected."""


@dataclass(frozen=True, slots=True)
class Mode:
    """One way in which a fault shows: what the mock does to its books (`commit`) and puts on the wire (`send`)."""

    id: str
    commit: str | None = None  # none, once, later, silent
    send: str | None = None  # response, nothing, reset, hold, drip, truncated, malformed, html, status, refuse
    status: int | None = None
    code: str | None = None
    retry_after: str | None = None  # seconds, http_date
    retry_after_s: float | None = None
    total_share_of_timeout: float | None = None  # drip: length of the whole answer, in client timeouts
    touch: bool = False  # a person edits the object first
    deliver: str | None = None  # events: twice_at_once, again_later, second_id, ...
    age_s: int | None = None  # stale: how old the timestamp is
    then: str | None = None  # reverse_approval, amend, block_supplier, ...: people act after the answer
    party: str | None = None  # whom `then` is done to: only flows about such a party (Flow.party) have it
    follow_up: str | None = None  # refused: what the operation left for later (the posting of an accepted document) is turned down
    at: tuple[str, ...] = ()  # where this mode can happen, when that is not everywhere where its fault can
    acts: tuple[str, ...] = ()  # what people must be able to do to the source document: only kinds that declare it have this mode
    hold: str | None = None  # kills: before_commit, after_commit
    drift: str | None = None  # add, remove, rename, unknown_value, other_type, list, null, empty
    member: str | None = None  # of a drift: which kind of member (contracts/drift.yaml)
    page: str | None = None  # of a list: short, repeated, omitted, expired
    view: str | None = None  # what a correct client may conclude, where it differs from the fault's
    veils: tuple[str, ...] = ()  # kinds of call points of the same system that fail in the same way once it fired

    @property
    def decisions(self) -> tuple[str, ...]:
        """What the mock must have decided where this mode really happened; empty: nothing is decided (an event, a window)."""
        return DECISIONS[self.commit]


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the fault vocabulary (contracts/faults.yaml explains the members)."""

    id: str
    name: str
    scope: str  # transaction, run, kill
    family: str
    at: tuple[str, ...]
    recoverable: bool
    view: str  # ok, fail, info
    wants: str
    modes: tuple[Mode, ...]
    after_outages: bool = False  # planned once more behind the faults of the run
    may_stop: bool = False  # a right connector may stop for good: it is started again behind the window
    rotates: bool = False  # the client's secret: the connector is started again with a second one, then the first is worth nothing
    repeat: str = "once"
    recoverable_at: tuple[str, ...] = ()
    park_ok: bool = False
    expect: str = "posted"
    kinds: tuple[str, ...] = KINDS_OF_FLOW

    @property
    def starts_again(self) -> bool:
        """Whether the connector is started again in it, or may have to be behind it."""
        return self.may_stop or self.rotates

    def mode(self, mode_id: str) -> Mode:
        """The mode with this id. Raises CatalogError when the fault has none."""
        for mode in self.modes:
            if mode.id == mode_id:
                return mode
        raise CatalogError(f"{self.id} has no mode {mode_id!r}; it has {', '.join(mode.id for mode in self.modes)}")


@dataclass(frozen=True, slots=True)
class CallPoint:
    """One operation of one mock, or one event."""

    id: str
    kind: str  # one of KINDS_OF_CALL_POINT
    system: str
    stage: str = "normal"  # normal, recovery
    source: bool = False
    document: str | None = None
    callback_of: tuple[str, ...] = ()
    variant: str | None = None  # only transactions of this variant of the flow reach it
    names: str | None = None  # the master data that is all it names: supplier, coding

    @property
    def is_shared(self) -> bool:
        """Whether a call there belongs to no transaction."""
        return self.kind in SHARED_KINDS


@dataclass(frozen=True, slots=True)
class SystemEntry:
    """One system of a world, or one of its own doors (`service`)."""

    id: str
    title: str
    variable: str | None
    slot: int
    type: str = ""  # whose operations it serves; its own id unless it is a further instance
    modules: tuple[str, ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)  # account by ACCOUNT_ROLES
    optional: bool = False
    profiles: tuple[str, ...] = ()  # of its type
    service: bool = False


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """Which column of a file of the crosswalks gives the target's id for the source's; of a copy: its own id for the owner's. company: the
    column with the target's company, where one id may stand for different things in different companies."""

    file: str
    source: str
    target: str
    company: str | None = None


@dataclass(frozen=True, slots=True)
class AccountRule:
    """A file that says on which account a word of a source line is booked; company: its column, when the rule differs by company."""

    file: str
    category: str
    account: str
    company: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of document or record (contracts/documents.yaml explains the members). states: meaning by state."""

    id: str
    system: str
    name: str
    short: str
    states: Mapping[str, str]
    module: str | None = None
    coded_by: str | None = None
    dimensions: tuple[str, ...] = ()
    clears: bool = False
    accrues: bool = False
    implied: tuple[str, ...] = ()
    lines: str | None = None
    crosswalks: Mapping[str, Crosswalk] = field(default_factory=dict)
    accounts: tuple[AccountRule, ...] = ()
    sides: Mapping[str, str] = field(default_factory=dict)
    acts: tuple[str, ...] = ()
    may_lack: tuple[str, ...] = ()
    names_posting: bool = False
    names_type: bool = False

    @property
    def as_source(self) -> Mapping[str, str]:
        """What its states mean where something is made from it. A kind that nobody approves is due as soon as it is booked."""
        if "approved" in self.states.values():
            return self.states
        return {state: "approved" if meaning == "posted" else meaning for state, meaning in self.states.items()}

    def meaning(self, state: str | None) -> str | None:
        """open, approved, accepted, posted, refused, dead; None for a state that this kind does not have."""
        return self.states.get(state) if state is not None else None


@dataclass(frozen=True, slots=True)
class Due:
    """What has to come of a source: one of `documents`, so many times, held against the source in `compare`. Of a `status`, and where a
    `state` is called otherwise than in its source: in which words (`tells`)."""

    id: str
    documents: tuple[str, ...]
    cardinality: str = "one"
    compare: tuple[str, ...] = COMPARED  # of a `state`: some of RECORD_ASPECTS, always named
    tells: Mapping[str, str] = field(default_factory=dict)  # which state of the source is told there as which


@dataclass(frozen=True, slots=True)
class Variants:
    """Which entities take which alternative of a flow: columns of a file of the crosswalks."""

    file: str
    entity: str
    source: str
    variant: str


@dataclass(frozen=True, slots=True)
class Query:
    """What an answer is held against. answers: the states of the subject of which an answer is true.

    limited_by: a kind of record whose amount is the truth in place of a state: the subject is `within` it, or `over` it.
    """

    about: str
    answers: Mapping[str, tuple[str, ...]]
    budget_ms: int
    on_failure: str  # open, closed
    degraded: str  # the answer that is given when the truth cannot be had
    reservation: str | None = None
    limited_by: str | None = None


@dataclass(frozen=True, slots=True)
class LoadShare:
    """How often a flow happens on a close day, and what it costs in minor units of USD (lognormal)."""

    per_1000_employees: float
    close_day_share: float
    median_minor: int
    sigma: float
    share: float | None = None  # of all documents of a close day, where it is known better than from the others

    @property
    def weight(self) -> float:
        """Documents of a close day for each 1,000 employees."""
        return self.per_1000_employees * self.close_day_share


@dataclass(frozen=True, slots=True)
class Flow:
    """One business process across systems (contracts/flows/README.md explains the members)."""

    id: str
    rank: int
    kind: str
    title: str
    owner: str
    pattern: str
    latency_target_ms: int
    exception_path: str
    prefix: str
    source_document: str
    source_system: str
    due: tuple[Due, ...]
    call_points: tuple[CallPoint, ...]
    settled_by: tuple[str, ...] = ()
    parent: str | None = None
    continues: str | None = None
    variants: Variants | None = None
    party: str | None = None
    query: Query | None = None
    load: LoadShare | None = None

    @property
    def target_documents(self) -> tuple[str, ...]:
        """Every kind of document that is due, each once."""
        return tuple(dict.fromkeys(name for due in self.due for name in due.documents))

    @property
    def systems(self) -> tuple[str, ...]:
        """The systems that it touches, in the order of its call points."""
        return tuple(dict.fromkeys(point.system for point in self.call_points))

    def call_point(self, call_point_id: str) -> CallPoint | None:
        """The flow's call point with this id, or None."""
        return next((point for point in self.call_points if point.id == call_point_id), None)


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One machine code of a problem answer."""

    code: str
    status: int
    error_class: str
    definite: bool
    retry: str
    owner: str
    doc: str
    park_only: str | None = None  # why, in words, where no source is told of it: whoever asked for the document cannot repair it


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """One class of failures. side: passes, refused, access, own (contracts/errors.yaml says what each means)."""

    id: str
    side: str
    doc: str


@dataclass(frozen=True, slots=True)
class EventType:
    """One webhook from a mock to the connector."""

    type: str
    call_point: str
    source: str
    owner: str
    subject: str
    data: Mapping[str, str]
    doc: str
    announces_due: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """The schema of the history: SQL type by column, and the columns that each kind of row always carries."""

    columns: Mapping[str, str]
    kinds: Mapping[str, tuple[str, ...]]
    docs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything in contracts/, by id and in file order."""

    systems: Mapping[str, SystemEntry]
    documents: Mapping[str, DocumentKind]
    faults: Mapping[str, Fault]
    flows: Mapping[str, Flow]
    shared_call_points: tuple[CallPoint, ...]
    errors: Mapping[str, ErrorCode]
    events: Mapping[str, EventType]
    minor_units: Mapping[str, int]
    history: History
    drift: Mapping[str, Mapping[str, tuple[str, ...]]]  # call point -> kind of member -> paths into the answer or event
    error_classes: Mapping[str, ErrorClass]

    def call_point(self, call_point_id: str) -> CallPoint | None:
        """The call point with this id in any flow or among the shared ones."""
        for flow in self.flows.values():
            found = flow.call_point(call_point_id)
            if found:
                return found
        return self.all_call_points.get(call_point_id) if self._is_further(call_point_id) else self._shared(call_point_id)

    def _shared(self, call_point_id: str) -> CallPoint | None:
        return next((point for point in self.shared_call_points if point.id == call_point_id), None)

    def _is_further(self, call_point_id: str) -> bool:
        """Whether this names a further instance of a system."""
        entry = self.systems.get(call_point_id.partition(".")[0])
        return entry is not None and entry.type != entry.id

    @property
    def all_call_points(self) -> Mapping[str, CallPoint]:
        """Every call point by id, those of further instances of a system (`erp2.po.create`) included."""
        declared = [point for flow in self.flows.values() for point in flow.call_points] + list(self.shared_call_points)
        found = {point.id: point for point in declared}
        for entry in self.systems.values():
            if entry.type != entry.id and not entry.service:
                for point in declared:
                    head, _, rest = point.id.partition(".")
                    if head == entry.type:
                        found[f"{entry.id}.{rest}"] = replace(point, id=f"{entry.id}.{rest}", system=entry.id)
        return found

    @property
    def hosted(self) -> Mapping[str, SystemEntry]:
        """The systems that stand in every world, without the world's own doors."""
        return {entry.id: entry for entry in self.systems.values() if not entry.service and not entry.optional}

    def instances(self, system: str) -> tuple[str, ...]:
        """The ids of every declared instance of a system, itself first."""
        return tuple(entry.id for entry in self.systems.values() if entry.type == self.systems[system].type)

    @property
    def profiles(self) -> tuple[str, ...]:
        """What a scenario may ask of each system: `erp.lenient`. A further instance can behave as its type can."""
        systems = [entry for entry in self.systems.values() if not entry.service]
        return tuple(f"{entry.id}.{name}" for entry in systems for name in self.systems[entry.type].profiles)

    @property
    def token_services(self) -> tuple[str, ...]:
        """Where a connector gets its tokens: the services that the flows' shared token call points stand in."""
        return tuple(dict.fromkeys(point.system for point in self.shared_call_points if point.kind == "token"))

    @property
    def needs(self) -> Mapping[str, frozenset[str]]:
        """The systems that each flow calls, and where it gets its tokens."""
        return {flow.id: frozenset((*flow.systems, *self.token_services)) for flow in self.flows.values()}

    def prefix_of(self, flow_id: str) -> str:
        """The first word of this flow's transactions."""
        return self.flows[flow_id].prefix

    def drifting(self, call_point_id: str, mode: Mode) -> tuple[str, ...] | None:
        """The members that a drift changes at this call point: () for every object of the answer, None when there is nothing to change."""
        point = self.drift.get(call_point_id)
        if point is None or mode.member is None:
            return None
        return () if mode.member == ANY_MEMBER else point.get(mode.member)

    def event_of_call_point(self, call_point_id: str) -> EventType | None:
        """The event type behind `wh.requisition.approved`, or None."""
        return next((event for event in self.events.values() if event.call_point == call_point_id), None)
