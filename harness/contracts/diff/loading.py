"""A document read from a file, as JSON or YAML 1.2."""

import json
import re
from pathlib import Path
from typing import Any, NoReturn

import yaml

from harness.bounded import read_text, too_deep
from harness.contracts.diff.document import ApiDocument, document
from harness.errors import UsageError

BYTES_MAX = 100_000_000  # the largest published documents have some ten megabytes


def load_document(path: Path) -> ApiDocument:
    """Read JSON or YAML. Raises UsageError that says what is wrong: not there, not readable, not one of the kinds."""
    text = read_text(path, BYTES_MAX, "utf-8-sig")
    language = "JSON" if path.suffix == ".json" else "YAML"
    try:
        root = json.loads(text, parse_constant=_no_number) if language == "JSON" else _yaml(text)
    except RecursionError:
        raise UsageError(f"{path} nests too deep to be compared") from None
    except (ValueError, yaml.YAMLError) as error:
        raise UsageError(f"{path}: not {language}: {str(error).splitlines()[0]}") from None
    return document(str(path), root)


def _yaml(text: str) -> Any:
    if too_deep(text) is not None:
        raise RecursionError
    return yaml.load(text, _Loader)  # noqa: S506 (a SafeLoader)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


class _Loader(yaml.SafeLoader):
    """YAML as OpenAPI and AsyncAPI want it: keys are texts, and NO, 12:30 or 2026-01-01 are texts, too."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (the library reads it from the class)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A key is the text as it was written: 200 is "200", as in JSON."""
        self.flatten_mapping(node)
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                key.tag = "tag:yaml.org,2002:str"
        return super().construct_mapping(node, deep)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Merge keys (<<), without what a later key replaces: else merges of merges double with every level."""
        super().flatten_mapping(node)
        last = {(key.tag, key.value) if isinstance(key, yaml.ScalarNode) else key: (key, value) for key, value in node.value}
        node.value = list(last.values())


def _plain(tag: str, pattern: str, first: str) -> None:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})$"), list(first) or [""])


_plain("null", "~|null|Null|NULL|", "~nN")
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^$"), [""])
_plain("bool", "true|True|TRUE|false|False|FALSE", "tTfF")
_plain("int", "[-+]?(?:0|[1-9][0-9]*)", "-+0123456789")
_plain("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789")
_plain("merge", "<<", "<")
