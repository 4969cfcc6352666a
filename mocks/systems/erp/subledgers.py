"""What the history is told of the ledgers beside the journals: every entry of the budget ledger, the budget that stands against it, and
what is open with suppliers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Literal

from mocks.kit.operation import Call, Deferred, Effect, Operation, Refusal, Reply
from mocks.systems.erp.budget.ledger import Budgeted, Movement
from mocks.systems.erp.core import Erp
from mocks.systems.erp.payables import OpenItem

MOVEMENT, WINDOW, OPEN_ITEM = "budget_movement", "budget_window", "open_item"


class SubledgerRows:
    """Of one ERP. Whatever changes its books tells them, so whoever answers a call asks here what there is to be told beside."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._told = 0  # movements
        self._windows: dict[str, Budgeted] = {}  # as they were told last, by name
        self._changes: dict[str, int] = {}  # how often an open item was told, by document

    def operations(self, of: Iterable[Operation]) -> tuple[Operation, ...]:
        """The same, and what they change beside the journals is told with what they tell."""
        return tuple(replace(each, handler=self._telling(each.handler)) for each in of)

    def _telling(self, handler: Callable[[Call], Reply]) -> Callable[[Call], Reply]:
        def handle(call: Call) -> Reply:
            return self._told_with(handler(call))

        return handle

    def _told_with(self, reply: Reply) -> Reply:
        """A reply that tells of no change is left as it is: what time brought about (a reservation that expired) waits for the next one."""
        later = tuple(replace(each, run=self._telling(each.run), refuse=self._refusing(each)) for each in reply.deferred)
        return replace(reply, effects=(*reply.effects, *self._rows()) if reply.effects else (), deferred=later)

    def _refusing(self, work: Deferred) -> Callable[[Call, Refusal], Reply] | None:
        refuse = work.refuse
        return None if refuse is None else lambda call, why: self._told_with(refuse(call, why))

    def _rows(self) -> tuple[Effect, ...]:
        fresh = self._erp.budget.movements[self._told :]
        self._told += len(fresh)
        moved = (movement_effect(each, self._erp.master.companies[each.bucket.company_code].currency) for each in fresh)
        return (*self._budgets(fresh), *moved, *(self._item(each) for each in self._erp.payables.take_changed()))

    def _budgets(self, fresh: Iterable[Movement]) -> Iterator[Effect]:
        """The budget of the months that count together with each entry, the first time and whenever it is another one."""
        for bucket, month in dict.fromkeys((move.bucket, move.period) for move in fresh):
            for found in self._erp.budget.budgeted(bucket, month):
                name = window_name(found)
                before = self._windows.get(name)
                if before != found:
                    self._windows[name] = found
                    currency = self._erp.master.companies[found.bucket.company_code].currency
                    yield window_effect(found, currency, "create" if before is None else "update")

    def _item(self, item: OpenItem) -> Effect:
        number = self._changes[item.document] = self._changes.get(item.document, 0) + 1
        return Effect(
            OPEN_ITEM,
            item.document,
            "create" if number == 1 else "update",
            version=number,
            amount_minor=item.open_minor,
            currency=item.currency,
            company=item.company_code,
            account=item.account,
            party=item.vendor_id,
            parent_id=item.document,
        )


def movement_effect(move: Movement, currency: str) -> Effect:
    """One entry of the budget ledger: category is its stage, parent_id for which document it is, src_line for which line of it."""
    bucket = move.bucket
    return Effect(
        MOVEMENT,
        str(move.number),
        "create",
        amount_minor=move.amount_minor,
        currency=currency,
        company=bucket.company_code,
        period=move.period,
        account=bucket.account_group,
        cost_center=bucket.cost_center,
        project=bucket.project or None,
        parent_id=move.owner,
        src_line=move.line,
        category=move.stage,
    )


def window_name(found: Budgeted) -> str:
    """Its name in the history: the bucket, and the first and the last month."""
    bucket = found.bucket
    return f"{bucket.company_code}/{bucket.cost_center}/{bucket.account_group}/{bucket.project}/{found.months[0]}/{found.months[-1]}"


def window_effect(found: Budgeted, currency: str, effect: Literal["create", "update"]) -> Effect:
    """category is how strictly it is controlled, quantity the percent of it that may be overdrawn, in thousandths; posting_date the first
    day of its last month."""
    bucket = found.bucket
    return Effect(
        WINDOW,
        window_name(found),
        effect,
        amount_minor=found.budget_minor,
        quantity=1000 * found.tolerance_percent,
        currency=currency,
        company=bucket.company_code,
        document_date=f"{found.months[0]}-01",
        posting_date=f"{found.months[-1]}-01",
        account=bucket.account_group,
        cost_center=bucket.cost_center,
        project=bucket.project or None,
        category=found.level,
    )
