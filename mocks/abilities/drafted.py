"""Valid drafts of one company for whoever generates requests: without its words nothing gets past the first rule."""

from collections.abc import Callable

from mocks.company import Company, Draft, Employee

AMOUNT = 98_000  # minor units; the first approver's limit covers it in every currency
MANY = 12
DRAFTS = range(3)  # for each entity


def drafts(company: Company, draft: Callable[[str, str, int], Draft]) -> tuple[Draft, ...]:
    """Some of each entity. draft: from entity, key and amount in minor units."""
    return tuple(draft(entity.key, f"fuzz-{number}", AMOUNT + number) for entity in company.entities for number in DRAFTS)


def players(company: Company) -> tuple[Employee, ...]:
    """Those who wrote the drafts, and all who must agree."""
    found = []
    for entity in company.entities:
        for number in DRAFTS:
            person = company.requester(entity.key, f"fuzz-{number}")
            found += [person, *company.approval_chain(person, AMOUNT)]
    return tuple(found)
