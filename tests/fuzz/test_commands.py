"""The command of a finding, pasted into a shell: it sends again what was sent, and shows what was found."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.commands import run
from harness.fuzz.curl import SHOWN_MAX, Commands, basic, basic_value
from harness.fuzz.sent import Sent
from harness.fuzz.shell import Expansion, printing, without_secrets, word
from harness.fuzz.signing import Signer
from harness.fuzz.target import Target
from tests.fuzz import toy

SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS10b3k="
ODD = [b"", b"plain", b'it\'s $HOME `id` \\n %s "x" !', b"-n", b"@file", b"a\nb\tc\r", bytes(range(256)), "ü€".encode(), b"\x1b[31m"]


def shell(command: str, **environment: str) -> bytes:
    """What a POSIX shell prints for it."""
    found = subprocess.run(["sh", "-c", command], capture_output=True, check=True, timeout=20, env={**os.environ, **environment})
    return found.stdout


@pytest.mark.parametrize("text", ODD)
def test_every_byte_comes_through_a_shell(text: bytes) -> None:
    """Printed, and as one word, which cannot hold a NUL and loses line ends at its end."""
    assert shell(printing([text])) == text
    if b"\0" not in text and not text.endswith(b"\n"):
        assert shell(f"printf %s {word([text])}") == text


def test_a_secret_becomes_a_variable() -> None:
    """Wherever it stands, the longer one first; what the shell makes of it is what was sent."""
    expansions = {"abc": "${KEY##* }", "Bearer abc": "$KEY"}
    parts = without_secrets(b"x='Bearer abc'&y=abc%\n", expansions)
    assert parts == [b"x='", Expansion("$KEY"), b"'&y=", Expansion("${KEY##* }"), b"%\n"]
    for command in (printing(parts), f"printf '%s\n' {word(parts[:-1])}"):
        assert "abc" not in command
    assert shell(printing(parts), KEY="Bearer abc") == b"x='Bearer abc'&y=abc%\n"
    assert shell(f'printf %s "{basic("me", "$KEY")}"', KEY="abc").decode() == basic_value("me", "abc")


DOCUMENT = json.loads(json.dumps(toy.DOCUMENT))
DOCUMENT["paths"]["/things"]["post"]["parameters"] = [
    {"name": name, "in": "header", "required": True, "schema": {"type": "string", "pattern": pattern}}
    for name, pattern in (("Idempotency-Key", "^[a-z0-9-]{1,64}$"), ("If-Match", '^"[0-9]"$'))
]


def crashing(crashed: list[Any]) -> Any:
    """Crashes when a request has all its headers and a name of two characters or more; each is remembered."""

    def answer(handler: Any, body: bytes) -> tuple[int, Any]:
        status, document = toy.answer_well(handler, body)
        headers = [handler.headers.get(name, "") for name in ("Content-Type", "Idempotency-Key", "If-Match", "X-Key")]
        if status == 201 and len(document["name"]) > 1 and all(headers):
            crashed.append((handler.path, headers, body))
            return 500, {"status": 500}
        return status, document

    return answer


def fuzz(folder: Path, url: str, *more: str) -> list[Any]:
    """The findings."""
    out = folder / "out"
    run(["fuzz", "--url", url, "--examples", "25", "--seed", "1", "--quiet", "--out", str(out), *more])
    return list(json.loads((out / "findings.json").read_text())["findings"])


def test_a_printed_command_reproduces_its_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """Content type, key, version, credential and body go over the wire again as they did; the credential is not printed."""
    monkeypatch.setenv("TOY_KEY", toy.SECRET)
    crashed: list[Any] = []
    with toy.served(crashing(crashed), DOCUMENT) as url:
        findings = [one for one in fuzz(tmp_path, url, "--header", "X-Key:TOY_KEY") if one["check"] == "not_a_server_error"]
        assert findings
        for finding in findings:
            before = list(crashed)
            shell(finding["steps"][-1])
            assert len(crashed) == len(before) + 1
            assert crashed[-1] in before
    printed = capsys.readouterr().out
    assert findings[0]["steps"][-1] in printed
    assert toy.SECRET not in printed


def test_a_command_that_is_too_long_is_a_script(tmp_path: Path) -> None:
    """It lies beside the report, and sends every byte, bytes that are no text included."""
    got: list[bytes] = []

    def take(_handler: Any, body: bytes) -> tuple[int, Any]:
        got.append(body)
        return 201, {}

    body = b"\x00\xff'" * 100_000
    with toy.served(take) as url:
        sent = Sent("POST", url.replace("/openapi.json", "/things?a[]=/../{x}"), (("X-Odd", b"\xc3\xbc"), ("X-Empty", b"")), body)
        command = Commands(Target("toy", url, {}), tmp_path).of(sent)
        assert len(command) < SHOWN_MAX
        assert command.startswith("sh ")
        shell(command)
        shell(Commands(Target("toy", url, {})).of(Sent("POST", sent.url, (), b"@x\n")))
    assert got == [body, b"@x\n"]


def test_an_event_is_signed_anew(tmp_path: Path) -> None:
    """A signature is good for five minutes only: the command makes its own, from the secret in the environment."""
    seen: list[bool] = []

    def check(handler: Any, body: bytes) -> tuple[int, Any]:
        seen.append(Signer(SECRET).signed({name.lower(): value for name, value in handler.headers.items()}, body))
        return 201, {}

    with toy.served(check) as url:
        target = Target("toy", url, {}, sign_with=SECRET, webhook_variable="HOOK")
        request = Signer(SECRET)(Sent("POST", url.replace("/openapi.json", "/things"), (), b'{"a":"\xc3\xbc\'"}').prepared())
        headers = tuple((name, value.encode()) for name, value in request.headers.items())
        command = Commands(target).of(Sent("POST", str(request.url), headers, request.body))
        assert SECRET not in command
        shell(command, HOOK=SECRET)
    assert seen == [True]
