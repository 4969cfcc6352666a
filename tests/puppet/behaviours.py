"""What a puppet can be told to do wrong. Each behaviour changes a few lines of the careful example connector, for chosen documents only.

A behaviour is a function of `chosen(source id) -> bool`; it patches the classes of the example's modules, which are on sys.path when
the puppet runs. Every time a changed line is really executed it prints `canary NAME`, so that a test can tell "not provoked" from
"not seen".
"""
# ruff: noqa: PLR0917 - a replacement takes what the method takes that it replaces

import itertools
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import date

import careful
import flows
import inbox
import mapping
import outcome
import store
import wire

Chosen = Callable[[str], bool]
_serial = itertools.count(1)


def canary(name: str) -> None:
    """Says that a seeded line was executed."""
    sys.stdout.write(f"canary {name}\n")
    sys.stdout.flush()


def _wrap(owner: type, name: str, around: Callable) -> None:
    """Replace a method by around(original, self, *arguments)."""
    original = getattr(owner, name)
    setattr(owner, name, lambda self, *values, **named: around(original, self, *values, **named))


def _finish(worker: careful.Worker, work: store.Work) -> None:
    """Forget a document as if it were done."""
    worker._store.finished(work)
    worker._agenda.give_back((work.kind, work.id))


# --- wrong books ---------------------------------------------------------------------------------------------------------------


def post_twice(chosen: Chosen) -> None:
    """Makes a second document under another reference."""

    def around(original, self, paper_type, source, ref, body):
        answer = original(self, paper_type, source, ref, body)
        if chosen(source[0]):
            canary("post_twice")
            self.wire.post("erp", flows.FOLDERS[paper_type], {**body, "external_ref": f"{ref}/again"}, source[2])
        return answer

    _wrap(flows.Flow, "make", around)


def post_undo_post(chosen: Chosen) -> None:
    """Right in the end by a wrong way: makes, undoes, makes again."""

    def around(original, self, paper_type, source, ref, body):
        if chosen(source[0]):
            canary("post_undo_post")
            other = {**body, "external_ref": f"{ref}/first"}
            number = flows.number_of(self.wire.post("erp", flows.FOLDERS[paper_type], other, source[2]).body)
            self.wire.post("erp", f"{flows.FOLDERS[paper_type]}/{number}/{flows.UNDO[paper_type]}", {"reason": "typing error"})
        return original(self, paper_type, source, ref, body)

    _wrap(flows.Flow, "make", around)


def wrong_amount(chosen: Chosen) -> None:
    """Orders one unit too many of the first line."""

    def around(original, self, source, ref):
        body = original(self, source, ref)
        if not chosen(source["id"]):
            return body
        canary("wrong_amount")
        extra = {**body["lines"][0], "line_no": 9990, "quantity": "1", "amount": body["lines"][0]["unit_price"]}
        digits = len(extra["amount"].partition(".")[2])
        total = f"{flows.Decimal(body['total']) + flows.Decimal(extra['amount']):.{digits}f}"
        return {**body, "lines": [*body["lines"], extra], "total": total}

    from decimal import Decimal

    flows.Decimal = Decimal
    _wrap(flows.Requisitions, "order_body", around)


def wrong_period(chosen: Chosen) -> None:
    """Posts expense reports into the month before."""

    def around(original, self, report, ref):
        head = original(self, report, ref)
        if chosen(report["report_id"]):
            canary("wrong_period")
            day = date.fromisoformat(head["posting_date"])
            year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
            head["posting_date"] = f"{year}{month:02d}15"
        return head

    _wrap(flows.Expenses, "head", around)


def wrong_cost_center(chosen: Chosen) -> None:
    """Codes every purchase to the first cost centre of the company."""

    def around(original, self, source, ref):
        body = original(self, source, ref)
        if chosen(source["id"]):
            canary("wrong_cost_center")
            company = body["company_code"]
            center = min(rows[0]["erp_cost_center"] for (_, code), rows in self.mapping._cost_center.items() if code == company)
            body["lines"] = [{**line, "cost_center": center} for line in body["lines"]]
        return body

    _wrap(flows.Requisitions, "order_body", around)


