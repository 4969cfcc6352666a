"""What this folder hands to its hosts."""

from mocks.abilities.system_type import Birth, SystemType
from mocks.systems.hr.states import states
from mocks.systems.hr.system import HrSystem
from mocks.systems.hr.words import words


def _build(birth: Birth) -> HrSystem:
    return HrSystem(birth.company, instance=birth.instance)


SYSTEM = SystemType("hr", build=_build, states=states, words=words)
