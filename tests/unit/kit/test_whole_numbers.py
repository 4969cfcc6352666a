"""JSON knows one kind of number: what is whole is whole, however it was written."""

import msgspec
import pytest

from mocks.company import generate
from mocks.kit.intake import Incoming, Reader
from mocks.kit.paging import Cursors
from mocks.systems.expense.system import ExpenseSystem

HEADERS = {b"content-type": b"application/json"}


def read(call_point: str, **members: object) -> tuple[object, str | None]:
    """The decoded body of an expense operation, and the code of the refusal."""
    system = ExpenseSystem(generate(7, 0), namespace="T")
    operation = next(each for each in system.operations if each.call_point == call_point)
    incoming = Incoming(HEADERS, "/", {}, {}, msgspec.json.encode(members))
    body, _, refusal = Reader(operation, Cursors(b"s")).body(incoming)
    return body, refusal.code if refusal else None


def posting(**members: object) -> tuple[object, str | None]:
    """The posting of a report, with these members."""
    fixed = {"erp_document": "1", "erp_document_type": "ap_invoice", "posted_on": "28/10/2026"}
    return read("expense.report.record_posting", **fixed, **members)


def test_a_whole_float_is_an_integer() -> None:
    """2.0 is the integer 2."""
    body, code = posting(revision=2.0)
    assert (code, getattr(body, "revision", None)) == (None, 2)


@pytest.mark.parametrize("value", [2.5, "2", True, 0.0, 1e300])
def test_what_is_no_integer_is_refused(value: object) -> None:
    """A fraction, a text, a boolean, and what is out of range stay refused."""
    assert posting(revision=value) == (None, "VALIDATION_FAILED")


def test_an_unknown_member_is_refused_beside_a_whole_float() -> None:
    """Reading the numbers again forgives nothing else."""
    assert posting(revision=2.0, more=1)[1] == "VALIDATION_FAILED"
