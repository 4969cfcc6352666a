"""The phases of a run, in order: baseline twice, singles, discovered points, faults of the run, kills, and the final reads."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress

from harness.errors import ConnectorError
from harness.plan.model import Experiment, Sighting, Wave
from harness.plan.planner import Planner
from harness.run.baseline import baseline_wrong, never_ended
from harness.run.cast import Cast
from harness.run.kills import play_kill
from harness.run.shared import is_shared, is_token, play_shared
from harness.run.tail import HistoryTail
from harness.run.waves import StuckError, play
from harness.run.windows import apart, play_window, starts_again
from harness.stage.final import close_books
from harness.stage.pacing import together
from harness.stage.quiescence import settle_before_kills
from harness.stage.session import Session

AGAIN = 3
FRUITLESS_WAVES = 2
FRUITLESS_KILLS = 2  # rounds that reach nothing new, after which further ones are not tried
NO_FAULTS = "no fault was played, because a connector that fails without faults cannot be judged under them"


async def play_everything(cast: Cast, planner: Planner) -> None:
    """From the first baseline transaction to the final reads. Raises ConnectorError when the connector did nothing at all."""
    session = cast.session
    faults = session.catalog.faults.values()
    views = {(fault.id, mode.id): mode.view or fault.view for fault in faults for mode in fault.modes if mode.decisions}
    tail = HistoryTail(session.directory.history, views)
    baselines = planner.baselines()
    if not await baseline_holds(cast, baselines, planner.baseline_again):
        session.note(f"the baseline failed, {never_ended(session, baselines)}: {NO_FAULTS}")
    elif wrong := await baseline_wrong(session, baselines):
        session.note(f"the baseline failed, {wrong}: {NO_FAULTS}")
    else:
        await _faults(cast, planner, tail)
    await close_books(session)


async def baseline_holds(cast: Cast, waves: Sequence[Wave], again: Callable[[], Wave] | None = None) -> bool:
    """Whether every fault-free transaction was settled, twice. again: one more wave, once, in the place of one that has open
    transactions and in which dryclose itself stood still: the judge says of those that they prove nothing."""
    session = cast.session
    for wave in waves:
        before_ms = session.world.pulse.stalled_ms()
        if await _all_settle(cast, wave):
            continue
        if again is None or session.world.pulse.stalled_ms() == before_ms:
            return False
        session.note(f"{never_ended(session, [wave])}, and dryclose itself stood still in {wave.name}: another one takes its place")
        spare, again = again(), None
        if not await _all_settle(cast, spare):
            return False
    return True


async def _all_settle(cast: Cast, wave: Wave) -> bool:
    with suppress(StuckError):  # what did not settle is looked at below
        await play(cast, wave)
    if not cast.session.register.settled:
        raise ConnectorError(_nothing_done(cast.session))
    return not cast.session.open_among(wave.experiments)


def _nothing_done(session: Session) -> str:
    world, documents = session.world, len(session.register.experiments)
    path = session.manifest.paths.webhook
    if not world.events_acked and not world.requests_seen:
        sent = (
            f"refused or left unanswered every event at {session.connector.base_url}{path}"
            if path
            else 'was not sent events (webhook = "")'
        )
        return (
            f"{session.manifest.name} received nothing: {documents} documents were approved, but it {sent} "
            f"and never called any system. Try `dryclose connector check {session.manifest.path}`."
        )
    return (
        f"{session.manifest.name} settled nothing: {documents} documents were approved, it took {world.events_acked} events and made "
        f"{world.requests_seen} requests, but none of the documents was ordered, posted or refused. "
        f"Its log: {session.connector.log_path}. Try `dryclose connector check {session.manifest.path}`."
    )


async def _faults(cast: Cast, planner: Planner, tail: HistoryTail) -> None:
    rounds: int | None = None
    try:
        await _before_kills(cast, planner, tail)
    except StuckError as stuck:
        _give_up(cast, stuck)
        rounds = 1
    try:
        await _kills(cast, planner, rounds)
    except StuckError as stuck:
        _give_up(cast, stuck)


def _give_up(cast: Cast, stuck: StuckError) -> None:
    cast.session.note(f"the connector is stuck: {stuck}, so the faults that were still to come were not played")


async def _before_kills(cast: Cast, planner: Planner, tail: HistoryTail) -> None:
    """Singles, discovered points, faults of the run. Raises StuckError when nothing comes of two waves in a row."""
    session, stuck = cast.session, _Stuck(cast.session)
    waves = planner.waves(_sightings(session, tail))
    shared = [wave for wave in waves if is_shared(session, wave)]
    lists = [wave for wave in shared if not is_token(session, wave)]
    if session.manifest.paths.webhook:  # nobody but those whose events are lost notices what happens to a list
        await together(_singles(cast, planner, tail, waves, stuck), play_shared(cast, lists, "run-lists", beside=True))
    else:
        await _singles(cast, planner, tail, waves, stuck)
        await play_shared(cast, lists, "run-lists")
    await play_shared(cast, [wave for wave in shared if wave not in lists], "run-tokens")
    stuck.saw(shared[-1:])
    windows = [wave for wave in waves if wave.kind == "run" and wave not in shared and not starts_again(session, wave)]
    for group in apart(windows, session.catalog):
        await play_window(cast, *group)
        stuck.saw(group)
    late = planner.after_outages()
    if late is not None:
        await play(cast, late)


async def _singles(cast: Cast, planner: Planner, tail: HistoryTail, waves: Sequence[Wave], stuck: "_Stuck") -> None:
    """Faults of single transactions: at every call, at calls that only a fault provokes, and at calls that come again."""
    session = cast.session
    singles = [wave for wave in waves if wave.kind != "run"]
    await play(cast, *singles)
    stuck.saw(singles[-1:])
    for _ in range(session.scenario.limits.discovery_rounds):
        found = planner.discovered(_sightings(session, tail))
        if found is None:
            break
        await play(cast, found)
        stuck.saw([found])
        singles.append(found)
    await _again(cast, planner, tail, singles, stuck)
    later = planner.later(_sightings(session, tail))
    if later is not None:
        await play(cast, later)
        stuck.saw([later])


async def _again(cast: Cast, planner: Planner, tail: HistoryTail, singles: Sequence[Wave], stuck: "_Stuck") -> None:
    """What did not fire once more, and where that helped (on a machine that is late, an answer that should be slow is too slow) again."""
    waves = [*singles]
    _sightings(cast.session, tail)
    missed = unfired(waves, tail)
    for _ in range(AGAIN):
        again = planner.again(missed)
        if again is None:
            break
        await play(cast, again)
        stuck.saw([again])
        waves.append(again)
        _sightings(cast.session, tail)
        tried, missed = len(missed), unfired([again], tail)
        if len(missed) == tried and not came(missed, tail):
            break
    planner.forsake(_without(waves, tail.reached))  # a call that came and was spoilt is no call that nobody can provoke


class _Stuck:
    """Counts waves of which nothing at all came."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._fruitless = 0

    def saw(self, waves: Sequence[Wave]) -> None:
        """These were played. Raises StuckError at the second fruitless wave in a row."""
        for wave in waves:
            open_now = self._session.open_among(wave.experiments)
            self._fruitless = self._fruitless + 1 if wave.experiments and len(open_now) == len(wave.experiments) else 0
            if self._fruitless == FRUITLESS_WAVES:
                raise StuckError(f"of {wave.name} and of the wave before it not one document was settled or parked")


