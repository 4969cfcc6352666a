"""What can be wrong in the books, planted into the correct run: rule, transaction, and the change. PLANTED is the list."""

from collections.abc import Callable

from harness.judge.synthetic import Row, Scribe
from tests.unit.judge.history_builder import drop, insert, one, refresh_views, rows

CREATE: Row = {"kind": "commit", "entity_type": "purchase_order", "effect": "create"}


def second_order(scribe: Scribe) -> None:
    """The retry of 9 makes a second order."""
    index, made = one(scribe, txn_id="p2p-000009", **CREATE)
    insert(scribe, index + 1, {**made, "entity_id": "4500099999", "ext_ref": None})


def second_order_undone(scribe: Scribe) -> None:
    """As above, but the second order is cancelled later: right at rest, wrong on the way."""
    second_order(scribe)
    index, made = one(scribe, entity_id="4500099999")
    insert(scribe, index + 1, {**made, "effect": "reverse", "state": "cancelled"})


def lost(scribe: Scribe) -> None:
    """Nothing was ever done for 8."""
    drop(
        scribe,
        lambda row: not (row.get("txn_id") == "p2p-000008" and row["kind"] in {"commit", "request", "response_end"} and "op_id" in row),
    )
    refresh_views(scribe)


def falsely_parked(scribe: Scribe) -> None:
    """8 is posted, and declared as parked and not posted."""
    index, parked = one(scribe, kind="parked")
    insert(scribe, index, {**parked, "entity_id": "REQ-T1-000008", "retryable": False})


def unattributed(scribe: Scribe) -> None:
    """An order without any source document."""
    index, made = one(scribe, txn_id="p2p-000008", **CREATE)
    insert(scribe, index, {**made, "op_id": None, "txn_id": None, "entity_id": "4500088888", "ext_ref": None})


def wrong_amount(scribe: Scribe) -> None:
    """8 was ordered for one unit too much."""
    one(scribe, txn_id="p2p-000008", **CREATE)[1]["amount_minor"] += 100


def wrong_company(scribe: Scribe) -> None:
    """8 was ordered in another company."""
    one(scribe, txn_id="p2p-000008", **CREATE)[1]["company"] = "2000"


def coded(scribe: Scribe, txn_id: str, **columns: object) -> Row:
    """A coded line of a transaction's document."""
    return one(scribe, txn_id=txn_id, kind="commit", **columns)[1]


def day_before(scribe: Scribe) -> None:
    """The order of 8 is dated a day too early."""
    one(scribe, txn_id="p2p-000008", entity_type="purchase_order", effect="create")[1]["document_date"] = "2026-10-27"


def another_posting_day(scribe: Scribe) -> None:
    """The invoice of exp 8 is posted on another day of the right period."""
    one(scribe, txn_id="exp-000008", entity_type="ap_invoice", effect="create")[1]["posting_date"] = "2026-10-01"


def default_account(scribe: Scribe) -> None:
    """The order of 8 went to the account for everything that has no rule."""
    coded(scribe, "p2p-000008", entity_type="order_line")["account"] = "5990"


def other_known_account(scribe: Scribe) -> None:
    """The hotel of exp 8 was booked as a taxi."""
    coded(scribe, "exp-000008", entity_type="journal_line", account="5100")["account"] = "5110"


def tax_lost(scribe: Scribe) -> None:
    """The tax of exp 8 was taken for nothing and booked as cost: total, company and cost centre are right."""
    index, tax = one(scribe, txn_id="exp-000008", kind="commit", entity_type="journal_line", account="1100")
    coded(scribe, "exp-000008", entity_type="journal_line", account="5100")["amount_minor"] += tax["amount_minor"]
    del scribe.rows[index]


def foreign_cost_center(scribe: Scribe) -> None:
    """The order of 8 was booked on a cost centre of somebody else."""
    coded(scribe, "p2p-000008", entity_type="journal_line")["cost_center"] = "4712000"


def two_lines_one_center(scribe: Scribe) -> None:
    """8 asked for two cost centres; the order is on the first one alone."""
    index, line = one(scribe, txn_id="p2p-000008", entity_type="source_line")
    share = {"entity_id": line["entity_id"] + "b", "cost_center": "US-SAL-01", "amount_minor": 1_000}
    line["amount_minor"] -= 1_000
    insert(scribe, index + 1, {**line, **share})


def other_supplier(scribe: Scribe) -> None:
    """8 was ordered from somebody else."""
    one(scribe, txn_id="p2p-000008", **CREATE)[1]["party"] = "V100018"


