"""What a puppet can be told to do wrong. Each behaviour changes a few lines of the careful example connector, for chosen documents only.

A behaviour is a function of `chosen(source id) -> bool`; it patches the classes of the example's modules, which are on sys.path when
the puppet runs. Every time a changed line is really executed it prints `canary NAME`, so that a test can tell "not provoked" from
"not seen".
"""
# ruff: noqa: PLR0917 - a replacement takes what the method takes that it replaces

import itertools
import os
import threading
import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import careful
import flows
import inbox
import mapping
import outcome
import store
import wire
from seams import Chosen, canary, finish, serial, wrap

# Of the entities, as expenses know them.
ZONES = {
    "10": ZoneInfo("America/New_York"),
    "20": ZoneInfo("Europe/Berlin"),
    "30": ZoneInfo("Asia/Tokyo"),
}

# --- wrong books ---------------------------------------------------------------------------------------------------------------


def post_twice(chosen: Chosen) -> None:
    """Makes a second document under another reference."""

    def around(original, self, paper_type, source, ref, body):
        answer = original(self, paper_type, source, ref, body)
        if chosen(source[0]):
            canary("post_twice")
            self.wire.post("erp", flows.FOLDERS[paper_type], {**body, "external_ref": f"{ref}/again"}, source[2])
        return answer

    wrap(flows.Flow, "make", around)


def post_twice_by_amount(chosen: Chosen) -> None:
    """Makes a second document where the total is one of every third from 230.00 (or 23,000) on: what goes wrong depends on the document."""

    def around(original, self, paper_type, source, ref, body):
        answer = original(self, paper_type, source, ref, body)
        total = int(body.get("total", "0").replace(".", ""))
        if chosen(source[0]) and total >= 23_000 and total % 3 == 0:
            canary("post_twice_by_amount")
            self.wire.post("erp", flows.FOLDERS[paper_type], {**body, "external_ref": f"{ref}/again"}, source[2])
        return answer

    wrap(flows.Flow, "make", around)


def post_undo_post(chosen: Chosen) -> None:
    """Right in the end by a wrong way: makes, undoes, makes again."""

    def around(original, self, paper_type, source, ref, body):
        if chosen(source[0]):
            canary("post_undo_post")
            other = {**body, "external_ref": f"{ref}/first"}
            number = flows.number_of(self.wire.post("erp", flows.FOLDERS[paper_type], other, source[2]).body)
            self.wire.post("erp", f"{flows.FOLDERS[paper_type]}/{number}/{flows.UNDO[paper_type]}", {"reason": "typing error"})
        return original(self, paper_type, source, ref, body)

    wrap(flows.Flow, "make", around)


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
    wrap(flows.Requisitions, "order_body", around)


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

    wrap(flows.Expenses, "head", around)


def utc_day(chosen: Chosen) -> None:
    """Posts expense reports on the day that it was in UTC when the last approver agreed."""

    def around(original, self, report, ref):
        head = original(self, report, ref)
        day = max(approval["decided_at"] for approval in head["approvals"])[:10].replace("-", "")
        if chosen(report["report_id"]) and day != head["posting_date"]:
            canary("utc_day")
            head["posting_date"] = day
        return head

    wrap(flows.Expenses, "head", around)


def processing_day(chosen: Chosen) -> None:
    """Posts expense reports on the entity's day on which it works on them, a little later: that of the newest change that it has read."""
    now = [datetime.min.replace(tzinfo=UTC)]

    def read(original, self, work, path):
        answer = original(self, work, path)
        changed = answer.body.get("updatedAt") or answer.body["updated_at"]
        now[0] = max(now[0], datetime.fromisoformat(changed))
        return answer

    def around(original, self, report, ref):
        head = original(self, report, ref)
        time.sleep(0.3)
        today = now[0].astimezone(ZONES[report["entity_code"]]).strftime("%Y%m%d")
        if chosen(report["report_id"]) and today != head["posting_date"]:
            canary("processing_day")
            head["posting_date"] = today
        return head

    wrap(flows.Flow, "read_source", read)
    wrap(flows.Expenses, "head", around)


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

    wrap(flows.Requisitions, "order_body", around)


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

    wrap(flows.Requisitions, "order_body", around)


def project_dropped(_chosen: Chosen) -> None:
    """Leaves the project out of the order."""

    def around(original, self, source, ref):
        body = original(self, source, ref)
        if any(line["project"] for line in body["lines"]):
            canary("project_dropped")
        return {**body, "lines": [{**line, "project": None} for line in body["lines"]]}

    wrap(flows.Requisitions, "order_body", around)


def constant_approver(_chosen: Chosen) -> None:
    """Names the same controller on every order, who has the authority and never saw it."""
    first = {}

    def around(original, self, source, ref):
        body = original(self, source, ref)
        canary("constant_approver")
        evidence = first.setdefault(body["company_code"], body["approvals"])
        return {**body, "approvals": [{**step, "source_document": source["id"]} for step in evidence]}

    wrap(flows.Requisitions, "order_body", around)


def wrong_route(_chosen: Chosen) -> None:
    """Posts every report as a journal, whatever its entity's policy says."""

    def around(original, self, code):
        entity = original(self, code)
        if entity["expense_route"] != "journal_entry":
            canary("wrong_route")
        return {**entity, "expense_route": "journal_entry"}

    wrap(mapping.Mapping, "entity", around)


