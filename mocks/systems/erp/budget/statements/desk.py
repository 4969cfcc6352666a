"""The commands on budget statements: a controller opens one and issues it, again whenever the figures should be known anew."""

from dataclasses import replace
from datetime import datetime

from mocks.company.money import to_text
from mocks.kit.ids import NUMBER_SPACE, draw_id, draw_uuid, free
from mocks.kit.operation import Call, Effect, OutEvent, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.budget.funds import expired
from mocks.systems.erp.budget.statements.book import KIND, Issued, Stated, StatementBook, issued
from mocks.systems.erp.budget.statements.models import BudgetStatement, BudgetStatementOpen, BudgetStatementSummary, StatedLine
from mocks.systems.erp.budget.versions import Bucket
from mocks.systems.erp.core import Erp
from mocks.workflow.rules import to_instant

PATH = "/budget-statements"


class StatementDesk:
    """The statements of one ERP. wanted: the number that the next one takes."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.book = StatementBook()
        self.wanted: str | None = None

    # What a connector does.

    def list(self, call: Call) -> Reply:
        """erp.budget_statement.list: each one once, in order of its last issue"""
        since = to_instant(call.query["updated_since"]) if "updated_since" in call.query else None
        found, after = self.book.page(call.after, since, call.limit)
        return Reply({"items": [_summary(each) for each in found], "next": after})

    def read(self, call: Call) -> Reply:
        """erp.budget_statement.read: as it was issued last"""
        statement = self.book.get(call.path["number"])
        if not statement.revision:
            raise Refusal("NOT_FOUND", f"budget statement {statement.number} was never issued")
        return self._reply(statement)

    # What people do.

    def open(self, call: Call) -> Reply:
        """erp.budget_statement.open"""
        body: BudgetStatementOpen = call.body
        company = self._erp.master.companies.get(body.company_code)
        center = self._erp.master.cost_centers.get(body.cost_center)
        if company is None or center is None or center.company_code != company.code:
            raise Refusal("CODING_INVALID", f"no cost centre {body.cost_center!r} in company {body.company_code}")
        rules.check_person(self._erp.master, call.actor or "", company)
        self.book.refuse_repeat((company.code, center.number, body.period))
        statement = Issued(
            number=self._free_number(call),
            id=draw_id(call, KIND),
            uuid=draw_uuid(call, KIND),
            version=1,
            company=company.code,
            cost_center=center.number,
            period=body.period,
            currency=company.currency,
            opened_by=call.actor or "",
            correlation_id=call.correlation_id,
            created_at=call.now,
            updated_at=call.now,
        )
        self.book.put(statement)
        opened = Effect(
            "budget_statement_opened", statement.number, "create", company=company.code, cost_center=center.number, state="opened"
        )
        reply = self._reply(statement, (opened,))
        return replace(reply, location=f"{PATH}/{statement.number}", created={"existing_id": statement.number})

    def issue(self, call: Call) -> Reply:
        """erp.budget_statement.issue: revision + 1, with the figures of this instant"""
        statement = self.book.get(call.path["number"])
        company = self._erp.master.companies[statement.company]
        rules.check_version(call.if_match, statement.version, f"budget statement {statement.number}")
        rules.check_person(self._erp.master, call.actor or "", company)
        self._erp.budget.expire(call.now)
        changed = replace(
            statement,
            version=statement.version + 1,
            revision=statement.revision + 1,
            as_of=call.now,
            updated_at=call.now,
            budget_version=self._version_of(statement),
            lines=self._lines(statement),
        )
        self.book.put(changed)
        reply = self._reply(changed, (*expired(self._erp.budget), *issued(changed)))
        return replace(reply, events=(_event(changed),))

    # Steps.

    def _lines(self, statement: Issued) -> tuple[Stated, ...]:
        """Every group of which anything ever moved in the month."""
        budget, month = self._erp.budget, statement.period
        months = budget.policies[statement.company].months(month)
        lines = []
        for group, buckets in sorted(budget.moved_in(statement.company, statement.cost_center, month).items()):
            figures = [budget.figures(bucket, (month,)) for bucket in buckets]
            lines.append(
                Stated(
                    group,
                    committed_minor=sum(each.pre_encumbrance + each.encumbrance for each in figures),
                    actual_minor=sum(each.actual for each in figures),
                    available_minor=sum(budget.figures(bucket, months).available for bucket in buckets),
                )
            )
        return tuple(lines)

    def _version_of(self, statement: Issued) -> str:
        """Of the budget of the cost centre in the month: every group of it has the same one."""
        version = self._erp.budget.in_force(Bucket(statement.company, statement.cost_center, ""), statement.period)
        return version.id if version else ""

    def _free_number(self, call: Call) -> str:
        wanted, self.wanted = self.wanted, None
        if wanted is not None and wanted not in self.book:
            return wanted
        return free(lambda name: f"BS{call.draw(name) % NUMBER_SPACE:08d}", f"{KIND}.number", self.book.__contains__)

    def _reply(self, statement: Issued, effects: tuple[Effect, ...] = ()) -> Reply:
        return Reply(self._wire(statement), version=statement.version, effects=effects)

    def _wire(self, statement: Issued) -> BudgetStatement:
        decimals = self._erp.master.companies[statement.company].decimals
        return BudgetStatement(
            id=statement.id,
            uuid=statement.uuid,
            version=statement.version,
            created_at=statement.created_at,
            updated_at=statement.updated_at,
            exported=False,
            external_id=None,
            number=statement.number,
            company_code=statement.company,
            cost_center=statement.cost_center,
            period=statement.period,
            currency=statement.currency,
            status="issued" if statement.revision else "opened",
            revision=statement.revision or None,
            as_of=statement.as_of,
            budget_version=statement.budget_version,
            lines=tuple(
                StatedLine(
                    account_group=line.account_group,
                    committed=to_text(line.committed_minor, decimals),
                    actual=to_text(line.actual_minor, decimals),
                    available=to_text(line.available_minor, decimals),
                )
                for line in statement.lines
            ),
            committed=to_text(statement.committed_minor, decimals),
            actual=to_text(statement.actual_minor, decimals),
            opened_by=statement.opened_by,
            correlation_id=statement.correlation_id,
        )


def _summary(statement: Issued) -> BudgetStatementSummary:
    as_of: datetime | None = statement.as_of
    assert as_of is not None
    return BudgetStatementSummary(
        id=statement.id,
        uuid=statement.uuid,
        version=statement.version,
        created_at=statement.created_at,
        updated_at=statement.updated_at,
        exported=False,
        external_id=None,
        number=statement.number,
        company_code=statement.company,
        cost_center=statement.cost_center,
        period=statement.period,
        status="issued",
        revision=statement.revision,
        as_of=as_of,
    )


def _event(statement: Issued) -> OutEvent:
    data = {"number": statement.number, "revision": statement.revision, "version": statement.version, "status": "issued"}
    return OutEvent("budget_statement.issued", statement.number, data)
