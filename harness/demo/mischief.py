"""The faults of the demo: those of the page's buttons, and small surprises that it throws by itself.

A fault belongs to a transaction, so "the next" lost response is armed on the document that is approved next. One that met nobody (its
document took another way) is armed again on the one after.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.demo.agenda import Agenda, pause_s
from harness.demo.floor import Floor
from harness.demo.people import Paper, People
from harness.plan.model import Step
from harness.plan.variants import VariantsTaken, reaches, read_variants
from mocks.company.streams import Stream
from mocks.kit.arming import arm, armed_step
from mocks.kit.operation import Refusal
from mocks.world import World

MAINTENANCE = "F-B5"
SURPRISE_EVERY_S = 11.0
FIRST_SURPRISE_S = 9.0
SHORT_WINDOW_S = 6.0
CALM = 12  # documents in the connector above which no surprise is thrown
WAITING_MAX = 5  # faults that may wait for their document; a presenter may click faster than people approve


@dataclass(frozen=True, slots=True)
class Trick:
    """A fault for one document. where: `create` the call that makes its ERP document, `event` its approval webhook."""

    name: str
    fault_id: str
    mode: str
    where: str = "create"


LOST = Trick("lost", "F-A3", "drop")
DUPLICATE = Trick("duplicate", "F-D1", "concurrent", "event")
SLOW = Trick("slow", "F-A8", "over_timeout")
SURPRISES = (
    LOST,
    DUPLICATE,
    Trick("error", "F-B8", "500"),
    SLOW,
    Trick("exists", "F-B17", "existing_id"),
    Trick("throttled", "F-B1", "seconds"),
    Trick("late", "F-D4", "late", "event"),
    Trick("mute", "F-D5", "never", "event"),
)
WINDOWS = ("maintenance", "token")


@dataclass(slots=True)
class Waiting:
    """A trick on its way to a document: armed on it, but not yet seen to fire."""

    trick: Trick
    txn_id: str


@dataclass(slots=True)
class Mischief:
    """Arms faults right before the approval that sends a document on its way."""

    world: World
    floor: Floor
    people: People
    agenda: Agenda
    speed: float
    surprises: bool
    now_s: Callable[[], float]
    asked: deque[Trick] = field(default_factory=deque)
    armed: list[Waiting] = field(default_factory=list)
    maintenance: bool = False
    slow: bool = False
    _window: int = 0  # changes of the ERP's maintenance, so that a surprise ends its own window and nobody else's
    _bag: list[Trick | str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 1 << 62)))
    _stream: Stream = field(init=False)
    _variants: VariantsTaken = field(init=False)
    _books: str = field(init=False)  # the system whose maintenance the button begins: where documents are made

    def __post_init__(self) -> None:
        """Surprises come from a stream of their own, so that they change nothing of the business."""
        self._stream = Stream(self.world.config.seed, "mischief")
        catalog = self.world.catalog
        self._variants = read_variants(catalog.flows.values(), self.world.company.mappings())
        self._books = next(catalog.documents[kind].system for flow in catalog.flows.values() for kind in flow.target_documents)
        self.people.before_approval = self._before_approval
        self.agenda.at(self.now_s() + FIRST_SURPRISE_S / self.speed, self._surprise)

    # --- the page's buttons

    def press(self, button: str, on: bool | None) -> None:
        """What a button does. Raises Refusal for one that does not exist."""
        buttons: Mapping[str, Callable[[bool], None]] = {
            "maintenance": self.set_maintenance,
            "slow": self._set_slow,
            "surprises": self._set_surprises,
            "lost": lambda _: self._ask(LOST),
            "duplicate": lambda _: self._ask(DUPLICATE),
        }
        if button not in buttons:
            raise Refusal("VALIDATION_FAILED", f"button {button[:40]!r} does not exist; there are: {', '.join(buttons)}")
        switched = {"maintenance": self.maintenance, "slow": self.slow, "surprises": self.surprises}
        buttons[button](not switched.get(button, False) if on is None else on)

    def set_maintenance(self, on: bool) -> None:
        """The ERP goes down for maintenance, or comes back."""
        if on == self.maintenance:
            return
        self.maintenance = on
        self._window += 1
        (self.world.begin_window if on else self.world.end_window)(MAINTENANCE, self._books)

    def _set_slow(self, on: bool) -> None:
        self.slow = on
        if on:
            self.people.approve_one_now(self.now_s())

    def _set_surprises(self, on: bool) -> None:
        self.surprises = on

    def _ask(self, trick: Trick) -> None:
        if len(self.asked) + len(self.armed) >= WAITING_MAX:
            raise Refusal("RATE_LIMITED", "enough faults wait for their documents; give people a moment to approve some")
        self.asked.append(trick)
        self.people.approve_one_now(self.now_s())

    def state(self) -> dict[str, Any]:
        """What the buttons show."""
        waiting = [*(trick.name for trick in self.asked), *(one.trick.name for one in self.armed)]
        return {
            "maintenance": self.maintenance,
            "slow": self.slow,
            "surprises": self.surprises,
            "lost": waiting.count("lost"),
            "duplicate": waiting.count("duplicate"),
        }

    # --- arming

    def _before_approval(self, paper: Paper) -> None:
        if self.asked:
            self._arm(self.asked.popleft(), paper)
        elif self.slow:
            self._arm(SLOW, paper)

    def _arm(self, trick: Trick, paper: Paper) -> None:
        step = Step(self._where(trick, paper), 1, trick.fault_id, trick.mode)
        arm(self.world.mechanics, armed_step(self.world.catalog, step, paper.txn_id, f"{paper.txn_id}.{next(self._numbers)}"))
        self.armed.append(Waiting(trick, paper.txn_id))

    def _where(self, trick: Trick, paper: Paper) -> str:
        if trick.where == "event":
            assert paper.actor.due_point is not None
            return paper.actor.due_point
        flow = self.world.catalog.flows[paper.flow]
        creates = [point.id for point in flow.call_points if point.kind == "create"]
        return next(point for point in creates if reaches(flow, point, paper.entity, self._variants))

    def look(self) -> None:
        """See which tricks fired. One whose document came to its end without it goes to the next document, if a person asked for it."""
        still = []
        for one in self.armed:
            document = self.floor.documents.get(one.txn_id)
            if document is None or any(incident.fault_id == one.trick.fault_id for incident in document.incidents):
                continue
            if document.settled_ns is None:
                still.append(one)
            elif one.trick in (LOST, DUPLICATE):
                self.asked.append(one.trick)
        self.armed = still

    # --- surprises

    def _surprise(self) -> None:
        self.agenda.at(self.now_s() + pause_s(self._stream, SURPRISE_EVERY_S, self.speed), self._surprise)
        busy = self.maintenance or self.slow or self.asked or self.floor.windows or len(self.floor.open("connector")) > CALM
        if not self.surprises or busy:
            return
        if not self._bag:
            self._bag = self._shuffled()
        trick = self._bag.pop()
        if isinstance(trick, Trick):
            self.asked.append(trick)
        elif trick == "token":
            self.world.revoke_token()
        else:
            self.set_maintenance(True)
            ours = self._window
            self.agenda.at(self.now_s() + SHORT_WINDOW_S, lambda: self.set_maintenance(self.maintenance and self._window != ours))

    def _shuffled(self) -> list[Trick | str]:
        """Every surprise once; the two of the buttons come first, so that a short demo has shown them."""
        rest: list[Trick | str] = [*SURPRISES[2:], *WINDOWS]
        order = [rest.pop(self._stream.below(len(rest))) for _ in range(len(rest))]
        return [*order, DUPLICATE, LOST]

    def end(self) -> None:
        """Nothing more is thrown, and what stands ends."""
        self.surprises = self.slow = self.maintenance = False
        self.asked.clear()
        self.world.heal()