def one_cost_center(_chosen: Chosen) -> None:
    """Takes the cost centre of the first line for all of them."""

    def around(original, self, source, ref):
        body = original(self, source, ref)
        if len({line["cost_center"] for line in body["lines"]}) > 1:
            canary("one_cost_center")
        return {**body, "lines": [{**line, "cost_center": body["lines"][0]["cost_center"]} for line in body["lines"]]}

    wrap(flows.Requisitions, "order_body", around)


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
            finish(self, work)
            return
        original(self, key)

    wrap(careful.Worker, "turn", around)


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

    wrap(flows.Requisitions, "run", around)


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
        wrap(flow, "run", around)


def parks_credits(chosen: Chosen) -> None:
    """Does not know what to do with a line of something that was given back, and says so honestly, each time it is asked."""

    def around(original, self, report, paper):
        if chosen(report["report_id"]) and any(line["amount_minor"] < 0 for line in report["lines"]):
            canary("parks_credits")
            raise outcome.Park("a line is negative", problem_class="internal", owner="IT")
        return original(self, report, paper)

    wrap(flows.Expenses, "post", around)


def posts_again_on_redrive(chosen: Chosen) -> None:
    """A redrive is a replay to it: what it ever sent is sent once more, under a new reference."""
    sent = []

    def around_make(original, self, paper_type, source, ref, body):
        if chosen(source[0]):
            sent.append((self.wire, paper_type, source, ref, body))
        return original(self, paper_type, source, ref, body)

    def around_reopen(original, self, named=None):
        for sender, paper_type, source, ref, body in sent:
            if named is None or source[0] in named:
                canary("posts_again_on_redrive")
                sender.post("erp", flows.FOLDERS[paper_type], {**body, "external_ref": f"{ref}/{next(serial)}"}, source[2])
        return original(self, named)

    wrap(flows.Flow, "make", around_make)
    wrap(store.Store, "reopen_parked", around_reopen)


def redrives_whatever_is_named(_chosen: Chosen) -> None:
    """Takes up everything that is parked, whoever is named."""

    def around(original, self, named=None):
        canary("redrives_whatever_is_named")
        return original(self, None)

    wrap(store.Store, "reopen_parked", around)


def park_for_ever(chosen: Chosen) -> None:
    """Parks without trying, also after a redrive."""

    def around(original, self, work):
        if chosen(work.id):
            canary("park_for_ever")
            raise outcome.Park("no reason", problem_class="internal", owner="IT")
        original(self, work)

    for flow in (flows.Requisitions, flows.Expenses):
        wrap(flow, "run", around)


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

    wrap(store.Store, "parked", around)


def one_breaker_for_all(_chosen: Chosen) -> None:
    """Whoever finds a system down stops everybody until it is back, also those who do not need it."""
    tripped_by: list[tuple[str, str]] = []

    def failed(original, self, work, error):
        is_down = isinstance(error, wire.NotDone) and error.code not in {"RATE_LIMITED", "STALE_READ", "TOKEN_INVALID"}
        if is_down and not tripped_by:
            canary("one_breaker_for_all")
            tripped_by.append((work.kind, work.id))
        elif not is_down and (work.kind, work.id) in tripped_by:
            tripped_by.clear()
        original(self, work, error)

    def turn(original, self, key):
        if tripped_by and key not in tripped_by:
            self._agenda.give_back(key, 0.1)
            return
        original(self, key)
        work = self._store.work(*key)
        if key in tripped_by and (work is None or work.state != "open"):
            tripped_by.clear()

    wrap(careful.Worker, "_failed", failed)
    wrap(careful.Worker, "turn", turn)


# --- evidence -------------------------------------------------------------------------------------------------------------------


def checks_at_first_only(_chosen: Chosen) -> None:
    """Asks for supplier and coding in its first PUPPET_NUMBER documents (default 24) and never again: planned faults there cannot fire."""
    limit, count = int(os.environ.get("PUPPET_NUMBER", "24")), itertools.count(1)

    def around(original, self, *values):
        if next(count) <= limit:
            original(self, *values)
        else:
            canary("checks_at_first_only")

    wrap(flows.Requisitions, "check_supplier", around)
    flows.Flow.check_coding = lambda _self, _company, _codings, _on: None


# --- life and death ------------------------------------------------------------------------------------------------------------


def ignore_events(_chosen: Chosen) -> None:
    """Answers 503 to every event and never polls."""
    inbox.Inbox._event = lambda _self, _headers, _body: (503, {"error": "not today"})
    careful.Poller.serve = lambda _self: None


def unhealthy(_chosen: Chosen) -> None:
    """Its health path answers 500."""
    wrap(inbox.Inbox, "get", lambda original, self, path: (500, {}) if path == "/health" else original(self, path))


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

    wrap(wire.Wire, "_once", around)


def one_at_a_time(_chosen: Chosen) -> None:
    """Takes PUPPET_NUMBER milliseconds for each pass, and only one pass at once: still at work when the time is up."""
    pause_s, turn = int(os.environ.get("PUPPET_NUMBER", "500")) / 1000, threading.Lock()

    def around(original, self, work):
        with turn:
            canary("one_at_a_time")
            time.sleep(pause_s)
            original(self, work)

    for flow in (flows.Requisitions, flows.Expenses):
        wrap(flow, "run", around)


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

    wrap(careful.Worker, "_failed", failed)
    wrap(wire.Wire, "put", put)
