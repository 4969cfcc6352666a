"""Valid requests about budget statements, for fuzzing: of a cost centre and month there is one, so there are several of each entity."""

from collections.abc import Mapping
from typing import Any

from mocks.company import Company

MONTHS = tuple(f"2026-{month:02d}" for month in range(1, 13))
POINT = "erp.budget_statement"


def statement_bodies(company: Company) -> tuple[dict[str, tuple[Mapping[str, Any], ...]], dict[str, tuple[str, ...]]]:
    """Bodies by call point, and who sends each of them."""
    found = [
        (company.controller(entity.key).erp_id, {"company_code": entity.erp_company, "cost_center": center.erp_id, "period": month})
        for entity in company.entities
        for center in company.cost_centers_of(entity.key)[:1]
        for month in MONTHS
    ]
    bodies: dict[str, tuple[Mapping[str, Any], ...]] = {f"{POINT}.open": tuple(body for _, body in found), f"{POINT}.issue": ({},)}
    return bodies, {f"{POINT}.open": tuple(actor for actor, _ in found)}
