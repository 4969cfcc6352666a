"""What this folder hands to its hosts."""

from mocks.abilities.system_type import Birth, SystemType
from mocks.systems.erp.states import states
from mocks.systems.erp.system import ErpSystem
from mocks.systems.erp.words import words


def _build(birth: Birth) -> ErpSystem:
    return ErpSystem(
        birth.company,
        namespace=birth.namespace,
        posting_delay_ms=birth.posting_delay_ms,
        instance=birth.instance,
        profiles=birth.profiles,
    )


SYSTEM = SystemType(
    "erp",
    build=_build,
    states=states,
    words=words,
    companies=lambda company: tuple(entity.erp_company for entity in company.entities),
)
