"""A system of ours that drops the connection when a request is repeated: a finding, and nothing of the run is lost."""

from typing import Any

import pytest

from harness.errors import EXIT_INTERNAL, EXIT_NOT_ENOUGH_EVIDENCE
from harness.fuzz.drive import Drive
from harness.fuzz.expected import Expected
from harness.fuzz.options import Effort
from harness.fuzz.outcome import FuzzResult
from harness.fuzz.report import Report
from harness.fuzz.target import Target
from tests.fuzz import toy

POST = toy.DOCUMENT["paths"]["/things"]["post"]
PARAMETERS = [{"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "pattern": "^[a-z0-9-]{1,64}$"}}]
DOCUMENT = {
    **toy.DOCUMENT,
    "components": {"securitySchemes": {"b": {"type": "http", "scheme": "bearer"}}},
    "paths": {"/things": {"post": {**POST, "parameters": PARAMETERS, "security": [{"b": []}]}}},
}
STRANGER = "a-live-token-without-scope"


def once_each() -> Any:
    """Serves each key once, and nobody without the scope; everything else gets no answer at all."""
    keys: set[str] = set()

    def answer(handler: Any, body: bytes) -> tuple[int, Any]:
        key = handler.headers.get("Idempotency-Key", "")
        if key in keys or STRANGER in handler.headers.get("Authorization", ""):
            handler.close_connection = True
            return toy.NO_ANSWER
        keys.add(key)
        return toy.answer_well(handler, body)

    return answer


def driven(phases: tuple[str, ...], books: Any = None) -> FuzzResult:
    """The outcome, with what the systems of dryclose promise."""
    with toy.served(once_each(), DOCUMENT) as url:
        target = Target("toy", url.removesuffix("/openapi.json"), DOCUMENT, codes={"NONE": 400}, wrong_scope=STRANGER)
        return Drive(target, Effort(seed=1, examples=5, scenarios=2, phases=phases), Expected(), books=books).run()


@pytest.mark.parametrize("phases", [("stateful",), ("fuzzing",)])
def test_no_answer_to_a_repeat_is_a_finding(phases: tuple[str, ...]) -> None:
    """In our own walks and in the generator's phases; the counts are there too."""
    outcome = driven(phases)
    said = [finding.message for finding in outcome.findings]
    assert any("no answer to the repeat" in one for one in said)
    assert any("no answer to a token without the scope" in one for one in said)
    assert not outcome.broken
    assert outcome.cases


def test_a_mistake_of_ours_keeps_what_was_found(tmp_path: Any) -> None:
    """Books that cannot be audited break the run off: its findings stay, and without any it would be an internal error."""

    def broken() -> Any:
        raise KeyError("total_debit")

    outcome = driven(("fuzzing",), broken)
    assert outcome.broken
    assert outcome.findings
    assert "KeyError" in outcome.problems[-1]
    outcome.findings = []
    assert Report(1, ["again"], tmp_path, {}, [outcome]).exit_code == EXIT_INTERNAL


def test_a_check_that_saw_nothing_is_a_doubt(tmp_path: Any) -> None:
    """Of our own systems: what is registered must have had something to look at, and what is declared must have been accepted."""
    outcome = FuzzResult("erp", 1, ("GET /a", "GET /b"), ours=True, required={"scope_is_enforced", "books_balance"})
    outcome.exercised |= {"GET /a", "GET /b"}
    outcome.accepted |= {"GET /a"}
    outcome.examined["books_balance"] = 2
    assert len(outcome.doubts) == 2
    assert "GET /b" in outcome.doubts[0]
    assert "scope_is_enforced" in outcome.doubts[1]
    assert Report(1, ["again"], tmp_path, {}, [outcome]).exit_code == EXIT_NOT_ENOUGH_EVIDENCE
