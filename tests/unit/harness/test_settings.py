"""Scenarios and manifests: what is read, what is refused, and that the published schemas say the same."""

import json
import tomllib
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from jsonschema import Draft202012Validator

import contracts
from harness.errors import ConfigError, DrycloseError, UsageError
from harness.manifest import REFERENCE_ENGINE, Manifest, contract_variables, load_manifest
from harness.scenario import ENTITIES, Scenario, load_scenario, scenario_names
from mocks.abilities.system_type import profiles_of
from mocks.company import chart
from tests.shipped import CATALOG

SCHEMAS = Path(contracts.__file__).parent / "schemas"


def validator(name: str) -> Draft202012Validator:
    """The published schema."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def scenario(folder: Path, text: str) -> Scenario:
    """The scenario in a file with this text."""
    file = folder / "mine.yaml"
    file.write_text(text)
    return load_scenario(str(file), CATALOG)


def manifest(folder: Path, text: str) -> Manifest:
    """The manifest in a file with this text."""
    file = folder / "connector.toml"
    file.write_text(text)
    return load_manifest(file, CATALOG)


GOOD_SCENARIOS = [
    "name: mine\n",
    "flows: [expense-to-posting]\nentities: [JP01]\n",
    "faults: {include: [F-A3, late_commit], exclude: [F-A6], families: [status]}\n",
    "faults: {none: true}\n",
    "volume: {baseline: 1, repeats: 3, controls: 0.5, density: 1.0, per_window: 2, kill_recovery: true, drift_recovery: true}\n",
    "waits: {retry_base_ms: 10, webhook_schedule_ms: [0, 10]}\nlimits: {settle_s: 3.5, solo: 0}\n",
    "business: {start: '2026-12-30T09:00:00+01:00', waves: ['2026-12-31T22:59:59Z']}\n",
    "waits: {idempotency_ttl_ms: 0}\ntokens: {ttl_s: 2, refresh: true}\nlists: {grain_ms: 1000}\n",
    "require: [C01]\nperiod_closed: next_period\nexpect: {exit_code: 1, invariants: [C01]}\n",
]
BAD_SCENARIOS = {
    "flows: [purchase]\n": f":1: flows: unknown flow 'purchase'; Valid are: {', '.join(sorted(CATALOG.flows))}",
    "title: x\nfaults:\n  include: [F-A33]\n": ":3: faults.include: unknown fault 'F-A33'; did you mean 'F-A3'?",
    "faults:\n  families: [stauts]\n": ":2: faults.families: unknown fault family 'stauts'; did you mean 'status'?",
    "entities: [US1]\n": ":1: entities: unknown entity 'US1'; did you mean 'US01'?",
    "require:\n- C01\n- C99\n": ":3: require: unknown invariant 'C99'",
    "volum: {}\n": ":1: unknown field 'volum'; did you mean 'volume'?",
    "volume:\n  repeat: 3\n": ":2: unknown field 'volume.repeat'; did you mean 'repeats'?",
    "volume:\n  controls: 0.05\n": ":2: volume.controls: 0.05 is out of range, expected 0.1 to 0.5",
    "volume:\n  density: 0\n": ":2: volume.density: 0 is out of range",
    "waits: {outage_ms: 1.5}\n": ":1: waits.outage_ms: got 1.5, expected a whole number",
    "waits: {idempotency_ttl_ms: -1}\n": ":1: waits.idempotency_ttl_ms: -1 is out of range, expected 0 to 600000",
    "waits: {webhook_schedule_ms: []}\n": ":1: waits.webhook_schedule_ms: got [], expected a list of whole numbers",
    "business: {start: '2026-12-30'}\n": ":1: business.start: '2026-12-30' is not valid; expected an instant with a zone",
    "business:\n  waves: ['2026-10-27T09:00:00Z']\n": ":2: business.waves: 2026-10-27T09:00:00+00:00 is not after 2026-10-28T09:00",
    "tokens: {ttl_s: 0}\n": ":1: tokens.ttl_s: 0 is out of range, expected 1 to 86400",
    "tokens: {refresh: once}\n": ":1: tokens.refresh: got 'once', expected true or false",
    "lists: {grain_ms: 0.5}\n": ":1: lists.grain_ms: got 0.5, expected a whole number",
    "period_closed: maybe\n": ":1: period_closed: 'maybe' is not valid; Valid are: declared, next_period, park",
    "expect: {}\n": ":1: expect: exit_code is missing; expected one of 0, 1, 2",
    "name: Mine!\n": ":1: name: 'Mine!' is not valid",
    "name: 3\n": ":1: name: got 3, expected a text",
}
GOOD_MANIFESTS = [
    'command = ["./run"]\n',
    'url = "http://127.0.0.1:9000/base"\nflows = ["requisition-to-po"]\n',
    'command = ["{python}", "-m", "x"]\nprepare = ["a"]\nreset = ["b"]\ncleanup = ["c"]\nperiod_closed = "next_period"\n',
    'command = ["x"]\npass_environment = ["DATABASE_URL"]\nset_environment = { JAVA_OPTS = "-Xmx1g" }\n[environment]\nERP_URL = "MY_ERP"\n',
    'command = ["x"]\n[headers]\nX-Tenant = "a b"\n[paths]\nwebhook = ""\nidle = "/idle"\n[parked]\nfile = "parked.json"\n',
    'command = ["x"]\nparked = { command = ["list"] }\nrequest_timeout_s = 1.5\nconcurrency = 1\n',
]
BAD_MANIFESTS = {
    "name = 'x'\n": ":1: a connector has a command (the harness starts it) or a url (it runs already); neither is set",
    'url = "http://h"\ncommand = ["x"]\n': ":2: a connector has a command (the harness starts it) or a url (it runs already); both are set",
    "command = []\n": ":1: command: got an empty list",
    'command = "run.sh"\n': ":1: command: got 'run.sh', expected a list of texts",
    'url = "127.0.0.1:9000"\n': ":1: url: '127.0.0.1:9000' is not valid; expected the connector's base URL",
    'command = ["x"]\nrequest_timeout = 3\n': ":2: unknown field 'request_timeout'; did you mean 'request_timeout_s'?",
    'command = ["x"]\n[path]\nhealth = "/h"\n': ":2: unknown field 'path'; did you mean 'paths'?",
    'command = ["x"]\n[paths]\nhealth = "h"\n': ":3: paths.health: 'h' is not valid; expected a path that begins with a slash",
    'command = ["x"]\n[parked]\nhttp = "/p"\nfile = "p"\n': ":3: parked.http: several ways are declared",
    'command = ["x"]\n[parked]\nfile = "../p"\n': ":3: parked.file: '../p' is not valid",
    'command = ["x"]\n[environment]\nERPURL = "X"\n': ":3: unknown field 'environment.ERPURL'; did you mean 'ERP_URL'?",
    'command = ["x"]\nflows = ["p2p"]\n': ":2: flows: unknown flow 'p2p'",
    'command = ["x"]\nperiod_closed = "wait"\n': ":2: period_closed: 'wait' is not valid; Valid are: next_period, park",
    'command = ["x"]\nconcurrency = 0\n': ":2: concurrency: 0 is out of range, expected 1 to 10000",
    'command = ["x"]\nstart_timeout_s = "long"\n': ":2: start_timeout_s: got 'long', expected a number",
    'command = ["x"]\n[headers]\n"X Y" = "1"\n': ":3: headers.X Y: expected a header name",
}


@pytest.mark.parametrize("text", GOOD_SCENARIOS)
def test_good_scenarios_are_read_and_the_schema_agrees(tmp_path: Path, text: str) -> None:
    """What the schema allows, the loader takes."""
    assert scenario(tmp_path, text).name == "mine"
    assert list(validator("scenario").iter_errors(yaml.safe_load(text))) == []


@pytest.mark.parametrize(("text", "message"), BAD_SCENARIOS.items())
def test_bad_scenarios_name_line_and_choices(tmp_path: Path, text: str, message: str) -> None:
    """file:line, what came, what would be valid."""
    with pytest.raises(ConfigError) as caught:
        scenario(tmp_path, text)
    assert message in caught.value.message


# Which flows, faults and invariants exist is in the catalogue, not in the schema.
CATALOGUE_ONLY = ("purchase", "F-A33", "C99", "2026-10-27")  # the last: which of two instants is later


@pytest.mark.parametrize("text", [text for text in BAD_SCENARIOS if not any(name in text for name in CATALOGUE_ONLY)])
def test_the_schema_refuses_the_same_scenarios(text: str) -> None:
    """An editor that knows the schema warns about what the loader would refuse."""
    assert list(validator("scenario").iter_errors(yaml.safe_load(text)))


@pytest.mark.parametrize("text", GOOD_MANIFESTS)
def test_good_manifests_are_read_and_the_schema_agrees(tmp_path: Path, text: str) -> None:
    """What the schema allows, the loader takes."""
    assert manifest(tmp_path, text).name == tmp_path.name
    assert list(validator("connector").iter_errors(tomllib.loads(text))) == []


@pytest.mark.parametrize(("text", "message"), BAD_MANIFESTS.items())
def test_bad_manifests_name_line_and_choices(tmp_path: Path, text: str, message: str) -> None:
    """file:line, what came, what would be valid."""
    with pytest.raises(ConfigError) as caught:
        manifest(tmp_path, text)
    assert message in caught.value.message


@pytest.mark.parametrize("text", [text for text in BAD_MANIFESTS if "p2p" not in text])
def test_the_schema_refuses_the_same_manifests(text: str) -> None:
    """An editor that knows the schema warns about what the loader would refuse."""
    assert list(validator("connector").iter_errors(tomllib.loads(text)))


def test_schemas_know_every_field_and_default(tmp_path: Path) -> None:
    """A field that the loader reads is in the schema, with the same default."""
    resolved = scenario(tmp_path, "name: mine\n").resolved()
    schema = json.loads((SCHEMAS / "scenario.schema.json").read_text())["properties"]
    for group in ("volume", "waits", "limits", "tokens", "lists"):
        values = dict(resolved[group])  # type: ignore[call-overload]
        defaults = {name: member["default"] for name, member in schema[group]["properties"].items()}
        assert defaults == {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    read = manifest(tmp_path, 'command = ["x"]\n')
    properties = json.loads((SCHEMAS / "connector.schema.json").read_text())["properties"]
    assert set(properties) == {name for name in Manifest.__dataclass_fields__ if name != "path"}
    defaults = {name: member["default"] for name, member in properties.items() if "default" in member}
    assert defaults == {name: getattr(read, name) for name in defaults}
    assert tuple(properties["environment"]["properties"]) == contract_variables(CATALOG)


def enums(schema: str, *path: str) -> list[str]:
    """The enum at this place of a published schema."""
    found = json.loads((SCHEMAS / f"{schema}.schema.json").read_text())["properties"]
    for name in path:
        found = found[name]
    return list(found["enum"])


def test_schemas_name_every_system_and_family() -> None:
    """What is declared in contracts/ and forgotten in a schema is named here."""
    optional = [entry.id for entry in CATALOG.systems.values() if entry.optional]
    assert enums("scenario", "systems", "items") == optional
    assert enums("load-profile", "maintenance", "properties", "system") == list(CATALOG.hosted)
    assert set(enums("scenario", "faults", "properties", "families", "items")) == {fault.family for fault in CATALOG.faults.values()}
    assert enums("scenario", "entities", "items") == list(ENTITIES)


def test_every_flow_is_played_by_engine_and_standard() -> None:
    """A flow that is declared and named in neither list would never be verified: it is named here."""
    assert set(CATALOG.flows) - set(load_manifest(REFERENCE_ENGINE, CATALOG).flows) == set()
    assert set(CATALOG.flows) - set(load_scenario("standard", CATALOG).flows) == set()


def test_optional_systems_are_asked_for(tmp_path: Path) -> None:
    """None by default; one that stands in every world anyway is no choice."""
    assert scenario(tmp_path, "name: mine\n").systems == ()
    assert scenario(tmp_path, "systems: [erp2]").systems == ("erp2",)
    with pytest.raises(ConfigError, match="unknown optional system 'erp'"):
        scenario(tmp_path, "systems: [erp]")


def test_profiles_are_asked_for(tmp_path: Path) -> None:
    """None by default; the schema knows each; the world tells a system its own."""
    assert scenario(tmp_path, "name: mine\n").profiles == ()
    assert scenario(tmp_path, "profiles: [erp.lenient]").profiles == ("erp.lenient",)
    assert enums("scenario", "profiles", "items") == list(CATALOG.profiles)
    assert profiles_of("erp", ("erp.lenient", "erp2.books_as_told")) == {"lenient"}
    with pytest.raises(ConfigError, match=r"unknown profile 'procurement\.lenient'"):
        scenario(tmp_path, "profiles: [procurement.lenient]")


def test_an_empty_scenario_is_everything(tmp_path: Path) -> None:
    """Every flow, entity and fault, when the file says nothing."""
    found = scenario(tmp_path, "name: mine\n")
    assert (found.flows, found.entities, found.faults) == (tuple(CATALOG.flows), ENTITIES, tuple(CATALOG.faults))


def test_faults_are_chosen_by_id_name_and_family(tmp_path: Path) -> None:
    """include and families are added together, exclude is taken away, the order is the catalogue's."""
    text = "faults: {include: [late_commit, F-A3], families: [authentication], exclude: [F-A3]}"
    assert scenario(tmp_path, text).faults == ("F-A6", "F-B10")
    assert scenario(tmp_path, "faults: {none: true}").faults == ()
    assert "F-A3" not in scenario(tmp_path, "faults: {exclude: [F-A3]}").faults
    assert scenario(tmp_path, "faults: {include: [F-A3], exclude: [F-A3]}").faults == ()


