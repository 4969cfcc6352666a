"""Who counts as in flight, what is waited for, and how long standing still may be part of a plan."""

import json
from pathlib import Path
from time import monotonic
from types import SimpleNamespace
from typing import Any

from harness.manifest import Manifest, Paths
from harness.plan.model import Experiment, Step, Wave
from harness.run.phases import came, unfired
from harness.run.tail import HistoryTail
from harness.scenario import Scenario
from harness.stage.patience import BASE_S, RETRIES_S, patience_s, poll_cycle_s
from harness.stage.session import GRACE_S, Session
from tests.shipped import CATALOG

LOST_EVENT = Step("wh.requisition.approved", 0, "F-D5", "never")
THROTTLED = Step("erp.po.create", 1, "F-B2", "http_date")
TIMED_OUT = Step("erp.po.create", 1, "F-A5", "hold")


def experiment(number: int, *steps: Step) -> Experiment:
    """A transaction with these steps."""
    return Experiment(f"p2p-{number:06d}", "requisition-to-po", "US01", "t", "wave", "faulted" if steps else "control", number, steps)


def session(*, seen: set[str] | None = None, **manifest: Any) -> Session:
    """A session of which only the register, the manifest and what the world has seen matter."""
    pulse = SimpleNamespace(stalled_ms=lambda _since_ns=0: 0)
    points, hopeless = {"requisition-to-po": seen or set()}, {"p2p-000009"}
    world = SimpleNamespace(call_points_seen=points, settled=lambda _txn: None, pulse=pulse, in_vain=hopeless.__contains__)
    declared = Manifest(path=Path("connector.toml"), name="x", command=("x",), request_timeout_s=2.0, **manifest)
    scenario = Scenario("s", "t", Path("s.yaml"), ("requisition-to-po",), ("US01",), ())
    rest: Any = None
    return Session(
        world=world,  # type: ignore[arg-type]
        connector=rest,
        manifest=declared,
        scenario=scenario,
        catalog=CATALOG,
        plan=rest,
        directory=rest,
        progress=rest,
        http=rest,
    )


def test_who_waits_by_plan_counts_only_while_young() -> None:
    """A lost event is found at the next poll: until then it occupies nobody."""
    run, now = session(), monotonic()
    run.register.begin(experiment(1), "REQ-1", now)
    run.register.begin(experiment(2, LOST_EVENT), "REQ-2", now)

    assert run.in_flight(now) == 2
    assert run.in_flight(now + GRACE_S + 0.1) == 1


def test_who_is_only_repeated_in_vain_is_not_waited_for() -> None:
    """It occupies somebody, but nobody knows for how long, and the waves that follow do not depend on it."""
    run, now = session(), monotonic()
    run.register.begin(experiment(9), "REQ-9", now)

    assert run.in_flight(now) == 1
    assert run.in_flight(now + GRACE_S + 0.1) == 0
    assert run.waited_for(experiment(1))
    assert not run.waited_for(experiment(9))
    assert not run.waited_for(experiment(2, LOST_EVENT))


def test_what_is_parked_or_left_behind_occupies_nobody() -> None:
    """Otherwise a connector that loses documents would stop the arrivals."""
    run, now = session(), monotonic()
    for number in (1, 2, 3):
        run.register.begin(experiment(number), f"REQ-{number}", now)
    run.register.parked = frozenset({"p2p-000001"})
    run.register.left_behind.add("p2p-000002")

    assert run.in_flight(now) == 1
    assert [e.number for e in run.open_among(run.register.experiments.values())] == [2, 3]


def test_an_undone_transaction_that_is_posted_after_all_is_open_again() -> None:
    """A connector may post what was taken back; quiescence must not be declared over it."""
    run = session()
    run.register.begin(experiment(1), "REQ-1", monotonic())
    run.register.settle("p2p-000001", "undone", monotonic())
    run.refresh_all()

    assert list(run.register.open) == ["p2p-000001"]


def test_patience_covers_what_the_plans_ask_for() -> None:
    """Retry-After of two seconds; a hold lasts up to one and a half of the connector's own timeouts."""
    run = session()

    assert patience_s(run, [experiment(1)]) == BASE_S
    assert patience_s(run, [experiment(1), experiment(2, THROTTLED)]) == BASE_S + 2.0
    assert patience_s(run, [experiment(1, TIMED_OUT)]) == BASE_S + 3.0


def test_a_connector_without_webhooks_is_given_its_poll_interval() -> None:
    """It cannot notice a document before it asks."""
    polls_only = session(poll_interval_s=10.0, paths=Paths(webhook=None))

    assert patience_s(polls_only, [experiment(1)]) == BASE_S + 12.0


def test_who_never_polls_is_not_waited_for() -> None:
    """After one and a half declared intervals without a single list request there will be none."""
    silent, polling = session(poll_interval_s=2.0), session(poll_interval_s=2.0, seen={"procurement.requisition.list"})
    silent.began_s = polling.began_s = monotonic() - 3.1

    assert poll_cycle_s(silent) == RETRIES_S
    assert poll_cycle_s(polling) == 2.0
    assert poll_cycle_s(session(poll_interval_s=2.0)) == 2.0


def test_a_step_that_did_not_fire_is_played_again(tmp_path: Path) -> None:
    """All of them, not only the first: the second step is what the plan is about."""
    fired = [("p2p-000001", "F-B2"), ("p2p-000002", "F-B2"), ("p2p-000002", "F-A5")]
    path = tmp_path / "history.ndjson"
    lines = ({"kind": "fault_fired", "txn_id": txn_id, "call_point": "erp.po.create", "fault_id": fault} for txn_id, fault in fired)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    tail = HistoryTail(path)
    tail.read()
    both = [experiment(1, THROTTLED, TIMED_OUT), experiment(2, THROTTLED, TIMED_OUT), experiment(3)]

    assert [e.number for e in unfired([Wave("w", "singles", tuple(both))], tail)] == [1]
    assert not came([both[0]], tail)  # its first step fired, but the call that the plan is about never came
    assert came([both[1]], tail)
