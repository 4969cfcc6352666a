"""The desk for budgets themselves: a whole version replaces the one before, never an older one a newer one.

The checksum that a sender may give is SHA-256 over text lines joined by a line feed: `company usual`, then, sorted, one line for each
budget line, `company/cost centre/account group/project month amount`; amounts are in minor units.
"""

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final
from uuid import UUID

from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.kit.operation import Call, Effect, Refusal, Reply, View
from mocks.systems.erp import rules
from mocks.systems.erp.budget.funds import expired, warning
from mocks.systems.erp.budget.models import BudgetVersionCreate, BudgetVersionRecord
from mocks.systems.erp.budget.versions import Bucket, BudgetVersion
from mocks.systems.erp.core import Erp
from mocks.systems.erp.documents.store import draw_id, draw_uuid
from mocks.systems.erp.periods import first_day

VERSION_KIND: Final = "budget_version"
STATUS: Final = "in_force"
RECORDS_SINCE = datetime(2024, 1, 1, tzinfo=UTC)


class VersionDesk:
    """Of one ERP. It keeps what was published, by the id of the budget; the versions that companies began with are not among it."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp

    def publish(self, call: Call) -> Reply:
        """erp.budget_version.create"""
        body: BudgetVersionCreate = call.body
        company = rules.company_of(self._erp.master, body.company_code, body.currency)
        budget = self._budget_id(body, company)
        before = self._before(body, company)
        if before is not None and body.sequence <= before.sequence:
            said = f"budget {budget} has version {before.id}; sequence {body.sequence} is not newer"
            raise Refusal("VERSION_CONFLICT", said, current_revision=before.sequence)
        version = self._version(body, company, budget)
        self._erp.budget.expire(call.now)
        overdrawn = self._erp.budget.publish(version)
        is_first = budget not in self._erp.published
        record = BudgetVersionRecord(
            id=draw_id(call, VERSION_KIND),
            uuid=draw_uuid(call, VERSION_KIND),
            version=body.sequence,
            created_at=call.now,
            updated_at=call.now,
            exported=False,
            external_id=None,
            budget_version=version.id,
            status=STATUS,
            company_code=company.code,
            currency=company.currency,
            cost_center=body.cost_center,
            fiscal_year=body.fiscal_year,
            sequence=body.sequence,
            external_ref=body.external_ref,
            checksum=version.checksum,
            total=to_text(version.total_minor, company.decimals),
            lines=len(version.lines),
            overdrawn=tuple(warning(short, company) for short in overdrawn),
        )
        self._erp.published[budget] = record
        effects = (*_effects(version, body, company, budget, is_first=is_first), *expired(self._erp.budget))
        return Reply(record, version=body.sequence, created={"existing_id": budget}, effects=effects)

    def enter(self, call: Call) -> Reply:
        """erp.budget_version.enter"""
        body: BudgetVersionCreate = call.body
        master = self._erp.master
        rules.check_person(master, call.actor or "", rules.company_of(master, body.company_code, body.currency))
        return self.publish(call)

    def read(self, call: Call) -> Reply:
        """erp.budget_version.read: of a cost centre without a budget of its own in that year, its company's"""
        query = call.query
        company = self._erp.master.companies.get(query["company_code"])
        if company is None or ("cost_center" in query) != ("fiscal_year" in query):
            raise Refusal("INVALID_PARAMETER", "expected a company code, and a cost centre with a fiscal year or neither")
        own = _id(company.code, query.get("cost_center"), int(query.get("fiscal_year", 0)))
        record = (
            self._erp.published.get(own)
            or self._erp.published.get(company.code)
            or _first(self._erp.budget.versions[company.code], company)
        )
        return Reply(record, version=record.sequence)

    def _budget_id(self, body: BudgetVersionCreate, company: ErpCompany) -> str:
        """Raises CODING_INVALID and COST_CENTER_INACTIVE."""
        if (body.cost_center is None) != (body.fiscal_year is None):
            raise Refusal("CODING_INVALID", "cost_center and fiscal_year: a budget has both, or it is the whole company's")
        if body.cost_center is not None and body.fiscal_year is not None:
            center = self._erp.master.cost_centers.get(body.cost_center)
            if center is None or center.company_code != company.code:
                raise Refusal("CODING_INVALID", f"no cost centre {body.cost_center!r} in company {company.code}")
            begins = first_day(f"{body.fiscal_year}-{company.budget.year_starts:02d}")
            if not center.active or (center.valid_to and center.valid_to < begins):
                raise Refusal("COST_CENTER_INACTIVE", f"cost centre {body.cost_center} is not active in fiscal year {body.fiscal_year}")
        return _id(company.code, body.cost_center, body.fiscal_year)

    def _before(self, body: BudgetVersionCreate, company: ErpCompany) -> BudgetVersion | None:
        if body.cost_center is None or body.fiscal_year is None:
            return self._erp.budget.versions[company.code]
        return self._erp.budget.own.get((company.code, body.cost_center), {}).get(body.fiscal_year)

    def _version(self, body: BudgetVersionCreate, company: ErpCompany, budget: str) -> BudgetVersion:
        """When its lines, total and checksum hold. Raises AMOUNT_MISMATCH, and VALIDATION_FAILED for the checksum."""
        usual = rules.minor(body.other_amount, company) if body.other_amount is not None else 0
        lines = self._lines(body, company)
        version = BudgetVersion(
            f"{budget}/{body.sequence}", company.code, body.sequence, usual, lines, body.cost_center or "", body.fiscal_year or 0
        )
        if body.total is not None:
            rules.check_sum(lines.values(), rules.minor(body.total, company), "budget")
        if body.checksum not in {None, version.checksum}:
            raise Refusal("VALIDATION_FAILED", f"checksum: the lines have {version.checksum}, and {body.checksum} was sent")
        return version

    def _lines(self, body: BudgetVersionCreate, company: ErpCompany) -> dict[tuple[Bucket, str], int]:
        policy = self._erp.budget.policies[company.code]
        lines: dict[tuple[Bucket, str], int] = {}
        for line in body.lines:
            center = self._erp.master.cost_centers.get(line.cost_center)
            if center is None or center.company_code != company.code:
                raise Refusal("CODING_INVALID", f"no cost centre {line.cost_center!r} in company {company.code}")
            if body.cost_center not in {None, line.cost_center}:
                raise Refusal("CODING_INVALID", f"a line for cost centre {line.cost_center}: the budget is of {body.cost_center}")
            if body.fiscal_year not in {None, policy.fiscal_year(line.period)}:
                raise Refusal("CODING_INVALID", f"a line for {line.period}: the budget is of fiscal year {body.fiscal_year}")
            key = Bucket(company.code, line.cost_center, line.account_group, line.project or ""), line.period
            if key in lines:
                raise Refusal("VALIDATION_FAILED", f"two lines for cost centre {line.cost_center}, {line.account_group}, {line.period}")
            lines[key] = rules.minor(line.amount, company)
        return lines


