"""Business and faults in a real world, with nobody at the other end of the webhooks."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from harness.demo.agenda import Agenda
from harness.demo.floor import Floor
from harness.demo.mischief import WAITING_MAX, Mischief
from harness.demo.people import MINTED, People
from mocks.kit.acting import convert
from mocks.kit.operation import Call, Refusal
from mocks.world import World, WorldConfig
from tests.shipped import CATALOG

FLOWS = ("requisition-to-po", "expense-to-posting")


class Office:
    """A world, its people, and a clock that tests set."""

    def __init__(self, world: World, *, surprises: bool = False, flows: tuple[str, ...] = FLOWS) -> None:
        self.world = world
        self.now = 0.0
        self.seq = 0
        self.agenda = Agenda()
        self.floor = Floor(CATALOG, world.company.names_of_people())
        self.people = People(world, self.floor, self.agenda, speed=1.0, flows=flows)
        self.mischief = Mischief(world, self.floor, self.people, self.agenda, 1.0, surprises, lambda: self.now)

    def pass_time(self, seconds: float) -> None:
        """Half a second at a time."""
        for _ in range(round(seconds * 2)):
            self.now += 0.5
            for deed in self.agenda.due(self.now):
                deed()
            rows = [row for row in self.world.recorder.rows() if row["seq"] > self.seq]
            self.seq += len(rows)
            self.floor.take(rows)
            self.mischief.look()

    def armed(self) -> list[tuple[str, str]]:
        """Fault and call point of every step that waits."""
        return [(step.fault.id, step.call_point) for step in self.world.mechanics.plans.listed()]

    def record_order(self, txn_id: str) -> None:
        """The connector writes back that there is an order."""
        point, system = "procurement.requisition.record_order", self.world.systems["procurement"]
        operation = next(one for one in system.operations if one.call_point == point)
        body = convert(operation, {"erpOrderNumber": f"45{txn_id}", "erpStatus": "created"})
        number, draw = self.floor.documents[txn_id].number, self.world.mechanics.streams.drawer(txn_id)
        operation.handler(Call({"id": number}, {}, body, self.world.mechanics.business.now(), "connector", None, None, "", draw))
        self.people.settled(txn_id, self.now, posted=True)


def at_work(deed: Callable[[Office], None], **options: Any) -> None:
    """Open an office and do something in it."""

    async def play() -> None:
        async with World.open(WorldConfig(seed=11, run_id="rtest", history_path=None, minted=MINTED)) as world:
            deed(Office(world, **options))

    asyncio.run(play())


def test_people_write_decide_and_repair() -> None:
    """In two minutes both flows get approved documents; some are turned down, and every person has a name."""

    def deed(office: Office) -> None:
        office.people.begin(0.0)
        office.pass_time(120)
        documents = office.floor.documents.values()
        assert len(documents) > 25
        assert {document.flow for document in documents if document.approved_ns is not None} == set(FLOWS)
        assert any("sends it back" in hop.text or "rejects it" in hop.text for document in documents for hop in document.hops)
        assert {person.latin_name for person in office.world.company.employees} >= {document.requester for document in documents}

    at_work(deed)


def test_a_case_goes_on_when_the_connector_is_done() -> None:
    """Goods come of an order that was made, due as soon as they are recorded; of one that was refused nothing comes."""

    def deed(office: Office) -> None:
        office.people.begin(0.0)
        office.pass_time(90)
        approved = [one.txn_id for one in office.floor.open("approved")]
        assert len(approved) > 8
        for number, txn_id in enumerate(approved):
            if number == 0:
                office.people.settled(txn_id, office.now, posted=False)
            else:
                office.record_order(txn_id)
        office.pass_time(20)
        goods = [one for one in office.floor.documents.values() if one.flow == "receipt-to-grir"]
        assert 0 < len(goods) < len(approved)
        assert all(one.handed_in and one.stage == "approved" and one.requester and not one.approver for one in goods)
        asked = {office.floor.documents[txn_id].title for txn_id in approved[1:]}
        assert {one.title for one in goods} <= asked

    at_work(deed, flows=("requisition-to-po", "receipt-to-grir"))


def test_the_same_seed_plays_the_same_business() -> None:
    """Who asks for what at which amount."""
    seen: list[list[tuple[str, str, int]]] = []

    def deed(office: Office) -> None:
        office.people.begin(0.0)
        office.pass_time(30)
        seen.append([(document.requester, document.title, document.amount_minor) for document in office.floor.documents.values()])

    at_work(deed)
    at_work(deed)
    assert seen[0] == seen[1]


def test_people_wait_when_nothing_gets_through() -> None:
    """With a connector that takes nothing the pile is bounded."""

    def deed(office: Office) -> None:
        office.people.begin(0.0)
        office.pass_time(600)
        assert len(office.floor.open("approved", "connector")) <= 75

    at_work(deed)


@pytest.mark.parametrize(("button", "fault_id", "place"), [("lost", "F-A3", "create"), ("duplicate", "F-D1", "approved")])
def test_a_button_arms_the_next_document_at_once(button: str, fault_id: str, place: str) -> None:
    """Nobody waits for the next approval: it is made."""

    def deed(office: Office) -> None:
        office.mischief.press(button, None)
        [(armed, call_point)] = office.armed() or [(fault_id, place)]  # a webhook's fault is taken in the moment of its approval
        assert armed == fault_id
        assert place in call_point
        assert office.mischief.state()[button] == 1

    at_work(deed)


def test_impatient_clicks_are_bounded_and_unknown_buttons_refused() -> None:
    """The answer says what to do."""

    def deed(office: Office) -> None:
        for _ in range(WAITING_MAX):
            office.mischief.press("lost", None)
        with pytest.raises(Refusal, match="moment"):
            office.mischief.press("lost", None)
        with pytest.raises(Refusal, match="maintenance"):
            office.mischief.press("no such button", None)

    at_work(deed)


def test_switches_go_on_and_off() -> None:
    """Maintenance is a window of the world; pressing twice the same way is pressing once; the end ends everything."""

    def deed(office: Office) -> None:
        windows = office.world.mechanics.windows
        office.mischief.press("maintenance", True)
        office.mischief.press("maintenance", True)
        assert [(window.fault.id, window.system) for window in windows.listed()] == [("F-B5", "erp")]
        office.mischief.press("maintenance", None)
        assert windows.listed() == []
        office.mischief.press("slow", True)
        office.people.approve_one_now(office.now)
        assert {fault_id for fault_id, _ in office.armed()} == {"F-A8"}
        office.mischief.press("maintenance", True)
        office.mischief.end()
        assert (windows.listed(), office.mischief.state()["slow"]) == ([], False)

    at_work(deed)


def test_a_surprise_ends_its_own_maintenance_and_nobody_elses() -> None:
    """A presenter who switches it off and on again keeps it."""

    def deed(office: Office) -> None:
        office.mischief._bag = ["maintenance"]
        office.pass_time(10)
        assert office.mischief.maintenance
        office.mischief.press("maintenance", False)
        office.mischief.press("surprises", False)
        office.mischief.press("maintenance", True)
        office.pass_time(20)
        assert office.mischief.maintenance

    at_work(deed, surprises=True)


def test_without_surprises_nothing_is_thrown() -> None:
    """Only what people ask for."""

    def deed(office: Office) -> None:
        office.people.begin(0.0)
        office.pass_time(90)
        assert (office.floor.thrown, office.armed()) == (0, [])

    at_work(deed)
