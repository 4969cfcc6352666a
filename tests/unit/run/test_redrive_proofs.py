"""What a redrive proved, from the books before and after it."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import contracts
from harness.run import redrive_proofs as proofs
from harness.run.redrive_check import WHAT
from harness.run.redrive_proofs import Item, Look, Proof

SCHEMA = Path(contracts.__file__).parent / "schemas" / "redrive.schema.json"
A, B = Item("t-1", "REQ-1", had=False), Item("t-2", "REQ-2", had=True)


def look(made: dict[str, int], posted: str = "", parked: str = "", written: dict[str, int] | None = None) -> Look:
    """Books in short."""
    return Look(made, written or {}, frozenset(posted.split()), frozenset(parked.split()))


@pytest.mark.parametrize(
    ("after", "trouble"),
    [
        (look({"t-1": 1}, posted="t-1"), None),
        (look({}, parked="t-1"), "no documents stand for it"),
        (look({"t-1": 2}, posted="t-1"), "2 documents stand for it"),
        (look({"t-1": 1}, parked="t-1"), "the source was not told; it is still parked"),
        (look({"t-1": 1}, posted="t-1", parked="t-1"), "posted and still declared parked"),
    ],
)
def test_an_item_is_brought_through_to_exactly_one_posting(after, trouble) -> None:
    """None, two, not told, still parked: each is named with its reference."""
    found = list(proofs.not_brought_through([A], after))
    assert len(found) == (trouble is not None)
    assert all(text.startswith("REQ-1: ") and trouble in text for text in found)


def test_who_was_not_named_is_left_alone() -> None:
    """A document that was made, and an item that is no longer parked."""
    before = look({}, parked="t-1 t-2")
    assert list(proofs.disturbed([A, B], before, before)) == []
    found = list(proofs.disturbed([A, B], before, look({"t-1": 1}, parked="t-1")))
    assert ["a document was made" in found[0], "no longer parked" in found[1]] == [True, True]


def test_what_is_over_is_not_made_again() -> None:
    """Only the difference counts."""
    assert list(proofs.made_again([A], look({"t-1": 1}), look({"t-1": 1}))) == []
    assert "2 more documents" in next(iter(proofs.made_again([A], look({"t-1": 1}), look({"t-1": 3}))))


def test_a_dry_run_writes_nothing_and_names_what_it_would_do() -> None:
    """Also what it does to the source is something."""
    before = look({}, parked="t-1")
    assert list(proofs.written_to([A], before, before)) == []
    assert "something was written" in next(iter(proofs.written_to([A], before, look({}, parked="t-1", written={"t-1": 1}))))
    assert list(proofs.not_named(["REQ-1"], frozenset({"REQ-1"}))) == []
    assert len(list(proofs.not_named(["REQ-1"], frozenset({"REQ-9"})))) == 2
    assert "names nothing" in next(iter(proofs.not_named(["REQ-1"], None)))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (("PASS", "PASS"), 0),
        (("PASS", "not offered"), 0),
        (("PASS", "FAIL", "not examined"), 1),
        (("PASS", "not examined"), 2),
        (("not offered",), 2),
        ((), 2),
    ],
)
def test_exit_codes(status, code) -> None:
    """A failure outranks missing evidence; what is not offered is none."""
    assert proofs.exit_code([Proof("all", "x", one) for one in status]) == code


def test_the_stored_result_is_as_its_schema_says() -> None:
    """Also after a way through JSON, and for every proof that there is."""
    found = [Proof(name, what, "FAIL", ("REQ-1",), ("2 documents",)) for name, what in WHAT.items()]
    stored = json.loads(json.dumps(proofs.document(found, run_id="r", connector="c")))
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(stored)
    assert (stored["exit_code"], stored["proofs"][0]["items"]) == (1, ["REQ-1"])


def test_a_proof_in_words() -> None:
    """Items are counted, troubles are bounded; of nothing nothing is proven."""
    failed = proofs.proof("x", "all items", [A, B], [f"trouble {number}" for number in range(7)])
    lines = list(failed.lines())
    assert lines[0].split() == ["FAIL", "all", "items", "(2", "items)"]
    assert len(lines) == 7
    assert lines[-1].strip() == "and 2 more"
    assert proofs.proof("x", "all items", [], []).status == "not examined"
    assert next(iter(proofs.not_offered("x", "a dry run", "[redrive] dry_run").lines())).endswith("declares no [redrive] dry_run")


def test_what_an_earlier_redrive_took_up_proves_nothing_more() -> None:
    """Of items that are still parked when their turn comes, those are tried; of none, nothing was examined."""
    assert proofs.left_for_it("range", WHAT["range"], [A, B], {"t-2"}, 8) == [B]
    gone = proofs.left_for_it("range", WHAT["range"], [A, B], frozenset(), 8)
    none = proofs.left_for_it("range", WHAT["range"], [], frozenset(), 1)
    assert isinstance(gone, Proof)
    assert isinstance(none, Proof)
    assert [gone.status, none.status] == ["not examined", "not examined"]
    assert "an earlier redrive took them" in gone.troubles[0]
    assert proofs.exit_code([gone, Proof("one", WHAT["one"], "PASS", ("REQ-1",))]) == 2
