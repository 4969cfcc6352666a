"""Other ways of doing right what the careful example does: each function exchanges one of its decisions, by the contract page alone.

Nothing here is wrong. Whoever is called a wrongdoer for one of these ways was judged by the design, not by the books.
"""
# ruff: noqa: PLR0917 - a replacement takes what the method takes that it replaces

import json
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta
from decimal import Decimal

import careful
import flows
import inbox
import outcome
import shape
import store
import wire

KEY = ContextVar("idempotency key of the request that is being sent", default=None)
SENT = """
create table if not exists sent (
  ref text primary key, serial integer not null, body text not null, correlation text, answered integer not null);
"""
MOVED = "create table if not exists moved (ref text primary key, day text not null);"
LONGEST = 10  # failures, for the back-off: from here on it would only be a larger number


def _around(owner, name, way):
    """The method becomes way(original, self, ...)."""
    original = getattr(owner, name)
    setattr(owner, name, lambda self, *values, **named: way(original, self, *values, **named))


def numbers(**values):
    """Other constants of the example's main file: how many workers, how long a call may take."""
    for name, value in values.items():
        assert hasattr(careful, name), name
        setattr(careful, name, value)


# --- who decides which of two requests was first -------------------------------------------------------------------------------


def decides_by_repeating(identity):
    """Never looks anything up by its reference. What it does not know it learns from the same request, sent again.

    identity: "key" sends an Idempotency-Key and no external_ref, "reference" the other way round. The request is saved as it is before it
    is sent, so that the second one is the first one even after a crash. A key is used until its request was answered for good.
    """
    store.SCHEMA += SENT
    flows.Flow.make = lambda self, *what: _make(self, identity, *what)
    flows.Flow.look_up = lambda self, paper: _sent_again(self, identity, paper)
    _around(flows.Flow, "undo", lambda original, self, paper: _undo(original, self, identity, paper))
    _around(wire.Wire, "_once", _with_key)


def _make(self, identity, paper_type, source, ref, body):
    source_id, revision, correlation = source
    before = self.store.one_paper(ref)
    _save(self.store, ref, {name: value for name, value in body.items() if identity == "reference" or name != "external_ref"}, correlation)
    self.store.trying(ref, source_id, revision, paper_type)
    answer = _send(self, identity, self.store.one_paper(ref), first=before is None or before.state == "undone")
    return answer["number"], answer["job_id"]


def _save(saved_in, ref, body, correlation):
    """The same body keeps its number until it is answered; anything else is a new request."""
    with saved_in._transaction() as db:
        db.execute(
            "insert into sent values (?, 1, ?, ?, 0) on conflict (ref) do update set serial=serial + (answered or body<>excluded.body),"
            " body=excluded.body, correlation=excluded.correlation, answered=0",
            (ref, json.dumps(body), correlation),
        )


def _send(self, identity, paper, *, first):
    """Sends the saved request. Returns number and job id. Raises what `Wire` raises; refused for good, there is no paper any more."""
    folder = flows.FOLDERS[paper.type]
    ((serial, text, correlation),) = self.store._rows("select serial, body, correlation from sent where ref=?", paper.ref)
    body = json.loads(text)
    try:
        with _key(f"{paper.ref}/{serial}" if identity == "key" else None):
            answer = shape.fit(self.wire.post("erp", folder, body, correlation).body, shape.MADE[folder], f"the answer to POST {folder}")
    except wire.NotDone:
        if first:  # this was the only request, and it certainly had no effect
            self.store.paper(paper.ref, state="undone")
        raise
    except wire.Refused as refused:
        if refused.code != "DUPLICATE_REFERENCE":
            _answered(self.store, paper.ref)
            self.store.paper(paper.ref, state="undone")
            raise
        answer = self.adopt(folder, refused.problem, paper.ref, body)
    _answered(self.store, paper.ref)
    number, job = flows.number_of(answer), answer.get("job_id")
    self.store.paper(paper.ref, state="made", number=number, job=job)
    return {"number": number, "job_id": job}


def _answered(saved_in, ref):
    with saved_in._transaction() as db:
        db.execute("update sent set answered=1 where ref=?", (ref,))


def _sent_again(self, identity, paper):
    return _send(self, identity, paper, first=False)


