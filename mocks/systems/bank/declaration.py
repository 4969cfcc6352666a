"""What this folder hands to its hosts."""

from mocks.abilities.system_type import Birth, SystemType
from mocks.systems.bank.states import states
from mocks.systems.bank.system import BankSystem
from mocks.systems.bank.words import words


def _build(birth: Birth) -> BankSystem:
    return BankSystem(birth.company, namespace=birth.namespace, ack_delay_ms=birth.posting_delay_ms, instance=birth.instance)


SYSTEM = SystemType("bank", build=_build, states=states, words=words)
