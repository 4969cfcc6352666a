"""A master record becomes a copy for each system that keeps one, in that system's words. A cost centre or a project that the crosswalks do
not know, and every account, has no other name there than in the ERP; a company or a person that they do not know stops it."""

from engine.mapping.references import external_ref
from engine.mapping.rules import Rules
from engine.model.master_data import CopiesDraft, CopyContent, MasterRecord

KEEPERS = ("procurement", "expense", "planning")
WITHOUT_PEOPLE = ("planning",)  # its copies name nobody


def copies_draft(record: MasterRecord, rules: Rules) -> CopiesDraft[CopyContent]:
    """Raises Unpostable when a value has no rule."""
    copies = {system: _content(record, rules, system) for system in KEEPERS}
    return CopiesDraft(external_ref(record.source_id, record.sequence), record.sequence, copies)


def _content(record: MasterRecord, rules: Rules, system: str) -> CopyContent:
    return CopyContent(
        kind=record.kind,
        house=rules.entity_in(system, record.company_code),
        code=rules.code_in(system, record.kind, record.company_code, record.code),
        source_id=record.source_id,
        sequence=record.sequence,
        name=record.name,
        responsible=None if system in WITHOUT_PEOPLE else rules.person_in(system, record.responsible),
        valid_from=record.valid_from,
        valid_to=record.valid_to,
        active=record.active,
    )
