"""`dryclose fuzz --url`: what it finds in somebody's API, what it reports, and what it refuses to do."""

import json
import os
import re
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from harness.commands import run
from tests.fuzz import toy


def fuzz(folder: Path, url: str, *more: str) -> tuple[int, Any]:
    """Exit code and findings.json."""
    out = folder / "out"
    code = run(["fuzz", "--url", url, "--examples", "15", "--seed", "1", "--quiet", "--out", str(out), *more])
    file = out / "findings.json"
    return code, json.loads(file.read_text()) if file.is_file() else None


def checks(document: Any) -> set[str]:
    """The checks that objected."""
    return {finding["check"] for finding in document["findings"]}


def test_a_sound_api_passes(tmp_path: Path) -> None:
    """Exit 0: something was exercised and accepted, nothing was found, and the run says how to have it again."""
    with toy.served(toy.answer_well) as url:
        code, document = fuzz(tmp_path, url)
    assert (code, document["findings"], document["exit_code"]) == (0, [], 0)
    [system] = document["systems"]
    assert (system["exercised"], system["accepted"], system["doubts"]) == (1, 1, [])
    assert document["again"] == f"dryclose fuzz --seed 1 --url {url} --examples 15"
    assert {"coverage", "fuzzing", "hostile"} <= set(system["requests"])


def test_a_crash_is_found_with_a_request_that_shows_it(tmp_path: Path) -> None:
    """Exit 1: the server error and the stack trace, each once, as curl; JUnit fails the operation."""
    with toy.served(toy.crash_on_long) as url:
        code, document = fuzz(tmp_path, url)
    assert code == 1
    assert {"not_a_server_error", "no_secret_and_no_trace"} <= checks(document)
    assert all(finding["steps"][-1].startswith("curl -i -X POST") for finding in document["findings"])
    root = ET.parse(tmp_path / "out" / "junit.xml").getroot()
    assert (root.get("failures"), [case.get("name") for case in root.iter("testcase") if case.find("failure") is not None]) == (
        "1",
        ["POST /things"],
    )


def hang_up_on_long(handler: Any, body: bytes) -> tuple[int, Any]:
    """The connection is closed instead of an answer, for names of five characters."""
    status, document = toy.answer_well(handler, body)
    if status == 201 and len(document["name"]) == 5:
        handler.close_connection = True
        return toy.NO_ANSWER
    return status, document


def test_a_request_without_an_answer_is_found(tmp_path: Path) -> None:
    """Exit 1, one finding, with the request that shows it."""
    with toy.served(hang_up_on_long) as url:
        code, document = fuzz(tmp_path, url, "--examples", "60")
    assert (code, [(one["title"], one["operation"]) for one in document["findings"]]) == (1, [("no answer", "POST /things")])
    assert re.search(r'"name": ".{5}"', document["findings"][0]["steps"][-1])