def _undo(original, self, identity, paper):
    """What is in doubt is brought about first, so that there is a number to undo: a look at an empty place would prove nothing."""
    if paper.number is None:
        try:
            _sent_again(self, identity, paper)
        except wire.Refused:
            return  # now it is sure that there is nothing
        paper = self.store.one_paper(paper.ref)
    original(self, paper)


@contextmanager
def _key(value):
    token = KEY.set(value)
    try:
        yield
    finally:
        KEY.reset(token)


def _with_key(original, self, method, url, body, headers):
    key = KEY.get()
    return original(self, method, url, body, headers | {"Idempotency-Key": key} if key else headers)


# --- what a closed period means ------------------------------------------------------------------------------------------------


def posts_into_the_next_period():
    """A closed period is no reason to wait for finance: the first day of the month after it will do."""
    store.SCHEMA += MOVED
    _around(flows.Flow, "make", _make_in_an_open_period)
    _around(flows.Expenses, "confirmed", _confirmed_in_an_open_period)
    _around(flows.Expenses, "record", _record_where_it_was_posted)


def _make_in_an_open_period(original, self, paper_type, source, ref, body):
    try:
        return original(self, paper_type, source, ref, body)
    except wire.Refused as refused:
        if refused.code != "PERIOD_CLOSED":
            raise
    decides = "document_date" if paper_type == "purchase_order" else "posting_date"
    day = _next_month(body[decides])
    with self.store._transaction() as db:
        db.execute("insert or replace into moved values (?, ?)", (ref, day))
    return original(self, paper_type, source, ref, {**body, decides: day})


def _confirmed_in_an_open_period(original, self, ref, route, number, job):
    """Accepted while the period was open, turned down because it closed: posted anew, where the ERP says then that it may be."""
    try:
        return original(self, ref, route, number, job)
    except outcome.Park as park:
        if "PERIOD_CLOSED" not in str(park):
            raise
        raise outcome.Later(str(park), self.base_s) from park


def _record_where_it_was_posted(original, self, report, path, number, etag):
    """The report learns the day on which it was posted, which is not always the day on which it was approved."""
    ref = self.reference(report["report_id"], report["revision"])
    moved = self.store._rows("select day from moved where ref=?", ref)
    if moved:
        ((day,),) = moved
        report = {**report, "approved_on": f"{day[6:]}/{day[4:6]}/{day[:4]}"}
    original(self, report, path, number, etag)


def _next_month(day):
    """20261028 -> 20261101."""
    first = date(int(day[:4]), int(day[4:6]), 1)
    return f"{(first + timedelta(days=31)).replace(day=1):%Y%m%d}"


# --- the rest ------------------------------------------------------------------------------------------------------------------


def sums_journals():
    """One line for each account, cost centre and side (and person, where somebody is owed): what the books need, not what was typed."""
    _around(flows.Expenses, "journal_body", _summed_journal)


def _summed_journal(original, self, report, ref):
    body = original(self, report, ref)
    sums = {}
    for line in body["lines"]:
        side = "debit" if Decimal(line["debit"]) else "credit"
        place = (line["gl_account"], line.get("cost_center"), line.get("personnel_no"), side)
        if place in sums:
            sums[place][side] = str(Decimal(sums[place][side]) + Decimal(line[side]))
        else:
            sums[place] = {**line, "line_no": len(sums) + 1, "text": report["title"]}
    return {**body, "lines": list(sums.values())}


def serves_only(kind):
    """One of the two flows: the other one's lists are not read and its events mean nothing."""
    for other in [name for name in careful.LISTS if name != kind]:
        del careful.LISTS[other]
    inbox.SOURCES = {event: source for event, source in inbox.SOURCES.items() if source[0] == kind}


def never_sends_if_match():
    """Trusts the systems to refuse what no longer fits."""
    _around(wire.Wire, "put", lambda original, self, *values: original(self, *values[:4]))


def keeps_trying():
    """Sets nothing aside: nobody asks for its parked items, so whatever cannot be done now is tried again until it can."""
    careful.Worker._park = _wait_instead


def _wait_instead(self, work, reason, *_, **__):
    patience = work.patience + 1
    self._note(work, work.attempts, patience, reason)
    self._agenda.give_back((work.kind, work.id), self._backoff_s(min(patience, LONGEST)))
