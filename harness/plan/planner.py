"""The planner as the run uses it: one object per run that hands out waves and keeps the whole plan."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from contracts.catalog import Catalog
from harness.plan.model import Capabilities, Experiment, Plan, Sighting, Wave
from harness.scenario import Scenario


class Planner:
    """Waves in the order of a run: baselines, then waves(seen), then discovered(...) until it is empty, then kill rounds, then solos.

    routes: expense route by entity ("ap_invoice" or "journal") from the company (entities.csv).
    """

    def __init__(self, scenario: Scenario, catalog: Catalog, capabilities: Capabilities, *, seed: int, routes: Mapping[str, str]) -> None: ...

    @property
    def plan(self) -> Plan:
        """Everything planned so far, for plan.json."""
        raise NotImplementedError

    @property
    def minted(self) -> int:
        """An upper bound of suppliers and cost centres that single experiments will need: ask before the world opens (WorldConfig.minted)."""
        raise NotImplementedError

    def baselines(self) -> tuple[Wave, Wave]:
        """Two fault-free waves, baseline-1 and baseline-2."""
        raise NotImplementedError

    def waves(self, seen: Mapping[str, Collection[str]]) -> tuple[Wave, ...]:
        """Singles in one wave per fault family (wave-connection, wave-timeout, wave-status, wave-webhook, wave-business), then one wave per fault of the run
        (run-F-B5-erp, ..., run-F-B10, run-F-F3-US01). seen: call points that the baseline reached, by flow."""
        raise NotImplementedError

    def discovered(self, sightings: Iterable[Sighting]) -> Wave | None:
        """Two-step plans for call points that no earlier call of waves/discovered knew: the step that provokes the point, then the fault there. None: nothing new."""
        raise NotImplementedError

    def kills(self) -> tuple[Wave, ...]:
        """The kill rounds over the call points seen so far; empty with a reason in the cells when the connector cannot be killed."""
        raise NotImplementedError

    def kill_again(self, not_reached: Sequence[Experiment]) -> Wave | None:
        """One more round for experiments whose hold was not reached in time; None when limits.kill_rounds are used up."""
        raise NotImplementedError

    def solo(self, experiments: Sequence[Experiment]) -> Wave:
        """Each of these again with the same steps as a new transaction (role solo, of = the first one's id); run them one at a time."""
        raise NotImplementedError
