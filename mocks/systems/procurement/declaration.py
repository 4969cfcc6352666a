"""What this folder hands to its hosts."""

from mocks.abilities.system_type import Birth, SystemType
from mocks.systems.procurement.states import states
from mocks.systems.procurement.system import ProcurementSystem
from mocks.systems.procurement.words import words


def _build(birth: Birth) -> ProcurementSystem:
    system = ProcurementSystem(birth.company, namespace=birth.namespace, instance=birth.instance)
    system.checks.on_no_answer = birth.on_no_answer
    system.desk.grain = system.receipts.grain = system.invoices.grain = system.checks.grain = system.supplier_requests.grain = birth.grain
    return system


SYSTEM = SystemType("procurement", build=_build, states=states, words=words)
