"""The own checks, each against an answer that breaks it."""

import json
from typing import Any

import pytest

from harness.errors import ConfigError
from harness.fuzz.books import EFFECTS, JOURNALS, audit_history, unbalanced
from harness.fuzz.expected import load_expected
from harness.fuzz.keys import others
from harness.fuzz.options import SYSTEMS
from harness.fuzz.rules import FuzzedAnswer, leaks, not_echoed, wrong_problem
from harness.fuzz.walks import sample

CODES = {"NOT_FOUND": 404}
GOOD = {"type": "t", "title": "t", "status": 404, "detail": "d", "code": "NOT_FOUND"}


def problem(status: int = 404, kind: str = "application/problem+json", **members: Any) -> FuzzedAnswer:
    """An error."""
    return FuzzedAnswer(status, {"content-type": kind}, json.dumps({**GOOD, **members}).encode())


def test_a_proper_problem_passes() -> None:
    """Also with a charset, and without a body after HEAD."""
    assert list(wrong_problem(problem(kind="application/problem+json; charset=utf-8"), CODES)) == []
    assert list(wrong_problem(FuzzedAnswer(404, {}, b""), CODES, "HEAD")) == []
    assert list(wrong_problem(FuzzedAnswer(200, {}, b"x"), CODES)) == []


@pytest.mark.parametrize(
    "answer",
    [
        problem(kind="text/html"),
        problem(status=409),
        problem(code="NO_SUCH_CODE"),
        problem(status=400, code="NOT_FOUND"),
        FuzzedAnswer(404, {"content-type": "application/problem+json"}, b"[]"),
        FuzzedAnswer(404, {"content-type": "application/problem+json"}, b"{}"),
    ],
)
def test_an_improper_problem_is_an_objection(answer: FuzzedAnswer) -> None:
    """Media type, members, status, code."""
    assert list(wrong_problem(answer, CODES))


@pytest.mark.parametrize(
    "text",
    [
        "my secret is sesame-open",
        "Traceback (most recent call last):",
        'File "/srv/app/main.py", line 12, in x',
        "at com.example.Service.run(Service.java:42)",
        "/usr/lib/python3/site.py:12",
    ],
)
def test_leaks(text: str) -> None:
    """A secret, and traces of several languages; the objection does not repeat the secret."""
    found = list(leaks(FuzzedAnswer(200, {}, text.encode()), ["sesame-open"]))
    assert len(found) == 1
    assert not any("sesame-open" in objection for objection in found)


def test_a_secret_in_a_header_is_a_leak() -> None:
    """Headers are part of the answer."""
    assert list(leaks(FuzzedAnswer(200, {"x-debug": "key=sesame/open"}, b""), ["sesame/open"]))
    assert list(leaks(FuzzedAnswer(200, {"location": "/?k=sesame%2Fopen"}, b""), ["sesame/open"]))


def test_correlation() -> None:
    """What was sent comes back; what is not fit to be sent back need not."""
    assert not_echoed(FuzzedAnswer(200, {"x-correlation-id": "a"}, b""), "a") is None
    assert not_echoed(FuzzedAnswer(200, {}, b""), "a")
    assert not_echoed(FuzzedAnswer(200, {}, b""), "no good") is None


def test_other_bodies_differ_in_one_text() -> None:
    """And the members that are likely to be free come first."""
    body = {"number": 1, "id": "A1", "lines": [{"text": "x"}], "reason": "because"}
    found = [json.loads(each) for each in others(json.dumps(body))]
    assert found[0] == {**body, "lines": [{"text": "y"}]}
    assert {**body, "reason": "becausx"} in found
    assert body not in found
    assert list(others(b"{}")) == list(others(b"nonsense")) == list(others(None)) == []


def test_a_trial_balance_out_of_balance() -> None:
    """Sums and accounts are looked at."""
    good = {"company_code": "1000", "ledger": "actual", "total_debit": "5.00", "total_credit": "5.00", "accounts": []}
    assert list(unbalanced(good)) == []
    assert list(unbalanced({**good, "total_credit": "4.99"}))
    assert list(unbalanced({**good, "accounts": [{"balance": "0.01"}]}))