def test_unknown_scenarios_are_guessed() -> None:
    """A typo in the name says what it could have been."""
    with pytest.raises(UsageError, match="did you mean 'standard'"):
        load_scenario("standart", CATALOG)
    with pytest.raises(UsageError, match="no such file"):
        load_scenario("./absent.yaml", CATALOG)


def test_standard_crosses_what_it_says() -> None:
    """Within two seconds of its moments every entity's day and month change, and New York's clocks go back."""
    crossed: set[tuple[str, str]] = set()
    for entity in chart.ENTITIES:
        for moment in load_scenario("standard", CATALOG).business.moments[1:]:
            before, after = (at.astimezone(ZoneInfo(entity.zone)) for at in (moment, moment + timedelta(seconds=2)))
            crossed |= {(entity.key, "day")} if before.day != after.day else set()
            crossed |= {(entity.key, "month")} if before.month != after.month else set()
            crossed |= {(entity.key, "summer time")} if before.utcoffset() != after.utcoffset() else set()
    assert crossed == {(entity.key, what) for entity in chart.ENTITIES for what in ("day", "month")} | {("US01", "summer time")}


@pytest.mark.parametrize("name", scenario_names())
def test_bundled_scenarios_are_valid(name: str) -> None:
    """Each loads, obeys the published schema, is named like its file and has a title."""
    found = load_scenario(name, CATALOG)
    assert found.name == name
    assert found.title
    assert list(validator("scenario").iter_errors(yaml.safe_load(found.path.read_text()))) == []
    assert (found.expect is not None) == name.startswith("canary-")


def test_manifest_expands_and_renames(tmp_path: Path) -> None:
    """{python} is the running interpreter; an empty webhook path means that the connector only polls."""
    read = manifest(tmp_path, 'command = ["{python}", "x"]\n[paths]\nwebhook = ""\n[environment]\nPORT = "MY_PORT"\n')
    assert "python" in read.command[0].lower()
    assert "{" not in read.command[0]
    assert read.paths.webhook is None
    assert read.environment == {"PORT": "MY_PORT"}
    assert read.folder == tmp_path.resolve()


def test_absent_manifest_says_where_to_read(tmp_path: Path) -> None:
    """A wrong path is a usage error that names the documentation."""
    with pytest.raises(DrycloseError, match="connector-contract"):
        load_manifest(tmp_path / "absent.toml", CATALOG)
