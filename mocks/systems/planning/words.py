"""Planning's words and valid plans of one company."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from mocks.abilities.drafted import AMOUNT, MANY
from mocks.abilities.replicas import RECORD, REVISIONS, SAID
from mocks.abilities.system_type import Words
from mocks.company import Company, Draft
from mocks.company.planning import draft_budget
from mocks.company.planning_ids import ACCOUNTS, house_id, node_code
from mocks.systems.planning.replicas import POINT

CREATE = "planning.budget.create"
SPENDING = "planning.consumption.record"
YEARS = ("FY26", "FY27")
_COPY = {**SAID, "valid-from": "2026-01-01", "valid-to": "2099-12-31", "entity": "LE-US"}
COPIES = tuple({**_COPY, "source-revision": number} for number in REVISIONS)  # what copies of master records may say


def words(company: Company) -> Words:
    """What requests to planning are made of."""
    made = _drafts(company)
    bodies = {CREATE: tuple(each.body for each in made), SPENDING: tuple(_spending(each) for each in made), f"{POINT}.put": COPIES}
    return Words(_members(company, made), bodies, {CREATE: tuple(each.actor for each in made)})


def _drafts(company: Company) -> tuple[Draft, ...]:
    """One of each cost centre: of a node and year there is only one plan."""
    return tuple(
        draft_budget(company, entity.key, f"fuzz-{number}", AMOUNT + number, cost_center=center)
        for entity in company.entities
        for number, center in enumerate(islice(company.cost_centers_of(entity.key), MANY))
    )


def _spending(draft: Draft) -> Mapping[str, Any]:
    line = draft.body["lines"][0]
    year = draft.body["fiscal-year"]
    nothing = "0.00" if "." in line["amount"] else "0"
    return {
        "node": draft.body["node"],
        "period": f"{year}-P07",
        "currency": draft.currency,
        "lines": [{"account": line["account"], "actual": nothing, "committed": line["amount"], "available": line["amount"]}],
        "total": line["amount"],
        "as-of": "2026-10-28T09:00:00Z",
        "target-version": "1000/1",
    }


def _members(company: Company, made: tuple[Draft, ...]) -> Mapping[str, tuple[str, ...]]:
    people = dict.fromkeys(person for draft in made for person in (draft.actor, *draft.approvers))
    return {
        "entity": tuple(house_id(entity) for entity in company.entities),
        "node": tuple(
            node_code(entity, center) for entity in company.entities for center in islice(company.cost_centers_of(entity.key), MANY)
        ),
        "account": tuple(ACCOUNTS),
        "currency": tuple(entity.currency for entity in company.entities),
        "fiscal-year": YEARS,
        "period": tuple(f"{year}-{part}" for year in YEARS for part in ("Q1", "Q3", "P07")),
        "amount": ("-980.00", "-98000"),
        "X-Acting-User": tuple(people),
        "target-version": ("1000/1",),
        "source_record": (RECORD,),
    }