def test_a_connection_that_broke_is_no_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A request that is answered on a new connection is told of, and nothing more; also one of odd size, and one by our own checks."""
    met: set[bytes] = set()

    def break_once(handler: Any, body: bytes) -> tuple[int, Any]:
        if len(body) % 3 == 0 and body not in met:
            met.add(body)
            handler.close_connection = True
            return toy.NO_ANSWER
        return toy.answer_well(handler, body)

    with toy.served(break_once) as url:
        code, document = fuzz(tmp_path, url, "--examples", "60")
    assert (code, document["findings"]) == (0, [])
    assert "on a new connection, which is no finding: " in document["systems"][0]["notes"][0]
    assert "on a new connection" in capsys.readouterr().out


def test_a_crash_behind_a_connection_that_broke_is_a_finding(tmp_path: Path) -> None:
    """The second try is looked at too."""
    met: set[bytes] = set()

    def break_and_crash(handler: Any, body: bytes) -> tuple[int, Any]:
        status, document = toy.answer_well(handler, body)
        if status == 201 and len(document["name"]) == 5:
            handler.close_connection = body not in met
            met.add(body)
            return toy.NO_ANSWER if handler.close_connection else (503, {"status": 503})
        return status, document

    with toy.served(break_and_crash) as url:
        code, document = fuzz(tmp_path, url, "--examples", "60")
    assert code == 1
    assert {(one["check"], one["status"]) for one in document["findings"]} >= {("not_a_server_error", 503)}
    assert "answered" not in checks(document)


def test_different_statuses_are_different_findings(tmp_path: Path) -> None:
    """One check, one operation, one title: a 500 and a 503 are two mistakes."""

    def crash_in_two_ways(handler: Any, body: bytes) -> tuple[int, Any]:
        status, document = toy.answer_well(handler, body)
        if status != 201 or len(document["name"]) < 3:
            return status, document
        crash = 500 if len(document["name"]) == 5 else 503
        return crash, {"status": crash}

    with toy.served(crash_in_two_ways) as url:
        _, document = fuzz(tmp_path, url, "--examples", "60")
    found = [one["status"] for one in document["findings"] if one["check"] == "not_a_server_error"]
    assert sorted(found) == [500, 503]


def test_a_system_that_goes_away_is_not_blamed_for_what_came_after(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One finding, the request before the end; nothing is tried after it, and that is said."""
    servers: list[Any] = []

    def end_at_long(handler: Any, body: bytes) -> tuple[int, Any]:
        answer = hang_up_on_long(handler, body)
        if answer == toy.NO_ANSWER and not servers:
            servers.append(handler.server)
            handler.server.socket.close()  # whoever comes now is refused
        return answer

    with toy.served(end_at_long) as url:
        code, document = fuzz(tmp_path, url, "--examples", "60")
    assert (code, [one["title"] for one in document["findings"]]) == (1, ["no answer"])
    assert "nobody listens any more since POST /things got no answer" in capsys.readouterr().out


def operations(number: int) -> Any:
    """The toy's operation under several names."""
    post = toy.DOCUMENT["paths"]["/things"]["post"]
    return {**toy.DOCUMENT, "paths": {f"/things?{one}": {"post": {**post, "operationId": f"things.{one}"}} for one in range(number)}}


def test_a_server_that_refuses_everything_is_no_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2: nothing behind the refusal was tried; JUnit has an error for it."""

    def refuse(_handler: Any, _body: bytes) -> tuple[int, Any]:
        return 401, {"status": 401}

    document = json.loads(json.dumps(toy.DOCUMENT))
    responses = document["paths"]["/things"]["post"]["responses"]
    responses["401"] = responses["400"]
    with toy.served(refuse, document) as url:
        code, found = fuzz(tmp_path, url)
    assert (code, found["findings"], found["systems"][0]["never_accepted"]) == (2, [], ["POST /things"])
    assert "no request was ever accepted" in capsys.readouterr().out
    assert ET.parse(tmp_path / "out" / "junit.xml").getroot().get("errors") == "1"


def test_an_operation_that_only_refuses_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0: nobody knows which ids somebody else's system has; but a reader is told."""

    def closed(handler: Any, body: bytes) -> tuple[int, Any]:
        return (409, {"status": 409}) if "?1" in handler.path else toy.answer_well(handler, body)

    document = operations(2)
    post = document["paths"]["/things?1"]["post"]
    post["responses"] = {**post["responses"], "409": post["responses"]["400"]}
    with toy.served(closed, document) as url:
        assert fuzz(tmp_path, url)[0] == 0
    assert "only refusals were seen of POST /things?1" in capsys.readouterr().out


