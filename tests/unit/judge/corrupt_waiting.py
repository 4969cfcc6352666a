"""What can be wrong in how a connector waits, and in its keys and events: planted into the correct run, and into one about neighbours."""

from collections.abc import Callable

from harness.judge.synthetic import Fault, Row, Scribe, order
from tests.unit.judge.history_builder import insert, one, refresh_views, rows

LATER = "p2p-000008"
LONG_NS = 1_000_000_000_000  # longer than any connector here may do nothing
POISON = Fault("F-B20", "422", commits=False, status=422, view="fail", arrival=0)


def key_of_another(scribe: Scribe) -> None:
    """8 is created under the key of 7: what 7 was answered is the answer."""
    _, other = one(scribe, kind="request", txn_id="p2p-000007", call_point="erp.po.create")
    one(scribe, kind="request", txn_id=LATER, call_point="erp.po.create")[1]["idem_key"] = other["idem_key"]


def refused_every_time(scribe: Scribe) -> None:
    """The event of 8, which is valid, is answered with 400 at both deliveries; the connector polls, so the order is made all the same."""
    answered(scribe, 400, 422)


def answered(scribe: Scribe, *statuses: int) -> None:
    """The deliveries of the event of 8, with these answers."""
    index, sent = one(scribe, kind="event_sent", txn_id=LATER)
    _, ack = one(scribe, kind="event_ack", op_id=sent["op_id"])
    more: list[Row] = []
    for number, status in enumerate(statuses, start=1):
        again: Row = {"op_id": sent["op_id"] if number == 1 else 80_000 + number, "attempt": number}
        more += [{**sent, **again}, {**ack, **again, "status": status}]
    scribe.rows[index : index + 2] = more


def shifted(scribe: Scribe, index: int, by_ns: int = LONG_NS) -> None:
    """Everything from this row on happens so much later."""
    for row in scribe.rows[index:]:
        row["t_mono_ns"] += by_ns


def never_drained(scribe: Scribe) -> None:
    """The ERP is down when 8 becomes due, comes back at once, and 8 goes on only long after."""
    outage(scribe)
    index, _ = one(scribe, kind="fault_healed", fault_id="F-B5")
    shifted(scribe, index + 1)


def outage(scribe: Scribe) -> None:
    """The ERP is down for a moment while 8 waits for it."""
    index, approved = one(scribe, txn_id=LATER, kind="source_action", state="approved")
    head = {name: approved[name] for name in ("run_id", "t_wall", "t_biz", "phase")} | {
        "call_point": "erp",
        "fault_id": "F-B5",
        "mode": "window",
    }
    begin: Row = {**head, "kind": "fault_fired", "node": "harness", "experienced_by": LATER, "t_mono_ns": approved["t_mono_ns"]}
    ending: Row = {**head, "kind": "fault_healed", "node": "erp", "t_mono_ns": approved["t_mono_ns"] + 1}
    insert(scribe, index + 1, begin, ending)


def never_looked_again(scribe: Scribe) -> None:
    """18 had no answer when the connector was killed, and nothing happened for a long time behind its start."""
    starts = [index for index, row in rows(scribe, kind="proc_start") if row["sut_gen"] == 2]
    shifted(scribe, starts[0] + 1)


def parked_at_last(scribe: Scribe) -> None:
    """The period of 17 was closed; that it is set aside was said only long after it had been refused."""
    index, _ = one(scribe, kind="phase", phase="quiesce")
    shifted(scribe, index)


def neighbours_run(busy_ms: int) -> Scribe:
    """Twelve orders by themselves, and twelve beside one that is refused again and again, each of which takes so long."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    for number in range(1, 13):
        order(scribe, number, wave="baseline-1", role="control")
    scribe.enter("wave-business")
    order(scribe, 50, wave="wave-business", role="faulted", step=("erp.po.create", POISON), settle=False)
    answer: Row = {
        "method": "POST",
        "status": 422,
        "view": "fail",
        "outcome": "not_reached",
        "code": "VALIDATION_FAILED",
        "body_hash": "b50",
    }
    for number in range(21, 33):
        scribe.call("erp.po.create", "p2p-000050", fault=POISON, **answer)
        order(scribe, number, wave="wave-business", role="control")
        written = [row for _, row in rows(scribe, txn_id=f"p2p-{number:06d}", kind="commit", state="ordered")]
        index = next(at for at, row in enumerate(scribe.rows) if row is written[0])
        shifted(scribe, index, busy_ms * 1_000_000)
        scribe.t_ms += busy_ms
    scribe.call("erp.po.create", "p2p-000050", fault=POISON, **answer)
    scribe.enter("final")
    refresh_views(scribe)
    return scribe


PLANTED: tuple[tuple[str, str | None, Callable[[Scribe], None]], ...] = (
    ("K03", LATER, key_of_another),
    ("K11", LATER, refused_every_time),
    ("L02", LATER, never_drained),
    ("L05", "p2p-000018", never_looked_again),
    ("L07", "exp-000017", parked_at_last),
)
