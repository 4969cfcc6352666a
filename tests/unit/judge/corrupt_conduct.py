"""What can be wrong in how a connector behaves, planted into the correct run: calls, events, parking, waiting, faults that never were."""

from collections.abc import Callable

from harness.judge.synthetic import Row, Scribe
from tests.unit.judge.corrupt_books import CREATE, lost, never_written_back
from tests.unit.judge.history_builder import drop, insert, one, refresh_views, rows


def retries(scribe: Scribe, txn_id: str) -> list[Row]:
    """The create requests of a transaction."""
    return [row for _, row in rows(scribe, txn_id=txn_id, kind="request") if row["method"] == "POST"]


def new_key(scribe: Scribe) -> None:
    """The retry of 9 carries another key."""
    retries(scribe, "p2p-000009")[1]["idem_key"] = "another"


def one_key_two_bodies(scribe: Scribe) -> None:
    """The retry of 9 carries another body."""
    retries(scribe, "p2p-000009")[1]["body_hash"] = "another"


def refused_again(scribe: Scribe) -> None:
    """15 repeats what was refused for good."""
    create = one(scribe, txn_id="p2p-000015", kind="response_end", call_point="erp.po.create")[0]
    call = [
        row
        for _, row in rows(scribe, txn_id="p2p-000015", call_point="erp.po.create")
        if row["kind"] in {"request", "decision", "response_end"}
    ]
    insert(scribe, create + 1, *({**row, "op_id": 99_999, "attempt": 2} for row in call))


def endless(scribe: Scribe) -> None:
    """12 is attempted eleven times."""
    index, _ = one(scribe, kind="request", txn_id="p2p-000012", attempt=3)
    call = [row for _, row in rows(scribe, txn_id="p2p-000012", attempt=3) if row["kind"] in {"request", "decision", "response_end"}]
    insert(scribe, index, *({**row, "op_id": 90_000 + n, "attempt": 3 + n} for n in range(8) for row in call))


def impatient(scribe: Scribe) -> None:
    """10 comes back at once although it was told to wait a second."""
    request = retries(scribe, "p2p-000010")[1]
    request["t_mono_ns"] -= 900_000_000


def accepted_and_lost(scribe: Scribe) -> None:
    """As `lost`: the event of 8 had been acknowledged."""
    lost(scribe)


def forged_accepted(scribe: Scribe) -> None:
    """14's forged event is acknowledged."""
    one(scribe, kind="event_ack", event_id="forged-14")[1]["status"] = 200


def genuine_turned_away(scribe: Scribe) -> None:
    """8's event is refused for its signature, which holds; the connector polls, so the order is made all the same."""
    one(scribe, kind="event_ack", txn_id="p2p-000008")[1]["status"] = 401


def forged_acted_upon(scribe: Scribe) -> None:
    """14's forged event is answered with 401, but the order is made at once."""
    index, _ = one(scribe, kind="event_ack", event_id="forged-14")
    call = [row for _, row in rows(scribe, txn_id="p2p-000014", call_point="erp.po.create")]
    drop(scribe, lambda row: row not in call)
    insert(scribe, index + 1, *call)


def stale_accepted(scribe: Scribe) -> None:
    """A genuine signature with an old timestamp is acknowledged."""
    forged_accepted(scribe)
    one(scribe, kind="event_sent", event_id="forged-14")[1].update(sig_ok=True, fresh=False)


def stuck_until_restart(scribe: Scribe) -> None:
    """8 is written back at last, but only after the connector was killed and started again."""
    index, written = one(scribe, txn_id="p2p-000008", kind="commit", state="ordered")
    killed, kill = one(scribe, kind="proc_kill")
    insert(scribe, killed + 1, {**written, "t_mono_ns": kill["t_mono_ns"] + 1})
    del scribe.rows[index]


def stuck_and_then_excused(scribe: Scribe) -> None:
    """The same, and behind the moment at which 8 had to be settled its client is refused, which may stop anybody."""
    stuck_until_restart(scribe)
    refused_client(scribe, "p2p-000008")