def other_employee(scribe: Scribe) -> None:
    """The claim of exp 8 is owed to a colleague."""
    coded(scribe, "exp-000008", entity_type="ap_invoice", effect="create")["party"] = "10081361"


def project_left_out(scribe: Scribe) -> None:
    """The order of 8 is on no project."""
    del coded(scribe, "p2p-000008", entity_type="order_line")["project"]


def other_project(scribe: Scribe) -> None:
    """The order of 8 is on another project."""
    coded(scribe, "p2p-000008", entity_type="order_line")["project"] = "P-0008"


def other_approver(scribe: Scribe) -> None:
    """The order of 8 names somebody who never saw the requisition."""
    one(scribe, txn_id="p2p-000008", **CREATE)[1]["approvers"] = "10081361"


def approver_left_out(scribe: Scribe) -> None:
    """Two approved 8; the order names one of them."""
    for _, row in rows(scribe, txn_id="p2p-000008", state="approved"):
        row["approvers"] = "U9 U2"


def other_route(scribe: Scribe) -> None:
    """The claim of exp 8 was posted as a journal although its entity posts invoices."""
    for _, row in rows(scribe, txn_id="exp-000008"):
        if row.get("call_point") == "erp.ap_invoice.create":
            row["call_point"] = "erp.journal.create"
        if row.get("entity_type") == "ap_invoice":
            row["entity_type"] = "journal_entry"


def unbalanced(scribe: Scribe) -> None:
    """One line of 8 lost a cent."""
    one(scribe, txn_id="p2p-000008", kind="commit", entity_type="journal_line")[1]["amount_minor"] -= 1


def next_period(scribe: Scribe) -> None:
    """8 slipped into November."""
    one(scribe, txn_id="p2p-000008", **CREATE)[1]["period"] = "2026-11"


def into_closed_period(scribe: Scribe) -> None:
    """The invoice of exp 9 was posted while October was closed."""
    index, made = one(scribe, txn_id="exp-000009", kind="commit", entity_type="ap_invoice", state="posted")
    del scribe.rows[index]
    insert(scribe, one(scribe, call_point="erp.period.reopen")[0], made)


def before_approval(scribe: Scribe) -> None:
    """The order of 8 comes before the approval."""
    index, made = one(scribe, txn_id="p2p-000008", **CREATE)
    del scribe.rows[index]
    insert(scribe, one(scribe, txn_id="p2p-000008", state="approved")[0], made)


def never_cancelled(scribe: Scribe) -> None:
    """13's order stays although its approval was taken back."""
    drop(scribe, lambda row: not (row.get("txn_id") == "p2p-000013" and row.get("call_point") == "erp.po.cancel"))
    refresh_views(scribe)


def older_revision(scribe: Scribe) -> None:
    """8 is written back from revision 1 after an order from revision 2."""
    one(scribe, txn_id="p2p-000008", **CREATE)[1]["src_version"] = 2


def one_reference_twice(scribe: Scribe) -> None:
    """The order of 8 carries the reference of 7's."""
    one(scribe, txn_id="p2p-000008", **CREATE)[1]["ext_ref"] = "REQ-T1-000007"


def under_a_foreign_correlation_id(scribe: Scribe) -> None:
    """The order of 8 is traced to the requisition of 7."""
    one(scribe, txn_id="p2p-000008", **CREATE)[1]["corr_id"] = "c-p2p-000007"


def told_under_a_foreign_correlation_id(scribe: Scribe) -> None:
    """8's own order is written back as if it were 7's business."""
    one(scribe, txn_id="p2p-000008", kind="commit", state="ordered")[1]["corr_id"] = "c-p2p-000007"


def accepted_under_a_foreign_correlation_id(scribe: Scribe) -> None:
    """The invoice of exp 8, which the ERP makes after its answer, is traced to an order."""
    _, made = one(scribe, txn_id="exp-000008", kind="commit", entity_type="ap_invoice", effect="create")
    made.update(corr_id="c-p2p-000007", op_id=None)


def never_written_back(scribe: Scribe) -> None:
    """8 is ordered, but the requisition never learns of it."""
    drop(scribe, lambda row: not (row.get("txn_id") == "p2p-000008" and row.get("state") == "ordered"))
    refresh_views(scribe)


def other_account(scribe: Scribe) -> None:
    """9, whose answer was lost, is booked on another account than its twins."""
    for _, row in rows(scribe, txn_id="p2p-000009", account="9200"):
        row["account"] = "9210"


def told_again_otherwise(scribe: Scribe) -> None:
    """9 is ordered, and later closed by the connector: the order itself is right."""
    index, told = one(scribe, txn_id="p2p-000009", kind="commit", state="ordered")
    insert(scribe, index + 1, {**told, "state": "closed"})


