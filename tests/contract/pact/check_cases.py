"""What the engine relies on where it asks what a place may still spend."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from pact import match

from engine.model.calls import Trace
from engine.model.checks import Funds, Place
from tests.contract.pact.consumer import CORRELATION, TRACE, Answer, Case, Request, State, gives, problem, refused
from tests.contract.pact.erp_papers import CENTER, COST_CENTER, LIVE_TOKEN

AS_OF = "2026-10-28T09:00:00.000001Z"
ON = date(2026, 10, 28)
PLACE = Place("1000", CENTER, "5400", None)
QUERY = {"company_code": "1000", "cost_center": CENTER, "gl_account": "5400", "date": "20261028"}
BUDGET: State = ("a budget is in force", {"company_code": "1000", "amount": "980.00"})


def cases() -> Iterator[Case]:
    """A look, and one at what cannot be booked."""

    def look(it: Any, place: Place = PLACE) -> Any:
        return it.funds.available(place, ON, Trace(CORRELATION, TRACE))

    said = {
        "cost_center": CENTER,
        "account_group": "54",
        "project": None,
        "currency": "USD",
        "figures": {"available": match.regex("980.00", regex=r"-?\d+\.\d{2}")},
        "as_of": match.regex(AS_OF, regex=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
    }
    request, states = Request("GET", "/budget-status", QUERY), (LIVE_TOKEN, COST_CENTER, BUDGET)
    found = Funds((CENTER, "54", None), "USD", 98_000, AS_OF)
    yield Case("erp", "erp.budget.read: what is left", states, request, Answer(200, said), look, gives(found))
    balance, unbookable = replace(request, query={**QUERY, "gl_account": "9999"}), replace(PLACE, account="9999")
    yield Case(
        "erp", "erp.budget.read: an account that there is not", states, balance, problem(400, "INVALID_PARAMETER"),
        lambda it: look(it, unbookable), refused("INVALID_PARAMETER", "validation"),
    )  # fmt: skip
