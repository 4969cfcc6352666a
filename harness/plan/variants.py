"""Which entity's transactions take which alternative of a flow, read from the crosswalks that the flow declares."""

import csv
import io
from collections.abc import Collection, Iterable, Mapping

from contracts.catalog import CatalogError, Flow

VariantsTaken = Mapping[str, Mapping[str, str]]  # variant by entity, by flow; a flow without alternatives has none


def read_variants(flows: Iterable[Flow], files: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """files: CSV texts by name. Raises CatalogError when a flow declares a file or a column that the company does not have."""
    return {flow.id: _of(flow, files) for flow in flows if flow.variants is not None}


def _of(flow: Flow, files: Mapping[str, str]) -> dict[str, str]:
    declared = flow.variants
    assert declared is not None
    if declared.file not in files:
        raise CatalogError(f"flows/{flow.id}.yaml: variants: there is no crosswalk {declared.file!r}; there are {', '.join(files)}")
    rows = csv.DictReader(io.StringIO(files[declared.file]))
    missing = sorted({declared.entity, declared.variant} - set(rows.fieldnames or ()))
    if missing:
        raise CatalogError(f"flows/{flow.id}.yaml: variants: {declared.file} has no column {', '.join(missing)}")
    return {row[declared.entity]: row[declared.variant] for row in rows}


def reaches(flow: Flow, point_id: str, entity: str, variants: VariantsTaken) -> bool:
    """Whether this entity's transactions can come to this call point of the flow."""
    point = flow.call_point(point_id)
    return point is None or point.variant is None or variants.get(flow.id, {}).get(entity) == point.variant


def entities_of(flow: Flow, point_id: str, entities: Collection[str], variants: VariantsTaken) -> tuple[str, ...]:
    """Those of the entities whose transactions can come to this call point of the flow, in their order."""
    return tuple(entity for entity in entities if reaches(flow, point_id, entity, variants))