def told_of_an_older_revision(scribe: Scribe) -> None:
    """9 was amended and approved again; what is written back is about the first revision."""
    _, told = one(scribe, txn_id="p2p-000009", kind="commit", state="ordered")
    told["src_version"] = 0


def detour(scribe: Scribe) -> None:
    """9 ends well, but with a document made and cancelled on the way."""
    second_order_undone(scribe)


def ordered_while_blocked(scribe: Scribe) -> None:
    """15 is ordered after its supplier was blocked."""
    _, made = one(scribe, txn_id="p2p-000014", **CREATE)
    index, _ = one(scribe, txn_id="p2p-000015", kind="response_end", call_point="erp.po.create")
    insert(
        scribe,
        index,
        {**made, "txn_id": "p2p-000015", "entity_id": "4500000015", "op_id": None, "amount_minor": 20_555, "party": "V900015"},
    )


def wrong_number_recorded(scribe: Scribe) -> None:
    """8 names another order than its own."""
    one(scribe, kind="read_view", txn_id="p2p-000008", entity_type="requisition")[1]["parent_id"] = "4500000001"


def only_line_missing(scribe: Scribe) -> None:
    """The order of 8 has no line."""
    drop(scribe, lambda row: not (row.get("txn_id") == "p2p-000008" and row.get("entity_type") == "order_line"))


def line_of_another_company(scribe: Scribe) -> None:
    """A ledger line of exp 8 is in another company than its invoice."""
    coded(scribe, "exp-000008", entity_type="journal_line")["company"] = "9999"


def line_of_another_period(scribe: Scribe) -> None:
    """The same, with the period."""
    coded(scribe, "exp-000008", entity_type="journal_line")["period"] = "1999-01"


def line_in_another_currency(scribe: Scribe) -> None:
    """The same, with the currency."""
    coded(scribe, "p2p-000008", entity_type="order_line")["currency"] = "ZZZ"


def lines_and_header_apart(scribe: Scribe) -> None:
    """The lines of exp 8 balance, over another amount than the invoice."""
    for _, line in rows(scribe, txn_id="exp-000008", entity_type="journal_line", kind="commit"):
        line["amount_minor"] *= 2


def reversal_without_lines(scribe: Scribe) -> None:
    """13's order was cancelled; the ledger was never put right."""
    drop(scribe, lambda row: not str(row.get("parent_id", "")).endswith("-R"))


def reversed_by_half(scribe: Scribe) -> None:
    """13's order was cancelled over half of its amount."""
    _, undo = one(scribe, txn_id="p2p-000013", effect="reverse")
    undo["amount_minor"] //= 2


def read_as_cancelled(scribe: Scribe) -> None:
    """The final read of 8's order says something else than its last change."""
    one(scribe, kind="read_view", txn_id="p2p-000008", entity_type="purchase_order")[1]["state"] = "cancelled"


def read_with_another_amount(scribe: Scribe) -> None:
    """The same, with the amount."""
    one(scribe, kind="read_view", txn_id="p2p-000008", entity_type="purchase_order")[1]["amount_minor"] += 1


def told_before_it_was_posted(scribe: Scribe) -> None:
    """The report of 8 was told that it is posted while the ERP had only accepted it."""
    index, posted = one(scribe, kind="commit", txn_id="exp-000008", entity_type="ap_invoice", state="posted")
    del scribe.rows[index]
    told, _ = one(scribe, kind="commit", txn_id="exp-000008", entity_type="expense_report", state="posted")
    insert(scribe, told + 1, posted)


def refusal_overwritten(scribe: Scribe) -> None:
    """8 was refused to its owner, then ordered, with nobody correcting it in between."""
    index, told = one(scribe, kind="commit", txn_id="p2p-000008", state="ordered")
    insert(scribe, index, {**told, "state": "refused"})


def of_nobodys_transaction(scribe: Scribe) -> None:
    """An order under a transaction that was never begun."""
    index, made = one(scribe, txn_id="p2p-000008", **CREATE)
    insert(scribe, index, {**made, "op_id": None, "txn_id": "p2p-000999", "entity_id": "4500088888", "ext_ref": None})


