"""What stewards of master data type: the record of a cost centre, a project or an account, and what it says the next time."""

from datetime import date, timedelta
from typing import Any

from mocks.company.company import BUSINESS_START, Company
from mocks.company.drafts import Draft
from mocks.company.model import CostCenter
from mocks.company.streams import Stream

KINDS = ("cost_center", "gl_account", "project", "cost_center")  # every second one is a cost centre
PREFIXES = {"cost_center": "", "project": "P-", "gl_account": "5"}  # of what is numbered after a cost centre
NAMES = ("Field marketing", "Shared services", "Plant maintenance", "Customer care", "Data platform", "Export sales")
ACTIVE = (True, True, True, False)
OPEN_END = date(2099, 12, 31)  # where no end is known
FIRST_DAYS, LAST_DAYS = 90, 700


def draft_master_record(
    company: Company,
    entity: str,
    key: str,
    amount_minor: int,
    *,
    cost_center: CostCenter | None = None,
    on: date = BUSINESS_START,
) -> Draft:
    """`key` names what the record is of, and who writes it; `amount_minor` which wording of it this is (it has no amount). cost_center: of
    which no other record is; a project and an account are numbered after it. approvers: who releases it."""
    house = company.entity(entity)
    stream = Stream(company.seed, "master record", entity, key)
    center = cost_center or stream.pick(company.cost_centers_of(entity))
    kind = stream.pick(KINDS)
    content = _content(company, entity, Stream(company.seed, "wording of a master record", entity, key, amount_minor), on)
    code = f"{PREFIXES[kind]}{center.erp_id}"
    body = {"kind": kind, "company_code": house.erp_company, "code": code, **content}
    steward = company.requester(entity, key).erp_id
    keys = ((kind, code),) if cost_center else ()
    releaser = _releaser(company, entity, steward)
    return Draft("erp", "master_record", entity, steward, body, (releaser,), amount_minor, house.currency, keys)


def _releaser(company: Company, entity: str, steward: str) -> str:
    """Whoever may approve most in the entity, and is not the steward."""
    able = (each for each in company.employees if each.entity == entity and each.erp_id != steward)
    return max(able, key=lambda each: (each.limit_minor is None, each.limit_minor or 0, each.erp_id)).erp_id


def _content(company: Company, entity: str, stream: Stream, on: date) -> dict[str, Any]:
    staff = [each for each in company.employees if each.entity == entity]
    first = on - timedelta(days=stream.below(FIRST_DAYS))
    last = OPEN_END if stream.below(2) else on + timedelta(days=30 + stream.below(LAST_DAYS))
    return {
        "name": stream.pick(NAMES),
        "responsible": stream.pick(staff).erp_id,
        "valid_from": f"{first:%Y%m%d}",
        "valid_to": f"{last:%Y%m%d}",
        "active": stream.pick(ACTIVE),
    }
