"""What has been seen of the connector: arrivals by transaction and call point, and when it last changed something."""

from collections import defaultdict
from collections.abc import Mapping

from contracts.catalog import Flow

REPEATS = 12  # of one call for one transaction, more than anybody needs who gives up after ten: from here on only a commit shows progress


class Traffic:
    """Counts. The number of an arrival never resets within a run."""

    def __init__(self, flows: Mapping[str, Flow]) -> None:
        self._attempts: dict[tuple[str | None, str], int] = {}
        self._ops = 0
        self._flows_of: dict[str, tuple[str, ...]] = {}
        for flow in flows.values():
            for point in flow.call_points:
                self._flows_of[point.id] = (*self._flows_of.get(point.id, ()), flow.id)
        self.requests_seen = 0
        self.last_change_ns = 0
        self.last_progress_ns = 0  # the same without what was only asked for again and again in vain
        self.in_vain: set[str] = set()  # transactions of which that was the last that was seen
        self.call_points_seen: dict[str, set[str]] = defaultdict(set)

    def op_id(self) -> int:
        """A new number for a request or a delivery."""
        self._ops += 1
        return self._ops

    def arrival(self, txn_id: str | None, call_point: str) -> int:
        """The n-th arrival for this transaction at this call point, from 1."""
        key = (txn_id, call_point)
        attempt = self._attempts[key] = self._attempts.get(key, 0) + 1
        return attempt

    def saw(self, call_point: str, flow: str | None, *, changes: bool, now_ns: int, txn_id: str | None = None, attempt: int = 1) -> None:
        """A request of the connector, the n-th (attempt) of this transaction there. Without a transaction it counts for every flow that
        declares the call point, and repeats nothing."""
        self.requests_seen += 1
        if changes:
            self.last_change_ns = now_ns
            if txn_id is not None and attempt > REPEATS:
                self.in_vain.add(txn_id)
            else:
                self.last_progress_ns = now_ns
        for name in (flow,) if flow else self._flows_of.get(call_point, ()):
            self.call_points_seen[name].add(call_point)

    def saw_commit(self, txn_id: str | None, now_ns: int) -> None:
        """A request of the connector changed the books."""
        self.last_progress_ns = now_ns
        self.in_vain.discard(txn_id or "")

    def saw_event(self, call_point: str, flow: str | None) -> None:
        """An event was sent to the connector."""
        for name in (flow,) if flow else self._flows_of.get(call_point, ()):
            self.call_points_seen[name].add(call_point)
