"""What this folder hands to its hosts."""

from mocks.abilities.system_type import Birth, SystemType
from mocks.systems.procurement.states import states
from mocks.systems.procurement.system import ProcurementSystem
from mocks.systems.procurement.words import words


def _build(birth: Birth) -> ProcurementSystem:
    return ProcurementSystem(birth.company, namespace=birth.namespace, instance=birth.instance)


SYSTEM = SystemType("procurement", build=_build, states=states, words=words)
