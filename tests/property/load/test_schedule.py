"""The schedule, whatever the seed: exact in number, shaped like a close day, dealt out without loss."""

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.actors.registry import ACTORS
from harness.load.amounts import Zipf, amount_minor, benford_deviation, rounded, spread
from harness.load.documents import documents
from harness.load.percentiles import nearest_rank
from harness.load.profile import Shape, Volume, load_profile
from harness.load.schedule import HOUR_PERCENT, mix, moments, schedule, second_of, steps_at, weights
from loadtests.work import Paperwork, parts
from mocks.company import generate
from tests.shipped import CATALOG

FLOWS = tuple(flow.id for flow in CATALOG.flows.values() if flow.kind == "document")  # what people write all day
seeds = st.integers(0, 2**32)
quick = settings(max_examples=40)
shapes = st.builds(Shape, kind=st.sampled_from(["close-day", "flat"]), deadline_factor=st.floats(1, 6))


def drawn(seed: int, shape: Shape, count: int, duration_s: float) -> list[float]:
    """The moments of one series."""
    return moments(shape, count, duration_s, random.Random(seed))


@quick
@given(seeds, shapes, st.integers(1, 400), st.floats(1, 500))
def test_the_number_is_exact_and_all_of_it_lies_in_the_day(seed: int, shape: Shape, count: int, duration_s: float) -> None:
    """Offered is what the profile says; the same seed gives the same moments."""
    found = drawn(seed, shape, count, duration_s)
    assert len(found) == count
    assert found == sorted(found)
    assert all(0 <= moment <= duration_s for moment in found)
    assert found == drawn(seed, shape, count, duration_s)


def test_the_day_has_its_shape() -> None:
    """Every hour has its share, within what chance allows; the deadline hour has three times the mean hour; lunch is quiet."""
    shape, count, duration_s = Shape(), 40_000, 110.0
    width = duration_s / 11
    hours = Counter(int(moment // width) for moment in drawn(1, shape, count, duration_s))
    shares = weights(shape)
    for hour, share in enumerate(shares):
        expected = count * share / sum(shares)
        assert abs(hours[hour] - expected) < 5 * expected**0.5
    assert abs(hours[17 - 8] / (count / 11) - 3) < 0.1
    assert hours[12 - 8] < hours[10 - 8] < hours[17 - 8]
    assert abs(sum(HOUR_PERCENT) - 100) < 1e-9
    assert second_of(17.5, shape, duration_s) == 95.0


@quick
@given(st.floats(1, 6), st.integers(0, 8), st.integers(10, 16))
def test_the_deadline_hour_is_so_many_times_the_mean(factor: float, begins: int, ends: int) -> None:
    """Of the day that is played, with the deadline hour in it; whatever part of the day that is."""
    shape = Shape(from_hour=begins, to_hour=ends, deadline_hour=8, deadline_factor=min(factor, 0.9 * (ends - begins)))
    count = 20_000
    hours = Counter(int(moment) for moment in drawn(5, shape, count, float(ends - begins)))
    mean = count / (ends - begins)
    assert abs(hours[8 - begins] - shape.deadline_factor * mean) < 6 * (shape.deadline_factor * mean) ** 0.5


def test_a_flat_shape_is_flat() -> None:
    """Probes for the knee keep one rate."""
    seconds = Counter(int(moment) for moment in drawn(3, Shape(kind="flat"), 20_000, 20.0))
    assert all(abs(seconds[second] - 1000) < 170 for second in range(20))


@quick
@given(seeds, st.integers(1, 9), st.integers(1, 200))
def test_workers_get_disjoint_parts_of_the_whole(seed: int, workers: int, count: int) -> None:
    """Together all of it, each once, each in order, none more than one document ahead: every worker has its share of the rate."""
    found = [Paperwork(str(number), "", "id", ()) for number, _ in enumerate(drawn(seed, Shape(), count, 10.0))]
    dealt = parts(found, workers)
    assert sorted(document.txn_id for part in dealt for document in part) == sorted(document.txn_id for document in found)
    assert max(map(len, dealt)) - min(map(len, dealt)) <= 1
    assert all([int(document.txn_id) for document in part] == sorted(int(document.txn_id) for document in part) for part in dealt)


@quick
@given(seeds, st.lists(st.sampled_from(FLOWS), min_size=1, unique=True), st.floats(0, 1))
def test_only_flows_that_are_asked_for_arrive(seed: int, flows: list[str], share: float) -> None:
    """A connector that serves one flow is loaded with that one."""
    shares = mix([CATALOG.flows[flow] for flow in flows], {flows[0]: share})
    assert sum(part for _, part in shares) == pytest.approx(1)
    found = schedule(Shape(), Volume(documents=60, duration_s=10), shares=shares, entities=("US01", "JP01"), rnd=random.Random(seed))
    assert {arrival.flow for arrival in found} <= set(flows)
    assert {arrival.entity for arrival in found} <= {"US01", "JP01"}


@quick
@given(seeds, st.floats(0, 100), st.integers(1, 4))
def test_steps_follow_each_other(seed: int, at_s: float, approvers: int) -> None:
    """Create, submit, and one decision for each approver, each after the one before."""
    due = steps_at(at_s, approvers, random.Random(seed))
    assert len(due) == 2 + approvers
    assert due[0] == at_s
    assert all(later - earlier > 0.0999 for earlier, later in pairwise(due))


@settings(max_examples=5)
@given(st.integers(0, 1000))
def test_documents_are_reproducible_and_unlike_each_other(seed: int) -> None:
    """The same seed and wave give the same documents; another wave gives others; each has at least one approver and its own id."""
    profile = load_profile("smoke", CATALOG)
    company = generate(seed)
    found = documents(profile, FLOWS, company, seed, wave="load")
    assert [document.row() for document in found] == [document.row() for document in documents(profile, FLOWS, company, seed, wave="load")]
    others = documents(profile, FLOWS, company, seed, wave="knee-2", first=len(found))
    assert not {document.experiment.txn_id for document in found} & {document.experiment.txn_id for document in others}
    assert [document.span for document in found] != [document.span for document in others]
    approved = {flow for flow in FLOWS if not ACTORS[CATALOG.flows[flow].source_document].is_born_due}
    assert all(len(document.steps) >= (3 if document.experiment.flow in approved else 1) for document in found)


def test_amounts_follow_benford_and_suppliers_zipf() -> None:
    """As in real books: first digits after Benford, a few suppliers with most of the orders, some round amounts, some below a limit."""
    rnd = random.Random(4)
    for flow in CATALOG.flows.values():
        found = [amount_minor(spread(flow), "USD", 500_000, rnd) for _ in range(8000)]
        assert benford_deviation(found) < 0.012, flow.id
        assert 0.02 < sum(490_000 <= amount < 500_000 for amount in found) / len(found) < 0.05
        assert sum(amount == rounded(amount) for amount in found) / len(found) > 0.07
    zipf = Zipf(70)
    picks = Counter(zipf.pick(range(70), rnd) for _ in range(20_000))
    assert picks[0] > 1.6 * picks[1] > 2.0 * picks[4]
    assert sum(picks[number] for number in range(14)) / 20_000 > 0.6


@quick
@given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_is_enough(values: list[float], share: int) -> None:
    """At least `share` percent are at or below it, and fewer are below it."""
    found = nearest_rank(sorted(values), share)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= share * len(values)
    assert sum(value < found for value in values) * 100 < share * len(values)