def wrong_supplier(chosen: Chosen) -> None:
    """Orders from another supplier of the company."""

    def around(original, self, source, ref):
        body = original(self, source, ref)
        if chosen(source["id"]):
            canary("wrong_supplier")
            company, right = body["company_code"], body["vendor_id"]
            rows = [row for (_, code), found in self.mapping._supplier.items() if code == company for row in found]
            body["vendor_id"] = next(row["erp_vendor_id"] for row in rows if row["erp_vendor_id"] != right)
        return body

    _wrap(flows.Requisitions, "order_body", around)


def project_dropped(_chosen: Chosen) -> None:
    """Leaves the project out of the order."""

    def around(original, self, source, ref):
        body = original(self, source, ref)
        if any(line["project"] for line in body["lines"]):
            canary("project_dropped")
        return {**body, "lines": [{**line, "project": None} for line in body["lines"]]}

    _wrap(flows.Requisitions, "order_body", around)


def constant_approver(_chosen: Chosen) -> None:
    """Names the same controller on every order, who has the authority and never saw it."""
    first = {}

    def around(original, self, source, ref):
        body = original(self, source, ref)
        canary("constant_approver")
        evidence = first.setdefault(body["company_code"], body["approvals"])
        return {**body, "approvals": [{**step, "source_document": source["id"]} for step in evidence]}

    _wrap(flows.Requisitions, "order_body", around)


def wrong_route(_chosen: Chosen) -> None:
    """Posts every report as a journal, whatever its entity's policy says."""

    def around(original, self, code):
        entity = original(self, code)
        if entity["expense_route"] != "journal_entry":
            canary("wrong_route")
        return {**entity, "expense_route": "journal_entry"}

    import mapping

    _wrap(mapping.Mapping, "entity", around)


def one_cost_center(_chosen: Chosen) -> None:
    """Takes the cost centre of the first line for all of them."""

    def around(original, self, source, ref):
        body = original(self, source, ref)
        if len({line["cost_center"] for line in body["lines"]}) > 1:
            canary("one_cost_center")
        return {**body, "lines": [{**line, "cost_center": body["lines"][0]["cost_center"]} for line in body["lines"]]}

    _wrap(flows.Requisitions, "order_body", around)


def accepted_is_posted(_chosen: Chosen) -> None:
    """Takes 202 for the end: writes the number back without waiting for the posting."""

    def confirmed(self, ref, _route, number, _job):
        canary("accepted_is_posted")
        self.store.paper(ref, state="posted")
        return number

    flows.Expenses.confirmed = confirmed


def missing_is_zero(_chosen: Chosen) -> None:
    """A tax that is not there is no tax: total, company and balance stay right."""
    original = flows.fit

    def around(value, shape, what):
        for line in value.get("lines") or []:
            if "amount_minor" in line and "tax_minor" not in line:
                canary("missing_is_zero")
                line["tax_minor"] = 0
        return original(value, shape, what)

    flows.fit = around


def never_post(chosen: Chosen) -> None:
    """Takes the event and does nothing."""

    def around(original, self, key):
        work = self._store.work(*key)
        if work is not None and work.state == "open" and chosen(work.id):
            canary("never_post")
            _finish(self, work)
            return
        original(self, key)

    _wrap(careful.Worker, "turn", around)


def write_for_ever(chosen: Chosen) -> None:
    """Says idle, and goes on writing the same order to the requisition."""

    def again(self, work, order):
        while True:
            canary("write_for_ever")
            time.sleep(0.15)
            body = {"erpOrderNumber": order["number"], "erpStatus": "created"}
            self.wire.put("procurement", f"/api/v1/requisitions/{work.id}/order", body)

    def around(original, self, work):
        original(self, work)
        if work.kind == "requisition" and chosen(work.id):
            order = self.wire.get("procurement", f"/api/v1/requisitions/{work.id}").body["erpOrder"]
            if order:
                threading.Thread(target=again, args=(self, work, order), daemon=True).start()

    _wrap(flows.Requisitions, "run", around)


# --- parking -------------------------------------------------------------------------------------------------------------------


