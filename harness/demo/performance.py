"""One demo while it is on: a tick that lets people act, reads what happened, and tells it."""

import asyncio
from collections.abc import Iterable
from time import monotonic

import msgspec
from rich.console import Console

from harness import wall
from harness.demo.agenda import Agenda
from harness.demo.books import BooksOnShow, read_books
from harness.demo.closing import Closing
from harness.demo.floor import Floor
from harness.demo.mischief import Mischief
from harness.demo.narrator import Line, Narrator, line_of, money_lines
from harness.demo.options import DemoOptions
from harness.demo.people import People, plays
from harness.demo.show import LiveShow
from harness.demo.words import system_name
from harness.stage.parking import read_parked
from harness.stage.redriving import redrive_all
from harness.stage.session import Session
from mocks.room.door import Door
from mocks.room.room import PATH
from reports.live import Link, LiveFacts, render_live

TICK_S = 0.05
ROWS_MAX = 5_000
BOOKS_EVERY_S = 0.5
BOOKS_SHARE_MAX = 0.05  # of the time: in a long demo the books are read less often
MONEY_EVERY_S = 20.0
PARKED_EVERY_S = 2.0
REDRIVE_AFTER_S = 10.0
FINISH_S = 6.0
OVERDUE_S = 60.0  # a document that the connector could have finished for so long counts as lost
OVERDUE_POLLS = 3  # or for so many of its polling intervals, when they are long
LINK_EVERY_S = 5.0


