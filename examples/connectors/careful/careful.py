"""A connector that is careful: requisition to purchase order, receipt to GR/IR, expense report to ERP posting.

Its rule: an event says that something changed, never what is true. Each pass reads the source document, compares it with what was
made from it, and closes the difference. Passes may be lost, doubled, killed or out of order; the unique reference keeps the ERP right.
"""

import os
import random
import sys
import threading
import time
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from agenda import Agenda
from flows import Expenses, Requisitions
from inbox import Inbox, Server
from mapping import Mapping
from outcome import READ_AGAIN, Later, Park
from receipts import Receipts
from store import Store
from wire import NotDone, Pool, Refused, Tokens, Trouble, Unknown, Wire


class Listing(NamedTuple):
    """How one list is asked, and what its items call their members."""

    system: str
    path: str
    state_name: str
    states: str
    since_name: str
    id_name: str
    updated_name: str


REQUEST_TIMEOUT_S = 1.5  # connector.toml says the same
WORKERS = 16
GIVES_UP_AFTER = 8  # attempts with an unknown end, then a person looks at it
PATIENCE = 60  # attempts that certainly did nothing: an outage is no reason to park
BACKOFF_MAX = 40  # in units of RETRY_BASE_MS
LISTED = ("approved,returned,cancelled", "approved,sent_back,recalled", "recorded,reversed")  # what must be made, and what must be undone
LISTS = {
    "requisition": Listing("procurement", "/api/v1/requisitions", "status", LISTED[0], "updatedSince", "id", "updatedAt"),
    "receipt": Listing("procurement", "/api/v1/receipts", "status", LISTED[2], "updatedSince", "id", "updatedAt"),
    "expense_report": Listing("expense", "/v2/reports", "state", LISTED[1], "updated_since", "report_id", "updated_at"),
}
OVERLAP = timedelta(seconds=30)


class Worker:
    """Takes one document after the other and decides what a failed pass means."""

    def __init__(self, store, agenda, flows, base_s):
        self._store, self._agenda, self._base_s = store, agenda, base_s
        self._flows = {flow.kind: flow for flow in flows}

    def serve(self):
        """Runs for ever in a thread."""
        while True:
            self.turn(self._agenda.take())

    def turn(self, key):
        """One pass over one document."""
        work = self._store.work(*key)
        if work is None or work.state != "open":
            self._agenda.give_back(key)
            return
        try:
            self._flows[work.kind].run(work)
        except Later as later:
            self._note(work, 0, 0, str(later))
            self._agenda.give_back(key, later.wait_s)
        except Park as park:
            self._park(work, str(park), park.problem_class, park.owner, retryable=park.retryable)
        except Exception as error:
            self._failed(work, error)
        else:
            self._agenda.give_back(key, None if self._store.finished(work) else 0.0)

    def _failed(self, work, error):
        """A call failed, or we did: wait and read again, or park."""
        if isinstance(error, Refused) and error.code not in READ_AGAIN:
            owner = "security" if error.status in (401, 403) else "integration team"
            self._park(work, error.reason, "validation", owner, retryable=True)
            return
        if not isinstance(error, Trouble):
            print(f"{work.id}: {traceback.format_exc()}", file=sys.stderr, flush=True)
        certain = isinstance(error, NotDone)
        attempts, patience = work.attempts + (not certain), work.patience + certain
        if attempts >= GIVES_UP_AFTER or patience >= PATIENCE:
            self._park(work, str(error) or repr(error), self._class_of(error), "IT", retryable=True)
            return
        self._note(work, attempts, patience, str(error))
        asked = getattr(error, "wait_s", None)
        wait_s = max(asked or 0.0, self._backoff_s(attempts + patience))
        self._agenda.give_back((work.kind, work.id), wait_s, firm=asked is not None)

    def _outcome(self, work):
        """What we know about the ERP: a purchase order that was made is there, an accepted posting may still fail."""
        papers = [paper for paper in self._store.papers(work.id) if paper.state != "undone"]
        if any(paper.state == "posted" or (paper.state == "made" and paper.type == "purchase_order") for paper in papers):
            return "posted"
        return "unknown" if papers else "not_posted"

    def _class_of(self, error):
        names = {NotDone: "transient", Unknown: "ambiguous", Refused: "stale"}
        return names.get(type(error), "internal")

    def _backoff_s(self, failures):
        return min(2 ** (failures - 1), BACKOFF_MAX) * self._base_s * random.uniform(0.8, 1.2)

    def _note(self, work, attempts, patience, reason):
        if (attempts, patience) != (work.attempts, work.patience):
            self._store.failed(work, attempts=attempts, patience=patience, reason=reason[:500])

    def _park(self, work, reason, problem_class, owner, *, retryable):
        item = {
            "reason": reason[:500],
            "class": problem_class,
            "owner": owner,
            "retryable": retryable,
            "outcome": self._outcome(work),
            "first_seen": datetime.now(UTC).isoformat(),
            "attempts": work.attempts + 1,
        }
        self._store.park(work, item)
        self._agenda.give_back((work.kind, work.id))