def test_a_budget_bounds_the_run_and_what_it_left_out_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2 soon after the budget: operations that were never tried are named, and skipped in JUnit."""

    def slowly(handler: Any, body: bytes) -> tuple[int, Any]:
        time.sleep(0.4)
        return toy.answer_well(handler, body)

    began = time.monotonic()
    with toy.served(slowly, operations(12)) as url:
        code, found = fuzz(tmp_path, url, "--budget", "2s")
    assert (code, found["findings"]) == (2, [])
    assert time.monotonic() - began < 10
    system = found["systems"][0]
    assert len(system["never_tried"]) == system["operations"] - system["exercised"] > 0
    root = ET.parse(tmp_path / "out" / "junit.xml").getroot()
    assert (root.get("tests"), root.get("skipped")) == ("13", str(len(system["never_tried"])))
    assert "operations were never tried: POST" in capsys.readouterr().out


def test_nothing_goes_through_a_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's token stays on this machine whatever the environment says, and the environment is as it was afterwards."""
    seen: list[str] = []

    def record(handler: Any, _body: bytes) -> tuple[int, Any]:
        seen.append(handler.path)
        return 502, {}

    monkeypatch.setenv("TOY_KEY", toy.SECRET)
    with toy.served(record) as proxy, toy.served(toy.answer_well) as url:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.removesuffix("/openapi.json"))
        monkeypatch.setenv("NO_PROXY", "")
        code, _ = fuzz(tmp_path, url, "--header", "X-Key:TOY_KEY")
        assert os.environ["HTTP_PROXY"] == proxy.removesuffix("/openapi.json")
    assert (code, seen) == (0, [])


def test_a_secret_that_comes_back_is_found_and_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The header's value is a secret: no answer may show it, and no file of the run does."""
    monkeypatch.setenv("TOY_KEY", toy.SECRET)
    with toy.served(toy.tell_the_secret) as url:
        code, document = fuzz(tmp_path, url, "--header", "X-Key:TOY_KEY")
    assert (code, "no_secret_and_no_trace" in checks(document)) == (1, True)
    for file in (tmp_path / "out").iterdir():
        assert toy.SECRET not in file.read_text()


