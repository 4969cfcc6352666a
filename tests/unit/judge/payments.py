"""Payment runs at the bank, row by row: a correct run of that flow alone, and what can be wrong in it. PLANTED is the list.

Each run pays two suppliers; of 2 the bank rejects the second payment.
"""

from collections.abc import Callable

from harness.judge.synthetic import DATES, PERIOD, Row, Scribe, final_views
from tests.unit.judge.history_builder import drop, insert, one, refresh_views, rows

FLOW = "payment-run-to-bank"
COMPANY, ACCOUNT, CURRENCY = "1000", "021000021-1234567890", "USD"  # as history_builder.CROSSWALKS has them
PAYEES = (("V100017", 60_000, "021000021-0000000017"), ("V100018", 38_000, "021000021-0000000018"))
REJECTED = {2: (2,)}  # payments by place, of runs by number
ONCE_HELD = 3  # of it the first invoice, until somebody released it
STEPS = ("propose", "review", "approve", "issue")
STATES = ("proposed", "reviewed", "approved", "file_issued")


def payments_run() -> Scribe:
    """The whole run, final reads included; nothing is wrong in it."""
    scribe = Scribe("t1")
    scribe.begin()
    scribe.enter("baseline-1")
    for number in (1, 2, 3):
        paid(scribe, number)
    scribe.enter("final")
    for view in final_views(scribe.rows):
        named = {"parent_id": file_of(int(view["entity_id"][-1]))} if view["entity_type"] == "payment_run" else {}
        scribe.row("read_view", **view, **named)
    scribe.end()
    return scribe


def txn(number: int) -> str:
    """The transaction of a run."""
    return f"pay-{number:06d}"


def file_of(number: int) -> str:
    """What the bank calls its file."""
    return f"PF-T1-{number:08d}"


def payment_of(number: int, place: int) -> str:
    """The end-to-end id of one of its payments."""
    return f"PR{number:08d}-{place:04d}"


def paid(scribe: Scribe, number: int) -> None:
    """From the proposal to the bank's word."""
    txn_id, run = txn(number), f"PR{number:08d}"
    scribe.experiment(txn_id, FLOW, wave="baseline-1", role="baseline", template=f"{FLOW}/US01")
    told: Row = {"amount_minor": sum(minor for _, minor, _ in PAYEES), "currency": CURRENCY, "company": COMPANY, **DATES}
    for version, (verb, state) in enumerate(zip(STEPS, STATES, strict=True), start=1):
        scribe.person(f"erp.payment_run.{verb}", txn_id, "payment_run", run, state, version=version, **told)
        if version == 1:
            scribe.rows[-1]["effect"] = "create"
        if verb in {"propose", "issue"}:
            of_run(scribe, number, "proposed" if version == 1 else "issued")
    scribe.event("wh.payment_run.issued", txn_id)
    scribe.call("erp.payment_run.read", txn_id)
    scribe.call("erp.payment_run.file", txn_id)
    uploaded(scribe, number)
    scribe.event("wh.payment_file.acknowledged", txn_id)
    scribe.call("bank.payment_file.read", txn_id)
    write_back(scribe, number)


def of_run(scribe: Scribe, number: int, state: str) -> None:
    """Its payments, as people brought them there."""
    for place, (payee, minor, account) in enumerate(PAYEES, start=1):
        row: Row = {"entity_type": "payment", "entity_id": payment_of(number, place), "parent_id": f"PR{number:08d}", "state": state}
        version = {"effect": "create", "version": 1} if state == "proposed" else {"effect": "update", "version": 2}
        said: Row = {"amount_minor": minor, "currency": CURRENCY, "company": COMPANY, "party": payee, "account": account}
        scribe.row("commit", "erp", txn_id=txn(number), **row, **version, **said, covers=invoice_of(number, place))
        for line in posted(number, place, "issue") if state == "issued" else ():
            scribe.row("commit", "erp", txn_id=txn(number), **line)
    if state == "proposed" and number == ONCE_HELD:
        for hold in ("held", "released"):
            scribe.row("commit", "erp", txn_id=txn(number), **held(number, hold))


def invoice_of(number: int, place: int) -> str:
    """What it pays."""
    return f"51{number:04d}{place:04d}"