def park_at_once(chosen: Chosen) -> None:
    """Parks without trying, honestly."""

    def around(original, self, work):
        if chosen(work.id) and not getattr(self, "redriven", set()) & {work.id}:
            self.__dict__.setdefault("redriven", set()).add(work.id)
            canary("park_at_once")
            raise outcome.Park("no reason", problem_class="internal", owner="IT")
        original(self, work)

    for flow in (flows.Requisitions, flows.Expenses):
        _wrap(flow, "run", around)


def park_for_ever(chosen: Chosen) -> None:
    """Parks without trying, also after a redrive."""

    def around(original, self, work):
        if chosen(work.id):
            canary("park_for_ever")
            raise outcome.Park("no reason", problem_class="internal", owner="IT")
        original(self, work)

    for flow in (flows.Requisitions, flows.Expenses):
        _wrap(flow, "run", around)


def park_what_is_posted(chosen: Chosen) -> None:
    """Posts, and then declares it as not posted."""

    def around(original, self):
        lies = [
            {
                "reference": row[0],
                "reason": "?",
                "class": "internal",
                "owner": "IT",
                "retryable": True,
                "attempts": 1,
                "outcome": "not_posted",
            }
            for row in self._rows("select id from work where state='done'")
            if chosen(row[0])
        ]
        if lies:
            canary("park_what_is_posted")
        return original(self) + lies

    _wrap(store.Store, "parked", around)


# --- evidence -------------------------------------------------------------------------------------------------------------------


def checks_at_first_only(_chosen: Chosen) -> None:
    """Asks for supplier and coding in its first PUPPET_NUMBER documents (default 24) and never again: planned faults there cannot fire."""
    limit, count = int(os.environ.get("PUPPET_NUMBER", "24")), itertools.count(1)

    def around(original, self, *values):
        if next(count) <= limit:
            original(self, *values)
        else:
            canary("checks_at_first_only")

    _wrap(flows.Requisitions, "check_supplier", around)
    flows.Flow.check_coding = lambda _self, _company, _codings, _on: None


# --- life and death ------------------------------------------------------------------------------------------------------------


def ignore_events(_chosen: Chosen) -> None:
    """Answers 503 to every event and never polls."""
    inbox.Inbox._event = lambda _self, _headers, _body: (503, {"error": "not today"})
    careful.Poller.serve = lambda _self: None


def unhealthy(_chosen: Chosen) -> None:
    """Its health path answers 500."""
    _wrap(inbox.Inbox, "get", lambda original, self, path: (500, {}) if path == "/health" else original(self, path))


def hang_at_start(_chosen: Chosen) -> None:
    """Never listens."""
    careful.Server = lambda *_: time.sleep(3600)


def die_at_request(_chosen: Chosen) -> None:
    """Ends by itself at the n-th request (PUPPET_NUMBER, default 10)."""
    limit, count = int(os.environ.get("PUPPET_NUMBER", "10")), itertools.count(1)

    def around(original, self, *values):
        if next(count) >= limit:
            canary("die_at_request")
            os._exit(7)
        return original(self, *values)

    _wrap(wire.Wire, "_once", around)


def one_at_a_time(_chosen: Chosen) -> None:
    """Takes PUPPET_NUMBER milliseconds for each pass, and only one pass at once: still at work when the time is up."""
    pause_s, turn = int(os.environ.get("PUPPET_NUMBER", "500")) / 1000, threading.Lock()

    def around(original, self, work):
        with turn:
            canary("one_at_a_time")
            time.sleep(pause_s)
            original(self, work)

    for flow in (flows.Requisitions, flows.Expenses):
        _wrap(flow, "run", around)


def stale_when_others_fail(_chosen: Chosen) -> None:
    """For a second after any failure every write-back names an old version: one document's fault makes its neighbours' calls fail."""
    until = [0.0]

    def failed(original, self, work, error):
        if getattr(error, "code", None) != "PRECONDITION_FAILED":
            until[0] = time.monotonic() + 1
        original(self, work, error)

    def put(original, self, system, path, body, correlation=None, etag=None):
        if time.monotonic() < until[0]:
            canary("stale_when_others_fail")
            etag = '"1"'
        return original(self, system, path, body, correlation, etag)

    _wrap(careful.Worker, "_failed", failed)
    _wrap(wire.Wire, "put", put)


