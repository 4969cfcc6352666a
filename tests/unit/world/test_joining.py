"""People's documents under load join the flow of their kind of document, whatever else begins in the same system."""

from pathlib import Path

from mocks.kit.joining import flows_by_call_point
from tests.own_world.catalogue import own_catalog


def test_an_ordinary_requisition_joins_its_own_flow(tmp_path: Path) -> None:
    """Receipts and requisitions begin in one system, and two flows begin with a receipt."""
    begun = {where: [flow.id for flow in flows] for where, flows in flows_by_call_point(own_catalog(tmp_path)).items()}
    assert begun["procurement.requisition"] == ["requisition-to-po", "budget-check"]
    assert begun["procurement.arrival"] == ["arrival-to-grir", "arrival-with-freight"]
    assert begun["expense.report"] == ["expense-to-posting"]
