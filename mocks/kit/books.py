"""Where each transaction stands, from the commits alone: for progress display and for knowing when it is quiet.

What a state means, and what has to come of a source, is read from the declarations (contracts/documents.yaml, contracts/flows):

- `document`: posted or refused as the source document says; undone when its approval was taken back and nothing of it lives. A flow that
  writes nothing back is posted when every document that is due lives.
- `state`, `status`: current when every target holds what the source said last; `query`: answered when every question was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contracts.catalog import DocumentKind, Flow
from mocks.kit.operation import Effect

Held = tuple[str, str, str]  # node, kind of document, id
GONE = frozenset({"dead", "refused"})


@dataclass(slots=True)
class Account:
    """One transaction: its flow, what its source document means now, its live target documents, what was written to each target."""

    txn_id: str
    flow: Flow
    source_id: str | None = None
    meaning: str | None = None
    was_approved: bool = False
    said: dict[str, str] = field(default_factory=dict)  # by due: the state of the source, as it is told there
    said_version: int | None = None  # of a record: the version that said so
    lines: int = 0
    live: set[Held] = field(default_factory=set)
    told: dict[str, str | None] = field(default_factory=dict)  # by due: the state last written
    told_version: dict[str, int | None] = field(default_factory=dict)  # and the version of the record from which
    questions: int = 0
    answers: int = 0

    @property
    def outcome(self) -> str | None:
        """posted, refused, undone, current, answered; None while it is open."""
        if self.flow.kind == "query":
            return "answered" if self.questions and self.answers >= self.questions else None
        if self.flow.kind != "document":
            return "current" if all(self._is_told(due.id) for due in self.flow.due) else None
        if self.meaning in ("posted", "refused"):
            return self.meaning
        if self.was_approved and self.meaning in ("open", "dead") and not self.live:
            return "undone"
        return "posted" if self.meaning == "approved" and not self.flow.settled_by and self._has_all() else None

    def _is_told(self, due_id: str) -> bool:
        """What the source says now is what the target was told last; from an older version only where nobody names one."""
        named = self.told_version.get(due_id)
        if due_id not in self.said or self.told.get(due_id) != self.said[due_id]:
            return False
        return named is None or self.said_version is None or named >= self.said_version

    def _has_all(self) -> bool:
        """Every due document lives, as often as its cardinality says."""
        for due in self.flow.due:
            wanted = {"one_per_line": self.lines or 1, "none": 0}.get(due.cardinality, 1)
            if sum(kind in due.documents for _, kind, _ in self.live) < wanted:
                return False
        return True


class Books:
    """Accounts by transaction."""

    def __init__(self, flows: Mapping[str, Flow], documents: Mapping[str, DocumentKind]) -> None:
        self._flows = flows
        self._documents = documents
        self._accounts: dict[str, Account] = {}
        self._by_source: dict[str, str] = {}
        self._due = {(flow.id, kind): due for flow in flows.values() for due in flow.due for kind in due.documents}

    def open(self, txn_id: str, flow: str) -> None:
        """A transaction joins. Raises KeyError for a flow that is not declared."""
        self._accounts[txn_id] = Account(txn_id, self._flows[flow])

    def flow_of(self, txn_id: str | None) -> str | None:
        """The flow of a transaction."""
        account = self._accounts.get(txn_id) if txn_id else None
        return account.flow.id if account else None

    def document_of(self, call_point: str) -> str | None:
        """The kind of document that a call point makes."""
        points = (flow.call_point(call_point) for flow in self._flows.values())
        return next((point.document for point in points if point is not None and point.document), None)

    def apply(self, txn_id: str | None, effects: Iterable[Effect], node: str = "") -> None:
        """State changes of a transaction, as they happen. A document that lists the sources it stands for changes theirs."""
        account = self._accounts.get(txn_id) if txn_id else None
        for effect in effects:
            if effect.covers:
                for source in effect.covers.split():
                    self._follow(self._accounts.get(self._by_source.get(source, "")), effect, node)
            else:
                self._follow(account, effect, node)

    def _follow(self, account: Account | None, effect: Effect, node: str) -> None:
        if account is None:
            return
        flow = account.flow
        if effect.entity_type == flow.source_document:
            self._follow_source(account, effect)
        elif effect.entity_type == self._documents[flow.source_document].lines:
            account.lines = 1 if effect.entity_id.endswith(".1") else account.lines + 1
        elif (flow.id, effect.entity_type) in self._due:
            self._follow_target(account, effect, node)

    def _follow_source(self, account: Account, effect: Effect) -> None:
        if effect.state is None:
            return
        kind = self._documents[account.flow.source_document]
        account.source_id = effect.entity_id
        self._by_source[effect.entity_id] = account.txn_id
        account.meaning = kind.as_source.get(effect.state)
        account.was_approved = account.was_approved or account.meaning == "approved"
        for due in account.flow.due:
            if effect.state in due.tells or account.flow.kind == "state":
                account.said[due.id] = due.tells.get(effect.state, effect.state)
        account.said_version = effect.src_version if account.flow.kind == "state" else None

    def _follow_target(self, account: Account, effect: Effect, node: str) -> None:
        due_id = self._due[account.flow.id, effect.entity_type].id
        account.told[due_id], account.told_version[due_id] = effect.state, effect.src_version
        document = (node, effect.entity_type, effect.entity_id)
        if effect.effect == "reverse":
            account.live.discard((node, effect.entity_type, effect.parent_id or effect.entity_id))
            account.live.discard(document)
        elif self._documents[effect.entity_type].meaning(effect.state) in GONE:
            account.live.discard(document)
        elif effect.effect == "create":
            account.live.add(document)

    def asked(self, txn_id: str) -> None:
        """A person began to wait for an answer."""
        self._accounts[txn_id].questions += 1

    def answered(self, txn_id: str) -> None:
        """The answer came, whatever it was."""
        self._accounts[txn_id].answers += 1

    def outcome(self, txn_id: str) -> str | None:
        """posted, refused, undone, current, answered; None while it is open or unknown."""
        account = self._accounts.get(txn_id)
        return account.outcome if account else None

    def __len__(self) -> int:
        return len(self._accounts)

    def unsettled(self) -> list[str]:
        """Every transaction that is open."""
        return [account.txn_id for account in self._accounts.values() if account.outcome is None]
