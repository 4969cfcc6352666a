"""What this folder hands to its hosts."""

from mocks.abilities.system_type import Birth, SystemType
from mocks.systems.portal.states import states
from mocks.systems.portal.system import PortalSystem
from mocks.systems.portal.words import words


def _build(birth: Birth) -> PortalSystem:
    return PortalSystem(birth.company, namespace=birth.namespace, instance=birth.instance)


SYSTEM = SystemType("portal", build=_build, states=states, words=words)
