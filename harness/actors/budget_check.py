"""Budget checks: a requester asks while the form is open; the owner of the cost centre decides where there is no budget, or nobody knows.
A controller gives the cost centre its budget before, and the requester drafts the requisition."""

from collections.abc import Mapping
from typing import Any

import msgspec

from harness.actors.actor import Actor, Occasion, member
from mocks.company import Draft
from mocks.company.checking import draft_budget_check

TOLD = ("requisitionId", "requisitionRevision", "legalEntity", "currency", "budgetDate", "total", "lines")  # to whom is asked
REFUSED_EVERY = 5  # so many exceptions, by their amounts, are not agreed to


def write(occasion: Occasion) -> Draft:
    """What the requester asks, and what is there before."""
    company, entity, number = occasion.company, occasion.entity, occasion.minted
    supplier = occasion.seller if number is None else company.minted_supplier(entity, number)
    center = None if number is None else company.minted_cost_center(entity, number)
    return draft_budget_check(
        company, entity, occasion.key, occasion.amount_minor, supplier=supplier, cost_center=center, **occasion.manner
    )


def question(body: Any) -> Mapping[str, Any]:
    """What whoever is asked has to know of it, in procurement's words."""
    told = msgspec.to_builtins(body)
    return {name: told[name] for name in TOLD}


def kept(word: str | None, as_of: str | None) -> Mapping[str, Any]:
    """What the requester's form keeps of an answer. A word that it does not know is no answer."""
    known = word if word in ("within_budget", "over_budget", "unknown") else None
    return {"answer": known, "asOf": as_of if known else None}


def decision(body: Any, draft: Draft) -> tuple[str, str, Mapping[str, Any]] | None:
    """What the owner does about it; None while nobody has to decide."""
    if member(body, "status") != "exception_pending":
        return None
    if draft.amount_minor % REFUSED_EVERY == 0:
        return "refuse", draft.approvers[0], {"reason": "not in this quarter"}
    return "agree", draft.approvers[0], {}


ACTOR = Actor(
    document="budget_check",
    points="procurement.budget_check",
    id_member="id",
    write=write,
    submit=None,
    approve=None,
    question=question,
    keep="record_answer",
    kept=kept,
    decision=decision,
    is_prepared=True,
)
