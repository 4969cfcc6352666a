"""The pages' templates: strict, escaped, and compiled once. What Jinja makes of them is kept beside them, as Python keeps what it makes of
its own files, for compiling them is the longer part of writing a report."""

import base64
import hashlib
import sys
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from reports.fields import clean

TEMPLATES = Path(__file__).parent / "templates"
LIVE_TEMPLATES = Path(__file__).parent / "live" / "templates"


class _Kept(FileSystemBytecodeCache):
    """In `__pycache__` beside the templates. Jinja itself finds out that a template or a version has changed."""

    def __init__(self, templates: Path, *, writes: bool) -> None:
        super().__init__(str(templates / "__pycache__"), "%s.jinja")
        self._writes = writes

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not self._writes:
            return
        try:
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
        except OSError:  # where nobody may write, the template is compiled again the next time
            self._writes = False


def environment(templates: Path, *, writes: bool | None = None) -> Environment:
    """The templates of this folder. writes: whether what was compiled is kept; absent: as Python does with its own files."""
    return Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
        bytecode_cache=_Kept(templates, writes=not sys.dont_write_bytecode if writes is None else writes),
    )


@cache
def report_environment() -> Environment:
    """Of the report, with the templates that were loaded once."""
    return environment(TEMPLATES)


def digest(content: str) -> str:
    """As a Content-Security-Policy names an inline style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _shown(value: Any) -> Any:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def compile_ahead() -> None:
    """Compile every template that was not compiled yet."""
    for folder in (TEMPLATES, LIVE_TEMPLATES):
        kept = environment(folder, writes=True)
        for name in kept.list_templates(extensions=["j2"]):
            kept.get_template(name)
