"""`--webhook-secret`: behind a connector's signature check there is something to be found."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.commands import run
from harness.fuzz.signing import Signer
from tests.fuzz import toy

SECRET = "whsec_c2VjcmV0LW9mLXRoZS1jb25uZWN0b3I="
SIGNERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
POST = toy.DOCUMENT["paths"]["/things"]["post"]
DOCUMENT: dict[str, Any] = {
    **toy.DOCUMENT,
    "components": {"securitySchemes": {"signed": {"type": "apiKey", "in": "header", "name": "Webhook-Signature"}}},
    "paths": {
        "/things": {
            "post": {
                **POST,
                "security": [{"signed": []}],
                "parameters": [{"name": name, "in": "header", "required": True, "schema": {"type": "string"}} for name in SIGNERS[:2]],
                "responses": {**POST["responses"], "401": POST["responses"]["400"]},
            }
        }
    },
}


def behind_the_check(decide: Any) -> Any:
    """A connector's inbox: 401 without a good signature over the raw body, and its own decision behind that."""

    def answer(handler: Any, body: bytes) -> tuple[int, Any]:
        if not Signer(SECRET).signed({name.lower(): value for name, value in handler.headers.items()}, body):
            return 401, {"status": 401}
        return decide(handler, body)

    return answer


def fuzz(folder: Path, url: str, *more: str) -> tuple[int, Any]:
    """Exit code and findings.json."""
    out = folder / "out"
    code = run(["fuzz", "--url", url, "--examples", "15", "--seed", "1", "--quiet", "--out", str(out), *more])
    return code, json.loads((out / "findings.json").read_text())


def test_a_crash_behind_the_signature_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unsigned, everything is refused and that is no pass; signed, the crash is found, and its command signs too."""
    monkeypatch.setenv("TOY_HOOK", SECRET)
    with toy.served(behind_the_check(toy.crash_on_long), DOCUMENT) as url:
        code, document = fuzz(tmp_path / "unsigned", url)
        assert (code, document["findings"]) == (2, [])
        code, document = fuzz(tmp_path / "signed", url, "--webhook-secret", "TOY_HOOK")
        crash = next(one for one in document["findings"] if one["check"] == "not_a_server_error")
        answered = subprocess.run(["sh", "-c", crash["steps"][-1]], capture_output=True, check=True, env=dict(os.environ))
    assert code == 1
    assert answered.stdout.startswith(b"HTTP/1.1 500 ")
    assert document["again"].endswith("--webhook-secret TOY_HOOK --examples 15")
    for file in (tmp_path / "signed" / "out").iterdir():
        assert SECRET.removeprefix("whsec_") not in file.read_text()


def test_a_sound_inbox_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed requests of every phase, those of odd size too, get behind the check; what is not signed is still tried, and refused."""
    monkeypatch.setenv("TOY_HOOK", SECRET)
    met: set[bool] = set()

    def answer(handler: Any, body: bytes) -> tuple[int, Any]:
        status, document = behind_the_check(toy.answer_well)(handler, body)
        met.add(status == 401)
        return status, document

    with toy.served(answer, DOCUMENT) as url:
        code, document = fuzz(tmp_path, url, "--webhook-secret", "TOY_HOOK")
    assert (code, document["findings"], met) == (0, [], {True, False})


@pytest.mark.parametrize(
    ("value", "arguments", "word"),
    [
        ("", ["--url", "http://127.0.0.1:1/x"], "TOY_HOOK is not set"),
        ("whsec_no base64!", ["--url", "http://127.0.0.1:1/x"], "whsec_ and base64"),
        (SECRET, [], "belongs to --url"),
    ],
)
def test_usage(value: str, arguments: list[str], word: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """Exit 3; the message shows no secret."""
    monkeypatch.setenv("TOY_HOOK", value)
    assert run(["fuzz", "--webhook-secret", "TOY_HOOK", *arguments]) == 3
    error = capsys.readouterr().err
    assert word in error
    assert "base64!" not in error
    assert run(["fuzz", "--url", "http://127.0.0.1:1/x", "--webhook-secret", SECRET]) == 3
    assert SECRET not in capsys.readouterr().err