def _id(company: str, cost_center: str | None, fiscal_year: int | None) -> str:
    """`1000`, or `1000/4711000/2026`."""
    return company if cost_center is None else f"{company}/{cost_center}/{fiscal_year}"


def _first(version: BudgetVersion, company: ErpCompany) -> BudgetVersionRecord:
    """The budget that a company began with; nobody published it."""
    return BudgetVersionRecord(
        id=int(company.code),
        uuid=str(UUID(bytes=blake2b(version.id.encode(), digest_size=16).digest(), version=4)),
        version=version.sequence,
        created_at=RECORDS_SINCE,
        updated_at=RECORDS_SINCE,
        exported=False,
        external_id=None,
        budget_version=version.id,
        status=STATUS,
        company_code=company.code,
        currency=company.currency,
        cost_center=None,
        fiscal_year=None,
        sequence=version.sequence,
        external_ref=None,
        checksum=version.checksum,
        total=to_text(version.total_minor, company.decimals),
        lines=len(version.lines),
        overdrawn=(),
    )


def _effects(version: BudgetVersion, body: BudgetVersionCreate, company: ErpCompany, budget: str, *, is_first: bool) -> tuple[Effect, ...]:
    """The version, and each of its lines by month."""
    head = Effect(
        VERSION_KIND,
        budget,
        "create" if is_first else "update",
        version=version.sequence,
        src_version=version.sequence,
        amount_minor=version.total_minor,
        currency=company.currency,
        company=company.code,
        cost_center=body.cost_center,
        ext_ref=body.external_ref,
        state=STATUS,
    )
    lines = (
        Effect(
            "budget_line",
            f"{version.id}.{number}",
            "create",
            src_version=version.sequence,
            amount_minor=amount,
            currency=company.currency,
            company=company.code,
            period=period,
            account=bucket.account_group,
            cost_center=bucket.cost_center,
            project=bucket.project or None,
            parent_id=budget,
        )
        for number, ((bucket, period), amount) in enumerate(version.lines.items(), 1)
    )
    return (head, *lines)


def published_view(budget: str, record: BudgetVersionRecord, company: ErpCompany) -> View:
    """How a budget that was published stands at the end."""
    return View(
        VERSION_KIND,
        budget,
        record.status,
        record.version,
        amount_minor=rules.minor(record.total, company),
        currency=record.currency,
        company=record.company_code,
        ext_ref=record.external_ref,
        src_version=record.sequence,
    )
