"""What this folder hands to its hosts."""

from mocks.abilities.system_type import Birth, SystemType
from mocks.systems.screening.states import states
from mocks.systems.screening.system import ScreeningSystem
from mocks.systems.screening.words import words


def _build(birth: Birth) -> ScreeningSystem:
    return ScreeningSystem(birth.company, instance=birth.instance)


SYSTEM = SystemType("screening", build=_build, states=states, words=words)
