"""docs/provider-states.md from the states that the world knows."""

import json
from typing import Any

from contracts.catalog import Catalog
from harness.docs.markdown import code, page, table
from harness.stage.provider import provider_states

LEAD = """What a consumer's contract may presume about our mocks: the names that `given(...)` may use, with their parameters.
Every parameter has a default, so a contract may name a state alone; ids that a contract writes into its paths are given as parameters, and
the object is made under exactly that id."""

HOW = """States of one interaction add up. Before the next interaction the books of all systems, idempotency keys, tokens and limits are as
at the birth of the world: on `teardown`, and also when a request was served since. A state is played, not painted: an approved requisition
was written, submitted and approved by people of the company, so its events are sent, and its version is what it is (`version` adds harmless
edits until it is reached).

`dryclose contracts verify` sets states by itself. Any other verifier can, while `dryclose up` runs: `POST /provider-state` on the control
port, with the control token as bearer, body `{"state": "a supplier exists", "params": {"vendor_id": "V100017"}, "action": "setup"}`. The
answer holds the values of the state, for generators of the contract (`fromProviderState`). `GET /provider-state` lists what is on this
page. A world that plays a verification refuses states: they would take its books away."""


def provider_states_page(_: Catalog) -> str:
    """The page."""
    found = provider_states()
    return page(
        "Provider states",
        "`mocks/provider_states/`",
        LEAD,
        HOW,
        table(("state", "what is so then", "parameters and their defaults"), (_row(state) for state in found)),
    )


def _row(state: dict[str, Any]) -> tuple[str, ...]:
    return (code(state["state"]), state["doc"], "; ".join(_parameter(state, name) for name in state["params"]))


def _parameter(state: dict[str, Any], name: str) -> str:
    shown = code(f"{name}={json.dumps(state['params'][name], ensure_ascii=False)}")
    choices = state["choices"].get(name)
    return f"{shown} (one of {', '.join(choices)})" if choices else shown
