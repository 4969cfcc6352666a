"""Load profiles: what is read, what is refused, and that the published schema says the same."""

import dataclasses
import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

import contracts
from harness.errors import ConfigError, UsageError
from harness.load.profile import Limits, Profile, load_profile, profile_names
from tests.shipped import CATALOG

SCHEMA = json.loads((Path(contracts.__file__).parent / "schemas" / "load-profile.schema.json").read_text())
BAD = {
    "volume: {documents: 0}\n": ":1: volume.documents: 0 is out of range, expected 1 to 200000",
    "volume:\n  document: 3\n": ":2: unknown field 'volume.document'; did you mean 'documents'?",
    "volume: {documents: 300}\nbounds: {max_documents: 200}\n": ":1: volume.documents: 300 is more than bounds.max_documents (200)",
    "volume: {duration_s: 60}\nbounds: {max_duration_s: 60}\n": ":1: volume.duration_s: 60 s is not below bounds.max_duration_s (60)",
    "shape: {from_hour: 12, to_hour: 9, deadline_hour: 12}\n": ":1: shape.to_hour: the day ends at 9, but begins at 12",
    "shape: {deadline_hour: 20}\n": ":1: shape.deadline_hour: 20 is not inside the day from 8 to 19",
    "shape: {kind: peak}\n": ":1: shape.kind: 'peak' is not valid",
    "shape: {from_hour: 16}\n": ":1: shape.deadline_factor: no hour of 3 has 3 times their mean; expected less than 3",
    "maintenance: {at_hour: 3}\n": ":1: maintenance.at_hour: 3 is not inside the day from 8 to 19",
    "maintenance: {system: epr}\n": ":1: maintenance.system: 'epr' is not valid; did you mean 'erp'?",
    "limits:\n  p95_ms: {requisition: 3}\n": ":2: unknown field 'limits.p95_ms.requisition'; did you mean 'requisition-to-po'?",
    "knee: {factor: 1}\n": ":1: knee.factor: 1 is out of range, expected 1.05 to 10",
    "flows: [p2p]\n": ":1: flows: unknown flow 'p2p'",
    "name: Month End\n": ":1: name: 'Month End' is not valid",
}
ACROSS_MEMBERS = ("max_", "from_hour", "deadline_hour", "at_hour", "[p2p]")  # what a JSON schema cannot say


def read(folder: Path, text: str) -> Profile:
    """The profile in a file with this text."""
    file = folder / "mine.yaml"
    file.write_text(text)
    return load_profile(str(file), CATALOG)


@pytest.mark.parametrize("name", profile_names())
def test_bundled_profiles_are_valid(name: str) -> None:
    """Each loads, obeys the schema, is named like its file, has a title, limits for both flows and maintenance in the deadline hour."""
    found = load_profile(name, CATALOG)
    assert found.name == name
    assert found.title
    assert set(found.limits.p95_ms) == set(CATALOG.flows)
    assert found.maintenance is not None
    assert int(found.maintenance.at_hour) == found.shape.deadline_hour
    assert list(Draft202012Validator(SCHEMA).iter_errors(yaml.safe_load(found.path.read_text()))) == []


def test_the_profiles_of_the_issue_are_there() -> None:
    """And a misspelt one is guessed."""
    assert profile_names() == ("month-end", "quarter-end", "smoke", "stress")
    with pytest.raises(UsageError, match="did you mean 'month-end'"):
        load_profile("monthend", CATALOG)


@pytest.mark.parametrize(("text", "message"), BAD.items())
def test_bad_profiles_name_line_and_choices(tmp_path: Path, text: str, message: str) -> None:
    """file:line, what came, what would be valid."""
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert message in caught.value.message


@pytest.mark.parametrize("text", [text for text in BAD if not any(part in text for part in ACROSS_MEMBERS)])
def test_the_schema_refuses_the_same_profiles(text: str) -> None:
    """An editor that knows the schema warns about what the loader would refuse."""
    assert list(Draft202012Validator(SCHEMA).iter_errors(yaml.safe_load(text)))


SHARES = {name for name in SCHEMA["properties"]["volume"]["properties"] if name.endswith("_share")}


@pytest.mark.parametrize("system", list(CATALOG.hosted))
def test_the_schema_knows_the_parts_that_the_loader_takes(tmp_path: Path, system: str) -> None:
    """Of the systems in which one flow of documents begins, and of no other: where several do, it would not be said whose part it is."""
    name = f"{system}_share"
    if name in SHARES:
        begun = [flow.id for flow in CATALOG.flows.values() if flow.source_system == system and flow.kind == "document"]
        assert read(tmp_path, f"volume: {{{name}: 0.25}}\n").volume.shares == {begun[0]: 0.25}
        assert len(begun) == 1
    else:
        with pytest.raises(ConfigError, match=f"unknown field 'volume.{name}'"):
            read(tmp_path, f"volume: {{{name}: 0.25}}\n")


def test_the_part_of_a_flow_may_be_asked_for(tmp_path: Path) -> None:
    """By the system in which it begins."""
    found = read(tmp_path, "volume: {expense_share: 0.25}\n")
    assert found.volume.shares == {"expense-to-posting": 0.25}
    with pytest.raises(ConfigError, match="expense_share"):
        read(tmp_path, "volume: {expense_share: 1.5}\n")


def test_the_schema_knows_every_field_and_default(tmp_path: Path) -> None:
    """A field that the loader reads is in the schema, with the same default."""
    Draft202012Validator.check_schema(SCHEMA)
    found, properties = read(tmp_path, "maintenance: {}\n"), SCHEMA["properties"]
    assert set(properties) == {field.name for field in dataclasses.fields(Profile)} - {"path"}
    for group in ("volume", "shape", "maintenance", "world", "limits", "saturation", "bounds", "knee"):
        members = {name: member for name, member in properties[group]["properties"].items() if name not in SHARES}
        defaults = {name: member["default"] for name, member in members.items()}
        values = {name: value for name, value in dataclasses.asdict(getattr(found, group)).items() if name != "shares"}
        assert defaults == {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    assert found.limits == Limits()


def test_one_latency_limit_for_every_flow(tmp_path: Path) -> None:
    """A number holds for each flow, a mapping for those that it names."""
    text = Path("loadtests/profiles/smoke.yaml").read_text("utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("name: smoke", "name: mine"))
    assert load_profile(str(tmp_path / "mine.yaml"), CATALOG).limits.p95_ms == dict.fromkeys(CATALOG.flows, 4000)
    one = next(iter(CATALOG.flows))
    (tmp_path / "mine.yaml").write_text(text.replace("name: smoke", "name: mine").replace("p95_ms: 4000", f"p95_ms: {{{one}: 77}}"))
    assert load_profile(str(tmp_path / "mine.yaml"), CATALOG).limits.p95_ms == {one: 77}
