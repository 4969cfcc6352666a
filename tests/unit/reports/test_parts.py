"""The parts of the report that compute: money, rates, diagrams, facts."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reports.diagram import ROWS_MAX, draw
from reports.facts import facts, table_of
from reports.fields import clean, clip, percent
from reports.moments import Label, answer_label, document_label, event_label, readable, request_label
from reports.money import at_risk, decimal, from_minor, money_text
from reports.violations import each_kind_first, spread


def violation(invariant: str, txn: str, amount: str = "1.00", currency: str = "USD", **more: Any) -> dict[str, Any]:
    """One violation with money."""
    return {"invariant": invariant, "txn_id": txn, "money": {"amount": amount, "currency": currency}} | more


def test_money_has_the_decimals_of_its_currency() -> None:
    """JPY has none, USD two, KWD three; an unknown currency keeps what came."""
    assert money_text(Decimal(12000), "JPY") == "JPY 12,000"
    assert money_text(Decimal("1234.5"), "USD") == "USD 1,234.50"
    assert from_minor(12345, "KWD") == "KWD 12.345"
    assert money_text(Decimal("1.23456"), "ZZZ") == "ZZZ 1.23456"


def test_money_is_never_a_float() -> None:
    """A float, a boolean, NaN or an absurd exponent is not an amount."""
    assert [decimal(value) for value in (1.5, True, None, "NaN", "Infinity", "1e99", "x", [])] == [None] * 8


def test_a_transaction_counts_once() -> None:
    """A transaction that breaks three invariants is at risk with its largest amount, not with the sum."""
    found = [
        violation("C01", "a", "10.00"),
        violation("C02", "a", "10.00"),
        violation("C06", "a", "4.00"),
        violation("C01", "b", "5.00"),
        violation("C01", "c", "700", "JPY"),
    ]
    assert at_risk({"violations": found}) == {"USD": Decimal("15.00"), "JPY": Decimal(700)}


def test_invariants_stand_in_when_there_are_no_details() -> None:
    """Without violations in detail the largest figure of an invariant is shown, never a sum over invariants."""
    verdict = {"invariants": [{"money": {"USD": "10.00"}}, {"money": {"USD": "12.00", "EUR": "1.00"}}]}
    assert at_risk(verdict) == {"USD": Decimal("12.00"), "EUR": Decimal("1.00")}


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_rounding_hides_no_rest(part: int, whole: int) -> None:
    """100 % and 0 % are shown only when they are exact."""
    part = min(part, whole)
    assert (percent(part, whole) == "100 %") == (part == whole)
    assert (percent(part, whole) == "0 %") == (part == 0)


@given(st.text())
def test_clean_text_has_no_power(text: str) -> None:
    """Whatever comes, no control character or surrogate is left, and cleaning twice changes nothing."""
    cleaned = clean(text)
    assert cleaned == clean(cleaned)
    assert not any(ord(letter) < 32 and letter not in "\t\n" for letter in cleaned)
    cleaned.encode("utf-8")


@given(st.text(), st.integers(1, 40))
def test_clipped_text_fits(text: str, length: int) -> None:
    """A clipped text is never longer than asked."""
    assert len(clip(text, length)) <= length


def test_minor_units_become_money() -> None:
    """The judge's wording of amounts is shown with decimals."""
    assert readable("purchase order 45 is now created, 20629 USD in minor units") == "purchase order 45 is now created, USD 206.29"
    assert readable("ap invoice 19 is now posted, 20629 JPY in minor units").endswith("JPY 20,629")


def test_labels_show_both_truths() -> None:
    """Above the arrow what the client saw, beneath it what the mock did; above the request where it went, beneath its key and reference."""
    answer = answer_label({"text": "no answer committed"})
    assert (answer.line, answer.beneath) == ("no answer", "committed")
    answer = answer_label({"text": "409 VERSION_CONFLICT rejected"})
    assert (answer.line, answer.beneath) == ("409 VERSION_CONFLICT", "rejected")
    request = request_label({"call_point": "erp.po.create", "attempt": 2, "text": "POST /purchase-orders key k1 reference REQ-1"})
    assert (request.line, request.beneath) == ("erp.po.create #2", "key k1 ref REQ-1")
    document = document_label({"text": "create: purchase order 45 is now created, 20629 USD in minor units"})
    assert (document.line, document.beneath) == ("45", "purchase order created")


