"""The bugs of the zoo (tests/zoo/bugs.py), as a puppet plays them: behaviours like those of behaviours.py."""
# ruff: noqa: PLR0917 - a replacement takes what the method takes that it replaces

import os
import threading
import time

import careful
import flows
import inbox
import mapping
import outcome
import store
import wire
from seams import Chosen, canary, finish, serial, wrap


def new_key_each_attempt(_chosen: Chosen) -> None:
    """1: an idempotency key for each attempt instead of for each document, and no reference."""

    def around(original, self, method, url, body, headers):
        if method == "POST":
            headers = headers | {"Idempotency-Key": f"{os.getpid()}-{next(serial)}"}
            canary("new_key_each_attempt")
        return original(self, method, url, body, headers)

    wrap(wire.Wire, "_once", around)
    no_reference(_chosen)


def no_reference(_chosen: Chosen) -> None:
    """Sends no external_ref and cannot look up."""

    def around(original, self, paper_type, source, ref, body):
        return original(self, paper_type, source, ref, {name: value for name, value in body.items() if name != "external_ref"})

    wrap(flows.Flow, "make", around)
    flows.Flow.look_up = lambda _self, _paper: None


def timeout_is_failure(_chosen: Chosen) -> None:
    """7: what is not known is declared as not posted."""

    def around(original, self, work, error):
        if not isinstance(error, wire.Unknown):
            original(self, work, error)
            return
        canary("timeout_is_failure")
        item = {"reason": str(error), "class": "technical", "owner": "IT", "retryable": True, "outcome": "not_posted"}
        self._store.park(work, item | {"first_seen": "2026-01-01T00:00:00Z", "attempts": 1})
        self._agenda.give_back((work.kind, work.id))

    wrap(careful.Worker, "_failed", around)


def query_before_create(_chosen: Chosen) -> None:
    """9: looks for earlier attempts and creates under a new reference when it finds none."""

    def around(original, self, paper_type, source, ref, body):
        used = self.__dict__.setdefault("used", {}).setdefault(ref, [])
        for earlier in used:
            items = self.wire.get("erp", flows.FOLDERS[paper_type], external_ref=earlier).body["items"]
            if items:
                self.store.paper(ref, state="made", number=items[0]["number"], job=items[0].get("job_id"))
                return items[0]["number"], items[0].get("job_id")
        used.append(f"{ref}/{len(used) + 1}")
        if len(used) > 1:
            canary("query_before_create")
        return original(self, paper_type, source, ref, {**body, "external_ref": used[-1]})

    wrap(flows.Flow, "make", around)
    flows.Flow.look_up = lambda _self, _paper: None


def exists_is_failure(_chosen: Chosen) -> None:
    """11: "it exists already" is a failure."""

    def around(_original, _self, _folder, problem, _ref, _body):
        canary("exists_is_failure")
        raise outcome.Park(f"duplicate of {problem['existing_id']}", problem_class="duplicate", owner="integration team")

    wrap(flows.Flow, "adopt", around)


def retries_validation_for_ever(_chosen: Chosen) -> None:
    """13: repeats what was refused for good."""

    def around(original, self, work, error):
        if isinstance(error, wire.Refused) and error.status == 422:
            canary("retries_validation_for_ever")
            self._agenda.give_back((work.kind, work.id), self._base_s)
            return
        original(self, work, error)

    wrap(careful.Worker, "_failed", around)


def retries_inside_retries(_chosen: Chosen) -> None:
    """15: the HTTP library repeats each failed request five times, at once, below the connector's own attempts."""

    def around(original, self, *values):
        for _ in range(5):
            answer = original(self, *values)
            if answer[0] < 500 and answer[0] != 429:
                return answer
            canary("retries_inside_retries")
        return answer

    wrap(wire.Wire, "_once", around)


def retry_date_is_zero(_chosen: Chosen) -> None:
    """17: understands Retry-After only as a number."""
    original = wire.retry_after_s

    def numbers_only(headers):
        text = headers.get("Retry-After") or ""
        if text and not text.isdigit():
            canary("retry_date_is_zero")
            return 0.0
        return original(headers)

    wire.retry_after_s = numbers_only


