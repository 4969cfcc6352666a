"""Secrets of a world: nobody can guess them, a file may keep them, and nobody else may read that file."""

import json
import stat
from pathlib import Path

import pytest

from mocks.hosting.credentials import Credentials, CredentialsError, shared_credentials


def test_two_worlds_share_no_secret() -> None:
    """Whatever their seeds: what is left of one run has no right in another."""
    one, other = Credentials.draw(), Credentials.draw()
    assert one.client_secret != other.client_secret
    assert one.signing_key != other.signing_key
    assert "secret" not in repr(one).lower() or one.client_secret not in repr(one)


def test_a_file_is_written_once_for_its_owner_and_read_again(tmp_path: Path) -> None:
    """Mode 0600, whatever the umask."""
    path = tmp_path / "my.secrets"
    written = shared_credentials(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert shared_credentials(path) == written


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not json", "expected a JSON object"),
        ("[" * 9000, "expected a JSON object"),
        ("{}" + " " * 20_000, "expected a JSON object"),
        (json.dumps({"client_secret": 1}), "expected a JSON object"),
        (json.dumps(dict.fromkeys(("client_secret", "webhook_secret", "people_secret", "control_token"), "short")), "20 to 200"),
        (json.dumps(dict.fromkeys(("client_secret", "webhook_secret", "people_secret", "control_token"), "x" * 40)), "whsec_"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, text: str, said: str) -> None:
    """What came, what was expected, where."""
    path = tmp_path / "my.secrets"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(CredentialsError, match=said) as caught:
        shared_credentials(path)
    assert str(path) in str(caught.value)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """With the command that mends it."""
    path = tmp_path / "my.secrets"
    shared_credentials(path)
    path.chmod(0o644)
    with pytest.raises(CredentialsError, match="chmod 600"):
        shared_credentials(path)