def _sightings(session: Session, tail: HistoryTail) -> Sequence[Sighting]:
    session.world.recorder.flush()
    tail.read()
    points = session.world.call_points_seen.items()
    shared = [Sighting(flow, point, "") for flow, seen in points for point in sorted(seen) if _carries_no_transaction(session, point)]
    return [*tail.sightings(), *shared]


def _carries_no_transaction(session: Session, call_point: str) -> bool:
    point = session.catalog.call_point(call_point)
    return point is not None and point.is_shared


def unfired(waves: Sequence[Wave], tail: HistoryTail) -> list[Experiment]:
    """Faulted experiments of which some step never reached the connector."""
    return _without(waves, tail.fired)


def came(missed: Sequence[Experiment], tail: HistoryTail) -> bool:
    """Whether the call of some of them came and was spoilt: on a machine that is busy for a while, that is worth another try."""
    reached = tail.reached
    return any((experiment.txn_id, step.fault_id) in reached for experiment in missed for step in experiment.steps[-1:])


def _without(waves: Sequence[Wave], seen: Collection[tuple[str, str]]) -> list[Experiment]:
    """Those of which some step is not among these (transaction, fault id)."""
    experiments = [experiment for wave in waves for experiment in wave.experiments]
    return [e for e in experiments if any((e.txn_id, step.fault_id) not in seen for step in e.steps)]


def _goes_on(session: Session, wave: Wave) -> None:
    """Raises StuckError when nothing came of a fault from which only the connector's own configuration would rescue it: whatever is played
    behind that would be blamed for it."""
    met = [experiment for experiment in wave.others if experiment.window is not None]
    lasts = wave.window is not None and session.catalog.faults[wave.window.fault_id].rotates
    session.refresh()
    if lasts and met and not any(experiment.txn_id in session.register.settled for experiment in met):
        raise StuckError(f"of {wave.name} not one document was settled after the secret was retired")


async def _kills(cast: Cast, planner: Planner, rounds: int | None = None) -> None:
    """Everything that starts the connector again. rounds: how many kill rounds at most, and nothing else; None: all of it, and the kills
    that missed their point once more."""
    missed: list[Experiment] = []
    stops = [wave for wave in planner.plan.waves if starts_again(cast.session, wave)] if rounds is None else []
    waves = planner.kills()
    if stops or waves:
        await settle_before_kills(cast.session)
    for wave in stops:
        await play_window(cast, wave)
        _goes_on(cast.session, wave)
    for wave in waves[:rounds]:
        missed += await play_kill(cast, wave)
    fruitless = 0
    while missed and rounds is None:
        again = planner.kill_again(missed) if fruitless < FRUITLESS_KILLS else None
        if again is None:
            cast.session.note(
                f"{len(missed)} kill points were never reached within the connector's own timeout: "
                "one kill reaches one held point of a serial connector, and a point that is seldom called may never be reached"
            )
            return
        still_missed = await play_kill(cast, again)
        fruitless = fruitless + 1 if len(still_missed) == len(missed) else 0
        missed = still_missed
