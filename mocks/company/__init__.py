"""Master data of one invented group of companies, from one seed.

    company = generate(seed=7, minted=200)      # 3 entities, 200 suppliers, 300 employees, and 200 + 200 minted objects per entity
    company.digest()                            # SHA-256, the same on every machine
    company.write_mappings(directory)           # the crosswalks as CSV, for the connector
    draft = company.draft_requisition("US01", "p2p-000123", 98_000)

Everything is frozen. Each system gets its own projection (`projections`): its own ids, names and formats.
"""

from mocks.company.company import Company
from mocks.company.drafts import Draft
from mocks.company.generate import generate
from mocks.company.model import CostCenter, Employee, Entity, Project, Supplier

__all__ = ["Company", "CostCenter", "Draft", "Employee", "Entity", "Project", "Supplier", "generate"]
