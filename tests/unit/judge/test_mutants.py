"""One column, or one row, of a good history is changed: none of them passes. The declared rule finds it, or the run proves nothing.

The corruptions that tell a whole story are in test_planted_corruptions.py; here each column of the record is touched by itself. What no
rule can see, because the history says it nowhere else, is listed with its reason in EQUIVALENT.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.judge.invariants import load_invariants
from harness.judge.synthetic import Row, Scribe
from tests.unit.judge.history_builder import clean_run, insert, invariant, judged, one
from tests.unit.judge.one_question import answer, gaps

GAP = "not enough evidence"
P2P, EXP = "p2p-000008", "exp-000008"
ORDER: Row = {"kind": "commit", "txn_id": P2P, "entity_type": "purchase_order"}
INVOICE: Row = {"kind": "commit", "txn_id": EXP, "entity_type": "ap_invoice"}
ORDER_LINE: Row = {"kind": "commit", "txn_id": P2P, "entity_type": "order_line"}
LEDGER: Row = {"kind": "commit", "txn_id": EXP, "entity_type": "journal_line"}
ASKED: Row = {"kind": "commit", "txn_id": P2P, "entity_type": "source_line"}
APPROVED: Row = {"kind": "commit", "txn_id": P2P, "entity_type": "requisition", "state": "approved"}
TOLD: Row = {"kind": "commit", "txn_id": P2P, "entity_type": "requisition", "state": "ordered"}
READ: Row = {"kind": "read_view", "txn_id": P2P, "entity_type": "purchase_order"}
READ_SOURCE: Row = {"kind": "read_view", "txn_id": P2P, "entity_type": "requisition"}
READ_REPORT: Row = {"kind": "read_view", "txn_id": EXP, "entity_type": "expense_report"}
UNDONE: Row = {"kind": "commit", "txn_id": "p2p-000013", "effect": "reverse"}
MARK: Row = {"kind": "fault_fired", "txn_id": "p2p-000009"}
DEED: Row = {"kind": "source_action", "txn_id": P2P, "state": "approved"}
CALL: Row = {"call_point": "erp.po.create", "txn_id": P2P}
ASK, DECIDED, ANSWER = ({**CALL, "kind": kind} for kind in ("request", "decision", "response_end"))
LISTED: Row = {"kind": "request", "call_point": "erp.coding.check", "txn_id": P2P}
SENT: Row = {"kind": "event_sent", "txn_id": P2P}
HEARD: Row = {"kind": "event_ack", "txn_id": P2P}
MEMO: Row = {"kind": "commit", "txn_id": P2P, "entity_type": "journal_line"}
PLAYED: Row = {"kind": "experiment", "txn_id": P2P}
WINDOW: Row = {"kind": "fault_fired", "fault_id": "F-F3"}
BLOCKED: Row = {"kind": "source_action", "entity_type": "supplier"}
PARKED: Row = {"kind": "parked", "entity_id": "ER-T1-000017"}
UNKNOWN_STATE = "gives no meaning"
GONE = object()  # the row is dropped
TWICE = object()  # the row is there twice


@dataclass(frozen=True)
class Mutant:
    """The first row like `row` gets another value (None: it lacks the column). found_by: a rule, GAP, or what the run says."""

    row: Row
    column: str
    value: Any
    found_by: str
    whole: bool = False  # judged as a whole, because only the whole judgement shows it, or for all of its kind

    def __str__(self) -> str:
        what = {id(GONE): "gone", id(TWICE): "twice"}.get(id(self.value), self.value)
        return "-".join(str(part) for part in (self.row["kind"], self.row.get("entity_type", ""), self.column, what))


MUTANTS = (
    Mutant(ORDER, "amount_minor", 1, "C06", whole=True),
    Mutant(ORDER, "amount_minor", None, GAP, whole=True),
    Mutant(ORDER, "currency", "ZZZ", "C06"),
    Mutant(ORDER, "currency", None, GAP),
    Mutant(ORDER, "company", "9999", "C07"),
    Mutant(ORDER, "company", None, GAP),
    Mutant(ORDER, "period", "1999-01", "C12"),
    Mutant(ORDER, "period", None, GAP),
    Mutant(ORDER, "party", "V100018", "C07"),
    Mutant(ORDER, "party", None, GAP),
    Mutant(ORDER, "approvers", "10081360", "C15"),
    Mutant(ORDER, "approvers", None, "C15"),
    Mutant(ORDER, "document_date", "2020-01-01", "C18"),
    Mutant(ORDER, "document_date", None, GAP),
    Mutant(ORDER, "posting_date", "2026-10-01", "C18"),
    Mutant(ORDER, "src_version", 2, "C17"),
    Mutant(ORDER, "txn_id", "p2p-000999", "C05"),
    Mutant(ORDER, "txn_id", "p2p-000007", "C01"),
    Mutant(ORDER, "ext_ref", "REQ-T1-000007", "C20"),
    Mutant(ORDER, "corr_id", "c-p2p-000007", "C26"),
    Mutant(ORDER, "corr_id", "dc-0123456789abcdef", "K16"),
    Mutant(ORDER, "corr_id", None, "K16", whole=True),
    Mutant(ORDER, "call_point", "erp.po.cancel", GAP),
    Mutant(ORDER, "op_id", 99_999, GAP, whole=True),
    Mutant(ORDER, "effect", "made", GAP),
    Mutant(ORDER, "", GONE, "P08"),
    Mutant(ORDER, "", TWICE, GAP),
    Mutant(INVOICE, "corr_id", "c-p2p-000007", "C26"),
    Mutant(INVOICE, "corr_id", "dc-0123456789abcdef", "K16"),
    Mutant(INVOICE, "state", "ZZZ", UNKNOWN_STATE, whole=True),
    Mutant({**INVOICE, "state": "posted"}, "txn_id", "exp-000007", GAP),
    Mutant(INVOICE, "amount_minor", 1, "C06"),
    Mutant(INVOICE, "currency", "ZZZ", "C06"),
    Mutant(INVOICE, "company", "9999", "C07"),
    Mutant(INVOICE, "period", "2026-11", "C12"),
    Mutant(INVOICE, "posting_date", "2026-10-01", "C18"),
    Mutant(INVOICE, "party", "10081361", "C07"),
    Mutant({**INVOICE, "state": "posted"}, "state", "accepted", "C25"),
    Mutant({**INVOICE, "state": "posted"}, "", GONE, "C25"),
    Mutant(ORDER_LINE, "account", "5510", "C14"),
    Mutant(ORDER_LINE, "account", None, GAP),
    Mutant(ORDER_LINE, "cost_center", "4712000", "C07"),
    Mutant(ORDER_LINE, "cost_center", None, "C07"),
    Mutant(ORDER_LINE, "project", "P-0008", "C07"),
    Mutant(ORDER_LINE, "project", None, "C07"),
    Mutant(ORDER_LINE, "txn_id", "p2p-000007", GAP),
    Mutant(ORDER_LINE, "corr_id", "c-p2p-000007", GAP),
    Mutant(ORDER_LINE, "", TWICE, GAP),
    Mutant(ORDER_LINE, "company", "9999", "C22"),
    Mutant(ORDER_LINE, "period", "1999-01", "C22"),
    Mutant(ORDER_LINE, "currency", "ZZZ", "C22"),
    Mutant(ORDER_LINE, "amount_minor", 1, "C22"),
    Mutant(ORDER_LINE, "", GONE, "C22"),
    Mutant(LEDGER, "txn_id", "exp-000007", GAP),
    Mutant(LEDGER, "src_version", 2, GAP),
    Mutant(LEDGER, "corr_id", "c-p2p-000007", GAP),
    Mutant(LEDGER, "cost_center", None, "C07"),
    Mutant(LEDGER, "amount_minor", 1, "C08"),
    Mutant(LEDGER, "account", "5110", "C14"),
    Mutant(LEDGER, "cost_center", "4712000", "C07"),
    Mutant(LEDGER, "company", "9999", "C22"),
    Mutant(LEDGER, "currency", "ZZZ", "C08"),
    Mutant(LEDGER, "parent_id", "1900000007", "C08"),
    Mutant(LEDGER, "", GONE, "C08"),
    Mutant(LEDGER, "", TWICE, "C08"),
    Mutant(ASKED, "amount_minor", 1, GAP),
    Mutant(ASKED, "category", None, GAP),
    Mutant(ASKED, "cost_center", "US-SAL-01", "C07"),
    Mutant(ASKED, "cost_center", None, "C07"),
    Mutant(ASKED, "category", "LODGING", GAP),
    Mutant(ASKED, "cost_center", "US-NEW-01", GAP),
    Mutant(ASKED, "project", "PRJ-99", GAP),
    Mutant(ASKED, "project", "PRJ-8", "C07"),
    Mutant(ASKED, "", GONE, GAP),
    Mutant(APPROVED, "amount_minor", 1, GAP),
    Mutant(APPROVED, "company", "ACME-DE", GAP),
    Mutant(APPROVED, "party", "SUP000018", GAP),
    Mutant(APPROVED, "approvers", "U1", "C15"),
    Mutant(APPROVED, "document_date", "2026-10-27", GAP),
    Mutant(APPROVED, "version", 1, GAP),
    Mutant(TOLD, "state", "refused", "C24"),
    Mutant(TOLD, "corr_id", "c-p2p-000007", "C26"),
    Mutant(TOLD, "op_id", 99_999, GAP),
    Mutant(TOLD, "call_point", "procurement.requisition.record_refusal", GAP),
    Mutant(TOLD, "base_version", None, "K14"),
    Mutant(TOLD, "", GONE, "C24"),
    Mutant(TOLD, "", TWICE, "C25"),
    Mutant(READ, "state", "cancelled", "C24"),
    Mutant(READ, "state", None, GAP),
    Mutant(READ, "amount_minor", 1, "C24"),
    Mutant(READ, "amount_minor", None, GAP),
    Mutant(READ, "currency", "ZZZ", "C24"),
    Mutant(READ, "company", "9999", "C24"),
    Mutant(READ, "period", "1999-01", "C24"),
    Mutant(READ, "period", None, GAP),
    Mutant(READ, "ext_ref", "ANOTHER", "C24"),
    Mutant(READ, "", GONE, GAP),
    Mutant(READ, "txn_id", "p2p-000007", GAP),
    Mutant(READ_SOURCE, "entity_id", "REQ-T1-000099", GAP),
    Mutant(READ_SOURCE, "txn_id", "p2p-000007", GAP),
    Mutant(READ_SOURCE, "", GONE, GAP),
    Mutant(READ_SOURCE, "parent_id", "4500000007", "P08"),
    Mutant(READ_SOURCE, "parent_id", None, "P08"),
    Mutant(READ_REPORT, "parent_type", "journal_entry", "P08"),
    Mutant(READ_REPORT, "parent_type", None, GAP),
    Mutant(READ_SOURCE, "state", "approved", "C24"),
    Mutant(UNDONE, "amount_minor", 1, "C23"),
    Mutant(UNDONE, "parent_id", "4500000008", "C23"),
    Mutant(UNDONE, "", GONE, "C23"),
    Mutant(UNDONE, "corr_id", "c-p2p-000007", "C26"),
    Mutant(UNDONE, "currency", "ZZZ", "C23"),
    Mutant(PARKED, "entity_id", "ER-T1-000099", "C03"),
    Mutant(PARKED, "", GONE, "C03", whole=True),
    Mutant(PARKED, "class", "transient", "L09"),
    Mutant(PARKED, "class", "technical", "L09"),
    Mutant(PARKED, "owner", "IT", "L09"),
    Mutant(MARK, "mode", "hold", "V01", whole=True),
    Mutant(MARK, "", GONE, "V01", whole=True),
    Mutant(DEED, "state", "cancelled", GAP),
    Mutant(DEED, "amount_minor", 1, GAP),
    Mutant(DEED, "company", "ACME-DE", GAP),
    Mutant(DEED, "", GONE, GAP),
    Mutant(APPROVED, "version", None, GAP),
    Mutant(APPROVED, "version", 4, GAP),
    Mutant(APPROVED, "", GONE, GAP),
    Mutant(TOLD, "base_version", 2, GAP),
    *(Mutant(row, "attempt", 2, GAP) for row in (ASK, DECIDED, ANSWER, SENT, HEARD)),
    *(Mutant(row, "txn_id", "p2p-000007", GAP) for row in (ASK, DECIDED, ANSWER, SENT, LISTED)),
    *(Mutant(row, "call_point", "erp.po.cancel", GAP) for row in (ASK, DECIDED, ANSWER)),
    *(Mutant(row, "op_id", 99_999, GAP) for row in (ASK, DECIDED, ANSWER, SENT, HEARD)),
    *(Mutant(row, "", GONE, GAP) for row in (ASK, DECIDED, ANSWER, SENT, HEARD, LISTED)),
    *(Mutant(row, "", TWICE, GAP) for row in (ASK, DECIDED, ANSWER, SENT, HEARD, READ)),
    *(Mutant(row, "phase", "redrive", GAP) for row in (ASK, ORDER, DEED)),
    *(Mutant(row, "phase", None, GAP) for row in (ASK, ORDER)),
    *(Mutant(row, "t_mono_ns", 1, GAP) for row in (ASK, ORDER, READ)),
    *(Mutant(row, "node", "expense", GAP) for row in (ASK, DECIDED, ORDER, READ)),
    Mutant(ASK, "t_biz", "2026-01-01T09:00:00+00:00", GAP),
    Mutant(ASK, "txn_attr", "none", GAP),
    Mutant(ASK, "route", "/elsewhere", GAP),
    Mutant(ASK, "method", "PUT", GAP),
    Mutant(ASK, "sut_gen", 2, GAP),
    Mutant(ASK, "flow", "expense-to-posting", GAP),
    Mutant(DECIDED, "server_outcome", "rejected", GAP),
    Mutant(DECIDED, "status", 500, GAP),
    Mutant(DECIDED, "code", "VALIDATION_FAILED", GAP),
    Mutant(DECIDED, "effect_ids", "4500000007", GAP),
    Mutant(ANSWER, "status", 500, GAP),
    Mutant(ANSWER, "client_view", "info", GAP),
    Mutant(ASKED, "corr_id", "c-p2p-000007", GAP),
    Mutant(ASKED, "currency", "ZZZ", GAP),
    Mutant(ASKED, "txn_id", "p2p-000007", GAP),
    Mutant(MEMO, "cost_center", "4712000", GAP),
    Mutant(MEMO, "", GONE, "C08"),
    Mutant({**INVOICE, "state": "posted"}, "amount_minor", 1, GAP),
    Mutant(READ, "entity_id", "4500000099", GAP),
    Mutant(MARK, "plan_id", "another.1", GAP),
    Mutant(MARK, "attempt", 2, GAP),
    Mutant(WINDOW, "experienced_by", "", GAP),
    Mutant(WINDOW, "experienced_by", "p2p-000008", GAP),
    Mutant(HEARD, "status", None, GAP),
    Mutant(BLOCKED, "version", 7, GAP),
    Mutant({**INVOICE, "state": "posted"}, "call_point", "erp.journal.create", GAP),
    Mutant({**INVOICE, "state": "posted"}, "call_point", "erp.coding.check", GAP),
    Mutant(PLAYED, "detail", "another", GAP),
    Mutant(PLAYED, "", GONE, GAP, whole=True),
    Mutant(PLAYED, "", TWICE, GAP),
    *(Mutant(PLAYED, column, "another", GAP) for column in ("wave", "role", "template")),
)
EVIDENCE = {
    GAP: ("lack what is to be compared", "contradict", "experiments are", "missing from the history"),
    UNKNOWN_STATE: (UNKNOWN_STATE,),
}  # what the run says instead of a rule
# Changes after which the history says the same as before, so that nobody can find them: each was tried.
EQUIVALENT: tuple[tuple[Mutant, str], ...] = (
    (Mutant(ORDER_LINE, "entity_id", "a name", ""), "a line's own name, to which nothing else refers"),
    (Mutant(READ, "reason", "as it is", ""), "text for people"),
    (Mutant(ORDER, "ext_ref", None, ""), "a reference is the connector's choice; it may leave it out"),
    (Mutant(APPROVED, "amount_minor", None, ""), "another row of the same revision says it"),
)


def changed(mutant: Mutant) -> Scribe:
    """The clean run with this one change."""
    scribe = clean_run()
    index, row = one(scribe, **mutant.row)
    if mutant.value is GONE:
        del scribe.rows[index]
    elif mutant.value is TWICE:
        insert(scribe, index, dict(row))
    elif mutant.value is None:
        del row[mutant.column]
    else:
        row[mutant.column] = mutant.value
    return scribe


@pytest.mark.parametrize("mutant", [mutant for mutant, _ in EQUIVALENT], ids=str)
def test_what_is_called_equivalent_is_not_found(mutant: Mutant, tmp_path: Path) -> None:
    """Whoever teaches a rule to find one of these takes it off the list."""
    assert judged(changed(mutant), tmp_path, {"strict": True}).verdict == "pass"


def rule_kinds() -> dict[str, str]:
    """Whether it fails, warns or voids, by rule."""
    return {one.id: one.kind for one in load_invariants()}


def named(mutant: Mutant, reasons: Iterable[str]) -> bool:
    """Whether a reason says what is declared."""
    return any(words in reason for reason in reasons for words in EVIDENCE[mutant.found_by])


def test_the_clean_run_lacks_nothing(tmp_path: Path) -> None:
    """So that what a mutant lacks is its own."""
    assert list(gaps(clean_run(), tmp_path)) == []


@pytest.mark.parametrize("mutant", [mutant for mutant in MUTANTS if not mutant.whole], ids=str)
def test_no_mutant_passes(mutant: Mutant, tmp_path: Path) -> None:
    """The declared rule has something to say, which fails a run (a warning where it is asked to), or the evidence is not all there."""
    if mutant.found_by == GAP:
        assert named(mutant, gaps(changed(mutant), tmp_path))
    else:
        assert answer(mutant.found_by, changed(mutant), tmp_path).rows


@pytest.mark.parametrize("mutant", [mutant for mutant in MUTANTS if mutant.whole], ids=str)
def test_what_is_found_takes_the_pass_away(mutant: Mutant, tmp_path: Path) -> None:
    """The declared rule is violated (V01: voids), or the run says what evidence is missing: of each kind, the whole verdict."""
    strict = rule_kinds().get(mutant.found_by) == "warn"  # a warning takes the PASS away only where it is asked to
    verdict = judged(changed(mutant), tmp_path, {"strict": strict})
    assert verdict.verdict != "pass"
    if mutant.found_by in EVIDENCE:
        assert named(mutant, verdict.reasons), verdict.reasons
    else:
        assert invariant(verdict, mutant.found_by)["status"] in {"violated", "warned"}, verdict.reasons


def test_every_kind_of_finding_is_judged_as_a_whole() -> None:
    """What a rule that fails, warns or voids does to a verdict, and each kind of gap, is seen in at least one whole verdict."""
    whole = {mutant.found_by for mutant in MUTANTS if mutant.whole}
    kinds = rule_kinds()
    assert {kinds[name] for name in whole if name in kinds} == set(kinds.values())
    assert EVIDENCE.keys() <= whole
    asked_alone = {mutant.found_by for mutant in MUTANTS if not mutant.whole}
    assert {name for name in asked_alone if kinds.get(name) == "void"} == set()
    assert asked_alone <= {GAP, *kinds}


def test_the_columns_of_the_books_are_all_touched() -> None:
    """At least 40 ways, over every column that a posting and its lines are compared by; at most one in twenty is called equivalent."""
    touched = {mutant.column for mutant in MUTANTS}
    books = {
        "amount_minor",
        "currency",
        "company",
        "period",
        "party",
        "approvers",
        "document_date",
        "posting_date",
        "account",
        "cost_center",
    }
    assert books | {"project", "category", "state", "parent_id", "effect", "version", "src_version", "txn_id", "ext_ref", "mode"} <= touched
    assert {"corr_id", "class", "owner", "op_id", "call_point", "entity_id", "base_version"} <= touched
    assert {"attempt", "phase", "t_mono_ns", "t_biz", "node", "method", "route", "sut_gen", "flow", "txn_attr"} <= touched
    assert {"server_outcome", "status", "code", "client_view", "effect_ids", "plan_id", "wave", "role", "template"} <= touched
    assert len(MUTANTS) >= 40
    assert all(why for _, why in EQUIVALENT)
    assert len(EQUIVALENT) <= (len(MUTANTS) + len(EQUIVALENT)) / 20
