"""Correct connectors of other designs: the guard against false alarms. Each is right by docs/connector-contract.md, so each must pass.

A design is data: which ways of the careful example it exchanges (ways.py), and what its manifest says otherwise.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CONNECTOR, YARD = str(HERE / "connector.py"), str(HERE / "yard.py")
EVERYTHING = {
    "command": ["{python}", CONNECTOR],
    "flows": ["requisition-to-po", "expense-to-posting"],
    "request_timeout_s": 1.5,
    "poll_interval_s": 2,
    "concurrency": 16,
    "gives_up_after": 10,
    "paths": {"redrive": "/redrive", "idle": "/idle"},
    "parked": {"http": "/parked"},
}


@dataclass(frozen=True, slots=True)
class Design:
    """One design. ways: function of ways.py to its arguments. manifest: members that it declares otherwise; None takes one away.

    outside: it runs already when a verification begins; who starts it gives it an address. warned: the rules of conduct that are about just
    this way, and warn of it; warned_of_refusals: the same, where a scenario has something refused for good.
    """

    name: str
    why: str
    ways: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    manifest: Mapping[str, Any] = field(default_factory=dict)
    outside: bool = False
    warned: frozenset[str] = frozenset()
    warned_of_refusals: frozenset[str] = frozenset()

    @property
    def variables(self) -> dict[str, str]:
        """What its process finds in its environment beyond the contract."""
        return {"GUARD_WAYS": json.dumps(self.ways)}

    def write(self, folder: Path, **more: Any) -> Path:
        """Its connector.toml in `folder`. more: members that are only known now."""
        top = {**EVERYTHING, "name": self.name, "description": self.why, "set_environment": self.variables, **self.manifest, **more}
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "connector.toml"
        path.write_text(_toml({name: value for name, value in top.items() if value is not None}), encoding="utf-8")
        return path


def _toml(top: Mapping[str, Any]) -> str:
    lines = [f"{name} = {json.dumps(value)}" for name, value in top.items() if not isinstance(value, dict)]
    for name, table in top.items():
        if isinstance(table, dict):
            lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


DESIGNS = (
    Design("key-only", "idempotency key, no external reference, no look-ups", {"decides_by_repeating": {"identity": "key"}}),
    Design("reference-only", "external reference, no key, no look-ups", {"decides_by_repeating": {"identity": "reference"}}),
    Design(
        "serial-poller",
        "one document at a time, no events, and no word about when it is idle",
        {"numbers": {"WORKERS": 1, "REQUEST_TIMEOUT_S": 1.0}},
        {"concurrency": 1, "poll_interval_s": 0.5, "request_timeout_s": 1.0, "paths": {"webhook": "", "redrive": "/redrive"}},
    ),
    Design(
        "next-period",
        "a closed period is answered by the next one",
        {"posts_into_the_next_period": {}},
        {"period_closed": "next_period"},
    ),
    Design("summed-journals", "journals with one line for each account and cost centre", {"sums_journals": {}}),
    Design("orders-only", "one flow only", {"serves_only": {"kind": "requisition"}}, {"flows": ["requisition-to-po"]}),
    Design("expenses-only", "the other flow only", {"serves_only": {"kind": "expense_report"}}, {"flows": ["expense-to-posting"]}),
    Design("no-if-match", "never sends If-Match", {"never_sends_if_match": {}}, warned=frozenset({"K14"})),
    Design(
        "outside",
        "runs already, parks nothing, is never told to redrive",
        {"keeps_trying": {}},
        {"command": None, "set_environment": None, "gives_up_after": 1000, "paths": {"idle": "/idle"}, "parked": None},
        outside=True,
        warned_of_refusals=frozenset({"K04"}),  # what cannot be set aside is asked for again, unchanged
    ),
    Design(
        "supervised",
        "runs inside a supervisor, which alone can kill it",
        manifest={
            "prepare": ["{python}", YARD, "open"],
            "command": ["{python}", YARD, "run", "{python}", CONNECTOR],
            "kill": ["{python}", YARD, "kill"],
            "cleanup": ["{python}", YARD, "close"],
        },
    ),
)
