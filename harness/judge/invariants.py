"""The invariants: one SQL file each, with a declared header and named sections. This module only reads and validates them.

`invariants/common/` holds what is asked of every flow of a kind, `invariants/<flow>/` what is asked of one flow.

A file:

    -- id: C01
    -- title: No source document is posted twice, not even for a moment
    -- family: occurrence          which audit assertion or property
    -- severity: money             money > books > loss > security > liveness > conduct
    -- kind: fail                  fail, warn, or void (V01: the experiment says nothing)
    -- at: history                 history: holds at any moment; rest: judged only after quiescence
    -- kinds: document state       optional: the kinds of flow that it is about; absent: document
    -- compares: amount            optional: only flows that hold this against their source (`compare` of what is due) are asked
    -- clock: world                optional: it counts how long something took, or gave up after; whoever was under way while the world
                                   itself stood still is not judged by it
    -- effect: posted twice        optional: what went wrong with a document that breaks it (EFFECTS); absent: its outcome says so
    -- flow: some-flow             optional: the one flow that it is about; without that flow it is not applicable
    -- profile: books_as_told      optional: in which profile of a system there is something to examine; nobody else can require it
    -- required column: ...        free text lines without a key are comments
    -- section: candidates         rows (flow, n): rows examined by flow; rows of one flow add up, null is no flow in particular
    -- section: violations         rows with the columns of COLUMNS first, then evidence
    -- section: systematic         optional, of a warning: the rows among its violations (table slip) for which the run fails, because they
                                   are no single slip
    -- section: explain            seq of the rows of `timeline` that tell the story of transaction $txn
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from contracts.entries import COMPARED, KINDS_OF_FLOW, Flow
from harness.errors import InternalError

FOLDER = Path(__file__).parent / "invariants"
SEVERITIES = ("money", "books", "loss", "security", "liveness", "conduct")
KINDS = ("fail", "warn", "void")
MOMENTS = ("history", "rest")
# What went wrong with a document, the worst first; a document that breaks several rules has the first of theirs. The last one is for
# whom no rule and no outcome says more.
EFFECTS = (
    "posted twice",
    "posted unasked",
    "left standing",
    "posted wrong",
    "told wrong",
    "taken from a forger",
    "turned away as forged",
    "lost",
    "undone",
    "stuck",
    "left behind",
    "not answered",
    "told too little",
    "given up",
    "written too late",
    "misbehaved",
    "ended unlike its twins",
)
SECTIONS = ("candidates", "violations", "explain")
OPTIONAL_SECTIONS = ("systematic",)
HEADER = ("id", "title", "family", "severity", "kind", "at")
OPTIONAL = ("flow", "kinds", "clock", "effect", "compares", "profile")
COLUMNS = ("txn_id", "call_point", "money_minor", "currency", "story")


@dataclass(frozen=True, slots=True)
class Invariant:
    """One assertion over the history. title: the assertion in words; the three queries as SQL text."""

    id: str
    title: str
    family: str
    severity: str
    kind: str
    at: str
    candidates: str
    violations: str
    explain: str
    flow: str | None = None
    profile: str | None = None
    kinds: tuple[str, ...] = ("document",)
    clock: str | None = None
    systematic: str | None = None
    effect: str | None = None
    compares: str | None = None
    origin: str = "dryclose"  # or "user": a rule of the user's own (guest_rules.py), asked in a sandbox, never here

    def is_about(self, flow: Flow) -> bool:
        """Whether this is asked of a flow."""
        if self.flow is not None:
            return self.flow == flow.id
        return flow.kind in self.kinds and (self.compares is None or any(self.compares in due.compare for due in flow.due))

    @property
    def can_fail(self) -> bool:
        """Whether a run can fail for it, but where warnings are told to fail."""
        return self.kind != "warn" or self.systematic is not None

    @property
    def rank(self) -> int:
        """0 is the worst severity."""
        return SEVERITIES.index(self.severity)


def load_invariants(folder: Path = FOLDER) -> tuple[Invariant, ...]:
    """Every invariant of the folder and of the folders in it, by id. Raises InternalError for a file that does not keep the form."""
    paths = sorted(folder.rglob("*.sql"), key=lambda path: path.name)
    twice = [path.name for path, other in pairwise(paths) if path.name == other.name]
    if twice:
        raise InternalError(f"{folder}: {twice[0]} exists twice; an id names one invariant")
    return tuple(parse_invariant(path) for path in paths)


def parse_invariant(path: Path) -> Invariant:
    """Read one file. Raises InternalError naming file, line, and what was expected."""
    header: dict[str, str] = {}
    sections: dict[str, list[str]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        key, value = declaration(line)
        if key == "section":
            _known(path, number, "section", value, (*SECTIONS, *OPTIONAL_SECTIONS))
            sections[value] = []
        elif sections:
            sections[list(sections)[-1]].append(line)
        elif key in HEADER + OPTIONAL:
            header[key] = value
        elif line.strip() and not line.startswith("--"):
            raise InternalError(f"{path.name}:{number}: SQL before the first section: {line!r}")
    return _checked(path, header, {name: "\n".join(lines).strip() for name, lines in sections.items()})


def declaration(line: str) -> tuple[str, str]:
    """Key and value of a line `-- key: value`, else two empty texts."""
    if not line.startswith("-- ") or ":" not in line:
        return "", ""
    key, _, value = line[3:].partition(":")
    return key.strip(), value.strip()


def _checked(path: Path, header: dict[str, str], sections: dict[str, str]) -> Invariant:
    missing = [key for key in HEADER if not header.get(key)] + [f"section {name}" for name in SECTIONS if not sections.get(name)]
    if missing:
        raise InternalError(
            f"{path.name}: an invariant declares {', '.join(HEADER)} and {', '.join(SECTIONS)}; missing: {', '.join(missing)}"
        )
    if header["id"] != path.stem:
        raise InternalError(f"{path.name}: declares id {header['id']!r}; the file name says {path.stem!r}")
    _known(path, 1, "severity", header["severity"], SEVERITIES)
    _known(path, 1, "kind", header["kind"], KINDS)
    _known(path, 1, "at", header["at"], MOMENTS)
    if "effect" in header:
        _known(path, 1, "effect", header["effect"], EFFECTS)
    if "compares" in header:
        _known(path, 1, "what is compared", header["compares"], COMPARED)
    kinds = tuple(header.pop("kinds", "document").split())
    for kind in kinds:
        _known(path, 1, "kind of flow", kind, KINDS_OF_FLOW)
    return Invariant(**header, **sections, kinds=kinds)


def _known(path: Path, line: int, what: str, value: str, valid: tuple[str, ...]) -> None:
    if value not in valid:
        raise InternalError(f"{path.name}:{line}: {what} {value!r}; valid are {', '.join(valid)}")
