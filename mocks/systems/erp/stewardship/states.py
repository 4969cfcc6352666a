"""States of the ERP's master records: one in each status, after so many releases."""

from collections.abc import Callable
from typing import Annotated, Literal

from msgspec import Meta

from mocks.abilities.states import Name, Parameters, Stage, State, Values
from mocks.company.projections import ErpCompany
from mocks.company.stewardship import draft_master_record
from mocks.kit.operation import Refusal
from mocks.systems.erp.stewardship.desk import StewardDesk
from mocks.systems.erp.stewardship.models import MasterKind

Company = Annotated[str, Meta(min_length=1, max_length=8)]
Revision = Annotated[int, Meta(ge=1, le=50)]
DeskOf = Callable[[Stage], StewardDesk]
CompanyOf = Callable[[Stage, str], ErpCompany]
AMOUNT_MINOR = 98_000  # names the wording of the draft; no record has an amount


class MasterRecordGiven(Parameters, frozen=True, kw_only=True):
    """The record of a new cost centre, project or account; without `number` or `code` one is drawn and answered. A draft was never
    released."""

    number: Name | None = None
    kind: MasterKind = "cost_center"
    company_code: Company = "1000"
    code: Annotated[str, Meta(min_length=1, max_length=20)] | None = None
    status: Literal["draft", "active", "inactive"] = "active"
    revision: Revision = 1


class MasterRecordGone(Parameters, frozen=True, kw_only=True):
    """The number that no record has."""

    number: Name = "MD00000404"


def states(desk_of: DeskOf, company_of: CompanyOf) -> tuple[State, ...]:
    """desk_of: the stewards of the ERP that a contract is about."""

    def record(stage: Stage, given: MasterRecordGiven) -> Values:
        desk, company = desk_of(stage), company_of(stage, given.company_code)
        if given.number is not None and given.number in desk.book:
            raise Refusal("INVALID_TRANSITION", f"master record {given.number} exists already: send a teardown first")
        if given.number is not None:
            desk.wanted = given.number
        entity = next(each.key for each in stage.company.entities if each.erp_company == company.code)
        key = given.number or f"state-{len(desk.book)}"
        draft = draft_master_record(stage.company, entity, key, AMOUNT_MINOR)
        body = {**draft.body, "kind": given.kind, "code": given.code or f"9{len(desk.book):06d}", "active": given.status != "inactive"}
        made = stage.act("erp.master_record.create", actor=draft.actor, body=body)
        path = {"number": made.number}
        for turn in range(0 if given.status == "draft" else given.revision):
            if turn:
                stage.act("erp.master_record.change", actor=draft.actor, path=path, body={})
            made = stage.act("erp.master_record.release", actor=draft.approvers[0], path=path, body={})
        return {**path, "code": made.code, "version": made.version, "revision": made.revision}

    return (
        State("a master record exists", "a draft, or in force, after so many releases", MasterRecordGiven, record),
        State("there is no master record", "with this number (so it is in every state; for readers)", MasterRecordGone, _gone),
    )


def _gone(_stage: Stage, given: MasterRecordGone) -> Values:
    return {"number": given.number}