class Performance:
    """Everything of one demo, around a session whose connector runs."""

    def __init__(self, session: Session, options: DemoOptions, console: Console) -> None:
        world = session.world
        self._session = session
        self._options = options
        self._narrator = Narrator(console)
        self._began_s = monotonic()
        self._seq = world.recorder.seq
        self._floor = Floor(world.catalog, world.company.names_of_people())
        agenda = self._agenda = Agenda()
        self._flows = tuple(flow for flow in session.manifest.flows if plays(world.catalog, flow))
        self._people = People(world, self._floor, agenda, speed=options.speed, flows=self._flows)
        self._mischief = Mischief(world, self._floor, self._people, agenda, options.speed, options.surprises, self._now_s)
        self._show = LiveShow(self._floor, self._mischief, world.room.feed, render_live(self._facts()), self._knocked)
        self._door = Door(wall.draw_secret, monotonic)
        self._books = BooksOnShow()
        self._next_books_s = self._next_money_s = self._next_link_s = 0.0
        self._told_money: list[str] = []
        self._parked_since: float | None = None

    def _now_s(self) -> float:
        return monotonic() - self._began_s

    def _facts(self) -> LiveFacts:
        session = self._session
        world = session.world
        links = tuple(Link(system_name(name), f"{url}/docs") for name, url in world.urls.items())
        return LiveFacts(session.manifest.name, world.config.run_id, world.config.seed, links, PATH)

    # --- beginning and end

    def open(self) -> None:
        """Open the live page, and say where everything is."""
        session, say = self._session, self._narrator.say
        session.world.set_phase("demo")
        session.world.room.open(self._show, self._door, name=session.world.config.run_id)
        say()
        for name, url in session.world.urls.items():
            say(f"  {system_name(name):<12} {url}/docs")
        if self._options.hint:
            say(f"  {'live page':<12} {self._link()}")
            say(f"  {'':<12} the link opens once, within 15 minutes; then another one is printed")
        say("  Ctrl-C ends the demo and draws the sum.")
        say()
        self._people.begin(self._now_s())

    def _link(self) -> str:
        """The code stands in the fragment, which a browser sends to nobody, and works once."""
        return f"{self._session.world.control_url}{PATH}#code={self._door.code()}"

    def _knocked(self, opened: bool) -> None:
        if not self._options.hint or self._now_s() < self._next_link_s:
            return
        self._next_link_s = self._now_s() + LINK_EVERY_S
        why = "the live page is open; for another screen" if opened else "that link was used up; here is another one"
        self._narrator.say(f"  {why}: {self._link()}")

    async def play(self) -> int:
        """Until somebody asks for the end on the control port; Ctrl-C cancels it."""
        tasks = [asyncio.create_task(body) for body in (self._tick_on(), self._watch_parked(), self._session.world.shutdown_requested())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return 0

    async def close(self) -> None:
        """People go home, faults end, what is on its way arrives within a few seconds; then the sum."""
        self._people.go_home()
        self._mischief.end()
        self._tick()
        waiting = len(self._floor.open("approved", "connector"))
        if waiting:
            self._narrator.say(f"  ending: {waiting} documents are on their way, for at most {FINISH_S:.0f} s")
        ends_s = self._now_s() + FINISH_S
        while self._floor.open("approved", "connector") and self._now_s() < ends_s:
            await asyncio.sleep(TICK_S)
            self._tick()
        await self._session.world.flush()
        self._tick()
        self._books = self._read_books()
        closing = Closing(self._now_s(), self._floor, self._books)
        self._show.tell_books(self._books)
        self._show.tell_end(closing.facts())
        self._narrator.say()
        for line in closing.lines():
            self._narrator.say(line)
        await asyncio.sleep(TICK_S)  # the page hears of the end before its port closes

    # --- the tick

    async def _tick_on(self) -> None:
        while True:
            self._tick()
            await asyncio.sleep(TICK_S)

    def _tick(self) -> None:
        for deed in self._agenda.due(self._now_s()):
            deed()
        self._read()
        self._mischief.look()
        moments = self._floor.take_moments()
        for moment in moments:
            if moment.what in ("posted", "refused") and moment.document is not None:
                self._people.settled(moment.document.txn_id, self._now_s(), posted=moment.what == "posted")
        self._look_at_books(now=any(moment.what == "refused" for moment in moments))  # the reason stands in the source's books
        self._tell(line for moment in moments if (line := line_of(moment)) is not None)
        self._show.refresh()

    def _read(self) -> None:
        recorder = self._session.world.recorder
        while lines := recorder.tail(self._seq, ROWS_MAX):
            self._seq += len(lines)
            self._floor.take(msgspec.json.decode(line) for line in lines)

    def _tell(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self._narrator.tell(line)
            self._show.tell_line(line)

    def _parked(self) -> set[str]:
        return {document.txn_id for document in self._floor.open("stopped") if document.parked}

    def _overdue(self) -> set[str]:
        patience_s = max(OVERDUE_S, OVERDUE_POLLS * self._session.manifest.poll_interval_s)
        return self._floor.overdue(self._session.world.mechanics.clock.mono_ns(), int(patience_s * 1e9))

    def _read_books(self) -> BooksOnShow:
        return read_books(self._session.world, self._flows, self._parked(), self._overdue(), self._people.sound)

    def _look_at_books(self, *, now: bool) -> None:
        now_s = self._now_s()
        if now_s < self._next_books_s and not now:
            return
        agreed = self._books.agree
        self._books = self._read_books()
        took_s = self._now_s() - now_s
        self._next_books_s = now_s + max(BOOKS_EVERY_S, took_s / BOOKS_SHARE_MAX)
        self._floor.refused_for(self._books.refusals)
        self._show.tell_books(self._books)
        if self._books.balances and (now_s >= self._next_money_s or agreed != self._books.agree):
            self._next_money_s = now_s + MONEY_EVERY_S / self._options.speed
            clock = f"{self._session.world.clock.peek():%H:%M:%S}"
            lines = list(money_lines(self._books, clock))
            if self._told_money != (told := [line.text for line in lines]):
                self._told_money = told
                self._tell(lines)

    # --- what the connector parked

    async def _watch_parked(self) -> None:
        if self._session.manifest.parked.by == "nothing":
            await asyncio.Event().wait()
        while True:
            await asyncio.sleep(PARKED_EVERY_S)
            items = await read_parked(self._session)
            reasons = {}
            for item in items:
                txn_id = self._session.world.mechanics.index.of_document("", item.reference)
                if txn_id is not None and item.outcome != "posted":
                    reasons[txn_id] = item.reason or "no reason given"
            clock = f"{self._session.world.clock.peek():%H:%M:%S}"
            self._floor.declared_parked(reasons, self._session.world.mechanics.clock.mono_ns(), clock)
            await self._redrive(len(self._parked()), clock)

    async def _redrive(self, parked: int, clock: str) -> None:
        """Operations look at what is parked after a while, when nothing is broken any more, and ask for another try."""
        if not parked or self._floor.windows or self._mischief.slow:
            self._parked_since = None
            return
        self._parked_since = self._parked_since or self._now_s()
        if self._now_s() - self._parked_since >= REDRIVE_AFTER_S and self._session.manifest.paths.redrive is not None:
            self._parked_since = None
            self._tell([Line(clock, "work", f"operations ask the connector to take up {parked} parked documents again")])
            await redrive_all(self._session)
