"""contracts/*.yaml as values: complete, consistent, and clear about mistakes."""

import shutil
from pathlib import Path

import pytest

from contracts.catalog import HERE, CatalogError, load_catalog
from tests.shipped import CATALOG


def copy(folder: Path) -> Path:
    """The real files, to be broken."""
    for path in HERE.glob("*.yaml"):
        shutil.copy(path, folder)
    shutil.copytree(HERE / "flows", folder / "flows")
    return folder


@pytest.mark.requirement("R06.07")
def test_everything_refers_to_something() -> None:
    """Codes of modes exist, events belong to call points, callbacks answer call points, documents of creates are targets."""
    catalog = CATALOG
    points = {point.id: point for flow in catalog.flows.values() for point in flow.call_points}
    assert {mode.code for fault in catalog.faults.values() for mode in fault.modes if mode.code} <= set(catalog.errors)
    assert {event.call_point for event in catalog.events.values()} == {each for each, point in points.items() if point.kind == "event"}
    assert {each for point in points.values() for each in point.callback_of} <= set(points)
    for flow in catalog.flows.values():
        assert {point.document for point in flow.call_points if point.document} == set(flow.target_documents)
        assert set(flow.settled_by) <= {point.id for point in flow.call_points}


def test_lookups() -> None:
    """By id; shared call points too; what is not there is None or an error that names what is."""
    catalog = CATALOG
    assert catalog.call_point("identity.token.issue") is not None
    assert catalog.call_point("erp.nothing") is None
    event = catalog.event_of_call_point("wh.posting.confirmed")
    assert event is not None
    assert event.type == "posting.confirmed"
    with pytest.raises(CatalogError, match="F-A8 has no mode 'x'; it has under_timeout, over_timeout"):
        catalog.faults["F-A8"].mode("x")


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("errors", "code: NOT_FOUND", "code: PRECONDITION_FAILED", "errors.yaml: code 'PRECONDITION_FAILED' appears twice"),
        ("errors", "class: stale, definite", "class: old, definite", "errors.yaml: VERSION_CONFLICT: class 'old'; expected one of"),
        ("errors", "side: access", "side: outside", "errors.yaml: class 'authentication' is on the side 'outside'; expected one of passes"),
        ("faults", "family: connection", "famly: connection", "faults.yaml: entry 'F-A2'.*famly"),
        ("history", "needs: [fault_id]", "needs: [fault_idd]", "history.yaml: kinds need columns that are not declared: fault_idd"),
        ("flows/payment-status", "{cleared: paid, ", "{clear: paid, ", "due news: tells: 'clear' is no state of invoice_payment"),
        (
            "flows/payment-status",
            "rejected: payment_failed",
            "rejected: failed",
            "due advice: tells: 'failed' is no state of payment_advice",
        ),
        (
            "flows/payment-status",
            ", tells: {cleared: paid, rejected: rejected, returned: returned}",
            "",
            "due news: a status declares `tells`",
        ),
    ],
)
def test_mistakes_are_named(tmp_path: Path, name: str, old: str, new: str, message: str) -> None:
    """A file that contradicts itself says where."""
    folder = copy(tmp_path)
    path = folder / f"{name}.yaml"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(CatalogError, match=message):
        load_catalog(folder)
