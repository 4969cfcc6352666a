"""Every kind of mock system by its id: one line each. The world, provider states, fuzzing and the published documents read this table."""

from collections.abc import Mapping

from mocks.abilities.system_type import SystemType
from mocks.systems.bank.declaration import SYSTEM as BANK
from mocks.systems.erp.declaration import SYSTEM as ERP
from mocks.systems.expense.declaration import SYSTEM as EXPENSE
from mocks.systems.hr.declaration import SYSTEM as HR
from mocks.systems.planning.declaration import SYSTEM as PLANNING
from mocks.systems.procurement.declaration import SYSTEM as PROCUREMENT
from mocks.systems.screening.declaration import SYSTEM as SCREENING

SYSTEMS: Mapping[str, SystemType] = {system.id: system for system in (ERP, PROCUREMENT, EXPENSE, BANK, PLANNING, SCREENING, HR)}