class Poller:
    """Reads the lists for what no event told us. How far it came is saved together with what it found."""

    def __init__(self, wire, store, agenda, interval_s):
        self._wire, self._store, self._agenda, self._interval_s = wire, store, agenda, interval_s
        self._not_before = {}  # by kind

    def serve(self):
        """Runs for ever in a thread; the first round is the catching-up after a start."""
        while True:
            for kind, listing in LISTS.items():
                try:
                    self.round(kind, listing)
                except Exception as error:
                    print(f"list of {kind}: {error!r}; again in {self._interval_s} s", file=sys.stderr, flush=True)
            time.sleep(self._interval_s)

    def round(self, kind, listing):
        """All pages from a little before the last known change, and not before the system wants to be asked again."""
        time.sleep(max(0.0, self._not_before.get(kind, 0.0) - time.monotonic()))
        mark, cursor = self._store.mark(kind), None
        since = (datetime.fromisoformat(mark) - OVERLAP).isoformat() if mark else None
        while True:
            query = {listing.state_name: listing.states, listing.since_name: since, "limit": 200, "cursor": cursor}
            try:
                page = self._wire.get(listing.system, listing.path, **query).body
            except Trouble as trouble:
                self._not_before[kind] = time.monotonic() + (trouble.wait_s or 0.0)
                raise
            items = page["items"]
            found = [(item[listing.id_name], item["version"]) for item in items]
            for source_id in self._store.listed(kind, found, items[-1][listing.updated_name] if items else None):
                self._agenda.wake((kind, source_id))
            if cursor == page["next_cursor"] or page["next_cursor"] is None:
                return
            cursor = page["next_cursor"]


def main():
    """Wires the parts with what the environment says, and serves until killed. Crash-only: stopping is killing."""
    env = os.environ
    base_s = float(env.get("RETRY_BASE_MS") or 200) / 1000
    store, agenda, pool = Store(Path(env["STATE_DIR"]) / "careful.sqlite3"), Agenda(), Pool()
    tokens = Tokens(pool, env["OAUTH_TOKEN_URL"], env["CLIENT_ID"], env["CLIENT_SECRET"], REQUEST_TIMEOUT_S)
    urls = {"erp": env["ERP_URL"], "procurement": env["PROCUREMENT_URL"], "expense": env["EXPENSE_URL"]}
    wire, mapping = Wire(urls, pool, tokens, REQUEST_TIMEOUT_S), Mapping(env["MAPPINGS_DIR"])
    flows = [flow(wire, store, mapping, base_s) for flow in (Requisitions, Receipts, Expenses)]
    worker = Worker(store, agenda, flows, base_s)
    poller = Poller(wire, store, agenda, float(env.get("POLL_INTERVAL_S") or 30))
    for key in store.open_work():  # what a crash left behind
        agenda.wake(key)
    for job in [worker.serve] * WORKERS + [poller.serve]:
        threading.Thread(target=job, daemon=True).start()
    Server(int(env["PORT"]), Inbox(store, agenda, env["WEBHOOK_SECRET"])).serve_forever()


if __name__ == "__main__":
    main()
