"""The desk for funds: ask, reserve with the check in one step, turn into a pre-encumbrance (PST-P01), give back (PST-P02)."""

from datetime import UTC, date, datetime, time, timedelta

from mocks.company.money import to_text
from mocks.company.projections import ErpCompany
from mocks.kit.ids import draw_id, draw_uuid, free
from mocks.kit.operation import Call, Refusal, Reply
from mocks.systems.erp import rules
from mocks.systems.erp.budget.funds import KIND, Asked, exceeded, expired, memo, step_effect, warning
from mocks.systems.erp.budget.ledger import Ended, Figures, Overdrawn, Reservation, Spending
from mocks.systems.erp.budget.models import (
    BudgetFigures,
    BudgetStatus,
    ReservationCreate,
)
from mocks.systems.erp.budget.models import Reservation as ReservationRecord
from mocks.systems.erp.budget.versions import bucket_of
from mocks.systems.erp.core import Erp
from mocks.systems.erp.periods import month


class BudgetDesk:
    """Of one ERP."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._by_reference: dict[str, str] = {}

    def read_status(self, call: Call) -> Reply:
        """erp.budget.read"""
        query, master, budget = call.query, self._erp.master, self._erp.budget
        account, center, project = query["gl_account"], query["cost_center"], query.get("project")
        on = rules.query_day(query["date"]) if "date" in query else call.now.date()
        problem = rules.coding_problem(master, query["company_code"], account, center, project=project, on=on)
        if problem is not None:
            raise Refusal("INVALID_PARAMETER", problem[1])
        company = master.companies[query["company_code"]]
        budget.expire(call.now)
        bucket = bucket_of(company.code, account, center, project)
        policy = budget.policies[company.code]
        at, months = _until(call), policy.months(month(on))
        if "as_of" in query:
            figures, version = budget.figures_at(bucket, months, at), budget.in_force_at(bucket, month(on), at)
        else:
            figures, version = budget.figures(bucket, months), budget.in_force(bucket, month(on))
        answer = BudgetStatus(
            company_code=company.code,
            cost_center=center,
            account_group=bucket.account_group,
            project=project,
            level=policy.level,
            window=policy.window,
            months=months,
            currency=company.currency,
            figures=_figures(figures, company),
            budget_version=version.id if version else "",
            as_of=at,
        )
        return Reply(answer, effects=expired(budget))

    def reserve(self, call: Call) -> Reply:
        """erp.budget_reservation.create"""
        body: ReservationCreate = call.body
        budget = self._erp.budget
        self._erp.budget.expire(call.now)
        self._refuse_repeat(body.external_ref)
        company = rules.company_of(self._erp.master, body.company_code, body.currency)
        lines = self._lines(body, company, rules.to_day(body.document_date))
        rules.check_sum((line.amount_minor for line in lines), rules.minor(body.total, company), "reservation")
        number = free(lambda name: f"B{call.draw(name) % 16**12:012X}", f"{KIND}.number", budget.reservations.__contains__)
        asked = Asked(draw_id(call, KIND), draw_uuid(call, KIND), body)
        ends = call.now + timedelta(seconds=body.expires_in_s)
        try:
            kept = budget.reserve(Reservation(number, lines, ends, call.now, call.now, asked))
        except Overdrawn as over:
            raise exceeded(over, company) from None
        if body.external_ref is not None:
            self._by_reference[body.external_ref] = number
        return Reply(
            self._record(kept),
            version=kept.version,
            location=f"/budget-reservations/{number}",
            created={"existing_id": number, "existing_status": kept.status},
            effects=(*expired(budget), step_effect(kept)),
        )

    def _lines(self, body: ReservationCreate, company: ErpCompany, on: date) -> tuple[Spending, ...]:
        lines = []
        for line in body.lines:
            rules.check_cost_account(self._erp.master, line.gl_account)
            rules.check_coding(self._erp.master, company, line.gl_account, line.cost_center, project=line.project, on=on)
            bucket = bucket_of(company.code, line.gl_account, line.cost_center, line.project)
            lines.append(Spending(str(line.line_no), bucket, month(on), rules.minor(line.amount, company)))
        return tuple(lines)

    def _refuse_repeat(self, external_ref: str | None) -> None:
        number = self._by_reference.get(external_ref or "")
        if number is not None:
            status = self._erp.budget.reservations[number].status
            said = f"{KIND} {number} has external_ref {external_ref!r} and is {status}"
            raise Refusal("DUPLICATE_REFERENCE", said, existing_id=number, existing_status=status)

    def read(self, call: Call) -> Reply:
        """erp.budget_reservation.read"""
        self._erp.budget.expire(call.now)
        kept = self._of(call)
        return Reply(self._record(kept), version=kept.version, effects=expired(self._erp.budget))

    def find(self, call: Call) -> Reply:
        """erp.budget_reservation.find"""
        self._erp.budget.expire(call.now)
        number = self._by_reference.get(call.query["external_ref"])
        found = [self._record(self._erp.budget.reservations[number])] if number else []
        return Reply({"items": found, "next": None}, effects=expired(self._erp.budget))

    def approve(self, call: Call) -> Reply:
        """erp.budget_reservation.approve: again changes nothing"""
        return self._step(call, "approve", "approved")

    def release(self, call: Call) -> Reply:
        """erp.budget_reservation.release: again changes nothing"""
        return self._step(call, "release", "released")

    def _step(self, call: Call, trigger: str, after: str) -> Reply:
        self._erp.budget.expire(call.now)
        before = self._of(call)
        rules.check_version(call.if_match, before.version, f"reservation {before.id}")
        if before.status == after:
            return Reply(self._record(before), version=before.version, effects=expired(self._erp.budget))
        try:
            kept = self._erp.budget.step(before.id, trigger, call.now)
        except Ended as ended:
            raise Refusal("INVALID_TRANSITION", f"{ended}: {trigger} is not possible", current_status=before.status) from None
        is_in_the_books = "approved" in {before.status, kept.status}
        lines = self._erp.ledger.post(memo(kept, ends=before.status == "approved")) if is_in_the_books else ()
        return Reply(
            self._record(kept), version=kept.version, effects=(*expired(self._erp.budget), step_effect(kept, call.if_match), *lines)
        )

    def _of(self, call: Call) -> Reservation:
        number = call.path["reservation_id"]
        kept = self._erp.budget.reservations.get(number)
        if kept is None:
            raise Refusal("NOT_FOUND", f"no {KIND} with id {number!r}")
        return kept

    def _record(self, kept: Reservation) -> ReservationRecord:
        asked: Asked = kept.asked
        body = asked.body
        company = self._erp.master.companies[body.company_code]
        return ReservationRecord(
            id=asked.id,
            uuid=asked.uuid,
            version=kept.version,
            created_at=kept.created_at,
            updated_at=kept.updated_at,
            exported=False,
            external_id=None,
            reservation_id=kept.id,
            status=kept.status,
            company_code=body.company_code,
            currency=body.currency,
            document_date=body.document_date,
            external_ref=body.external_ref,
            source_revision=body.source_revision,
            lines=body.lines,
            total=body.total,
            expires_at=kept.expires_at,
            budget_version=kept.budget_version,
            warnings=tuple(warning(short, company) for short in kept.warnings),
        )


def _until(call: Call) -> datetime:
    """The end of the day that is asked for; now when it is not over, or none is."""
    if "as_of" not in call.query:
        return call.now
    return min(call.now, datetime.combine(rules.query_day(call.query["as_of"]), time.max, UTC))


def _figures(figures: Figures, company: ErpCompany) -> BudgetFigures:
    def text(minor: int) -> str:
        return to_text(minor, company.decimals)

    return BudgetFigures(
        budget=text(figures.budget),
        reserved=text(figures.reserved),
        pre_encumbrance=text(figures.pre_encumbrance),
        encumbrance=text(figures.encumbrance),
        actual=text(figures.actual),
        available=text(figures.available),
    )
