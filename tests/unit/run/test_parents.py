"""Documents that grow out of others: when they begin, and who is settled before a fault of the whole run or a kill comes."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from harness.plan.model import Experiment, Step, Wave
from harness.run import cast as cast_room
from harness.run import waves, windows
from harness.run.cast import Cast
from mocks.kit.operation import Refusal

PARENT = Experiment("or-000001", "orders", "US01", "t", "wave", "control", 1)
CHILD = Experiment("re-000002", "receipts", "US01", "t", "wave", "run", 2, parent=PARENT.txn_id)
OTHER = Experiment("or-000003", "orders", "US01", "t", "wave", "run", 3)
WAVE = Wave("run-F-B5-erp", "run", (PARENT, CHILD, OTHER))


@dataclass
class Floor:
    """A world in which a transaction is settled once it is on the list."""

    settled_ones: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    vain: bool = False

    def settled(self, txn_id: str) -> str | None:
        """As the world's books say it."""
        return "posted" if txn_id in self.settled_ones else None

    def in_vain(self, _txn_id: str) -> bool:
        """Whether the connector only repeats what came to nothing."""
        return self.vain


def cast_of(floor: Floor, monkeypatch: pytest.MonkeyPatch, *, continues: bool = False) -> Cast:
    """A cast whose papers are only noted. continues: what has a parent goes on with the parent's documents."""
    monkeypatch.setattr(cast_room, "settle_limit_s", lambda _session: 5.0)
    cast: Any = object.__new__(Cast)
    cast.session = SimpleNamespace(world=floor, note=floor.notes.append)
    cast.papers = {}
    monkeypatch.setattr(Cast, "prepare", lambda _self, experiment: floor.begun.append(experiment.txn_id))
    monkeypatch.setattr(Cast, "finish", lambda _self, _paper: None)
    monkeypatch.setattr(Cast, "_actor_of", lambda _self, _experiment: SimpleNamespace(continue_case=print if continues else None))
    made: Cast = cast
    return made


def test_a_child_begins_when_its_parent_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until then nothing of it is typed; a document of its own begins at once."""
    floor = Floor()
    cast = cast_of(floor, monkeypatch)

    async def play() -> None:
        assert cast.begin(PARENT) is None
        later = cast.begin(CHILD)
        assert later is not None
        waiting = asyncio.create_task(later)  # type: ignore[var-annotated]
        await asyncio.sleep(0)
        assert floor.begun == [PARENT.txn_id]
        floor.settled_ones.append(PARENT.txn_id)
        await waiting

    asyncio.run(play())
    assert floor.begun == [PARENT.txn_id, CHILD.txn_id]


def test_a_case_ends_where_nothing_came_of_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would grow out of it is not typed, and the run says so; so it is where the documents before it cannot be worked with."""
    floor = Floor(vain=True)
    cast = cast_of(floor, monkeypatch, continues=True)
    later = cast.begin(CHILD)
    assert later is not None
    asyncio.run(later)  # type: ignore[arg-type]
    assert floor.begun == []
    assert floor.notes == ["re-000002 was not begun: nothing came of or-000001, out of whose documents its own grow"]

    def refused(*_: object) -> None:
        raise Refusal("DUPLICATE_REFERENCE", "order 45 is registered already")

    floor.settled_ones.append(PARENT.txn_id)
    monkeypatch.setattr(Cast, "prepare", refused)
    later = cast.begin(CHILD)
    assert later is not None
    asyncio.run(later)  # type: ignore[arg-type]
    assert floor.notes[1].endswith("was refused: DUPLICATE_REFERENCE: order 45 is registered already")


def test_elders_are_who_others_grow_out_of() -> None:
    """A wave without any is all others."""
    assert (WAVE.elders, WAVE.others) == ((PARENT,), (CHILD, OTHER))
    plain = Wave("wave", "singles", (PARENT, OTHER))
    assert (plain.elders, plain.others) == ((), (PARENT, OTHER))


def test_an_outage_meets_children_never_their_parents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parents arrive and settle first; the halves before and inside the window are made of the others."""
    order: list[tuple[str, tuple[str, ...]]] = []

    async def note(what: str, experiments: Any) -> None:
        order.append((what, tuple(e.txn_id for e in experiments)))

    monkeypatch.setattr(waves, "arrive", lambda _cast, experiments, _phase=None: note("arrive", experiments))
    monkeypatch.setattr(waves, "drain", lambda _session, experiments, _phase=None: note("drain", experiments))
    cast: Any = SimpleNamespace(session=SimpleNamespace(manifest=SimpleNamespace(concurrency=8)))
    asyncio.run(waves.play_elders(cast, WAVE))
    assert order == [("arrive", (PARENT.txn_id,)), ("drain", (PARENT.txn_id,))]
    first, second = windows.before_and_inside(WAVE)
    assert {e.txn_id for e in (*first, *second)} == {CHILD.txn_id, OTHER.txn_id}


def test_a_kill_round_waits_for_no_parent() -> None:
    """Its holds are those of the faulted ones."""
    killed = Experiment(
        "re-000004", "receipts", "US01", "t", "kill-1", "kill", 4, (Step("erp.gr.create", 1, "F-G2", "kill"),), parent="or-000001"
    )
    assert Wave("kill-1", "kill", (PARENT, killed)).held == 1


def test_what_was_handed_in_on_the_eve_is_only_approved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its paper exists and was typed: nobody opens its transaction again, or types it twice."""
    prepare = Cast.prepare
    cast = cast_of(Floor(), monkeypatch)
    monkeypatch.setattr(Cast, "prepare", prepare)
    typed: list[str] = []
    paper: Any = SimpleNamespace(source_id="OR-3", actor=SimpleNamespace(is_born_due=False), create=lambda: typed.append("create"))
    cast.papers[OTHER.txn_id] = paper
    finished: list[Any] = []
    monkeypatch.setattr(cast, "finish", finished.append)
    cast.begin(OTHER)
    assert (finished, typed) == ([paper], [])
