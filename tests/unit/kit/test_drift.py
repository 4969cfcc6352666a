"""Schema drift as it goes over the wire: one member changes as declared, everything else stays, nothing to change is said."""

import json
from typing import Any

import msgspec
import pytest

from mocks.kit.drift import ADDED, CHANGES, drifted
from tests.shipped import CATALOG

REPORT = {
    "state": "approved",
    "total_minor": 12_345,
    "block": False,
    "total": "980.00",
    "number": "4500012345",
    "lines": [{"category": "HOTEL", "tax": 1}, {"category": "TAXI", "tax": 2}],
    "comment": None,
    "data": {"version": 4},
}


def changed(drift: str, *paths: str) -> Any:
    """REPORT after a drift; None when it says that nothing would change."""
    body = drifted(msgspec.json.encode(REPORT), drift, paths)
    return None if body is None else json.loads(body)


def test_an_added_member_is_in_every_object_and_nothing_else_moved() -> None:
    """F-E1: also inside lists; the rest is as it was."""
    after = changed("add")
    assert all(ADDED in one for one in (after, after["data"], *after["lines"]))
    for one in (after, after["data"], *after["lines"]):
        del one[ADDED]
    assert after == REPORT


@pytest.mark.parametrize(
    ("drift", "path", "expected"),
    [
        ("remove", "lines[].tax", {"lines": [{"category": "HOTEL"}, {"category": "TAXI"}]}),
        ("rename", "lines[].tax", {"lines": [{"category": "HOTEL", "tax_v2": 1}, {"category": "TAXI", "tax_v2": 2}]}),
        ("rename", "data.version", {"data": {"version_v2": 4}}),
        ("unknown_value", "state", {"state": "approved_next"}),
        ("unknown_value", "lines[].category", {"lines": [{"category": "HOTEL_NEXT", "tax": 1}, {"category": "TAXI_NEXT", "tax": 2}]}),
        ("other_type", "total_minor", {"total_minor": "12345"}),
        ("other_type", "total", {"total": 980.0}),
        ("other_type", "number", {"number": 4_500_012_345}),
        ("other_type", "block", {"block": "false"}),
        ("list", "total_minor", {"total_minor": [12_345]}),
        ("null", "total", {"total": None}),
        ("empty", "comment?", {"comment": ""}),
        ("empty", "comment", {"comment": ""}),
    ],
)
def test_only_the_declared_member_changes(drift: str, path: str, expected: dict[str, Any]) -> None:
    """One path, one change; every other member keeps value and place."""
    assert changed(drift, path) == REPORT | expected


def test_camel_case_names_get_a_camel_case_suffix() -> None:
    """A renamed member looks like its neighbours."""
    assert drifted(b'{"costCenter":"US-MKT-01","x":1}', "rename", ["costCenter"]) == b'{"costCenterV2":"US-MKT-01","x":1}'


def test_decimal_text_becomes_the_same_number() -> None:
    """Not by way of a binary float: the digits on the wire are those of the text."""
    assert drifted(b'{"total":"90071992547409.93"}', "other_type", ["total"]) == b'{"total":90071992547409.93}'


@pytest.mark.parametrize(
    ("drift", "path"),
    [("remove", "nothing"), ("null", "comment"), ("unknown_value", "items[].status"), ("list", "data.x"), ("remove", "total?")],
)
def test_nothing_to_change_is_said(drift: str, path: str) -> None:
    """An absent member, a null that is null already, an empty list: the answer is as before, and the fault has not fired."""
    assert changed(drift, path) is None


def test_every_mode_is_a_change_that_the_kit_knows() -> None:
    """Modes of the family and the kit's changes are the same words."""
    modes = [mode for fault in CATALOG.faults.values() for mode in fault.modes if mode.drift]
    assert {mode.drift for mode in modes} == {"add", *CHANGES}
    assert {mode.send for mode in modes} == {"response"}
