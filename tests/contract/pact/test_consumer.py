"""The engine against Pact's mock servers: what it sends, what it makes of the answers, and that the committed pacts say the same."""

from collections.abc import Iterable

import pytest

from tests.contract.pact.consumer import Case, MessageCase, play, play_message
from tests.contract.pact.files import FOLDER, http_cases, messages, regenerated
from tests.shipped import CATALOG

HTTP, MESSAGES = http_cases(), messages()
STALE = "run `make pacts` and commit what it writes"
REFUSALS_ELSEWHERE = {
    "erp.coding.check": "an invalid combination is an answer, not a refusal",
    "erp.po.find": "nothing found is an answer; access is refused for all reads alike",
    "erp.ap_invoice.find": "as erp.po.find",
    "erp.journal.find": "as erp.po.find",
    "erp.gr.find": "as erp.po.find",
    "erp.vendor.find": "as erp.po.find",
    "erp.supplier_invoice.find": "as erp.po.find",
    "bank.payment_file.find": "as erp.po.find",
    "portal.invoice.find": "as erp.po.find",
    "procurement.invoice.find": "as erp.po.find",
    "planning.consumption.read": "as erp.po.find",
}


@pytest.mark.requirement("R06.08")
@pytest.mark.parametrize("case", HTTP, ids=lambda case: case.description)
def test_engine_and_system(case: Case) -> None:
    """The engine sends exactly this request and understands exactly this answer."""
    play(case)


@pytest.mark.parametrize("case", MESSAGES, ids=lambda case: case.description)
def test_engine_and_event(case: MessageCase) -> None:
    """The engine reads this event as the fact that it tells."""
    play_message(case)


def test_pact_files_are_as_played() -> None:
    """contracts/pacts holds what the interactions above write, and nothing else."""
    assert {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.json")} == regenerated(), STALE


def test_every_description_is_used_once() -> None:
    """An interaction is told from its neighbours by its description."""
    assert _repeated((case.provider, case.description) for case in [*HTTP, *MESSAGES]) == []


def test_every_call_point_has_an_answer_and_a_refusal() -> None:
    """No call point of a flow is without a contract: happy path and refusal, or the reason why there is none. Events and questions come to
    the engine."""
    catalog = CATALOG
    points = {point.id for flow in catalog.flows.values() for point in flow.call_points if point.kind not in ("event", "ask")}
    points |= {point.id for point in catalog.shared_call_points}
    happy = {case.description.split(":")[0] for case in HTTP if case.answer.status < 300}
    refused = {case.description.split(":")[0] for case in HTTP if case.answer.status >= 400}
    assert sorted(points - happy) == []
    assert sorted(points - refused) == sorted(REFUSALS_ELSEWHERE)
    assert sorted(happy | refused) == sorted(points)


def test_every_event_has_a_contract() -> None:
    """No event of contracts/events.yaml is without a message that the engine reads."""
    assert sorted(case.description for case in MESSAGES) == sorted(CATALOG.events)


def _repeated(names: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    return [name for name in names if name in seen or seen.add(name) is not None]