def ack_before_save(chosen: Chosen) -> None:
    """19: says thank you, saves a moment later, and reads no list that would bring it back."""

    def around(original, self, headers, body):
        if not inbox.genuine(headers, body, self._secret):
            return 401, {}
        canary("ack_before_save")
        threading.Timer(0.05, original, (self, headers, body)).start()
        return 200, {}

    wrap(inbox.Inbox, "_event", around)
    webhooks_only(chosen)


def acts_on_each_event(_chosen: Chosen) -> None:
    """23: what has another event id is another fact."""

    def received(original, self, event_id, event_type, kind, source_id, **more):
        EVENTS.setdefault(source_id, []).append(event_id)
        return original(self, event_id, event_type, kind, source_id, **more)

    def run(original, self, work):
        events = EVENTS.get(work.id, [])
        if len(events) < 2 or work.kind != "requisition":
            original(self, work)
            return
        source = self.wire.get("procurement", f"/api/v1/requisitions/{work.id}").body
        for number, event_id in enumerate(events):
            if number and (work.id, event_id) not in DONE and source["status"] in ("approved", "ordered"):
                canary("acts_on_each_event")
                DONE.add((work.id, event_id))
                body = self.order_body(source, f"{work.id}/{event_id}"[:64])
                self.wire.post("erp", "/purchase-orders", body, source["correlationId"])
        original(self, work)

    wrap(store.Store, "receive", received)
    wrap(flows.Requisitions, "run", run)


EVENTS: dict[str, list[str]] = {}
DONE: set[tuple[str, str]] = set()
REVISIONS: dict[str, int] = {}


def last_arrival_wins(_chosen: Chosen) -> None:
    """25: believes the revision that the last event named."""

    def subject(original, self, event_type, data):
        if event_type == "requisition.approved":
            REVISIONS[data["requisitionId"]] = data["revision"]
        return original(self, event_type, data)

    def read(original, self, work, path):
        answer = original(self, work, path)
        told = REVISIONS.get(work.id)
        if told is not None and told != answer.body["revision"] and answer.body["status"] in ("approved", "ordered"):
            canary("last_arrival_wins")
            answer.body.update(revision=told, status="approved")
        return answer

    wrap(inbox.Inbox, "_subject", subject)
    wrap(flows.Flow, "read_source", read)


def webhooks_only(_chosen: Chosen) -> None:
    """27: nobody reads the lists."""
    careful.Poller.serve = lambda _self: canary("webhooks_only")


def missing_signature_accepted(_chosen: Chosen) -> None:
    """31: checks the signature when there is one."""
    original = inbox.genuine

    def lenient(headers, body, secret):
        if headers.get("webhook-signature") is None:
            canary("missing_signature_accepted")
            return True
        return original(headers, body, secret)

    inbox.genuine = lenient


def trusts_every_event(_chosen: Chosen) -> None:
    """Checks nothing about an event."""
    inbox.genuine = lambda _headers, _body, _secret: True


def waits_for_confirmation(_chosen: Chosen) -> None:
    """43: asks for a job only when an event told it to."""

    def around(original, self, report, paper):
        try:
            return original(self, report, paper)
        except outcome.Later as later:
            canary("waits_for_confirmation")
            raise outcome.Later(str(later), 1e6) from None

    wrap(flows.Expenses, "post", around)


def token_expiry_drops(_chosen: Chosen) -> None:
    """45: a rejected token ends the document, with a line in the log."""

    def call(original, self, *values, **named):
        token = self._tokens.current()
        try:
            return original(self, *values, **named)
        except wire.NotDone as error:
            if error.code == "TOKEN_INVALID":
                self._tokens.current(rejected=token)
            raise

    def failed(original, self, work, error):
        if isinstance(error, wire.NotDone) and error.code == "TOKEN_INVALID":
            canary("token_expiry_drops")
            finish(self, work)
            return
        original(self, work, error)

    careful.Wire.TOKEN_TRIES = 1
    wrap(wire.Wire, "_call", call)
    wrap(careful.Worker, "_failed", failed)


