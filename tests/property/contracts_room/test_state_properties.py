"""Whatever a stranger's contract presumes: a state is brought about or refused, and nothing breaks."""

import asyncio
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mocks.company import Company, generate
from mocks.kit.operation import Refusal
from mocks.provider_states.desk import ProviderStates, listing
from mocks.systems.registry import SYSTEMS
from mocks.world import World, WorldConfig, build_systems
from tests.shipped import CATALOG

CONFIG = WorldConfig(seed=0, run_id="pact", history_path=None)
WORDS = ("1000", "2000", "3000", "9", "X", "ä", "a/b", "4500012345", "V1", "REQ-1", "2026-10", "2019-01", "2026-12", "10.00", "-1.00", "")
LISTED = listing(CATALOG, SYSTEMS)
CHOICES = {each["state"]: each["choices"] for each in LISTED}
PARAMS = {each["state"]: each["params"] for each in LISTED}


@cache
def company() -> Company:
    """Made once; no state changes it."""
    return generate(CONFIG.seed)


class Unserved:
    """A world whose books are opened again without a server in front of them."""

    def __init__(self) -> None:
        self._world = World(CONFIG, CATALOG, company())
        self.mechanics = self._world.mechanics
        self.company = self._world.company
        self.systems = self._world.systems
        self.types = self._world.types
        self.served = 0

    def renew(self) -> None:
        """New books."""
        self.mechanics.scheduler.cancel()
        self.mechanics.idempotency.clear()
        self.systems.update(build_systems(self._world.instances, CONFIG, self.company))


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A state, and some of its parameters with values that are often possible."""
    name = draw(st.sampled_from(sorted(PARAMS)))
    params: dict[str, Any] = {}
    for parameter in draw(st.lists(st.sampled_from(sorted(PARAMS[name])), unique=True)) if PARAMS[name] else ():
        pool: st.SearchStrategy[Any] = st.sampled_from(WORDS) | st.integers(0, 60) | st.booleans() | st.none() | st.text(max_size=5)
        choices = CHOICES[name].get(parameter)
        params[parameter] = draw(st.sampled_from(choices) | pool if choices else pool)
    return name, params


def _refusal(states: ProviderStates, name: str, params: dict[str, Any]) -> str | None:
    try:
        states.set(name, params)
    except Refusal as refusal:
        return refusal.code
    return None


@given(st.lists(changes(), max_size=6))
@settings(max_examples=60)
def test_a_state_is_set_or_refused(sequence: list[tuple[str, dict[str, Any]]]) -> None:
    """Any states in any order: values or a Refusal with a code of the catalogue; afterwards the books are new."""

    async def body() -> None:
        world = Unserved()
        states = ProviderStates(world)
        codes = [_refusal(states, name, params) for name, params in sequence]
        assert {code for code in codes if code} <= set(world.mechanics.catalog.errors)
        states.reset()
        for name in ("a purchase order exists", "a journal entry exists", "a requisition exists", "an expense report exists"):
            assert states.set(name, {})["version"] >= 1

    asyncio.run(body())