def test_a_history_out_of_balance_and_a_key_with_two_effects() -> None:
    """Lines add up by journal and currency; one key of ours has one effect."""
    line = {"kind": "commit", "entity_type": "journal_line", "currency": "EUR"}
    even = audit_history([{**line, "entity_id": "J1/1", "amount_minor": 5}, {**line, "entity_id": "J1/2", "amount_minor": -5}])
    assert (even.objections, even.read) == ([], {JOURNALS: 1, EFFECTS: 0})
    assert audit_history([{**line, "entity_id": "J1/1", "amount_minor": 5}]).objections
    asked = [{"kind": "request", "op_id": number, "call_point": "p", "idem_key": "dryclose-fuzz-1"} for number in (1, 2)]
    done = [{"kind": "commit", "entity_type": "purchase_order", "op_id": number} for number in (1, 2)]
    once = audit_history([*asked, done[0]])
    assert (once.objections, once.read) == ([], {JOURNALS: 0, EFFECTS: 1})
    assert audit_history([*asked, *done]).objections


def test_what_people_did_belongs_to_the_request_under_way() -> None:
    """Their commits name no request; what is deferred, while nobody acts, belongs to none."""
    at = {"call_point": "p", "idem_key": "dryclose-fuzz-1"}
    rows = [
        row
        for number in (1, 2)
        for row in (
            {"kind": "request", "op_id": number, "owner": "U1001", **at},
            {"kind": "commit", "entity_type": "requisition", "node": "procurement", **at},
            {"kind": "response_end", "op_id": number, **at},
        )
    ]
    assert len(audit_history(rows).objections) == 1
    nobody = [{name: value for name, value in row.items() if name != "owner"} for row in rows]
    assert audit_history(nobody).read[EFFECTS] == 0


def test_the_plainest_value_of_a_schema() -> None:
    """Examples before constants before types; references are followed; what is not required is left out."""
    document = {"components": {"schemas": {"Day": {"type": "string", "examples": ["20261028"]}}}}
    schema = {
        "type": "object",
        "required": ["day", "kind", "lines", "count", "on"],
        "properties": {
            "day": {"$ref": "#/components/schemas/Day"},
            "kind": {"enum": ["a", "b"]},
            "lines": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 6}},
            "count": {"type": "integer", "minimum": 3},
            "on": {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
            "more": {"type": "string"},
        },
    }
    assert sample(schema, document) == {"day": "20261028", "kind": "a", "lines": ["fuzzxx"], "count": 3, "on": False}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "required": True, "properties": {"a": True}},
        {"type": "object", "required": ["a"]},
        {"type": "array", "minItems": 10**12},
        {"type": "string", "minLength": 10**12},
        {"type": [], "anyOf": {}, "enum": 1},
        {"$ref": "#/components/schemas/Node"},
        {"$ref": "#/components/schemas/Circle"},
        True,
    ],
)
def test_an_odd_schema_has_some_value(schema: Any) -> None:
    """Whatever stands there, and however it refers to itself: small, and soon."""
    node = {"type": "object", "required": ["next"], "properties": {"next": {"anyOf": [{"$ref": "#/components/schemas/Node"}]}}}
    circle = {"$ref": "#/components/schemas/Circle"}
    assert len(json.dumps(sample(schema, {"components": {"schemas": {"Node": node, "Circle": circle}}}))) < 100_000


def test_the_table_of_expected_refusals() -> None:
    """It is readable, every entry has a reason and names systems that exist, and no check is off."""
    expected = load_expected()
    assert all(refusal.reason and refusal.systems <= set(SYSTEMS) for refusal in expected.refusals)
    assert expected.checks_off == ()
    assert expected.refusal("erp", "erp.po.create", "PERIOD_CLOSED")
    assert expected.refusal("erp", "erp.po.create", "VALIDATION_FAILED") is None
    assert expected.refusal("expense", "erp.po.create", "PERIOD_CLOSED") is None


@pytest.mark.parametrize(
    "text",
    [
        "- a list",
        "refusals: [{codes: [X], systems: [erp]}]",
        "refusals: [{codes: [X], systems: [erp], reason: ' '}]",
        "more: []",
        "a: [",
        "x: 1",
    ],
)
def test_a_table_without_reasons_is_refused(tmp_path: Any, text: str) -> None:
    """Nothing is forgiven without a word about why."""
    file = tmp_path / "expected.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError):
        load_expected(file)
