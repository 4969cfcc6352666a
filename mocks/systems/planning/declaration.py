"""What this folder hands to its hosts."""

from mocks.abilities.system_type import Birth, SystemType
from mocks.systems.planning.states import states
from mocks.systems.planning.system import PlanningSystem
from mocks.systems.planning.words import words


def _build(birth: Birth) -> PlanningSystem:
    system = PlanningSystem(birth.company, namespace=birth.namespace, instance=birth.instance)
    system.plans.grain = birth.grain
    return system


SYSTEM = SystemType("planning", build=_build, states=states, words=words)
