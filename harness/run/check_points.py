"""What `dryclose connector check` concludes: pure, from the rows of one small history and the answers that the connector gave."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from contracts.catalog import Flow

Status = Literal["ok", "missing", "wrong"]
Row = Mapping[str, Any]
CREATE_KINDS = ("create",)


@dataclass(frozen=True, slots=True)
class Finding:
    """One point of the contract. missing: allowed, but a verification is slower or says less. next: what to try."""

    status: Status
    text: str
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """One document that was sent through. state: the mocks' books (posted, refused, undone) or None; acked: answer to the genuine event."""

    txn_id: str
    flow: Flow
    what: str  # what people call it, its id and entity
    state: str | None
    waited_s: float
    acked: int | None
    sent: bool  # whether events are sent to this connector at all
    bad_copies: Mapping[str, int | None]  # deliver -> status
    parked: str | None  # the reason that the connector declares


def journey_findings(journey: Journey, rows: Sequence[Row]) -> list[Finding]:
    """Everything about one document, in the order in which a connector meets it."""
    mine = [row for row in rows if row.get("txn_id") == journey.txn_id]
    return [*_bad_copies(journey), *_event(journey), *_settled(journey, mine), *_creation(journey, mine)]


def received_anything(rows: Iterable[Row]) -> bool:
    """Whether the connector acknowledged an event or called a system."""
    return any(row["kind"] == "request" or (row["kind"] == "event_ack" and _is_success(row.get("status"))) for row in rows)


def _is_success(status: object) -> bool:
    return isinstance(status, int) and 200 <= status < 300


WORDS = {
    "forged": "a wrong signature",
    "unsigned": "no signature",
    "stale": "a timestamp of 15 minutes ago",
}
SIGNATURE_HINT = "before anything else check the HMAC-SHA256 and the timestamp (300 s at most), and answer 401 (contract page, Events)"


def _bad_copies(journey: Journey) -> Iterable[Finding]:
    """One finding for all copies that met the same answer."""
    by_status: dict[int | None, list[str]] = {}
    for deliver, status in journey.bad_copies.items():
        by_status.setdefault(status, []).append(WORDS[deliver])
    for status, words in by_status.items():
        what = f"{journey.what}: events with {' / '.join(words)}"
        if status is None:
            yield Finding("wrong", f"{what} were not answered at all", "answer 401 at once")
        elif _is_success(status):
            yield Finding("wrong", f"{what} were acknowledged with {status}; anybody could make it post", SIGNATURE_HINT)
        elif status >= 500:
            yield Finding("wrong", f"{what} were answered {status}, expected 400 or 401", SIGNATURE_HINT)
        else:
            yield Finding("ok", f"{what} were refused with {status}")


def _event(journey: Journey) -> Iterable[Finding]:
    if not journey.sent:
        return
    if _is_success(journey.acked):
        yield Finding("ok", f"{journey.what}: the event of its approval was acknowledged with {journey.acked}")
    elif journey.acked is None:
        hint = "does something listen at the webhook path of the manifest, and does it answer within ack_timeout_s?"
        yield Finding("wrong", f"{journey.what}: the event of its approval got no answer", hint)
    else:
        hint = {
            401: "the signature of this event is genuine: compute it over the raw body, with the secret base64-decoded after whsec_",
            404: "the path differs from the manifest's [paths] webhook",
        }.get(journey.acked, "the log of the connector should say why")
        yield Finding("wrong", f"{journey.what}: the event of its approval was answered {journey.acked}, expected 2xx", hint)


def _settled(journey: Journey, rows: Sequence[Row]) -> Iterable[Finding]:
    steps = reached(rows)
    if journey.state == "posted":
        yield Finding("ok", f"{journey.what}: {' > '.join(steps)}: written back after {journey.waited_s:.1f} s")
        return
    if journey.state is not None:
        yield Finding(
            "wrong", f"{journey.what}: it was {journey.state}, expected a posting. Steps: {' > '.join(steps)}", _last_refusal(rows)
        )
        return
    parked = f"; the connector says it parked it: {journey.parked}" if journey.parked else ""
    if not steps:
        hint = "after the event (or when it stands in the list), read the document"
        yield Finding("wrong", f"{journey.what}: nothing was ever asked about it{parked}", hint)
        return
    where = f"{journey.what}: it came as far as {' > '.join(steps)}, and was not written back within {journey.waited_s:.0f} s"
    hint = _last_refusal(rows) or f"next would be {_next_step(journey.flow, steps)}; the log of the connector should say what it waits for"
    yield Finding("wrong", where + parked, hint)


def reached(rows: Iterable[Row]) -> list[str]:
    """Call points in order of first arrival."""
    return list(dict.fromkeys(str(row["call_point"]) for row in rows if row["kind"] == "request" and row.get("call_point")))


def _next_step(flow: Flow, steps: Sequence[str]) -> str:
    normal = [point.id for point in flow.call_points if point.stage == "normal" and point.kind in ("read", "create", "update")]
    last = max((normal.index(step) for step in steps if step in normal), default=-1)
    later = normal[last + 1 :]
    return " or ".join(later[:2]) or "an answer to what it asked last"


