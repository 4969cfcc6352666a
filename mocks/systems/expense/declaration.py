"""What this folder hands to its hosts."""

from mocks.abilities.system_type import Birth, SystemType
from mocks.systems.expense.states import states
from mocks.systems.expense.system import ExpenseSystem
from mocks.systems.expense.words import words


def _build(birth: Birth) -> ExpenseSystem:
    system = ExpenseSystem(birth.company, namespace=birth.namespace, instance=birth.instance)
    system.desk.grain = birth.grain
    return system


SYSTEM = SystemType("expense", build=_build, states=states, words=words)
