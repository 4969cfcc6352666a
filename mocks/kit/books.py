"""Where each transaction stands, from the commits alone: for progress display and for knowing when it is quiet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contracts.catalog import Flow
from mocks.kit.operation import Effect

POSTED = frozenset({"ordered", "posted", "paid"})
REFUSED = frozenset({"refused", "on_hold"})
TAKEN_BACK = frozenset({"returned", "sent_back", "withdrawn", "recalled", "cancelled", "rejected", "pending_approval", "draft"})
DEAD = frozenset({"cancelled", "voided", "void", "reversed", "withdrawn", "rejected"})


@dataclass(slots=True)
class Account:
    """One transaction: its flow, the state of its source document, its live target documents."""

    txn_id: str
    flow: str
    source_state: str | None = None
    was_approved: bool = False
    live: set[tuple[str, str]] = field(default_factory=set)

    @property
    def outcome(self) -> str | None:
        """posted, refused, undone, or None while it is open."""
        if self.source_state in POSTED:
            return "posted"
        if self.source_state in REFUSED:
            return "refused"
        if self.was_approved and self.source_state in TAKEN_BACK and not self.live:
            return "undone"
        return None


class Books:
    """Accounts by transaction."""

    def __init__(self, flows: Mapping[str, Flow]) -> None:
        self._flows = flows
        self._accounts: dict[str, Account] = {}

    def open(self, txn_id: str, flow: str) -> None:
        """A transaction joins."""
        self._accounts[txn_id] = Account(txn_id, flow)

    def flow_of(self, txn_id: str | None) -> str | None:
        """The flow of a transaction."""
        account = self._accounts.get(txn_id) if txn_id else None
        return account.flow if account else None

    def document_of(self, call_point: str) -> str | None:
        """The kind of document that a call point makes."""
        points = (flow.call_point(call_point) for flow in self._flows.values())
        return next((point.document for point in points if point is not None and point.document), None)

    def apply(self, txn_id: str | None, effects: Iterable[Effect]) -> None:
        """State changes of a transaction, as they happen."""
        account = self._accounts.get(txn_id) if txn_id else None
        if account is None:
            return
        flow = self._flows[account.flow]
        for effect in effects:
            if effect.entity_type == flow.source_document:
                _follow_source(account, effect)
            elif effect.entity_type in flow.target_documents:
                _follow_target(account, effect)

    def outcome(self, txn_id: str) -> str | None:
        """posted, refused, undone, or None while it is open or unknown."""
        account = self._accounts.get(txn_id)
        return account.outcome if account else None

    def __len__(self) -> int:
        return len(self._accounts)

    def unsettled(self) -> list[str]:
        """Every transaction that is open."""
        return [account.txn_id for account in self._accounts.values() if account.outcome is None]


def _follow_source(account: Account, effect: Effect) -> None:
    if effect.state is not None:
        account.source_state = effect.state
        account.was_approved = account.was_approved or effect.state == "approved"


def _follow_target(account: Account, effect: Effect) -> None:
    document = (effect.entity_type, effect.entity_id)
    if effect.effect == "reverse":
        account.live.discard((effect.entity_type, effect.parent_id or effect.entity_id))
        account.live.discard(document)
    elif effect.state in DEAD:
        account.live.discard(document)
    elif effect.effect == "create":
        account.live.add(document)