def posted(number: int, place: int, how: str) -> list[Row]:
    """The ledger entry of its issue, or of what undoes that."""
    minor = PAYEES[place - 1][1] * (1 if how == "issue" else -1)
    parent = f"{payment_of(number, place)}/{how}"
    made: Row = {
        "entity_type": "journal_line",
        "effect": "create",
        "parent_id": parent,
        "company": COMPANY,
        "currency": CURRENCY,
        "period": PERIOD,
    }
    item: Row = {"account": "2000", "amount_minor": minor, "src_line": invoice_of(number, place), "category": "owed"}
    return [{**made, **item, "entity_id": f"{parent}/1"}, {**made, "account": "1010", "amount_minor": -minor, "entity_id": f"{parent}/2"}]


def held(number: int, state: str) -> Row:
    """A hold of the invoice that its first payment pays."""
    invoice = invoice_of(number, 1)
    said: Row = {"entity_type": "invoice_hold", "entity_id": f"{invoice}/H1", "parent_id": invoice, "category": "PRICE", "company": COMPANY}
    return {**said, "state": state, **({"effect": "create", "version": 1} if state == "held" else {"effect": "update", "version": 2})}


def uploaded(scribe: Scribe, number: int) -> None:
    """The bank takes the file, and looks at it a moment later."""
    txn_id = txn(number)
    call: Row = {"method": "POST", "status": 202, "outcome": "committed", "idem_key": f"k{number}", "body_hash": f"b{number}"}
    effects = [at_bank(number, None, "received"), *(at_bank(number, place, "received") for place in (1, 2))]
    scribe.call("bank.payment_file.upload", txn_id, effects=effects, ext_ref=f"PR{number:08d}", **call)
    rejected = REJECTED.get(number, ())
    words = [(None, "partially_accepted" if rejected else "accepted")]
    for place, state in [*words, *((each, "rejected" if each in rejected else "accepted") for each in (1, 2))]:
        after: Row = {**at_bank(number, place, state), "effect": "update", "version": 2}
        scribe.row("commit", "bank", txn_id=txn_id, call_point="bank.payment_file.upload", **after)


def at_bank(number: int, place: int | None, state: str) -> Row:
    """The file (None), or one payment of it."""
    head: Row = {"effect": "create", "version": 1, "state": state, "company": ACCOUNT, "currency": CURRENCY, **DATES}
    if place is None:
        minor = sum(each for _, each, _ in PAYEES)
        return {**head, "entity_type": "payment_file", "entity_id": file_of(number), "amount_minor": minor, "ext_ref": f"PR{number:08d}"}
    _, minor, account = PAYEES[place - 1]
    said: Row = {"entity_type": "bank_payment", "entity_id": f"BP-T1-{number:04d}{place:04d}", "ext_ref": payment_of(number, place)}
    return {**head, **said, "amount_minor": minor, "party": account}


def write_back(scribe: Scribe, number: int) -> None:
    """Rejected payments first, then the file, with which the others are accepted."""
    txn_id, rejected = txn(number), REJECTED.get(number, ())
    put: Row = {"method": "PUT", "outcome": "committed"}
    for place in rejected:
        word: Row = {**told_of(number, place, "rejected"), "base_version": 2}
        scribe.call(
            "erp.payment.record_status", txn_id, effects=[word, *posted(number, place, "rejected")], body_hash=f"r{number}.{place}", **put
        )
    run: Row = {"entity_type": "payment_run", "entity_id": f"PR{number:08d}", "effect": "update", "state": "acknowledged", "version": 5}
    others = [told_of(number, place, "accepted") for place in (1, 2) if place not in rejected]
    effects = [{**run, "base_version": 4}, *others]
    scribe.call("erp.payment_run.record_status", txn_id, effects=effects, body_hash=f"p{number}", **put)


def told_of(number: int, place: int, state: str) -> Row:
    """The bank's word on a payment, as the ERP has it."""
    payee, minor, account = PAYEES[place - 1]
    said: Row = {"entity_type": "payment", "entity_id": payment_of(number, place), "effect": "update", "state": state, "version": 3}
    return {**said, "amount_minor": minor, "currency": CURRENCY, "company": COMPANY, "party": payee, "account": account}


# --- what can be wrong


def paid_again(scribe: Scribe) -> None:
    """Both payments of 1 are at the bank once more, one by one."""
    index, _ = one(scribe, txn_id=txn(1), kind="decision", call_point="bank.payment_file.upload")
    made = [row for _, row in rows(scribe, txn_id=txn(1), entity_type="bank_payment", effect="create")]
    insert(scribe, index, *({**row, "entity_id": f"BP-T1-9{number:07d}", "state": "accepted"} for number, row in enumerate(made)))