def unknown_enum_default(_chosen: Chosen) -> None:
    """49: a category without a rule goes to the account for everything else."""

    def around(original, self, *key):
        try:
            return original(self, *key)
        except mapping.Unmapped:
            canary("unknown_enum_default")
            return "5900"

    wrap(mapping.Mapping, "purchase_account", around)
    wrap(mapping.Mapping, "expense_account", around)


def recall_ignored(_chosen: Chosen) -> None:
    """55: what is posted stays posted."""

    def around(original, self, source_id, revision, wanted):
        if not wanted:
            canary("recall_ignored")
        return original(self, source_id, revision, wanted=True)

    wrap(flows.Flow, "settle", around)


def poison_swallowed(_chosen: Chosen) -> None:
    """65: forgets what failed too often (three times, so that it happens before the harness heals)."""
    careful.GIVES_UP_AFTER = 3

    def around(_original, self, work, _reason, _problem_class, _owner, **_more):
        canary("poison_swallowed")
        finish(self, work)

    wrap(careful.Worker, "_park", around)


def html_accepted(_chosen: Chosen) -> None:
    """71: whatever comes with 200 is a success."""
    original = wire.sort_answer

    def lenient(what, status, headers, data):
        if status == 200 and headers.get_content_type() == "text/html" and what.startswith(("PUT", "POST")):
            canary("html_accepted")
            return wire.Answer(200, {"number": None, "document_number": "unknown", "job_id": None}, None)
        return original(what, status, headers, data)

    wire.sort_answer = lenient


def early_callback_dropped(chosen: Chosen) -> None:
    """73: a confirmation for a document that is not known yet is thrown away, and nobody asks for the job."""

    def around(original, self, ref):
        for _ in range(5):  # a busy machine is no reason: only what really overtakes the answer is dropped
            paper = self.one_paper(ref)
            if paper is not None and paper.state == "made":
                return original(self, ref)
            time.sleep(0.03)
        canary("early_callback_dropped")
        return None

    wrap(store.Store, "owner_of", around)
    waits_for_confirmation(chosen)


def forgets_on_restart(chosen: Chosen) -> None:
    """Keeps everything in memory, and reads no list that would bring it back."""
    original = careful.Store
    careful.Store = lambda _path: original(":memory:")
    webhooks_only(chosen)


def list_error_ends_polling(_chosen: Chosen) -> None:
    """107: the first list that cannot be read is the last one that is asked for."""

    def around(original, self, kind, listing):
        try:
            original(self, kind, listing)
        except (wire.Trouble, KeyError, ValueError):
            canary("list_error_ends_polling")
            raise SystemExit from None

    wrap(careful.Poller, "round", around)


def token_error_drops(_chosen: Chosen) -> None:
    """108: no token, no document: what was under way is forgotten."""

    def failed(original, self, work, error):
        if str(error).startswith("no token"):
            canary("token_error_drops")
            finish(self, work)
            return
        original(self, work, error)

    wrap(careful.Worker, "_failed", failed)


def failed_read_is_gone(_chosen: Chosen) -> None:
    """109: a source document that cannot be read again is taken for deleted: what was made of it is undone."""

    def around(original, self, work, path):
        try:
            return original(self, work, path)
        except (wire.NotDone, wire.Unknown):
            papers = [paper for paper in self.store.papers(work.id) if paper.state != "undone"]
            if not papers:
                raise
            canary("failed_read_is_gone")
            for paper in papers:
                self.undo(paper)
            raise outcome.Park("the source document is gone", problem_class="stale", owner="IT", retryable=False) from None

    wrap(flows.Flow, "read_source", around)


def unnumbered_is_not_posted(_chosen: Chosen) -> None:
    """110: gives up (after three attempts, before the harness heals), and what has no number is declared as not posted."""
    careful.GIVES_UP_AFTER = 3

    def around(original, self, work):
        known = original(self, work)
        if known == "unknown" and not any(paper.number for paper in self._store.papers(work.id)):
            canary("unnumbered_is_not_posted")
            return "not_posted"
        return known

    wrap(careful.Worker, "_outcome", around)