def _last_refusal(rows: Iterable[Row]) -> str | None:
    """The last problem that the mocks answered."""
    refused = [row for row in rows if row["kind"] == "decision" and row.get("code")]
    if not refused:
        return None
    last = refused[-1]
    why = last.get("reason") or "see the error table of the contract page"
    return f"the last refusal was {last['code']} at {last.get('call_point')}: {why}"


def _creation(journey: Journey, rows: Sequence[Row]) -> Iterable[Finding]:
    creates = {point.id for point in journey.flow.call_points if point.kind in CREATE_KINDS}
    calls = [row for row in rows if row["kind"] == "request" and row.get("call_point") in creates]
    made = [
        row
        for row in rows
        if row["kind"] == "commit" and row.get("effect") == "create" and row["entity_type"] in journey.flow.target_documents
    ]
    if not calls:
        return
    if len(made) > 1:
        hint = "refuse forged events, and decide by the document's id and revision whether an event is news: each one may come twice"
        yield Finding("wrong", f"{journey.what}: {len(made)} documents were made for one approval", hint)
    ways = [
        name for name, column in (("external_ref", "ext_ref"), ("Idempotency-Key", "idem_key")) if any(row.get(column) for row in calls)
    ]
    if ways:
        yield Finding("ok", f"{journey.what}: created with {' and '.join(ways)}")
    else:
        hint = (
            "send external_ref (for example source id / revision) or Idempotency-Key: without one, a lost answer becomes a double posting"
        )
        yield Finding("missing", f"{journey.what}: created without external_ref and without Idempotency-Key", hint)


def polling_finding(rows: Iterable[Row], lists: Iterable[str], waited_s: float, interval_s: float, *, takes_events: bool) -> Finding:
    """Whether the lists were read."""
    seen = sorted({str(row["call_point"]) for row in rows if row["kind"] == "request" and row.get("call_point") in set(lists)})
    if seen:
        return Finding("ok", f"it reads the lists: {', '.join(seen)}")
    hint = "read the lists every poll_interval_s, from a little before the last change that you processed: events get lost"
    if waited_s < interval_s:
        return Finding(
            "missing", f"no list was read within {waited_s:.0f} s; the manifest says every {interval_s:g} s, so this proves nothing", hint
        )
    return Finding("missing" if takes_events else "wrong", f"no list was read within {waited_s:.0f} s", hint)


def idle_finding(path: str | None, status: int | None, answer: Any) -> Finding:
    """The answer of the idle path."""
    if path is None:
        hint = 'declare [paths] idle: {"idle": true, "pending": 0}'
        return Finding("missing", "no idle path is declared: a verification waits three poll intervals to be sure", hint)
    if status == 200 and isinstance(answer, dict) and isinstance(answer.get("idle"), bool):
        return Finding("ok", f"GET {path} answers idle = {str(answer['idle']).lower()}")
    return Finding("wrong", f"GET {path} answered {_said(status, answer)}", 'expected 200 and {"idle": true, "pending": 0}')


def redrive_finding(path: str | None, status: int | None) -> Finding:
    """The answer of the redrive path."""
    if path is None:
        hint = "declare [paths] redrive: a POST that takes up what is parked again"
        return Finding("missing", "no redrive path is declared: parked items count as recovery unproven", hint)
    if _is_success(status):
        return Finding("ok", f"POST {path} answers {status}; what it does is tried by dryclose redrive-check")
    return Finding("wrong", f"POST {path} answered {_said(status, None)}", "expected 2xx, also when nothing is parked")


def parked_finding(by: str, problems: Sequence[str], count: int) -> Finding:
    """The answer to the question what is parked."""
    if by == "nothing":
        hint = "declare [parked] http, file or command"
        return Finding("missing", "nothing tells what is parked: an approved document that is not posted counts as lost", hint)
    if problems:
        hint = (
            '{"items": [{"reference": "REQ-...", "reason": ..., "class": ..., "owner": ..., "retryable": true, "outcome": "not_posted"}]}'
        )
        return Finding("wrong", f"the parked items ({by}) cannot be read: {problems[0]}", f"expected {hint}")
    return Finding("ok", f"the parked items ({by}) can be read: {count} now")


def _said(status: int | None, answer: Any) -> str:
    return "nothing" if status is None else f"{status} {str(answer)[:80] if answer is not None else ''}".strip()


def summary(findings: Sequence[Finding], manifest: str) -> str:
    """Counts and the next step."""
    count = {status: sum(1 for finding in findings if finding.status == status) for status in ("ok", "wrong", "missing")}
    counted = f"{count['ok']} ok, {count['wrong']} wrong, {count['missing']} to improve."
    if count["wrong"]:
        return f"{counted} Repair the first wrong point, then check again."
    return f"{counted} Next: dryclose verify --connector {manifest}"


def lines(findings: Iterable[Finding]) -> Iterable[str]:
    """For a terminal or a log."""
    for finding in findings:
        yield f"  {finding.status:<8} {finding.text}"
        if finding.next and finding.status != "ok":
            yield f"           Try: {finding.next}"
