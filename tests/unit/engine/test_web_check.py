"""POST /check: signed as an event is, read strictly, answered with what is known."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from engine.model.checks import BudgetQuestion, CheckedLine, Said
from engine.web.application import application
from tests.unit.engine.test_web import Store, signed, surface

LINE = {"amount": {"amount": "980.00", "currency": "USD"}, "category": "IT", "costCenter": "US-MKT-01", "project": None}
ASKED = {
    "question": "ask.requisition.check",
    "about": "budget_check",
    "id": "CHK-1",
    "budgetMs": 1500,
    "legalEntity": "ACME-US",
    "currency": "USD",
    "budgetDate": "2026-10-28",
    "lines": [LINE],
}


def ask(body: Any, headers: Mapping[str, str] | None = None) -> tuple[int, Any, list[tuple[BudgetQuestion, str | None]]]:
    """Status, JSON, and what was asked of the flow."""
    heard: list[tuple[BudgetQuestion, str | None]] = []

    async def answering(question: BudgetQuestion, correlation: str | None) -> Said:
        heard.append((question, correlation))
        return Said("over_budget", "2026-10-28T09:00:00Z")

    async def go() -> tuple[int, Any]:
        made = replace(surface(Store()), questions={"ask.requisition.check": answering}, minor_units={"USD": 2})
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with TestClient(TestServer(application(made))) as client:
            answer = await client.post(
                "/check", data=raw, headers={"X-Correlation-ID": "dc-7", **(signed(raw) if headers is None else headers)}
            )
            return answer.status, await answer.json(content_type=None)

    return (*asyncio.run(go()), heard)


def test_a_question_is_answered() -> None:
    """The flow hears it in minor units, with the person's patience and the correlation id."""
    status, said, heard = ask(ASKED)
    assert (status, said) == (200, {"answer": "over_budget", "as_of": "2026-10-28T09:00:00Z"})
    line = CheckedLine("IT", "US-MKT-01", None, 98_000)
    assert heard == [(BudgetQuestion("CHK-1", "ACME-US", "USD", date(2026, 10, 28), (line,), 1.5), "dc-7")]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "MALFORMED_REQUEST"),
        ({**ASKED, "question": "ask.the.oracle"}, 422, "VALIDATION_FAILED"),
        ({**ASKED, "lines": []}, 422, "VALIDATION_FAILED"),
        ({**ASKED, "currency": "ZZZ"}, 422, "VALIDATION_FAILED"),
        ({**ASKED, "lines": [{**LINE, "amount": {"amount": "9.805", "currency": "USD"}}]}, 422, "VALIDATION_FAILED"),
        ({**ASKED, "lines": [{**LINE, "amount": {"amount": "much", "currency": "USD"}}]}, 422, "VALIDATION_FAILED"),
        ({**ASKED, "lines": [{**LINE, "amount": {"amount": "9.80", "currency": "EUR"}}]}, 422, "VALIDATION_FAILED"),
        ({**ASKED, "budgetDate": "28/10/2026"}, 422, "VALIDATION_FAILED"),
        ({**ASKED, "budgetMs": 0}, 422, "VALIDATION_FAILED"),
    ],
)
def test_what_cannot_be_read_is_refused(body: Any, status: int, code: str) -> None:
    """With a problem, and the flow hears nothing."""
    answered, said, heard = ask(body)
    assert (answered, said["code"], heard) == (status, code, [])


@pytest.mark.parametrize("headers", [{}, {"webhook-id": "1"}, signed(b"another body"), signed(json.dumps(ASKED).encode(), age_s=900)])
def test_nobody_else_learns_what_is_in_a_budget(headers: Mapping[str, str]) -> None:
    """Unsigned, signed for something else, or long ago."""
    answered, said, heard = ask(ASKED, headers)
    assert (answered, said["code"], heard) == (401, "SIGNATURE_INVALID", [])
