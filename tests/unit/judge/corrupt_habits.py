"""What a connector can make a habit of, planted into the correct run: hammering, storming, not waiting, an old token, blind writes."""

from collections.abc import Callable

from harness.judge.synthetic import Row, Scribe
from tests.unit.judge.history_builder import insert, one, rows

CALL = ("request", "decision", "response_end")
TXN = "p2p-000012"  # which has a fault that does not pass: whatever it meets is in vain


def calls(scribe: Scribe, count: int, gap_ms: float, *, phase: str | None = None, **answer: object) -> None:
    """So many calls in vain more, one after another, behind the ones that 12 makes anyway."""
    index = max(position for position, row in rows(scribe, txn_id=TXN, attempt=3) if row["kind"] in CALL) + 1
    pattern = [row for _, row in rows(scribe, txn_id=TXN, attempt=3) if row["kind"] in CALL]
    new: list[Row] = []
    for n in range(count):
        at = pattern[-1]["t_mono_ns"] + int((n + 1) * gap_ms * 1e6)
        for offset, row in enumerate(pattern):
            told = dict(answer) if row["kind"] != "request" else {}
            new.append(
                {**row, **told, "op_id": 70_000 + n, "attempt": 4 + n, "t_mono_ns": at + offset, **({"phase": phase} if phase else {})}
            )
    insert(scribe, index, *new)


def hammers(scribe: Scribe) -> None:
    """A hundred attempts in a loop of 3 ms."""
    calls(scribe, 100, 3)


def persists(scribe: Scribe) -> None:
    """A hundred attempts, each a retry base of 50 ms after the one before."""
    calls(scribe, 100, 50)


def storms(scribe: Scribe) -> None:
    """A hundred calls within 300 ms at a system in maintenance."""
    calls(scribe, 100, 3, phase="run-F-B5-erp", status=503, code="MAINTENANCE", client_view="fail")


def looks_again(scribe: Scribe) -> None:
    """Fifteen calls, each a retry base after the one before, at a system in maintenance."""
    calls(scribe, 15, 50, phase="run-F-B5-erp", status=503, code="MAINTENANCE", client_view="fail")


def is_refused(scribe: Scribe, count: int, gap_ms: float) -> None:
    """So many requests for a token while the client is refused; the transaction waits for one of them."""
    phase = "run-F-B11-identity"
    before = len(scribe.rows)
    calls(scribe, count, gap_ms, phase=phase, status=401, code="INVALID_CLIENT", client_view="fail")
    index = next(position for position, row in enumerate(scribe.rows) if row.get("phase") == phase)
    for row in scribe.rows[index : index + len(scribe.rows) - before]:
        row.update(txn_id=None, node="identity", call_point="identity.token.issue", phase=phase)
    met = {
        "kind": "fault_fired",
        "node": "harness",
        "call_point": "identity",
        "fault_id": "F-B11",
        "mode": "refused",
        "experienced_by": TXN,
    }
    insert(scribe, index, {"t_mono_ns": scribe.rows[index]["t_mono_ns"], "phase": phase, **met})


def never_waits(scribe: Scribe) -> None:
    """Twenty answers ask for a second, and every next call comes after 10 ms."""
    calls(scribe, 20, 10, status=429, code="RATE_LIMITED", client_view="fail", retry_after_ms=1000)


def keeps_its_token(scribe: Scribe) -> None:
    """Twelve calls with a token that was refused, over twelve seconds."""
    calls(scribe, 12, 1_000, phase="run-F-B10-identity", status=401, code="TOKEN_INVALID", client_view="fail")


def hurries(scribe: Scribe) -> None:
    """Four attempts with pauses of 200, 100 and 50 ms."""
    start = rows_of(scribe, "p2p-000011")
    index = start[-1][0] + 1
    pattern = [row for _, row in start if row["kind"] in CALL][-3:]
    told: Row = {"status": 500, "code": "INTERNAL_ERROR", "client_view": "info", "retry_after_ms": None}
    new: list[Row] = []
    at = pattern[-1]["t_mono_ns"]
    for n, pause_ms in enumerate((0, 200, 100, 50)):
        at += int(pause_ms * 1e6)
        for row in pattern:
            moment: Row = {"op_id": 71_000 + n, "attempt": 1 + n, "t_mono_ns": at, "call_point": "erp.po.read"}
            new.append({**row, **(told if row["kind"] != "request" else {}), **moment})
    insert(scribe, index, *new)


def rows_of(scribe: Scribe, txn_id: str) -> list[tuple[int, Row]]:
    """What belongs to it."""
    return list(rows(scribe, txn_id=txn_id))


def unanswered(scribe: Scribe) -> None:
    """The event of 8 is not answered while its sender waits."""
    _, sent = one(scribe, kind="event_sent", txn_id="p2p-000008")
    _, ack = one(scribe, kind="event_ack", op_id=sent["op_id"])
    ack.update(status=None, reason="TimeoutError", t_mono_ns=sent["t_mono_ns"] + 5_000_000_000)


def blind_write(scribe: Scribe) -> None:
    """8 is written back without If-Match, although the requisition has a version."""
    one(scribe, txn_id="p2p-000008", kind="commit", state="ordered")[1].update(version=7, base_version=None)


def untraced(scribe: Scribe) -> None:
    """The order of 8 is made by a call that names no correlation id, so the ERP gave it one."""
    one(scribe, txn_id="p2p-000008", kind="commit", entity_type="purchase_order")[1]["corr_id"] = "dc-0123456789abcdef"


PLANTED: tuple[tuple[str, str | None, Callable[[Scribe], None]], ...] = (
    ("K05", TXN, hammers),
    ("K06", TXN, never_waits),
    ("K07", "p2p-000011", hurries),
    ("K08", TXN, storms),
    ("K12", "p2p-000008", unanswered),
    ("K13", TXN, keeps_its_token),
    ("K14", "p2p-000008", blind_write),
    ("K16", "p2p-000008", untraced),
)
