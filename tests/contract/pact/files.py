"""The committed pact files, made from the consumer tests. `python -m tests.contract.pact.files` writes them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.contract.pact import (
    budget_cases,
    check_cases,
    consumption_cases,
    employee_cases,
    erp_cases,
    invoice_cases,
    master_data_cases,
    message_cases,
    onboarding_cases,
    payment_cases,
    payment_status_cases,
    receipt_cases,
    source_cases,
)
from tests.contract.pact.consumer import CONSUMER, Case, MessageCase, play, play_message

FOLDER = Path(__file__).parents[3] / "contracts" / "pacts"


def http_cases() -> list[Case]:
    """Every HTTP interaction of the engine."""
    files = (
        erp_cases,
        source_cases,
        receipt_cases,
        invoice_cases,
        budget_cases,
        payment_cases,
        payment_status_cases,
        onboarding_cases,
        check_cases,
        master_data_cases,
        consumption_cases,
        employee_cases,
    )
    return [case for file in files for case in file.cases()]


def messages() -> list[MessageCase]:
    """Every event that the engine receives."""
    return list(message_cases.cases())


def texts(interactions: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, str]:
    """File name to content, from (provider, interaction). What the tool would add about itself stays out."""
    by_provider: dict[str, list[dict[str, Any]]] = {}
    for provider, interaction in interactions:
        by_provider.setdefault(provider, []).append(interaction)
    return {f"{CONSUMER}-{provider}.json": _text(provider, found) for provider, found in sorted(by_provider.items())}


def _text(provider: str, interactions: list[dict[str, Any]]) -> str:
    pact = {
        "consumer": {"name": CONSUMER},
        "provider": {"name": provider},
        "interactions": sorted(interactions, key=lambda each: str(each["description"])),
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }
    return json.dumps(pact, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def regenerated() -> dict[str, str]:
    """Play every interaction once more; what the files ought to be."""
    http = [(case.provider, play(case)) for case in http_cases()]
    return texts([*http, *((case.provider, play_message(case)) for case in messages())])


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    files = regenerated()
    for stale in {path.name for path in FOLDER.glob("*.json")} - set(files):
        (FOLDER / stale).unlink()
    for name, text in files.items():
        (FOLDER / name).write_text(text, "utf-8")
