"""Valid requests about master records, for fuzzing. Their codes are new, so that nothing else that is generated can no longer be booked."""

from collections.abc import Mapping
from typing import Any

from mocks.abilities.drafted import AMOUNT
from mocks.company import Company
from mocks.company.stewardship import draft_master_record

EACH = range(6)  # of each entity
POINT = "erp.master_record"


def record_bodies(company: Company) -> tuple[dict[str, tuple[Mapping[str, Any], ...]], dict[str, tuple[str, ...]]]:
    """Bodies by call point, and who sends each of them. Of a code there is one record: there are several of each entity."""
    found = [
        (draft.actor, {**draft.body, "code": f"97{place}{number:03d}"})
        for place, entity in enumerate(company.entities)
        for number in EACH
        for draft in (draft_master_record(company, entity.key, f"fuzz-{number}", AMOUNT),)
    ]
    bodies: dict[str, tuple[Mapping[str, Any], ...]] = {
        f"{POINT}.create": tuple(body for _, body in found),
        f"{POINT}.change": ({"name": "Fuzzed"}, {"active": False}, {}),
        f"{POINT}.release": ({},),
    }
    return bodies, {f"{POINT}.create": tuple(actor for actor, _ in found)}