# --- the bugs of the zoo -------------------------------------------------------------------------------------------------------


def new_key_each_attempt(_chosen: Chosen) -> None:
    """1: an idempotency key for each attempt instead of for each document, and no reference."""

    def around(original, self, method, url, body, headers):
        if method == "POST":
            headers = headers | {"Idempotency-Key": f"{os.getpid()}-{next(_serial)}"}
            canary("new_key_each_attempt")
        return original(self, method, url, body, headers)

    _wrap(wire.Wire, "_once", around)
    no_reference(_chosen)


def no_reference(_chosen: Chosen) -> None:
    """Sends no external_ref and cannot look up."""

    def around(original, self, paper_type, source, ref, body):
        return original(self, paper_type, source, ref, {name: value for name, value in body.items() if name != "external_ref"})

    _wrap(flows.Flow, "make", around)
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

    _wrap(careful.Worker, "_failed", around)


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

    _wrap(flows.Flow, "make", around)
    flows.Flow.look_up = lambda _self, _paper: None


def exists_is_failure(_chosen: Chosen) -> None:
    """11: "it exists already" is a failure."""

    def around(_original, _self, _folder, problem, _ref, _body):
        canary("exists_is_failure")
        raise outcome.Park(f"duplicate of {problem['existing_id']}", problem_class="duplicate", owner="integration team")

    _wrap(flows.Flow, "adopt", around)


def retries_validation_for_ever(_chosen: Chosen) -> None:
    """13: repeats what was refused for good."""

    def around(original, self, work, error):
        if isinstance(error, wire.Refused) and error.status == 422:
            canary("retries_validation_for_ever")
            self._agenda.give_back((work.kind, work.id), self._base_s)
            return
        original(self, work, error)

    _wrap(careful.Worker, "_failed", around)


def retries_inside_retries(_chosen: Chosen) -> None:
    """15: the HTTP library repeats each failed request five times, at once, below the connector's own attempts."""

    def around(original, self, *values):
        for _ in range(5):
            answer = original(self, *values)
            if answer[0] < 500 and answer[0] != 429:
                return answer
            canary("retries_inside_retries")
        return answer

    _wrap(wire.Wire, "_once", around)


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

    _wrap(inbox.Inbox, "_event", around)
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

    _wrap(store.Store, "receive", received)
    _wrap(flows.Requisitions, "run", run)


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

    _wrap(inbox.Inbox, "_subject", subject)
    _wrap(flows.Flow, "read_source", read)


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

    _wrap(flows.Expenses, "post", around)


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
            _finish(self, work)
            return
        original(self, work, error)

    careful.Wire.TOKEN_TRIES = 1
    _wrap(wire.Wire, "_call", call)
    _wrap(careful.Worker, "_failed", failed)


def unknown_enum_default(_chosen: Chosen) -> None:
    """49: a category without a rule goes to the account for everything else."""

    def around(original, self, *key):
        try:
            return original(self, *key)
        except mapping.Unmapped:
            canary("unknown_enum_default")
            return "5900"

    _wrap(mapping.Mapping, "purchase_account", around)
    _wrap(mapping.Mapping, "expense_account", around)


def recall_ignored(_chosen: Chosen) -> None:
    """55: what is posted stays posted."""

    def around(original, self, source_id, revision, wanted):
        if not wanted:
            canary("recall_ignored")
        return original(self, source_id, revision, wanted=True)

    _wrap(flows.Flow, "settle", around)


def poison_swallowed(_chosen: Chosen) -> None:
    """65: forgets what failed too often (three times, so that it happens before the harness heals)."""
    careful.GIVES_UP_AFTER = 3

    def around(_original, self, work, _reason, _problem_class, _owner, **_more):
        canary("poison_swallowed")
        _finish(self, work)

    _wrap(careful.Worker, "_park", around)


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

    _wrap(store.Store, "owner_of", around)
    waits_for_confirmation(chosen)


def forgets_on_restart(chosen: Chosen) -> None:
    """Keeps everything in memory, and reads no list that would bring it back."""
    original = careful.Store
    careful.Store = lambda _path: original(":memory:")
    webhooks_only(chosen)
