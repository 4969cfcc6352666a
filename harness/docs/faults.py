"""docs/faults.md from contracts/faults.yaml."""

from contracts.catalog import Catalog, Fault, Mode
from harness.docs.markdown import code, codes, first_create, page, table, words

LEAD = """What a mock can do to one call or one event. Faults are data: mocks interpret the members of `contracts/faults.yaml`, nobody
writes code per fault.
A plan names a logical place, never a time: `{example}@1 = response_lost_after_commit/drop` means the first arrival of this
transaction at that call point."""

COLUMNS = """- **scope** transaction: keyed to one transaction, one call point, one attempt. run: a window that every open transaction
meets.
  kill: the connector is killed at a held call point and started again.
- **at** the kinds of call points where it applies ([flows](flows.md)); `source` is the read of the source document, `source_event` the
  event that announces
  it, `callback` an event that answers a call, `system` and `company` the targets of faults of the run.
- **may conclude** what a correct client may conclude from what it saw: *fail* (certainly no effect), *info* (unknown), *ok*.
- **allowed end** *posted*: exactly one posting, and parking is itself a finding; *posted or parked*: parking or a refusal told to the
  source is right too;
  *undone*: nothing live may remain."""

DRIFT = """Which member of which answer or event that is, and why, stands in `contracts/drift.yaml`. An event is a notification: the
document that it names can be read as ever, so there an unreadable shape is no reason to park. Problem answers (4xx, 5xx) keep their
shape."""

GRID = """## What happens when

The same faults by what the mock does to its books and what it puts on the wire. An empty square is a combination that no fault covers."""

COMMITS = {
    "none": "nothing is committed",
    "once": "the effect is committed",
    "later": "the effect is committed later, after the answer",
    "silent": "the effect is committed, and nobody is told",
}
SENDS = {
    "response": "the normal answer goes out",
    "nothing": "the connection closes without a byte",
    "reset": "the connection is reset",
    "hold": "no answer within the client's timeout",
    "drip": "the answer trickles byte by byte",
    "truncated": "a shorter body than announced",
    "malformed": "a body that is not JSON",
    "html": "an HTML page",
    "refuse": "connections are refused",
}

DRIFTS = {
    "add": "every object of it has one more member",
    "remove": "a member is missing",
    "rename": "a member has another name",
    "unknown_value": "a member has a value that was not agreed",
    "other_type": "a number is text, or a decimal text is a number",
    "list": "a member is a list with one element",
    "null": "a member is null",
    "empty": "a member is an empty text",
}
MEMBERS = {
    "required": "one that is needed",
    "code": "a category, a type",
    "state": "a status",
    "optional": "an optional one",
    "given": "an optional one",
}


def faults_page(catalog: Catalog) -> str:
    """The page."""
    faults = list(catalog.faults.values())
    families = list(dict.fromkeys(fault.family for fault in faults))
    modes = sum(len(fault.modes) for fault in faults)
    return page(
        "Faults",
        "`contracts/faults.yaml`",
        LEAD.replace("{example}", first_create(catalog)),
        f"{len(faults)} faults with {modes} modes in {len(families)} families.",
        COLUMNS,
        *(f"## {words(family).capitalize()}\n\n{_family([fault for fault in faults if fault.family == family])}" for family in families),
        GRID,
        _grid(faults),
    )


def _family(faults: list[Fault]) -> str:
    lead = f"{DRIFT}\n\n" if any(mode.drift for fault in faults for mode in fault.modes) else ""
    header = ("id", "name", "scope", "at", "what happens", "may conclude", "a correct connector", "allowed end")
    return lead + table(header, (_row(fault) for fault in faults))


def _row(fault: Fault) -> tuple[str, ...]:
    happens = "; ".join(f"{code(mode.id)}: {_mode(mode)}" for mode in fault.modes)
    often = " (every time until the run heals)" if fault.repeat == "always" else ""
    return (fault.id, code(fault.name), fault.scope, codes(fault.at), happens + often, _view(fault), fault.wants, _allowed(fault))


def _view(fault: Fault) -> str:
    others = [f"{code(mode.id)}: {mode.view}" for mode in fault.modes if mode.view not in (None, fault.view)]
    return "; ".join((fault.view, *others))


def _allowed(fault: Fault) -> str:
    if fault.expect != "posted":
        return fault.expect
    allowed = "posted or parked" if fault.park_ok or not fault.recoverable else "posted"
    return allowed + "".join(f"; at an {kind} posted" for kind in fault.recoverable_at)


def _mode(mode: Mode) -> str:
    said = [COMMITS.get(mode.commit or "", ""), _sent(mode)]
    if mode.hold:
        said.append(f"held {words(mode.hold)}, then the connector is killed")
    if mode.deliver:
        said.append(f"delivered {words(mode.deliver)}")
    if mode.age_s:
        said.append(f"{mode.age_s} s old")
    if mode.touch:
        said.append("a person edits the object first")
    if mode.then:
        said.append(f"then {words(mode.then)}")
    if mode.follow_up:
        said.append(f"what it left for later is {mode.follow_up} with {mode.code}")
    if mode.veils:
        said.append(f"and so at every {' and '.join(mode.veils)} that could tell of it")
    return ", ".join(part for part in said if part)


def _sent(mode: Mode) -> str:
    if mode.send == "status":
        wait = f" with Retry-After {mode.retry_after_s:g} s as {words(mode.retry_after)}" if mode.retry_after and mode.retry_after_s else ""
        return f"{mode.status} {mode.code or ''}{wait}".strip()
    if mode.drift:
        word = MEMBERS.get(mode.member or "")
        return f"{DRIFTS[mode.drift]} ({word})" if word else DRIFTS[mode.drift]
    share = f", {mode.total_share_of_timeout:g} times the client's timeout" if mode.total_share_of_timeout else ""
    return SENDS.get(mode.send or "", mode.send or "") + share


def _grid(faults: list[Fault]) -> str:
    found: dict[tuple[str, str], list[str]] = {}
    for fault in faults:
        for mode in fault.modes:
            if mode.commit and mode.send:
                found.setdefault((mode.commit, mode.send), []).append(fault.id)
    sends = list(dict.fromkeys(send for _, send in found))
    commits = [commit for commit in COMMITS if any(key[0] == commit for key in found)]
    rows = ((send, *(", ".join(dict.fromkeys(found.get((commit, send), []))) for commit in commits)) for send in sends)
    return table(("on the wire", *(f"commit {commit}" for commit in commits)), rows)