def test_a_forged_event_is_marked() -> None:
    """An event that must be refused says beneath its arrow why."""
    assert (
        event_label({"call_point": "wh.requisition.approved", "attempt": 1, "text": "event msg_1, forged"}).beneath
        == "signature not genuine"
    )
    assert event_label({"call_point": "wh.requisition.approved", "attempt": 2, "text": "event msg_1"}) == Label("requisition.approved #2")


def entries(number: int) -> list[dict[str, Any]]:
    """A timeline of requests and answers."""
    kinds = ("request", "response_end")
    return [
        {"t_ms": i, "node": "erp", "kind": kinds[i % 2], "call_point": "erp.job.read", "attempt": 1, "text": "200 no_effect", "view": "ok"}
        for i in range(number)
    ]


def test_long_diagrams_say_what_they_leave_out() -> None:
    """More rows than the eye follows are cut in the middle, with their number."""
    drawn = draw({"timeline": entries(100)}, {})
    assert drawn
    gaps = [shape for shape in drawn.shapes if shape.kind == "gap"]
    assert len(drawn.shapes) == ROWS_MAX + 1
    assert gaps[0].label.startswith("56 steps left out")


def test_an_answer_that_never_came_does_not_arrive() -> None:
    """An unknown outcome without a status is drawn as an arrow that ends half-way; with a status it arrives, but in orange."""
    timeline = entries(2)
    timeline[1] |= {"view": "info", "text": "no answer committed"}
    cut = draw({"timeline": timeline}, {})
    timeline[1] |= {"text": "500 committed"}
    arrived = draw({"timeline": timeline}, {})
    assert cut
    assert arrived
    assert (cut.shapes[1].kind, cut.shapes[1].tone) == ("cut", "info")
    assert (arrived.shapes[1].kind, arrived.shapes[1].tone) == ("arrow", "info")


def test_unknown_nodes_and_kinds_are_drawn_or_left_out() -> None:
    """A system that this version does not know gets a lifeline; a kind that it does not know stays in the table only."""
    drawn = draw(
        {"timeline": [{"node": "bank", "kind": "request"}, {"node": "erp", "kind": "telepathy"}, {"kind": "proc_kill", "node": "harness"}]},
        {},
    )
    assert drawn
    assert [line.name for line in drawn.lifelines] == ["connector", "bank"]
    assert [shape.kind for shape in drawn.shapes] == ["arrow", "kill"]
    assert draw({"timeline": []}, {}) is None


def test_each_kind_comes_first() -> None:
    """The first of each invariant, place and fault stands before the second of any."""
    found = [violation("C01", name, call_point=point, fault_id="F-A3") for name, point in (("a", "x"), ("b", "x"), ("c", "y"))]
    assert [entry["txn_id"] for entry in each_kind_first(found)] == ["a", "c", "b"]
    assert [entry["txn_id"] for entry in spread([*found, violation("C02", "a"), violation("C02", "d")], 3)] == ["a", "d", "b"]


def test_facts_of_any_shape() -> None:
    """Nested objects become facts with both names; lists are written out; nothing is lost without a word."""
    said = {fact.label: fact.value for fact in facts({"a_b": {"c": None}, "d": [1, True], "e": 12345, "f": {}})}
    assert said == {"a b: c": "\u2013", "d": "1, yes", "e": "12,345", "f": "none"}
    table = table_of({"wave-1": {"p95_ms": 1.5}, "wave-2": {"note": "x"}}, "wave")
    assert table
    assert table.header == ("wave", "p95 ms", "note")
    assert table.lines == (("wave-1", "1.5", "\u2013"), ("wave-2", "\u2013", "x"))
    assert table_of({"a": 1}, "wave") is None
