"""Whatever is in a settings file: it is read, or refused in one sentence that names the file."""

from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import DrycloseError
from harness.manifest import load_manifest
from harness.scenario import load_scenario
from tests.shipped import CATALOG

FIELDS = ("name", "title", "flows", "entities", "faults", "volume", "waits", "limits", "tokens", "lists", "require")
FIELDS += ("period_closed", "connector", "expect")
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**6)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["F-A3", "US01", "C01", "park"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["include", "repeats", "outage_ms", "exit_code", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def load(file: Path) -> DrycloseError | None:
    """Load it as what its name says; the refusal, if it is refused."""
    try:
        if file.suffix == ".yaml":
            load_scenario(str(file), CATALOG)
        else:
            load_manifest(file, CATALOG)
    except DrycloseError as error:
        return error
    return None


def refused_or_read(name: str, content: bytes) -> None:
    """Load it; nothing but a DrycloseError with the file's name and exit code 3, on one line, may come out."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(content)
        refusal = load(file)
    if refusal is not None:
        assert refusal.exit_code == 3
        assert name in refusal.message
        assert refusal.message.count("\n") == 0


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    """Garbage is refused, as YAML and as TOML."""
    refused_or_read("a.yaml", content)
    refused_or_read("connector.toml", content)


@given(st.dictionaries(st.sampled_from(FIELDS), values, max_size=4))
def test_any_scenario_of_known_fields(document: dict[str, object]) -> None:
    """Wrong types and ranges anywhere in it."""
    refused_or_read("a.yaml", yaml.safe_dump(document).encode())


@given(st.lists(st.sampled_from(["a", "=", '"x"', "[", "]", "\n", "command", "paths", ".", "1", "{", "}", ",", "#"]), max_size=20))
def test_any_words_of_toml(words: list[str]) -> None:
    """Half-right TOML."""
    refused_or_read("connector.toml", " ".join(words).encode())
