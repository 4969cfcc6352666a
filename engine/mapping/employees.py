"""An employee becomes a copy for each system whose people write and approve, in that system's words. Whoever is new, and a cost centre that
the crosswalks do not know, has no other name there than in HR; a company that they do not know stops it."""

from engine.mapping.references import external_ref
from engine.mapping.rules import Rules
from engine.model.master_data import CopiesDraft, EmployeeContent, EmployeeRecord

KEEPERS = ("procurement", "expense")


def employee_draft(record: EmployeeRecord, rules: Rules) -> CopiesDraft[EmployeeContent]:
    """Raises Unpostable when a value has no rule."""
    copies = {system: _content(record, rules, system) for system in KEEPERS}
    return CopiesDraft(external_ref(record.source_id, record.sequence), record.sequence, copies)


def _content(record: EmployeeRecord, rules: Rules, system: str) -> EmployeeContent:
    return EmployeeContent(
        user=rules.employee_in(system, record.source_id),
        house=rules.entity_in(system, record.company_code),
        cost_center=rules.code_in(system, "cost_center", record.company_code, record.cost_center),
        manager=None if record.manager is None else rules.employee_in(system, record.manager),
        source_id=record.source_id,
        sequence=record.sequence,
        name=record.name,
        status=record.status,
        valid_from=record.valid_from,
        valid_to=record.valid_to,
    )
