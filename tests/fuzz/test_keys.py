"""Same key, one effect: asked of somebody's own API by `--url`, where nothing but the effect is promised."""

import itertools
import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from harness.commands import run
from harness.fuzz.key_header import key_header
from harness.fuzz.replays import another_effect
from harness.fuzz.rules import FuzzedAnswer
from tests.fuzz import toy

CHECK = "one_effect_for_one_key"
UUID_KEY = {"name": "X-Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "format": "uuid"}}
DOCUMENT: dict[str, Any] = {
    **toy.DOCUMENT,
    "paths": {"/things": {"post": {**toy.DOCUMENT["paths"]["/things"]["post"], "parameters": [UUID_KEY]}}},
}
Answer = tuple[int, Any]


def shop(*, replays: bool = True, binds: bool = True, refuses: bool = False) -> Callable[[Any, bytes], Answer]:
    """Makes a thing for each key. replays: once only; binds: for one body only; refuses: a repeat instead of answering it again."""
    numbers = itertools.count(1)
    made: dict[str, tuple[bytes, int]] = {}

    def answer(handler: Any, body: bytes) -> Answer:
        status, document = toy.answer_well(handler, body)
        try:
            key = str(UUID(handler.headers.get("X-Idempotency-Key", "")))
        except ValueError:
            return 400, {"status": 400}
        if status != 201:
            return status, document
        known = made.get(key)
        if known and known[0] != body and binds:
            return 400, {"status": 400}
        if known and refuses:
            return 400, {"status": 400}
        if not known or not replays or known[0] != body:
            made[key] = (body, next(numbers))
        return 201, {**document, "id": made[key][1], "answeredAt": datetime.now(UTC).isoformat()}

    return answer


def fuzzed(folder: Path, url: str) -> tuple[list[Any], int]:
    """What the check found, and how often it looked."""
    run(["fuzz", "--url", url, "--examples", "15", "--seed", "1", "--quiet", "--out", str(folder / "out")])
    document = json.loads((folder / "out" / "findings.json").read_text())
    found = [one for one in document["findings"] if one["title"] == "Idempotency-Key is not honoured"]
    return found, document["systems"][0]["own_checks"].get(CHECK, 0)


def objections(folder: Path, answer: Any) -> tuple[list[str], int]:
    """Its messages."""
    with toy.served(answer, DOCUMENT) as url:
        found, looked = fuzzed(folder, url)
    return [one["message"] for one in found], looked


@pytest.mark.parametrize("how", [{}, {"refuses": True}])
def test_a_sound_shop_is_looked_at(tmp_path: Path, how: dict[str, bool]) -> None:
    """Whether it answers a repeat again, at another moment, or refuses it; with keys that have to be UUIDs."""
    said, looked = objections(tmp_path, shop(**how))
    assert said == []
    assert looked > 3


def test_a_second_effect_is_found(tmp_path: Path) -> None:
    """A repeat made a second thing: the place is named, and the commands make two things again."""
    with toy.served(shop(replays=False), DOCUMENT) as url:
        found, _ = fuzzed(tmp_path, url)
        made = [subprocess.check_output(["sh", "-c", step]).splitlines()[-1] for step in found[0]["steps"][:2]]
    assert any("had a second effect: /id differs" in one["message"] for one in found)
    assert found[0]["steps"][0] == found[0]["steps"][1]
    assert len({json.loads(one)["id"] for one in made}) == 2


def test_a_key_that_binds_nothing_is_found(tmp_path: Path) -> None:
    """Another body under the same key made a thing of its own."""
    said, _ = objections(tmp_path, shop(binds=False))
    assert any("another body under the key" in one and "/id" in one for one in said)


def test_a_check_that_saw_no_key_says_so(tmp_path: Path) -> None:
    """Nothing is accepted, so nothing could be repeated: a note, beside the doubt about the whole."""

    def refuse(_handler: Any, _body: bytes) -> Answer:
        return 400, {"status": 400}

    with toy.served(refuse, DOCUMENT) as url:
        assert fuzzed(tmp_path, url) == ([], 0)
    assert f"note: url: nothing came before the eyes of {CHECK}" in (tmp_path / "out" / "summary.txt").read_text()


def accepted(body: Any, **headers: str) -> FuzzedAnswer:
    """An answer."""
    return FuzzedAnswer(201, headers, json.dumps(body).encode() if body is not None else b"")


def test_what_speaks_for_a_second_effect() -> None:
    """What was made differs, or where it is; moments and names of the request do not count."""
    first = accepted({"id": 1, "lines": [{"no": 1}], "created_at": 5, "when": "2026-10-28T09:00:00Z", "requestId": "a"}, location="/1")
    same = accepted({"id": 1, "lines": [{"no": 1}], "created_at": 6, "when": "2026-10-28T09:00:01Z", "requestId": "b"}, location="/1")
    assert another_effect(first, same) is None
    assert another_effect(accepted(None), accepted(None)) is None
    assert another_effect(first, accepted({"id": 2, "lines": [{"no": 2}], "format": "x"}, location="/2")) == (
        "header location, /id, /lines/0/no, /when, /format"
    )


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "string", "format": "uuid"},
        {"type": "string", "pattern": '^".+"$'},
        {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        {"type": "string", "maxLength": 16},
        {"type": "integer"},
    ],
)
def test_a_key_that_the_document_allows(schema: Any) -> None:
    """One for each word, always the same; none where no form fits."""
    header = key_header([{"name": "Other", "in": "header"}, {"name": "idempotency-key", "in": "header", "schema": schema}])
    assert header is not None
    assert len({header.value("a"), header.value("b"), header.value("a"), None}) == 3
    impossible = key_header([{"name": "Idempotency-Key", "in": "header", "type": "string", "pattern": "^!$"}])
    assert impossible is not None
    assert impossible.value("a") is None
