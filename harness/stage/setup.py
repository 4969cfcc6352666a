"""Everything that is decided before anything starts: scenario, manifest, seed, run id, run directory. Printed first."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from contracts.catalog import Catalog, load_catalog
from harness import wall
from harness.errors import UsageError
from harness.judge.guests import prove
from harness.manifest import Manifest, load_manifest
from harness.plan.model import Capabilities
from harness.scenario import Scenario, load_scenario
from harness.shortage import require_address_space
from harness.stage.directory import RunDirectory, new_manifest
from harness.stage.options import VerifyOptions

ENGINE_MANIFEST = Path(__file__).parents[2] / "engine" / "connector.toml"  # a path, never an import: the engine is a stranger
RUNS = Path("runs")


@dataclass(frozen=True, slots=True)
class Setup:
    """One run before it begins."""

    catalog: Catalog
    scenario: Scenario
    manifest: Manifest
    seed: int
    run_id: str
    directory: RunDirectory

    def drawn(self) -> dict[str, object]:
        """The options that somebody needs to have the same run again."""
        return {
            "run_id": self.run_id,
            "seed": self.seed,
            "scenario": self.scenario.name,
            "connector": self.manifest.name,
            "manifest": str(self.manifest.path),
            "flows": list(self.flows),
            "entities": list(self.scenario.entities),
            "faults": list(self.scenario.faults),
            "directory": str(self.directory.path),
        }

    def lines(self) -> Iterable[str]:
        """The same for people."""
        drawn = self.drawn()
        yield f"run {self.run_id}  seed {self.seed}  scenario {self.scenario.name}  connector {self.manifest.name} ({self.manifest.path})"
        yield f"flows {', '.join(self.flows)}  entities {', '.join(self.scenario.entities)}  faults {len(self.scenario.faults)}"
        replaced = self.directory.replaced
        yield f"directory {drawn['directory']}" + (f"  (in place of run {replaced}, which was there)" if replaced else "")

    @property
    def flows(self) -> tuple[str, ...]:
        """The flows of the scenario that the connector declares."""
        return tuple(flow for flow in self.scenario.flows if flow in self.manifest.flows)

    @property
    def capabilities(self) -> Capabilities:
        """What the planner must respect."""
        manifest = self.manifest
        return Capabilities(
            self.flows,
            webhook=manifest.paths.webhook is not None,
            answers=manifest.paths.check is not None,
            kills=manifest.can_be_killed,
            concurrency=manifest.concurrency,
        )


def set_up(options: VerifyOptions) -> Setup:
    """Read and check everything, then make the run directory. Raises UsageError and ConfigError before anything has started."""
    catalog = load_catalog()
    scenario = load_scenario(options.scenario, catalog, rules=tuple(rule.invariant.id for rule in options.rules))
    prove(options.rules, catalog)
    manifest = load_manifest(manifest_path(options.connector, scenario), catalog)
    setup = new_run(catalog, scenario, manifest, seed=options.seed, out=options.out)
    setup.directory.keep_rules(options.rules)
    if options.strict:
        setup.directory.update_manifest(strict=True)
    return setup


def new_run(catalog: Catalog, scenario: Scenario, manifest: Manifest, *, seed: int | None, out: Path | None) -> Setup:
    """A run of this scenario with this connector; seed None: drawn. Makes the run directory."""
    require_address_space()
    manifest = replace(manifest, flows=manifest.flows or tuple(catalog.flows))
    run_id = wall.draw_run_id()
    seed = seed if seed is not None else wall.draw_seed()
    if not set(scenario.flows) & set(manifest.flows):  # before the directory is made: that removes an older run
        raise UsageError(
            f"{manifest.path}: the connector serves {', '.join(manifest.flows)}, but scenario {scenario.name} plays "
            f"{', '.join(scenario.flows)}. Choose a scenario that plays one of the connector's flows."
        )
    directory = RunDirectory.create(out or RUNS / run_id)
    setup = Setup(catalog, scenario, manifest, seed, run_id, directory)
    document = new_manifest(
        run_id=run_id, seed=seed, scenario=scenario.resolved(), connector=connector_document(manifest), started_at=wall.now_iso()
    )
    directory.write_manifest({**document, "drawn_options": setup.drawn()})
    return setup


def manifest_path(chosen: Path | None, scenario: Scenario) -> Path:
    """The manifest that was asked for, else the scenario's, else the reference engine's."""
    return chosen or scenario.connector or ENGINE_MANIFEST


def connector_document(manifest: Manifest) -> dict[str, object]:
    """`connector` of the run's manifest.json."""
    return {
        "name": manifest.name,
        "manifest": str(manifest.path.absolute()),
        "capabilities": manifest.capabilities(),
        "request_timeout_s": manifest.request_timeout_s,
        "ack_timeout_s": manifest.ack_timeout_s,
        "poll_interval_s": manifest.poll_interval_s,
        "concurrency": manifest.concurrency,
        "gives_up_after": manifest.gives_up_after,
        "period_closed": manifest.period_closed,
    }
