"""The published schemas are what is written."""

import json
from pathlib import Path

import jsonschema
import pytest

from contracts.catalog import load_history
from harness.judge import write_verdict
from harness.judge.schema import history_schema
from tests.unit.judge.corrupt_books import second_order, unattributed
from tests.unit.judge.history_builder import clean_run, judged

SCHEMAS = Path(__file__).parents[3] / "contracts" / "schemas"


def test_history_schema_is_generated_from_the_contract() -> None:
    """contracts/schemas/history.schema.json is what contracts/history.yaml says today."""
    assert json.loads((SCHEMAS / "history.schema.json").read_text("utf-8")) == history_schema(load_history())


def test_rows_of_the_clean_run_keep_the_history_schema() -> None:
    """The judge's own material is in the form that the recorder is bound to."""
    validator = jsonschema.Draft202012Validator(json.loads((SCHEMAS / "history.schema.json").read_text("utf-8")))
    problems = {error.message for row in clean_run().rows for error in validator.iter_errors(row)}
    assert problems == set()


@pytest.mark.parametrize("is_clean", [True, False])
def test_verdict_json_keeps_its_schema(tmp_path: Path, is_clean: bool) -> None:
    """Of a passing and of a failing run."""
    scribe = clean_run()
    if not is_clean:
        second_order(scribe)
        unattributed(scribe)
    verdict = judged(scribe, tmp_path)
    document = json.loads(write_verdict(tmp_path, verdict).read_text("utf-8"))
    jsonschema.validate(document, json.loads((SCHEMAS / "verdict.schema.json").read_text("utf-8")), jsonschema.Draft202012Validator)
    assert document["exit_code"] == (0 if is_clean else 1)
