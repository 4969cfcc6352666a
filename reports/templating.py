"""The pages' templates: strict, escaped, and compiled once. What Jinja makes of them is kept beside them, as Python keeps what it makes of
its own files, for compiling them is the longer part of writing a report."""

import base64
import hashlib
import marshal
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from reports.fields import clean

TEMPLATES = Path(__file__).parent / "templates"
LIVE_TEMPLATES = Path(__file__).parent / "live" / "templates"
DIGEST = hashlib.sha256().digest_size


class _Kept(BytecodeCache):
    """In `__pycache__` beside the templates, behind a digest over it, its template, this file and the version of Jinja: whatever is not
    exactly that is compiled again."""

    def __init__(self, templates: Path, *, writes: bool) -> None:
        self._folder, self._writes = templates / "__pycache__", writes
        self._made_by = jinja2.__version__.encode() + Path(__file__).read_bytes()

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            kept = self._file(bucket).read_bytes()
        except OSError:  # nobody kept it, or nobody may read it
            return
        if kept[:DIGEST] == self._seal(bucket, kept[DIGEST:]):
            bucket.code = marshal.loads(kept[DIGEST:])  # noqa: S302 (what we wrote ourselves, as the digest says)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not self._writes or bucket.code is None:
            return
        content = marshal.dumps(bucket.code)
        try:
            self._folder.mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".tmp", delete=False) as file:
                file.write(self._seal(bucket, content) + content)
            Path(file.name).chmod(0o644)
            Path(file.name).replace(self._file(bucket))
        except OSError:  # where nobody may write, or there is no room, the template is compiled again the next time
            self._writes = False

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.{sys.implementation.cache_tag}.jinja"

    def _seal(self, bucket: Bucket, content: bytes) -> bytes:
        return hashlib.sha256(self._made_by + bucket.checksum.encode() + content).digest()


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