def to_the_other(scribe: Scribe) -> None:
    """The two payees of 1 get each other's money: the sum of the file is right."""
    first, second = (row for _, row in rows(scribe, txn_id=txn(1), entity_type="bank_payment", effect="create"))
    first["party"], second["party"] = second["party"], first["party"]


def shifted(scribe: Scribe) -> None:
    """A part of one payment of 1 went to the other: the sum of the file is right."""
    first, second = (row for _, row in rows(scribe, txn_id=txn(1), entity_type="bank_payment", effect="create"))
    first["amount_minor"], second["amount_minor"] = first["amount_minor"] - 1_000, second["amount_minor"] + 1_000


def left_out(scribe: Scribe) -> None:
    """The second payment of 3 never came to the bank."""
    drop(scribe, lambda row: row.get("entity_id") != "BP-T1-00030002")


def rejection_untold(scribe: Scribe) -> None:
    """The ERP believes that the bank took the second payment of 2."""
    one(scribe, txn_id=txn(2), entity_type="payment", state="rejected", kind="commit")[1]["state"] = "accepted"


def rejection_invented(scribe: Scribe) -> None:
    """The bank took the first payment of 2, and the ERP owes it again."""
    _, row = one(scribe, txn_id=txn(2), entity_type="payment", entity_id=payment_of(2, 1), state="accepted", kind="commit")
    row["state"] = "rejected"


def never_uploaded(scribe: Scribe) -> None:
    """The run 1 says that the bank has its file; the bank knows nothing of it."""
    drop(scribe, lambda row: not (row.get("txn_id") == txn(1) and row["node"] == "bank" and row["kind"] == "commit"))
    refresh_views(scribe)


def uploaded_twice(scribe: Scribe) -> None:
    """The bank has the file of 1 twice."""
    index, made = one(scribe, txn_id=txn(1), entity_type="payment_file", effect="create")
    insert(scribe, index + 1, {**made, "entity_id": "PF-T1-99999999", "ext_ref": None})


def never_released(scribe: Scribe) -> None:
    """Nobody released the hold of an invoice of 3, and it was paid."""
    drop(scribe, lambda row: not (row.get("entity_type") == "invoice_hold" and row.get("state") == "released"))


def not_owed_again(scribe: Scribe) -> None:
    """The bank rejected the second payment of 2, and nothing of it was undone."""
    drop(scribe, lambda row: row.get("parent_id") != f"{payment_of(2, 2)}/rejected")


def owed_again_in_part(scribe: Scribe) -> None:
    """A part of it stays under way."""
    for _, row in rows(scribe, parent_id=f"{payment_of(2, 2)}/rejected"):
        row["amount_minor"] += 100 if row["account"] == "2000" else -100


def owed_again_though_taken(scribe: Scribe) -> None:
    """The bank took the first payment of 1, and its invoice is open again."""
    index, _ = one(scribe, txn_id=txn(1), kind="commit", entity_id=payment_of(1, 1), state="accepted")
    at = {name: scribe.rows[index][name] for name in ("run_id", "t_mono_ns", "t_wall", "t_biz", "phase", "kind", "node", "txn_id", "op_id")}
    insert(scribe, index + 1, *({**at, **line} for line in posted(1, 1, "rejected")))


def from_another_account(scribe: Scribe) -> None:
    """Another company pays for 1."""
    for _, row in rows(scribe, txn_id=txn(1), entity_type="payment_file"):
        row["company"] = "DE89370400440532013000"


PLANTED: tuple[tuple[str, str, Callable[[Scribe], None]], ...] = (
    ("Y01", txn(1), paid_again),
    ("Y02", txn(1), to_the_other),
    ("Y02", txn(1), shifted),
    ("Y02", txn(3), left_out),
    ("Y03", txn(2), rejection_untold),
    ("Y03", txn(2), rejection_invented),
    ("Y03", txn(1), never_uploaded),
    ("C01", txn(1), uploaded_twice),
    ("C02", txn(1), uploaded_twice),
    ("C03", txn(1), never_uploaded),
    ("C07", txn(1), from_another_account),
    ("Y04", txn(3), never_released),
    ("Y06", txn(2), not_owed_again),
    ("Y06", txn(2), owed_again_in_part),
    ("Y06", txn(1), owed_again_though_taken),
)
