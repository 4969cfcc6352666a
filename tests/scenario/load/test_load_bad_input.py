"""Wrong arguments of `dryclose load`: one message, exit code 3, and nothing was started or written."""

from pathlib import Path

import pytest

from harness import commands

BAD = {
    "--profile monthend": "there is no load profile 'monthend'; did you mean 'month-end'?",
    "--attach http://10.1.2.3:8004": "10.1.2.3 is not this machine",
    "--attach http://example.com:8004": "example.com is not this machine",
    "--attach https://127.0.0.1:8004": "expected an address such as http://127.0.0.1:8004",
    "--attach 127.0.0.1:8004": "expected an address such as http://127.0.0.1:8004",
    "--attach http://127.0.0.1:8004": "needs DRYCLOSE_CONTROL_TOKEN and DRYCLOSE_PEOPLE_SECRET in the environment",
    "--attach http://127.0.0.1:8004 --connector x": "--connector and --attach exclude each other",
    "--attach http://127.0.0.1:8004 --find-knee": "--find-knee needs a world of its own",
    "--master --worker": "--master and --worker exclude each other",
    "--master --find-knee": "--find-knee needs its senders on this machine",
    "--worker --connector x": "--worker only sends",
    "--workers 0": "0 is not in the range",
    "--connector absent.toml": "there is no such manifest",
}


@pytest.mark.parametrize(("arguments", "message"), BAD.items())
def test_wrong_arguments(arguments: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message says what is wrong; a load never goes to another machine."""
    assert commands.run(["load", *arguments.split(), "--out", str(tmp_path / "run")]) == 3
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("dryclose: ")
    assert message in shown.err
    assert not (tmp_path / "run").exists()
