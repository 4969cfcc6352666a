"""Which systems stand in a world."""

from collections.abc import Mapping, Sequence

from contracts.catalog import Catalog
from mocks.abilities.system_type import SystemType


def instances(catalog: Catalog, wanted: Sequence[str], types: Mapping[str, SystemType]) -> dict[str, SystemType]:
    """The systems that stand in this world by id, and what serves each. Raises ValueError for one that is not declared or has no folder."""
    found = {}
    for name in (*catalog.hosted, *wanted):
        entry = catalog.systems.get(name)
        if entry is None or entry.service:
            raise ValueError(f"system {name!r} is not in contracts/systems.yaml; there are {', '.join(catalog.systems)}")
        if entry.type not in types:
            raise ValueError(f"system {name!r} is declared, but mocks/systems/registry.py has no {entry.type!r}; it has {', '.join(types)}")
        found[name] = types[entry.type]
    return found
