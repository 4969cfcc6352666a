"""The generator's settings for one target, as a dictionary of its own configuration file."""

from typing import Any

from harness.fuzz.document import bindings, prepared
from harness.fuzz.expected import Expected
from harness.fuzz.options import PHASES, Effort
from harness.fuzz.target import Target

REQUEST_TIMEOUT_S = 10.0
SLOW_S = 3.0  # an answer that takes longer is a finding; two busy cores are no excuse for more
PARAMETER_PROBABILITY, MEMBER_PROBABILITY = 0.7, 0.2  # a valid document stays valid when few of its members are exchanged
SCENARIO_STEPS = 8
POSITIVE = ("2xx", "401", "403")  # without the words of the table: what is allowed is accepted, or the caller may not
NEGATIVE = ("400", "401", "403", "404", "405", "406", "409", "415", "422", "428", "429")
OWN_POSITIVE = (*POSITIVE, "3xx", "404", "409", "412", "429", "5xx")  # of somebody else's document nothing more is known


def settings_of(target: Target, effort: Effort, expected: Expected) -> tuple[dict[str, Any], dict[str, Any]]:
    """(settings, prepared document)."""
    document = prepared(target.document, target.vocabulary)
    words = dict(bindings(document, target.vocabulary.words))
    settings: dict[str, Any] = {
        "seed": effort.seed,
        "base-url": target.base_url,
        "request-timeout": REQUEST_TIMEOUT_S,
        "max-redirects": 0,
        "continue-on-failure": True,
        "cache": {"enabled": False},
        "generation": {"max-examples": effort.examples, "database": "none", "no-shrink": False, "with-security-parameters": False},
        "dictionaries": {word: {"values": list(target.vocabulary.words[word])} for word in sorted(set(words.values()))},
        "parameters": {place: {"dictionary": word, "probability": _probability(place)} for place, word in sorted(words.items())},
        "checks": _checks(target, expected),
        "phases": _phases(effort),
        "warnings": False,
    }
    if target.headers:
        settings["headers"] = dict(target.headers)
    if target.credentials:
        settings["auth"] = {"openapi": {name: each.settings() for name, each in target.credentials.items()}}
    return settings, document


def _probability(place: str) -> float:
    return MEMBER_PROBABILITY if place.startswith("body.") else PARAMETER_PROBABILITY


def _phases(effort: Effort) -> dict[str, Any]:
    phases: dict[str, Any] = {name: {"enabled": name in effort.phases} for name in PHASES}
    phases["stateful"] |= {"max-steps": SCENARIO_STEPS, "generation": {"max-examples": effort.scenarios}}
    return phases


def _checks(target: Target, expected: Expected) -> dict[str, Any]:
    positive = list(OWN_POSITIVE) if not target.ours else ["2xx", "4xx"]  # our own check looks at the code of a refusal
    checks: dict[str, Any] = {
        "max_response_time": SLOW_S,
        "positive_data_acceptance": {"expected-statuses": positive},
        "negative_data_rejection": {"expected-statuses": [*NEGATIVE, *expected.rejected_with(target.name)]},
    }
    for name in expected.off(target.name):
        checks[name] = {"enabled": False}
    return checks