def centers_swapped(scribe: Scribe) -> None:
    """8's two lines of one amount are each on the other's cost centre: every account, cost centre and project adds up."""
    index, line = one(scribe, txn_id="p2p-000008", entity_type="source_line")
    line["amount_minor"] //= 2
    insert(scribe, index + 1, {**line, "entity_id": line["entity_id"] + "b", "project": "PRJ-8", "cost_center": "US-SAL-01"})
    index, coding = one(scribe, txn_id="p2p-000008", entity_type="order_line")
    coding |= {"amount_minor": line["amount_minor"], "cost_center": "4712000"}
    insert(scribe, index + 1, {**coding, "entity_id": coding["entity_id"] + "b", "project": "P-0008", "cost_center": "4711000"})
    _, made = one(scribe, txn_id="p2p-000008", **CREATE)
    for _, row in rows(scribe, txn_id="p2p-000008"):  # halves of an odd amount
        if row.get("amount_minor") == made["amount_minor"]:
            row["amount_minor"] = 2 * line["amount_minor"]


def names_no_order(scribe: Scribe) -> None:
    """8 says that it is ordered, and not what."""
    del one(scribe, kind="read_view", txn_id="p2p-000008", entity_type="requisition")[1]["parent_id"]


def refused_and_ordered(scribe: Scribe) -> None:
    """8 is refused at the end, and its order is live."""
    for _, row in rows(scribe, txn_id="p2p-000008", entity_type="requisition", state="ordered"):
        row["state"] = "refused"


def lose_expense(scribe: Scribe) -> None:
    """Nothing was ever done for exp 8."""
    drop(scribe, lambda row: not (row.get("txn_id") == "exp-000008" and row["kind"] in {"commit", "request"} and row["node"] == "erp"))
    drop(scribe, lambda row: not (row.get("txn_id") == "exp-000008" and row.get("state") == "posted"))
    refresh_views(scribe)


PLANTED: tuple[tuple[str, str | None, Callable[[Scribe], None]], ...] = (
    ("C01", "p2p-000009", second_order),
    ("C01", "p2p-000009", second_order_undone),
    ("C02", "p2p-000009", second_order),
    ("C03", "p2p-000008", lost),
    ("C04", "p2p-000008", falsely_parked),
    ("C05", None, unattributed),
    ("C06", "p2p-000008", wrong_amount),
    ("C07", "p2p-000008", wrong_company),
    ("C07", "p2p-000008", foreign_cost_center),
    ("C15", "p2p-000008", other_approver),
    ("C15", "p2p-000008", approver_left_out),
    ("C14", "exp-000008", other_route),
    ("C07", "p2p-000008", other_supplier),
    ("C07", "exp-000008", other_employee),
    ("C07", "p2p-000008", project_left_out),
    ("C07", "p2p-000008", other_project),
    ("C07", "p2p-000008", two_lines_one_center),
    ("C08", "p2p-000008", unbalanced),
    ("C09", "exp-000008", line_of_another_period),
    ("C12", "p2p-000008", next_period),
    ("C13", "exp-000009", into_closed_period),
    ("C14", "p2p-000008", default_account),
    ("C14", "exp-000008", other_known_account),
    ("C14", "exp-000008", tax_lost),
    ("C15", "p2p-000008", before_approval),
    ("C16", "p2p-000013", never_cancelled),
    ("C17", "p2p-000008", older_revision),
    ("C18", "p2p-000008", day_before),
    ("C18", "exp-000008", another_posting_day),
    ("C22", "p2p-000008", only_line_missing),
    ("C22", "exp-000008", line_of_another_company),
    ("C22", "exp-000008", line_of_another_period),
    ("C22", "p2p-000008", line_in_another_currency),
    ("C22", "exp-000008", lines_and_header_apart),
    ("C23", "p2p-000013", reversal_without_lines),
    ("C23", "p2p-000013", reversed_by_half),
    ("C24", "p2p-000008", read_as_cancelled),
    ("C24", "p2p-000008", read_with_another_amount),
    ("C25", "exp-000008", told_before_it_was_posted),
    ("C25", "p2p-000008", refusal_overwritten),
    ("C05", "p2p-000999", of_nobodys_transaction),
    ("C14", "p2p-000008", centers_swapped),
    ("P08", "p2p-000008", names_no_order),
    ("P08", "p2p-000008", refused_and_ordered),
    ("C20", "p2p-000008", one_reference_twice),
    ("C26", "p2p-000008", under_a_foreign_correlation_id),
    ("C26", "p2p-000008", told_under_a_foreign_correlation_id),
    ("C26", "exp-000008", accepted_under_a_foreign_correlation_id),
    ("D01", "p2p-000009", other_account),
    ("D01", "p2p-000009", told_again_otherwise),
    ("D01", "p2p-000009", told_of_an_older_revision),
    ("D02", "p2p-000009", detour),
    ("P01", "p2p-000008", lost),
    ("E01", "exp-000008", lose_expense),
    ("P06", "p2p-000015", ordered_while_blocked),
    ("P08", "p2p-000008", wrong_number_recorded),
    ("P08", "p2p-000008", never_written_back),
)