def refused_client(scribe: Scribe, txn_id: str) -> None:
    """Just before the first kill, with this document still open."""
    killed, kill = one(scribe, kind="proc_kill")
    refused = {"fault_id": "F-B11", "mode": "refused", "call_point": "identity", "experienced_by": txn_id}
    moment = {"phase": kill["phase"], "t_mono_ns": kill["t_mono_ns"] - 1}
    insert(scribe, killed, {"kind": "fault_fired", "node": "harness", **moment, **refused})


def restless(scribe: Scribe) -> None:
    """A create of 8 arrives in the quiet window."""
    request = retries(scribe, "p2p-000008")[0]
    insert(scribe, one(scribe, kind="quiet", state="end")[0], {**request, "op_id": 99_999, "attempt": 2})


def lazily_parked(scribe: Scribe) -> None:
    """9, whose answer was lost once, was parked before it was re-driven."""
    index, parked = one(scribe, kind="parked")
    insert(scribe, index, {**parked, "entity_id": "REQ-T1-000009", "state": "unknown"})


def lazily_parked_and_then_excused(scribe: Scribe) -> None:
    """The same, and later, with 9 still set aside, its client is refused, which may stop anybody."""
    lazily_parked(scribe)
    one(scribe, kind="quiet", state="before_kill")[1]["detail"] = '{"parked": ["p2p-000009"]}'
    refused_client(scribe, "p2p-000009")


def refused_instead(scribe: Scribe) -> None:
    """9 is refused to its owner although its fault passes."""
    drop(scribe, lambda row: not (row.get("txn_id") == "p2p-000009" and row.get("effect") == "create"))
    one(scribe, txn_id="p2p-000009", kind="commit", state="ordered")[1]["state"] = "refused"
    refresh_views(scribe)


def refused_for_a_closed_period(scribe: Scribe) -> None:
    """17 met a closed period only, and was refused to its owner, who cannot open one."""
    told = "expense.report.record_posting"
    drop(scribe, lambda row: not (row["kind"] == "parked" and row["entity_id"] == "ER-T1-000017"))
    drop(scribe, lambda row: not (row.get("txn_id") == "exp-000017" and row["phase"] == "redrive" and row.get("call_point") != told))
    for _, row in rows(scribe, txn_id="exp-000017", call_point=told):
        row["call_point"] = "expense.report.record_refusal"
        row.update({"state": "on_hold"} if row["kind"] == "commit" else {})
    refresh_views(scribe)


def refused_for_another_reason_too(scribe: Scribe) -> None:
    """17 met a closed period, and then the ERP no longer knew its employee: it is refused for what its owner can do something about."""
    refused_for_a_closed_period(scribe)
    call = [row for _, row in rows(scribe, txn_id="exp-000017", call_point="erp.ap_invoice.create")]
    other: Row = {"op_id": 99_999, "attempt": 2, "t_mono_ns": call[-1]["t_mono_ns"]}
    again = [{**row, **other, **({"code": "EMPLOYEE_UNKNOWN"} if "code" in row else {})} for row in call]
    insert(scribe, scribe.rows.index(call[-1]) + 1, *again)


def redriven_twice(scribe: Scribe) -> None:
    """12 becomes two orders when it is re-driven."""
    index, made = one(scribe, txn_id="p2p-000012", **CREATE)
    insert(scribe, index + 1, {**made, "entity_id": "4500077777", "ext_ref": None})


def redriven_in_vain(scribe: Scribe) -> None:
    """12 is still not posted after it was re-driven."""
    drop(scribe, lambda row: not (row.get("txn_id") == "p2p-000012" and row["kind"] == "commit" and "op_id" in row))
    refresh_views(scribe)


def parked_item(scribe: Scribe, reference: str) -> Row:
    """What the connector declared of it."""
    return one(scribe, kind="parked", entity_id=reference)[1]


def closed_period_as_connection(scribe: Scribe) -> None:
    """17 was refused because the period was closed, and is declared as something that passes by itself."""
    parked_item(scribe, "ER-T1-000017").update({"class": "transient", "owner": None})


def server_error_as_business(scribe: Scribe) -> None:
    """12 only ever met server errors, and is declared as refused by a rule of the business."""
    parked_item(scribe, "REQ-T1-000012").update({"class": "business", "owner": None})