def test_walks_carry_your_headers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise they would end at the first door, and deep operations would be left to chance."""
    monkeypatch.setenv("TOY_KEY", toy.SECRET)
    seen: set[str] = set()

    def look(handler: Any, body: bytes) -> tuple[int, Any]:
        if handler.headers.get("X-Correlation-ID", "").startswith("walk-"):
            seen.add(handler.headers.get("X-Key", ""))
        return toy.answer_well(handler, body)

    with toy.served(look) as url:
        fuzz(tmp_path, url, "--header", "X-Key:TOY_KEY")
    assert seen == {toy.SECRET}


def test_what_is_not_checked_is_found(tmp_path: Path) -> None:
    """A request that the document does not allow was accepted."""
    with toy.served(toy.accept_anything) as url:
        code, document = fuzz(tmp_path, url)
    assert (code, "negative_data_rejection" in checks(document)) == (1, True)


def test_the_same_seed_sends_the_same(tmp_path: Path) -> None:
    """Two runs of one seed find the same with as many requests."""
    found = []
    for number in range(2):
        with toy.served(toy.accept_anything) as url:
            _, document = fuzz(tmp_path / str(number), url)
        found.append(([(one["check"], one["operation"], one["title"]) for one in document["findings"]], document["systems"][0]["requests"]))
    assert found[0] == found[1]


def test_a_header_that_the_generator_cannot_make_is_no_finding(tmp_path: Path) -> None:
    """For `^"[0-9]+"$` its coverage phase sends 0; the refusal of that is proper."""

    def tagged(handler: Any, body: bytes) -> tuple[int, Any]:
        tag = handler.headers.get("X-Tag")
        return (400, {"status": 400}) if tag is not None and not re.fullmatch('"[0-9]+"', tag) else toy.answer_well(handler, body)

    document = json.loads(json.dumps(toy.DOCUMENT))
    schema = {"type": "string", "pattern": '^"[0-9]+"$'}
    document["paths"]["/things"]["post"]["parameters"] = [{"name": "X-Tag", "in": "header", "required": False, "schema": schema}]
    with toy.served(tagged, document) as url:
        assert fuzz(tmp_path, url)[0] == 0


REFERRED: dict[str, Any] = {
    **toy.DOCUMENT,
    "components": {"parameters": {"Tag": {"name": "X-Tag", "in": "header", "schema": {"type": "string", "examples": ["a"]}}}},
    "paths": {"/things": {"post": {**toy.DOCUMENT["paths"]["/things"]["post"], "parameters": [{"$ref": "#/components/parameters/Tag"}]}}},
}


def test_a_parameter_may_be_a_reference(tmp_path: Path) -> None:
    """And an example a date, as YAML has it."""
    document = f"{json.dumps(REFERRED)[:-1]}, x-day: 2026-10-28}}"
    with toy.served(toy.answer_well, document) as url:
        code, found = fuzz(tmp_path, url)
    assert (code, found["findings"]) == (0, [])


EMPTY = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}
FOREIGN = {**toy.DOCUMENT, "components": {"schemas": {"X": {"$ref": "http://198.51.100.1/x.json"}}}}


@pytest.mark.parametrize(
    ("document", "word"),
    [
        (EMPTY, "no operation"),
        (FOREIGN, "references"),
        ({"hello": 1}, "not an OpenAPI document"),
        ([], "not an OpenAPI document"),
        ({**EMPTY, "paths": []}, "paths"),
        ({**toy.DOCUMENT, "servers": [{"url": "http://[bad"}]}, "http://[bad"),
        ({**toy.DOCUMENT, "openapi": "4.0.0"}, "cannot read"),
        ("openapi: 3.1.0\nx: &x [*x]", "contains itself"),
    ],
)
def test_documents_that_cannot_be_fuzzed(tmp_path: Path, capsys: pytest.CaptureFixture[str], document: Any, word: str) -> None:
    """Exit 3 and one sentence; a document that leads elsewhere is not followed."""
    with toy.served(toy.answer_well, document) as url:
        code, _ = fuzz(tmp_path, url)
    assert code == 3
    error = capsys.readouterr().err
    assert word in error
    assert "Traceback" not in error


def test_a_server_elsewhere_is_not_called(tmp_path: Path) -> None:
    """`servers` of the document may name production: only its path is taken."""
    with toy.served(toy.answer_well, {**toy.DOCUMENT, "servers": [{"url": "https://198.51.100.1"}]}) as url:
        code, document = fuzz(tmp_path, url)
    assert (code, document["systems"][0]["accepted"]) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--url", "http://198.51.100.1/openapi.json"], "not this machine"),
        (["--url", "http://localhost.example.com/openapi.json"], "not this machine"),
        (["--url", "http://user:pw@127.0.0.1/openapi.json"], "no credentials"),
        (["--url", "file:///etc/passwd"], "expected the address"),
        (["--url", "http://127.0.0.1:99999/x"], "Port out of range"),
        (["--url", "http://127.0.0.1:1/openapi.json"], "no answer"),
        (["--url", "http://127.0.0.1:1/x", "--system", "erp"], "exclude each other"),
        (["--url", "http://127.0.0.1:1/x", "--header", "X-Key"], "NAME:VARIABLE"),
        (["--url", "http://127.0.0.1:1/x", "--header", "X-Key:NOT_SET_ANYWHERE"], "NOT_SET_ANYWHERE"),
        (["--header", "X-Key:HOME"], "belongs to --url"),
        (["--budget", "soon"], "10m"),
        (["--budget", "0"], "10m"),
        (["--system", "payroll"], "payroll"),
        (["--examples", "0"], "examples"),
    ],
)
def test_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], word: str) -> None:
    """Exit 3, one message, no traceback."""
    assert run(["fuzz", "--out", str(tmp_path / "out"), *arguments]) == 3
    error = capsys.readouterr().err
    assert word in error
    assert "Traceback" not in error


def test_somebody_elses_directory_is_left_alone(tmp_path: Path) -> None:
    """Exit 3."""
    (tmp_path / "mine.txt").write_text("x")
    assert run(["fuzz", "--system", "identity", "--out", str(tmp_path)]) == 3
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]