def unknown_class(scribe: Scribe) -> None:
    """16 is declared with a word that nobody knows."""
    parked_item(scribe, "REQ-T1-000016")["class"] = "technical"


def closed_period_for_the_wrong_team(scribe: Scribe) -> None:
    """17 waits for the integration team, which cannot open a period."""
    parked_item(scribe, "ER-T1-000017")["owner"] = "Integration team"


def refused_shape_as_permission(scribe: Scribe) -> None:
    """16 was refused for its shape, and is declared as a matter of permissions."""
    parked_item(scribe, "REQ-T1-000016").update({"class": "authentication", "owner": None})


def fault_never_fired(scribe: Scribe) -> None:
    """9's fault was planned but did not happen."""
    drop(scribe, lambda row: not (row["kind"] == "fault_fired" and row.get("txn_id") == "p2p-000009"))


def marked_but_nothing_happened(scribe: Scribe) -> None:
    """10's call is marked as throttled, but the ERP did what it was asked for."""
    _, mark = one(scribe, kind="fault_fired", txn_id="p2p-000010")
    one(scribe, kind="decision", op_id=mark["op_id"])[1]["server_outcome"] = "committed"


def taken_back_by_nobody(scribe: Scribe) -> None:
    """13's approval was to be taken back in flight; nobody did."""
    drop(scribe, lambda row: not (row["kind"] == "source_action" and row.get("state") == "returned"))


def kept_waiting(scribe: Scribe) -> None:
    """While the expense tool is down for two minutes, 8, which does not need it, waits as long."""
    index, approved = one(scribe, txn_id="p2p-000008", kind="source_action", state="approved")
    head = {name: approved[name] for name in ("run_id", "t_mono_ns", "t_biz", "phase")}
    window = {**head, "call_point": "expense", "fault_id": "F-B5", "mode": "window"}
    for _, row in rows(scribe):
        if row["seq"] > approved["seq"]:
            row["t_mono_ns"] += 120_000_000_000
    insert(scribe, index, {**window, "kind": "fault_fired", "node": "harness", "experienced_by": ""})
    last = max(position for position, row in rows(scribe, txn_id="p2p-000008") if row["kind"] == "commit")
    ending = {**window, "kind": "fault_healed", "node": "expense", "t_mono_ns": scribe.rows[last]["t_mono_ns"] - 1}
    insert(scribe, last, ending)


PLANTED: tuple[tuple[str, str | None, Callable[[Scribe], None]], ...] = (
    ("V01", "p2p-000010", marked_but_nothing_happened),
    ("V01", "p2p-000013", taken_back_by_nobody),
    ("K01", "p2p-000009", new_key),
    ("K02", "p2p-000009", one_key_two_bodies),
    ("K04", "p2p-000015", refused_again),
    ("K05", "p2p-000012", endless),
    ("K06", "p2p-000010", impatient),
    ("K09", "p2p-000008", accepted_and_lost),
    ("K10", "p2p-000014", forged_accepted),
    ("K10", "p2p-000014", forged_acted_upon),
    ("K10", "p2p-000014", stale_accepted),
    ("K15", "p2p-000008", genuine_turned_away),
    ("L01", "p2p-000008", never_written_back),
    ("L01", "p2p-000008", stuck_until_restart),
    ("L01", "p2p-000008", stuck_and_then_excused),
    ("L04", "p2p-000008", restless),
    ("L06", "p2p-000009", lazily_parked),
    ("L06", "p2p-000009", lazily_parked_and_then_excused),
    ("L06", "p2p-000009", refused_instead),
    ("L06", "exp-000017", refused_for_a_closed_period),
    ("L08", "p2p-000012", redriven_twice),
    ("L08", "p2p-000012", redriven_in_vain),
    ("L10", "p2p-000008", kept_waiting),
    ("L09", "exp-000017", closed_period_as_connection),
    ("L09", "p2p-000012", server_error_as_business),
    ("L09", "p2p-000016", unknown_class),
    ("L09", "exp-000017", closed_period_for_the_wrong_team),
    ("L09", "p2p-000016", refused_shape_as_permission),
    ("V01", "p2p-000009", fault_never_fired),
)
